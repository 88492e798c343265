//! A change of the policy over HTTP: what is refused, and what comes of what is not.

use crate::support::app::{CLEAN, Setup, TestApp, comment};
use crate::support::desk::{Desk, form};
use ombud::comment::{ModeratorRole, SiteId};
use ombud::policy::PolicyFiles;
use ombud::service::ReplayScope;
use reqwest::Method;
use std::sync::mpsc;
use std::time::Duration;

const TRY: &str = "/console/post/policy/try";

/// A store that serves one site, as most do: the other of the tests' own is revoked.
async fn one_site() -> TestApp {
    alone(Setup::default()).await
}

async fn alone(setup: Setup) -> TestApp {
    let app = TestApp::with(setup).await;
    app.ombud.revoke_site(&SiteId::parse("gazette").expect("a site id")).await.expect("revoked");
    app
}

async fn somebody(app: &TestApp, name: &str, role: ModeratorRole) -> Desk {
    let password = app.person(name, role).await;
    Desk::signed_in(app, name, &password).await
}

async fn editor(app: &TestApp) -> Desk {
    somebody(app, "Chief Desk", ModeratorRole::Editor).await
}

/// Saves a candidate that holds more of what may be abusive, and answers its page's address.
async fn saved(desk: &mut Desk, review: &str) -> String {
    desk.get(TRY).await.expect(200, "Try a change");
    let fields = [("base", "1"), ("TOXICITY.review", review), ("note", "For election night"), ("do", "save")];
    let seen = desk.post(TRY, &fields).await;
    assert_eq!(seen.status, 303, "{}", seen.html);
    seen.header("location").to_owned()
}

fn number(app: &TestApp) -> u64 {
    app.ombud.policy_published().expect("a policy").number
}

fn toxicity(app: &TestApp) -> Option<f64> {
    app.ombud.policy().thresholds(None).get(ombud::comment::Attribute::Toxicity).review
}

#[tokio::test]
async fn a_change_is_shown_saved_and_approved_by_somebody_else() {
    let app = one_site().await;
    app.article("a1").await;
    let heated = "What a stupid statement, honestly, and the ministers know it.";
    for (id, text) in [("c1", CLEAN[0]), ("c2", heated)] {
        app.platform.post("/v1/comments", &comment(id, "a1", None, text)).await.expect_status(201);
    }
    let mut anna = editor(&app).await;
    anna.get("/console/post/policy").await.expect(200, "href=\"/console/post/policy/try\">Try a change</a>");
    let html = anna.get(TRY).await.expect(200, "name=\"TOXICITY.review\" value=\"0.25\"").html;
    assert!(html.contains("name=\"base\" value=\"1\"") && html.contains("data-counts=\""), "{html}");
    let seen = anna.post(TRY, &[("base", "1"), ("TOXICITY.review", "0,01"), ("note", "Look"), ("do", "show")]).await;
    let html = seen.expect(200, "What it would have done").html;
    assert!(html.contains("Looked at: 2 comments, all of the last 30 days."), "{html}");
    assert!(html.contains("<li>Abusive: held from 0.01 instead of 0.25</li>"), "{html}");
    assert!(html.contains("Newly held</dt>") && html.contains("Now published, then held"), "{html}");
    assert!(html.contains("name=\"TOXICITY.review\" value=\"0,01\"") && html.contains(">Look</textarea>"), "{html}");
    assert_eq!((number(&app), app.ombud.candidates().await.expect("a list").len()), (1, 0), "nothing is changed");

    let page = saved(&mut anna, "0.01").await;
    let html = anna.get(&page).await.expect(200, "You wrote it").html;
    assert!(!html.contains("/approve\"") && html.contains("/withdraw\""), "{html}");
    assert!(html.contains("“For election night”") && html.contains("Judged again"), "{html}");
    assert!(html.contains("-TOXICITY          = { review = 0.25, reject = 0.80 }"), "{html}");
    assert!(html.contains("+TOXICITY          = { review = 0.01, reject = 0.80 }"), "{html}");
    anna.get("/console/post/policy").await.expect(200, "Changes that wait for approval");

    let mut root = somebody(&app, "Root", ModeratorRole::Admin).await;
    root.get(&page).await.expect(200, "/approve\"");
    root.post(&format!("{page}/replay"), &[]).await.expect(200, "Some of those that would be decided otherwise");
    root.post(&format!("{page}/approve"), &[]).await.expect_see("/console/post/policy/2");
    let html = root.get("/console/post/policy/2").await.html;
    assert!(html.contains("published by Chief Desk, approved by Root, in the console"), "{html}");
    assert!(html.contains("“For election night”"));
    assert_eq!((number(&app), toxicity(&app)), (2, Some(0.01)));
    let published = app.ombud.policy_published().expect("a policy");
    assert_eq!((published.by.as_str(), published.approved_by.as_deref()), ("Chief Desk", Some("Root")));
    let comments = "swear words, whoever they are meant for";
    let files = app.ombud.policy_files(&published.revision).await.expect("an answer").expect("files");
    assert!(files.policy.contains(comments), "the file is as it was but for the number");
    assert_eq!(app.ombud.candidates().await.expect("a list"), []);
    root.get(&page).await.expect(404, "No such change");
}

