//! The queue in a real browser: by keys alone, with a second browser, with lost sessions, and without barriers.

use crate::support::app::TestApp;
use crate::support::browser::{Browser, key};
use ombud::comment::ModeratorRole;
use serde_json::Value;
use std::time::Duration;

/// Somebody of this role who has the queue open.
async fn at_the_queue(app: &TestApp, name: &str, role: ModeratorRole) -> (Browser, String) {
    let password = app.person(name, role).await;
    let browser = Browser::start().await;
    browser.open(&format!("{}/console/post/queue", app.base)).await;
    sign_in(&browser, name, &password).await;
    browser.arrive("/console/post/queue").await;
    (browser, password)
}

async fn sign_in(browser: &Browser, name: &str, password: &str) {
    browser.fill("#name", name).await;
    browser.fill("#password", password).await;
    browser.press(&key::ENTER.to_string()).await;
}

/// Waits until this comment is in focus.
async fn in_focus(browser: &Browser, comment: &str) {
    let there =
        format!("return document.querySelector('.card-comment:not([hidden])')?.dataset.comment === '{comment}'");
    browser.until(&there).await;
}

/// Waits until so many cards lie on the desk.
async fn on_the_desk(browser: &Browser, count: usize) {
    browser.until(&format!("return document.querySelectorAll('.card-comment').length === {count}")).await;
}

/// Waits until all that was decided is sent and answered.
async fn sent(browser: &Browser) {
    browser.until("return sessionStorage.getItem('outbox /console/post/queue') === '[]'").await;
}

async fn said(browser: &Browser, words: &str) {
    browser.until(&format!("return document.querySelector('#said').textContent.includes({words:?})")).await;
}

async fn state(app: &TestApp, id: &str) -> Value {
    app.moderator.get(&format!("/v1/comments/{id}")).await.body
}