#[tokio::test]
async fn nobody_approves_her_own() {
    let app = one_site().await;
    let mut root = somebody(&app, "Root", ModeratorRole::Admin).await;
    let page = saved(&mut root, "0.3").await;
    root.post(&format!("{page}/approve"), &[]).await.expect(403, "You wrote it: another editor or an admin");
    assert_eq!((number(&app), toxicity(&app)), (1, Some(0.25)));
    // An editor that did not write it may approve, and not withdraw.
    let mut anna = editor(&app).await;
    let seen = anna.post(&format!("{page}/withdraw"), &[]).await;
    seen.expect(403, "by whoever wrote it, or by an admin");
    anna.post(&format!("{page}/approve"), &[]).await.expect_see("/console/post/policy/2");
}

#[tokio::test]
async fn a_candidate_is_withdrawn_by_its_writer_or_an_admin() {
    let app = one_site().await;
    let (mut anna, mut root) = (editor(&app).await, somebody(&app, "Root", ModeratorRole::Admin).await);
    for who in 0..2 {
        let page = saved(&mut anna, "0.3").await;
        let desk = if who == 0 { &mut anna } else { &mut root };
        desk.get(&page).await.expect(200, "Withdraw it");
        desk.post(&format!("{page}/withdraw"), &[]).await.expect_see("/console/post/policy");
        desk.post(&format!("{page}/approve"), &[]).await.expect(404, "No such change");
    }
    assert_eq!(number(&app), 1);
}

#[tokio::test]
async fn what_was_written_against_another_policy_is_tried_again() {
    let app = one_site().await;
    let mut anna = editor(&app).await;
    let page = saved(&mut anna, "0.3").await;
    let (mut bea, mut root) =
        (somebody(&app, "Bea", ModeratorRole::Editor).await, somebody(&app, "Root", ModeratorRole::Admin).await);
    let open = bea.get(TRY).await.expect(200, "Try a change");
    assert_eq!(open.field("base").as_deref(), Some("1"));
    app.publish_policy(&[("SPAM              = { review = 0.50", "SPAM              = { review = 0.40")]).await;

    let html = root.post(&format!("{page}/approve"), &[]).await.expect(409, "It was not approved.").html;
    assert!(html.contains("Chief Desk published number 2 after this was written"), "{html}");
    assert!(html.contains("out of date") && !html.contains("/approve\""), "{html}");
    let id = page.rsplit('/').next().expect("an id");
    let again = anna.get(&format!("{TRY}?from={id}")).await.expect(200, "name=\"base\" value=\"2\"").html;
    assert!(again.contains("name=\"TOXICITY.review\" value=\"0.30\""), "{again}");
    assert!(again.contains("name=\"SPAM.review\" value=\"0.40\""), "the rest is as it is in force now");
    root.get("/console/post/policy").await.expect(200, "out of date");

    // What was open is not taken for the policy in force now, and nothing that was typed is lost.
    let fields =
        [("base", "1"), ("TOXICITY.review", "0.33"), ("SPAM.review", "0.50"), ("note", "Mine"), ("do", "save")];
    let html = bea.post(TRY, &fields).await.expect(409, "published another policy meanwhile, number 2").html;
    assert!(html.contains("name=\"TOXICITY.review\" value=\"0.33\"") && html.contains(">Mine</textarea>"), "{html}");
    assert!(html.contains("name=\"SPAM.review\" value=\"0.40\"") && html.contains("name=\"base\" value=\"2\""));
    assert_eq!(app.ombud.candidates().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn of_two_who_approve_at_once_one_does() {
    let app = one_site().await;
    let mut anna = editor(&app).await;
    let page = saved(&mut anna, "0.3").await;
    let mut others = Vec::new();
    for name in ["Bea", "Cleo", "Root"] {
        others.push(somebody(&app, name, ModeratorRole::Admin).await);
    }
    let approvals = others.iter_mut().map(async |desk| desk.post(&format!("{page}/approve"), &[]).await);
    let answers = futures_util::future::join_all(approvals).await;
    let mut statuses: Vec<u16> = answers.iter().map(|seen| seen.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 303, "{statuses:?}");
    // Whoever came after it was dropped finds nothing; whoever came before is told who was faster.
    for seen in answers.iter().filter(|seen| seen.status != 303) {
        let told = seen.html.contains("was faster: it is in force as number 2") || seen.html.contains("No such change");
        assert!(told && [404, 409].contains(&seen.status), "{}: {}", seen.status, seen.html);
    }
    assert_eq!((number(&app), toxicity(&app)), (2, Some(0.3)));
}

#[tokio::test]
async fn bad_numbers_are_named_and_nothing_typed_is_lost() {
    let app = one_site().await;
    let mut anna = editor(&app).await;
    anna.get(TRY).await.expect(200, "Try a change");
    for (name, typed, status, said) in [
        ("TOXICITY.review", "1.5", 422, "Review of TOXICITY: a threshold is a number from 0 to 1, such as 0.25"),
        ("TOXICITY.review", "a lot", 422, "Review of TOXICITY: a threshold is a number"),
        ("TOXICITY.review", "0.9", 422, "TOXICITY: review (0.90) would be above reject (0.80)"),
        ("TOXICTY.review", "0.9", 422, "Unknown attribute &#34;TOXICTY&#34;"),
        ("TOXICITY.review@sport", "0.3", 422, "nothing of its own for a section &#34;sport&#34;"),
        ("TOXICITY.review", "0.25", 422, "Every threshold is as in the policy in force"),
    ] {
        for action in ["show", "save"] {
            let fields = [("base", "1"), (name, typed), ("note", "<b>Mine</b>"), ("do", action)];
            let html = anna.post(TRY, &fields).await.expect(status, said).html;
            assert!(html.contains("&#60;b&#62;Mine&#60;/b&#62;</textarea>"), "{html}");
            if name == "TOXICITY.review" {
                assert!(html.contains(&format!("name=\"TOXICITY.review\" value=\"{typed}\"")), "{html}");
                assert_eq!(html.contains("aria-invalid=\"true\""), typed != "0.25", "{typed}");
            }
        }
    }
    let long = "é".repeat(501);
    let fields = [("base", "1"), ("TOXICITY.review", "0.3"), ("note", long.as_str()), ("do", "save")];
    anna.post(TRY, &fields).await.expect(422, "The note is too long: 500 characters at most.");
    assert_eq!(app.ombud.candidates().await.expect("a list"), []);
}

#[tokio::test]
async fn sections_have_fields_for_what_is_their_own() {
    let policy = vec![
        ("# [sections.opinion.thresholds]", "[sections.opinion.thresholds]"),
        ("# TOXICITY = { review = 0.35 } ", "TOXICITY = { review = 0.35 } "),
    ];
    let app = alone(Setup { policy, ..Setup::default() }).await;
    let mut anna = editor(&app).await;
    let html = anna.get(TRY).await.expect(200, ">In opinion</h2>").html;
    assert!(html.contains("name=\"TOXICITY.review@opinion\" value=\"0.35\""), "{html}");
    assert!(!html.contains("TOXICITY.reject@opinion"), "that is the paper's");
    let fields = [("base", "1"), ("TOXICITY.review@opinion", "0.85"), ("do", "save")];
    anna.post(TRY, &fields).await.expect(422, "TOXICITY in opinion: review (0.85) would be above reject (0.80)");
    let fields = [("base", "1"), ("TOXICITY.review@opinion", "0.45"), ("do", "save")];
    let page = anna.post(TRY, &fields).await.header("location").to_owned();
    let html = anna.get(&page).await.expect(200, "Abusive in opinion: held from 0.45 instead of 0.35").html;
    assert!(html.contains("+TOXICITY = { review = 0.45 }"), "{html}");
}

#[tokio::test]
async fn moderators_do_not_try_policies_and_other_sites_see_none() {
    let app = one_site().await;
    let page = saved(&mut editor(&app).await, "0.3").await;
    for (name, role) in [("Night Desk", ModeratorRole::Moderator), ("Day Desk", ModeratorRole::Senior)] {
        let mut desk = somebody(&app, name, role).await;
        for path in [TRY, page.as_str()] {
            desk.get(path).await.expect(403, "This page is for the role editor.");
        }
        for path in [TRY.to_owned(), format!("{page}/approve"), format!("{page}/withdraw"), format!("{page}/replay")] {
            desk.post(&path, &[("base", "1"), ("TOXICITY.review", "0.3")]).await.expect(403, "for the role editor");
        }
    }
    assert_eq!((number(&app), app.ombud.candidates().await.expect("a list").len()), (1, 1));
    Desk::at(&app).get(&page).await.expect_see(&format!("/console/post/sign-in?to={}", page.replace('/', "%2F")));
    // Once there is another site, the change is neither its people's to see nor anybody's to approve.
    let gazette = SiteId::parse("gazette").expect("a site id");
    app.ombud.add_site(&gazette, "Gazette").await.expect("a site");
    let name = "Stranger".parse().expect("a name");
    let password = app.ombud.provide_moderator(&gazette, &name, ModeratorRole::Admin, None).await.expect("an account");
    let mut stranger = Desk::at(&app);
    let sign_in = [("name", "Stranger"), ("password", password.as_str())];
    stranger.post("/console/gazette/sign-in", &sign_in).await.expect_see("/console/gazette");
    stranger.get("/console/gazette").await.expect(200, "Stranger");
    let there = page.replace("/post/", "/gazette/");
    stranger.get(&there).await.expect(404, "No such change");
    stranger.post(&format!("{there}/approve"), &[]).await.expect(404, "No such change");
    stranger.get(&page).await.expect_see(&format!("/console/post/sign-in?to={}", page.replace('/', "%2F")));
}

#[tokio::test]
async fn where_several_sites_are_served_no_policy_is_tried() {
    let app = one_site().await;
    let mut anna = editor(&app).await;
    let page = saved(&mut anna, "0.3").await;
    app.ombud.add_site(&SiteId::parse("gazette").expect("a site id"), "Gazette").await.expect("a site");
    let said = "a policy is for all 2 sites of this store";
    let html = anna.get("/console/post/policy").await.expect(200, said).html;
    assert!(!html.contains("Try a change"), "{html}");
    let html = anna.get(TRY).await.expect(200, said).html;
    assert!(html.contains("`ombud policy publish`") && !html.contains("name=\"TOXICITY.review\""), "{html}");
    let fields = [("base", "1"), ("TOXICITY.review", "0.4"), ("do", "save")];
    anna.post(TRY, &fields).await.expect(409, said);
    let mut root = somebody(&app, "Root", ModeratorRole::Admin).await;
    root.get(&page).await.expect(200, "A policy is for all 2 sites");
    root.post(&format!("{page}/approve"), &[]).await.expect(409, "A policy is for all 2 sites");
    assert_eq!(number(&app), 1);
}

#[tokio::test]
async fn a_forged_form_tries_and_approves_nothing() {
    let app = one_site().await;
    let page = saved(&mut editor(&app).await, "0.3").await;
    let mut root = somebody(&app, "Root", ModeratorRole::Admin).await;
    let token = root.form_token.clone();
    for path in [TRY.to_owned(), format!("{page}/approve"), format!("{page}/withdraw"), format!("{page}/replay")] {
        let fields = |token| [("base", "1"), ("TOXICITY.review", "0.4"), ("do", "save"), ("form_token", token)];
        let forged = form(root.request(Method::POST, &path), &fields(&token)).header("origin", "https://evil.example");
        root.send(forged).await.expect(403, "the form came from elsewhere");
        let guessed = form(root.request(Method::POST, &path), &fields("")).header("origin", &app.base);
        root.send(guessed).await.expect(403, "Send it after all?");
    }
    assert_eq!((number(&app), app.ombud.candidates().await.expect("a list").len()), (1, 1));
}

#[tokio::test]
async fn of_more_than_fifty_candidates_the_oldest_makes_way() {
    let app = one_site().await;
    let mut anna = editor(&app).await;
    let first = saved(&mut anna, "0.3").await;
    for n in 0..49 {
        saved(&mut anna, &format!("0.4{n:02}")).await;
    }
    anna.get(&first).await.expect(200, "You wrote it");
    let last = saved(&mut anna, "0.5").await;
    anna.get(&first).await.expect(404, "made way for newer ones: the newest 50 are kept");
    anna.get(&last).await.expect(200, "You wrote it");
    assert_eq!(app.ombud.candidates().await.expect("a list").len(), 50);
}

#[tokio::test]
async fn while_another_change_is_tried_nothing_typed_is_lost() {
    let app = one_site().await;
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    let mut anna = editor(&app).await;
    anna.get(TRY).await.expect(200, "Try a change");
    // A replay that goes on until it is told to end.
    let (begun, has_begun) = mpsc::channel();
    let (end, ends) = mpsc::channel::<()>();
    let ombud = app.ombud.clone();
    let other = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (site, scope) = (SiteId::parse("post").expect("a site id"), ReplayScope { since: None, most: 10 });
        let policy = PolicyFiles::shipped().parse().expect("a policy");
        let mut progress = move |_| {
            begun.send(()).expect("somebody waits");
            let _ = ends.recv();
        };
        runtime.block_on(ombud.replay_policy(&site, policy, scope, &mut progress)).expect("a replay");
    });
    let has_begun = tokio::task::spawn_blocking(move || has_begun.recv());
    has_begun.await.expect("a thread").expect("it begins");
    let fields = |action| [("base", "1"), ("TOXICITY.review", "0.31"), ("note", "Mine"), ("do", action)];
    let seen = anna.post(TRY, &fields("show")).await;
    let html = seen.expect(503, "Somebody else is trying a change just now").html;
    assert!(html.contains("name=\"TOXICITY.review\" value=\"0.31\"") && html.contains(">Mine</textarea>"), "{html}");
    // It can be saved meanwhile, without what it would do.
    let page = anna.post(TRY, &fields("save")).await.header("location").to_owned();
    anna.get(&page).await.expect(200, "has not been tried itself");
    anna.post(&format!("{page}/replay"), &[]).await.expect(503, "one is tried at a time");
    drop(end);
    tokio::task::spawn_blocking(move || other.join()).await.expect("a thread").expect("it ends");
    anna.post(&format!("{page}/replay"), &[]).await.expect(200, "Looked at: 1 comment");
    anna.post(TRY, &fields("show")).await.expect(200, "Looked at: 1 comment");
}