async fn waiting(app: &TestApp, count: usize) {
    app.article("a1").await;
    for n in 0..count {
        app.pending(&format!("c{n:02}"), "a1").await;
        app.clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_comments_are_worked_by_keys_alone() {
    let app = TestApp::start().await;
    waiting(&app, 12).await;
    let (browser, _) = at_the_queue(&app, "Anna", ModeratorRole::Moderator).await;
    in_focus(&browser, "c00").await;
    // The next ones are there before they are needed.
    on_the_desk(&browser, 6).await;
    assert_eq!(browser.count("#next-list li").await, 5);

    // Approve, reject for the fifth reason, skip, escalate; each leads to the next.
    for (keys, next) in [("a", "c01"), ("r5", "c02"), ("s", "c03"), ("e", "c04"), ("a", "c05")] {
        browser.press(keys).await;
        in_focus(&browser, next).await;
    }
    // Looking on and back decides nothing.
    browser.press("j").await;
    in_focus(&browser, "c06").await;
    browser.press("k").await;
    in_focus(&browser, "c05").await;
    browser.press("r1").await;
    in_focus(&browser, "c06").await;
    // Quicker than the server can be asked: what lies on the desk is enough, once it is full again.
    on_the_desk(&browser, 6).await;
    browser.press("aar2a").await;
    in_focus(&browser, "c10").await;
    sent(&browser).await;
    for (id, state_now, moderator) in [
        ("c00", "published", "Anna"),
        ("c01", "rejected", "Anna"),
        ("c04", "published", "Anna"),
        ("c09", "published", "Anna"),
    ] {
        let comment = state(&app, id).await;
        assert_eq!(
            (&comment["state"], &comment["decision"]["moderator"]),
            (&state_now.into(), &moderator.into()),
            "{id}"
        );
    }
    assert_eq!(state(&app, "c01").await["decision"]["reasons"][0]["code"], "moderator.spam");
    assert_eq!(state(&app, "c08").await["decision"]["reasons"][0]["code"], "moderator.abuse");
    assert_eq!(state(&app, "c03").await["escalation"]["role"], "senior");
    assert_eq!(state(&app, "c02").await["state"], "pending", "skipped");
    browser.until("return document.querySelector('#depth').textContent === '4 wait'").await;

    // Three taken back, the last first.
    for id in ["c09", "c08", "c07"] {
        browser.press("u").await;
        in_focus(&browser, id).await;
        sent(&browser).await;
        assert_eq!(state(&app, id).await["state"], "pending", "{id}");
    }
    // And decided anew.
    browser.press("r4").await;
    sent(&browser).await;
    assert_eq!(state(&app, "c07").await["decision"]["reasons"][0]["code"], "moderator.threat");

    // Words to the author: keys typed there are letters.
    in_focus(&browser, "c08").await;
    browser.press("n").await;
    browser.until("return document.activeElement.name === 'to_author'").await;
    browser.press("a ruse").await;
    assert_eq!(state(&app, "c08").await["state"], "pending");
    browser.press(&key::ESCAPE.to_string()).await;
    browser.press("r2").await;
    sent(&browser).await;
    assert_eq!(state(&app, "c08").await["decision"]["to_author"], "a ruse");
    browser.press("?").await;
    browser.until("return document.querySelector('#keys').open").await;
    browser.press("a").await;
    assert_eq!(browser.run("return document.querySelector('#keys').open").await, true);
    let complaints = browser.complaints().await;
    assert!(complaints.iter().all(|line| line.contains("401")), "{complaints:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_browsers_conflict_and_one_overrules() {
    let app = TestApp::start().await;
    waiting(&app, 1).await;
    let (anna, _) = at_the_queue(&app, "Anna", ModeratorRole::Moderator).await;
    in_focus(&anna, "c00").await;
    app.clock.advance(Duration::from_mins(30));
    let (bea, _) = at_the_queue(&app, "Bea", ModeratorRole::Moderator).await;
    in_focus(&bea, "c00").await;
    bea.press("r5").await;
    said(&bea, "Rejected.").await;
    sent(&bea).await;
    app.clock.advance(Duration::from_mins(4));
    // Anna's session has not slept through it; her decision comes too late.
    anna.press("a").await;
    said(&anna, "Bea rejected this 4 min ago.").await;
    assert_eq!(state(&app, "c00").await["state"], "rejected");
    anna.click("#said button:nth-of-type(2)").await;
    sent(&anna).await;
    let overruled = state(&app, "c00").await;
    assert_eq!((&overruled["state"], &overruled["decision"]["moderator"]), (&"published".into(), &"Anna".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_decided_while_signed_out_is_sent_after_signing_in() {
    let app = TestApp::start().await;
    waiting(&app, 4).await;
    let (browser, password) = at_the_queue(&app, "Anna", ModeratorRole::Moderator).await;
    on_the_desk(&browser, 4).await;
    browser.forget_cookies().await;
    browser.press("a").await;
    browser.until("return document.title.startsWith('Sign in')").await;
    assert_eq!(state(&app, "c00").await["state"], "pending");
    sign_in(&browser, "Anna", &password).await;
    browser.arrive("/console/post/queue").await;
    sent(&browser).await;
    assert_eq!(state(&app, "c00").await["state"], "published");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_is_dragged_and_decided_on() {
    let app = TestApp::start().await;
    waiting(&app, 3).await;
    let (browser, _) = at_the_queue(&app, "Anna", ModeratorRole::Moderator).await;
    in_focus(&browser, "c00").await;
    browser.open(&format!("{}/console/post/queue/bulk?attribute=TOXICITY", app.base)).await;
    browser.drag("#axis", (0.02, 0.5), (0.98, 0.5)).await;
    browser.until("return !!document.querySelector('#range')").await;
    // The one in focus in the queue is hers, and left alone here like anybody's.
    let title = browser.text("#range-title").await;
    assert_eq!(title, "2 comments in this range");
    browser.click("button.approve").await;
    browser.until("return document.title.startsWith('2 comments approved')").await;
    assert_eq!(app.moderator.get("/v1/queue").await.body["depth"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_path_needs_no_script() {
    let app = TestApp::start().await;
    waiting(&app, 2).await;
    let (browser, _) = at_the_queue(&app, "Anna", ModeratorRole::Moderator).await;
    browser.allow_scripts(false).await;
    browser.open(&format!("{}/console/post/queue", app.base)).await;
    browser.allow_scripts(true).await;
    let first = browser.run("return document.querySelector('.card-comment').dataset.comment").await;
    browser.allow_scripts(false).await;
    browser.follow("button.approve").await;
    assert!(browser.text("#said").await.starts_with("Approved."));
    browser.follow("#said button").await;
    assert!(browser.text("#said").await.starts_with("Taken back."));
    browser.allow_scripts(true).await;
    let shown = browser.run("return document.querySelector('.card-comment').dataset.comment").await;
    assert_eq!(shown, first, "what was taken back is there again");
    browser.allow_scripts(false).await;
    browser.click(".menu > summary.reject").await;
    browser.follow(".menu-list button:nth-of-type(3)").await;
    assert!(browser.text("#said").await.starts_with("Rejected."));
    browser.allow_scripts(true).await;
    let rejected = state(&app, shown.as_str().expect("a comment")).await;
    assert_eq!(rejected["state"], "rejected");
    assert_eq!(rejected["decision"]["reasons"][0]["code"], "moderator.hate");
    assert_eq!(app.moderator.get("/v1/queue").await.body["depth"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_lead_only_to_what_a_role_may_open() {
    let app = TestApp::start().await;
    waiting(&app, 2).await;
    let (moderator, _) = at_the_queue(&app, "Anna", ModeratorRole::Moderator).await;
    on_the_desk(&moderator, 2).await;
    let (editor, _) = at_the_queue(&app, "Erin", ModeratorRole::Editor).await;
    for (browser, places) in
        [(&moderator, "OverviewQueueMy decisions"), (&editor, "OverviewQueueMy decisionsTodayPolicy")]
    {
        browser.press("?").await;
        browser.until("return document.querySelector('#keys').open").await;
        let offered =
            "return [...document.querySelectorAll('.places li')].map(li => li.lastChild.textContent.trim()).join('')";
        assert_eq!(browser.run(offered).await, places);
        browser.press(&key::ESCAPE.to_string()).await;
    }
    // What she may not open is no key: neither does it lead anywhere, nor is it taken for another one.
    in_focus(&moderator, "c00").await;
    moderator.press("gsgp").await;
    moderator.press("j").await;
    in_focus(&moderator, "c01").await;
    assert!(moderator.address().await.ends_with("/console/post/queue"));
    assert_eq!(moderator.count(".card-comment").await, 2, "nothing was skipped");
    moderator.press("gm").await;
    moderator.arrive("/console/post/mine").await;
    editor.press("gs").await;
    editor.arrive("/console/post/today").await;
}