#[tokio::test]
async fn a_candidate_in_shadow_is_tried_on_what_its_writer_had_not_seen() {
    let app = one_site().await;
    app.article("a1").await;
    let heated = |n: usize| format!("What a stupid statement number {n}, honestly, and the ministers know it.");
    let send = async |id: &str, text: &str| {
        app.platform.post("/v1/comments", &comment(id, "a1", None, text)).await.expect_status(201);
    };
    send("before", &heated(1)).await;
    app.clock.advance(Duration::from_mins(1));
    let mut anna = editor(&app).await;
    let page = saved(&mut anna, "0.01").await;
    anna.get(&page).await.expect(200, "In shadow: what it would have done");
    let shadow = format!("{page}/shadow");
    let html = anna.get(&shadow).await.expect(200, "A change by Chief Desk, in shadow").html;
    assert!(html.contains("No comment that has come in since can be looked at."), "{html}");
    app.clock.advance(Duration::from_mins(1));
    for (id, text) in [("c1", CLEAN[0]), ("c2", &heated(2)), ("c3", &heated(3))] {
        send(id, text).await;
    }
    let html = anna.get(&shadow).await.expect(200, "all that have come in since").html;
    assert!(html.contains("Looked at: 3 comments"), "the one before is not among them: {html}");
    assert!(html.contains("Now published, then held") && html.contains("The talks in Lorne"), "{html}");
    assert_eq!((number(&app), toxicity(&app)), (1, Some(0.25)), "it decides nothing");
    let mut moderator = somebody(&app, "Mo", ModeratorRole::Moderator).await;
    moderator.get(&shadow).await.expect(403, "Not yours to see");
    anna.get("/console/post/policy/candidates/nowhere/shadow").await.expect(404, "No such change");
}
