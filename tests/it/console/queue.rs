//! Working the queue without scripts: one form after the other, as any browser sends them.

use crate::support::app::{BANNED, CLEAN, Setup, TestApp, comment};
use crate::support::desk::{Desk, Seen};
use ombud::comment::{ModeratorRole, SiteId};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Somebody of this role at the console.
async fn desk(app: &TestApp, name: &str, role: ModeratorRole) -> Desk {
    let password = app.person(name, role).await;
    Desk::signed_in(app, name, &password).await
}

/// What the card's form says, with this to be done.
fn order<'a>(fields: &'a [(String, String)], asked: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut order: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    order.push(("do", asked));
    order
}

/// The comment, version and claim that the page is about.
#[track_caller]
fn card(seen: &Seen) -> Vec<(String, String)> {
    let field =
        |name: &str| (name.to_owned(), seen.field(name).unwrap_or_else(|| panic!("no {name} in {}", seen.html)));
    vec![field("comment"), field("version"), field("claim")]
}

async fn state(app: &TestApp, id: &str) -> Value {
    app.moderator.get(&format!("/v1/comments/{id}")).await.body
}

#[tokio::test]
async fn one_decides_on_one_after_the_other() {
    let app = TestApp::start().await;
    app.article("a1").await;
    for n in 0..4 {
        app.pending(&format!("c{n}"), "a1").await;
        app.clock.advance(Duration::from_secs(30));
    }
    let mut anna = desk(&app, "Anna", ModeratorRole::Moderator).await;
    let first = anna.get("/console/post/queue").await.expect(200, "4 wait");
    assert_eq!(first.header("cache-control"), "no-store");
    let fields = card(&first);
    assert_eq!(fields[0].1, "c0");
    // The same page again is the same comment, and nobody else has it.
    assert_eq!(card(&anna.get("/console/post/queue").await), fields);
    let mut bea = desk(&app, "Bea", ModeratorRole::Moderator).await;
    assert_eq!(card(&bea.get("/console/post/queue").await)[0].1, "c1");

    let done = anna.post("/console/post/queue/decide", &order(&fields, "approve")).await;
    done.expect_see("/console/post/queue?did=approve&comment=c0&version=2");
    assert_eq!(state(&app, "c0").await["state"], "published");
    let next = anna.get("/console/post/queue?did=approve&comment=c0&version=2").await.expect(200, "Approved.");
    assert_eq!(card(&next)[0].1, "c0", "the form that takes it back comes first");
    anna.post("/console/post/queue/undo", &[("comment", "c0"), ("version", "2")])
        .await
        .expect_see("/console/post/queue?did=undo&comment=c0");
    assert_eq!(state(&app, "c0").await["state"], "pending");

    // What she took back is what she sees, and not the next, which lies on her desk already.
    let fields = card(&anna.get("/console/post/queue?did=undo&comment=c0").await.expect(200, "Taken back."));
    assert_eq!((fields[0].1.as_str(), fields[1].1.as_str()), ("c0", "3"));
    let words = [("to_author", "Please stay with the article."), ("note", "the third today")];
    let rejected = [order(&fields, "reject off_topic"), words.to_vec()].concat();
    anna.post("/console/post/queue/decide", &rejected).await;
    let decided = state(&app, &fields[0].1).await;
    assert_eq!(decided["state"], "rejected");
    assert_eq!(decided["decision"]["moderator"], "Anna");
    assert_eq!(decided["decision"]["reasons"][0]["code"], "moderator.off_topic");
    assert_eq!(decided["decision"]["to_author"], "Please stay with the article.");
    assert_eq!(decided["decision"]["note"], "the third today");
    for old in ["c0", "none", ""] {
        let next = anna.get(&format!("/console/post/queue?did=undo&comment={old}")).await.expect(200, "Taken back.");
        assert_eq!(card(&next)[0].1, "c2", "`{old}` does not wait");
    }
    let events = app.moderator.get("/v1/events").await;
    assert!(!events.text.contains("stay with") && !events.text.contains("the third"), "events quote nobody");

    // Skipped: hers no longer for a while, but Bea's.
    let fields = card(&anna.get("/console/post/queue").await);
    anna.post("/console/post/queue/decide", &order(&fields, "skip")).await.expect_see("/console/post/queue?did=skip");
    assert_ne!(card(&anna.get("/console/post/queue").await)[0].1, fields[0].1);
    // Handed on: a moderator's no longer.
    let fields = card(&anna.get("/console/post/queue").await);
    anna.post("/console/post/queue/decide", &order(&fields, "escalate senior"))
        .await
        .expect_see("/console/post/queue?did=escalate");
    assert_eq!(state(&app, &fields[0].1).await["escalation"]["by"], "Anna");
    let mut olga = desk(&app, "Olga", ModeratorRole::Senior).await;
    let handed = olga.get("/console/post/queue?role=senior").await.expect(200, "Handed on by Anna");
    assert_eq!(card(&handed)[0].1, fields[0].1);
    anna.get("/console/post/queue?role=senior").await.expect(403, "senior");
}

#[tokio::test]
async fn who_was_faster_is_told_and_can_be_overruled() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.pending("c1", "a1").await;
    let mut anna = desk(&app, "Anna", ModeratorRole::Moderator).await;
    let mut bea = desk(&app, "Bea", ModeratorRole::Moderator).await;
    let hers = card(&anna.get("/console/post/queue").await);
    // While Anna thinks for long, her lease runs out; as nobody else has it, her word still counts.
    app.clock.advance(Duration::from_mins(30));
    let beas = card(&bea.get("/console/post/queue").await);
    assert_eq!(beas[0].1, "c1");
    anna.post("/console/post/queue/decide", &order(&hers, "approve")).await.expect(409, "Bea is reading this now.");
    bea.post("/console/post/queue/decide", &order(&beas, "reject spam")).await;
    app.clock.advance(Duration::from_secs(4));

    let told = anna.post("/console/post/queue/decide?order=harmful", &order(&hers, "approve")).await;
    let told = told.expect(409, "Bea rejected this 4 s ago.").expect(409, "Overrule: approve");
    assert!(told.html.contains("href=\"/console/post/queue?order=harmful\""), "she goes on where she was");
    assert_eq!(state(&app, "c1").await["state"], "rejected");
    let over = [("comment", "c1"), ("version", told.field("version").expect("a version").leak()), ("do", "approve")];
    anna.post("/console/post/queue/decide", &over)
        .await
        .expect_see("/console/post/queue?did=approve&comment=c1&version=3");
    assert_eq!(state(&app, "c1").await["decision"]["moderator"], "Anna");
    // Who wanted the same has nothing to overrule.
    let late = bea.post("/console/post/queue/decide", &order(&beas, "approve")).await;
    let late = late.expect(409, "Anna approved this just now.");
    assert!(!late.html.contains("Overrule"));

    // A script is told the same.
    let fields = [("comment", "c1"), ("version", "2"), ("do", "reject abuse"), ("form_token", bea.form_token.as_str())];
    let request = crate::support::desk::form(bea.request(Method::POST, "/console/post/queue/decide"), &fields);
    let answer = bea.send(request.header("origin", &app.base).header("accept", "application/json")).await;
    let told: Value = serde_json::from_str(&answer.html).expect("JSON");
    assert_eq!((answer.status, &told["version"], &told["overrule"]), (409, &json!(3), &json!("Overrule: reject")));
}

#[tokio::test]
async fn a_lease_that_ran_out_loses_no_decision() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.pending("c1", "a1").await;
    let mut anna = desk(&app, "Anna", ModeratorRole::Moderator).await;
    let fields = card(&anna.get("/console/post/queue").await);
    app.clock.advance(Duration::from_mins(30));
    anna.post("/console/post/queue/decide", &order(&fields, "approve")).await;
    assert_eq!(state(&app, "c1").await["state"], "published");
    // A version that the author has changed since is not what she read.
    app.pending("c2", "a1").await;
    let fields = card(&anna.get("/console/post/queue").await);
    let text =
        json!({"text": "If the minister does not like the talks in Lorne, go back where you came from, at once."});
    app.platform.patch("/v1/comments/c2", &text).await.expect_status(200);
    anna.post("/console/post/queue/decide", &order(&fields, "approve"))
        .await
        .expect(409, "The author changed it just now.");
    assert_eq!(state(&app, "c2").await["state"], "pending");
}

#[tokio::test]
async fn a_decision_sent_too_late_waits_for_the_sign_in() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.pending("c1", "a1").await;
    let password = app.person("Anna", ModeratorRole::Moderator).await;
    let mut anna = Desk::signed_in(&app, "Anna", &password).await;
    let fields = card(&anna.get("/console/post/queue").await);
    anna.forget_cookies();
    let late = anna.post("/console/post/queue/decide", &order(&fields, "reject spam")).await;
    let late = late.expect(401, "You were signed out before this was sent");
    let (to, kept) = (late.field("kept_to").expect("an address"), late.field("kept").expect("a form"));
    let sign_in = [("name", "Anna"), ("password", &*password), ("kept_to", &*to), ("kept", &*kept)];
    let offered = anna.post("/console/post/sign-in", &sign_in).await.expect(200, "Send it after all?");
    assert_eq!(offered.field("do").as_deref(), Some("reject spam"));
    assert_eq!(state(&app, "c1").await["state"], "pending");
    anna.post(&to, &order(&fields, "reject spam")).await;
    assert_eq!(state(&app, "c1").await["state"], "rejected");
}

#[tokio::test]
async fn what_is_asked_for_is_what_comes() {
    let app = TestApp::start().await;
    for (article, section) in [("a1", "world"), ("a2", "sport")] {
        let body = json!({"title": format!("On {section}"), "section": section});
        app.platform.put(&format!("/v1/articles/{article}"), &body).await;
        app.pending(&format!("of-{section}"), article).await;
        app.clock.advance(Duration::from_secs(1));
    }
    let mut anna = desk(&app, "Anna", ModeratorRole::Moderator).await;
    let page = anna.get("/console/post/queue").await.expect(200, "of-world");
    assert!(page.html.contains("href=\"/console/post/queue?section=sport\""), "{}", page.html);
    // What she held and asks for no longer is free for others.
    let sport = anna.get("/console/post/queue?section=sport").await;
    assert_eq!(card(&sport)[0].1, "of-sport");
    let mut bea = desk(&app, "Bea", ModeratorRole::Moderator).await;
    assert_eq!(card(&bea.get("/console/post/queue").await)[0].1, "of-world");
    anna.get("/console/post/queue?article=a2").await.expect(200, "Only <strong>On sport");
    anna.get("/console/post/queue?section=none").await.expect(200, "Nothing like this is waiting");
    anna.get("/console/post/queue?attribute=SPAM&min=2").await.expect(422, "a score is a number from 0 to 1");
    anna.get("/console/post/queue?attribute=LOUD").await.expect(422, "There is no such score");
    let bad = [("comment", "of-sport"), ("version", "1"), ("do", "delete")];
    anna.post("/console/post/queue/decide", &bad).await.expect(422, "does not say what to do");
    let missing = [("comment", "nobody's"), ("version", "1"), ("do", "approve")];
    anna.post("/console/post/queue/decide", &missing).await.expect(404, "");
}

#[tokio::test]
async fn markup_and_turned_letters_are_text() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let text = format!(
        "<script>alert(1)</script> \u{202e}kcab og\u{202c} If the minister does not like the talks in Lorne, go back where you \
         came from. {} مرحبا e\u{301}\u{301}\u{301} 👩\u{200d}🚒",
        "x".repeat(2_000)
    );
    let mut sent = comment("c/1-<b>&\"", "a1", None, &text);
    sent["author"]["name"] = json!("</p><img src=x onerror=alert(1)>");
    app.platform.post("/v1/comments", &sent).await.expect_status(201);
    let mut anna = desk(&app, "Anna", ModeratorRole::Moderator).await;
    let page = anna.get("/console/post/queue").await.expect(200, "&#60;script&#62;alert(1)");
    assert!(!page.html.contains("<script>") && !page.html.contains("<img src=x") && !page.html.contains('\u{202e}'));
    assert!(page.html.contains("مرحبا e\u{301}\u{301}\u{301} 👩\u{200d}🚒"), "letters stay what they are");
    let fields = card(&page);
    anna.post("/console/post/queue/decide", &order(&fields, "approve")).await;
    let events = app.moderator.get("/v1/queue").await;
    assert_eq!(events.body["depth"], 0, "an id with any character is decided on like any other");
}

#[tokio::test]
async fn many_are_decided_on_by_a_range_of_their_score() {
    let app = TestApp::start().await;
    app.article("a1").await;
    for n in 0..5 {
        app.pending(&format!("c{n}"), "a1").await;
    }
    app.platform.post("/v1/comments", &comment("fine", "a1", None, CLEAN[0])).await.expect_status(201);
    let mut anna = desk(&app, "Anna", ModeratorRole::Moderator).await;
    let mut bea = desk(&app, "Bea", ModeratorRole::Moderator).await;
    bea.get("/console/post/queue").await;
    let axis = anna.get("/console/post/queue/bulk?attribute=TOXICITY").await.expect(200, "5 comments with this score");
    assert_eq!(axis.html.matches("<circle").count(), 5);
    let range = anna.get("/console/post/queue/bulk?attribute=TOXICITY&min=0&max=1").await;
    let range =
        range.expect(200, "4 comments in this range").expect(200, "1 comment left alone: somebody reads them now.");
    let selection = range.field("selection reject spam").expect("a selection");
    let fields = [("selection reject spam", selection.as_str()), ("do", "reject spam")];
    // For another range it is no selection.
    anna.post("/console/post/queue/bulk?attribute=TOXICITY&min=0.1&max=1", &fields).await.expect(422, "not the one");
    let address = "/console/post/queue/bulk?attribute=TOXICITY&min=0&max=1";
    anna.post(address, &fields).await.expect(200, "4 comments rejected");
    let queue = app.moderator.get("/v1/queue").await;
    assert_eq!(queue.body["depth"], 1);
    anna.post(address, &fields).await.expect(200, "0 comments rejected");
    anna.get("/console/post/queue/bulk?attribute=TOXICITY&min=1&max=1").await.expect(200, "0 comments in this range");
}

#[tokio::test]
async fn slurs_and_threats_are_covered_for_those_who_want_it() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let threat = "I will find you and kill you, minister, for the talks in Lorne.";
    app.platform.post("/v1/comments", &comment("c1", "a1", None, threat)).await.expect_status(201);
    let mut anna = desk(&app, "Anna", ModeratorRole::Senior).await;
    // Whatever the policy did with it, here it waits.
    if state(&app, "c1").await["state"] != "pending" {
        let appeal = json!({"text": "It was a line from a film."});
        app.platform.post("/v1/comments/c1/appeals", &appeal).await.expect_status(200);
    }
    let address = if state(&app, "c1").await["escalation"].is_null() {
        "/console/post/queue"
    } else {
        "/console/post/queue?role=senior"
    };
    let page = anna.get(address).await.expect(200, "Uncover slurs and threats");
    assert!(page.html.contains("class=\"cover\"") && page.html.contains("••••"), "{}", page.html);
    anna.get("/console/post/me").await.expect(200, "value=\"yes\" checked");
    anna.post("/console/post/me/look", &[("theme", "system")]).await.expect_see("/console/post/me?done=look");
    let page = anna.get(address).await.expect(200, "kill you");
    assert!(!page.html.contains("class=\"cover\"") && !page.html.contains("Uncover"));
}

#[tokio::test]
async fn the_page_hears_how_much_waits_and_keeps_nobody_signed_in() {
    use futures_util::StreamExt as _;
    let app = TestApp::start().await;
    app.article("a1").await;
    app.pending("c1", "a1").await;
    let anna = desk(&app, "Anna", ModeratorRole::Moderator).await;
    let live = anna.request(Method::GET, "/console/post/queue/live").send().await.expect("an answer");
    assert_eq!(live.headers()["content-type"], "text/event-stream; charset=utf-8");
    let mut frames = live.bytes_stream();
    let mut next = async || {
        let bytes = frames.next().await.expect("a frame").expect("bytes");
        let text = std::str::from_utf8(&bytes).expect("text").to_owned();
        serde_json::from_str::<Value>(text.trim_start_matches("data: ").trim()).expect("JSON")
    };
    let told = next().await;
    assert_eq!((&told["waiting"], &told["headline"], &told["oldest"]), (&json!(1), &json!("1 waits"), &json!("0 s")));
    app.pending("c2", "a1").await;
    assert_eq!(next().await["headline"], "2 wait");

    // What a page asks by itself does not keep the session: after an hour in which she did nothing it is over.
    for _ in 0..4 {
        app.clock.advance(Duration::from_mins(16));
        let fields = [("form_token", anna.form_token.as_str())];
        let request = crate::support::desk::form(anna.request(Method::POST, "/console/post/queue/keep"), &fields);
        let kept = request.header("origin", &app.base).send().await.expect("an answer");
        if kept.status() != 204 {
            assert_eq!(kept.status(), 401);
            return;
        }
    }
    panic!("the session went on for an hour");
}

#[tokio::test]
async fn the_card_has_the_authors_record_and_no_more() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let by_mallory = |id: &str, text: &str| {
        let mut sent = comment(id, "a1", None, text);
        sent["author"] = json!({"id": "mallory", "name": "Mallory"});
        sent
    };
    app.platform.post("/v1/comments", &by_mallory("c1", CLEAN[0])).await.expect_status(201);
    app.platform.post("/v1/comments", &by_mallory("c2", CLEAN[1])).await.expect_status(201);
    for reader in ["r1", "r2"] {
        let report = json!({"reporter_id": reader});
        app.platform.post("/v1/comments/c1/reports", &report).await.expect_status(202);
    }
    let suspect = "If the minister does not like the talks in Lorne, go back where you came from.";
    app.platform.post("/v1/comments", &by_mallory("c3", suspect)).await.expect_status(201);
    let mut anna = desk(&app, "Anna", ModeratorRole::Moderator).await;
    let page = anna.get("/console/post/queue").await.expect(200, "mallory");
    assert!(page.html.contains("2 published, 0 rejected, 1 reported here"), "{}", page.html);
    // A decision is no end of it.
    app.platform.post("/v1/comments/c1/reports", &json!({"reporter_id": "r3"})).await.expect_status(202);
    let publish = json!({"action": "publish", "expected_version": 2});
    app.moderator.post("/v1/comments/c1/decision", &publish).await.expect_status(200);
    anna.get("/console/post/queue").await.expect(200, "2 published, 0 rejected, 1 reported here");
    app.pending("first", "a1").await;
    let mut bea = desk(&app, "Bea", ModeratorRole::Moderator).await;
    bea.get("/console/post/queue").await.expect(200, "first comment here");
}

/// A moderator skips what waits until a check comes, and goes on with it.
async fn check(desk: &mut Desk) -> Seen {
    for _ in 0..150 {
        let seen = desk.get("/console/post/queue").await;
        if seen.field("check").is_some() {
            return seen;
        }
        let fields = card(&seen);
        desk.post("/console/post/queue/decide", &order(&fields, "skip")).await;
    }
    panic!("of 150 comments, none brought a check");
}

#[tokio::test]
async fn a_check_comes_now_and_then_and_tells_nothing() {
    let policy = vec![("share = 0   ", "share = 0.2 ")];
    let app = TestApp::with(Setup { policy, ..Setup::default() }).await;
    app.article("a1").await;
    for n in 0..100 {
        let text = if n % 2 == 0 { BANNED } else { CLEAN[n % CLEAN.len()] };
        app.platform.post("/v1/comments", &comment(&format!("c{n}"), "a1", None, text)).await.expect_status(201);
    }
    app.clock.advance(Duration::from_hours(2));
    for n in 0..150 {
        app.pending(&format!("p{n}"), "a1").await;
    }
    let mut anna = desk(&app, "Anna", ModeratorRole::Moderator).await;
    let mut seen = check(&mut anna).await.expect(200, "chance drew it");
    let id = seen.field("comment").expect("a comment");
    let stands = state(&app, &id).await;
    // Whatever would tell the outcome is not on the page, nor where it is to be found.
    let address = format!("/comments/{id}");
    for told in ["rejected.", "published.", "Rejected:", "Scores", "Why it waits", &address, "policy <code>"] {
        assert!(!seen.html.contains(told), "{told}: {}", seen.html);
    }
    // The same page again is the same check, and nobody else has it.
    assert_eq!(anna.get("/console/post/queue").await.field("comment"), Some(id.clone()));
    let fields: Vec<(String, String)> =
        ["comment", "version", "check"].map(|name| (name.to_owned(), seen.field(name).expect("a field"))).into();
    let escalated = anna.post("/console/post/queue/decide", &order(&fields, "escalate senior")).await;
    assert_eq!(escalated.status, 422);
    // She decides otherwise than the machine did, and is told no more than that it was noted.
    let (asked, after) = match stands["state"].as_str() {
        Some("published") => ("reject abuse", "rejected"),
        _ => ("approve", "published"),
    };
    let done = anna.post("/console/post/queue/decide", &order(&fields, asked)).await;
    done.expect_see("/console/post/queue?did=check");
    let now = state(&app, &id).await;
    assert_eq!((&now["state"], &now["decision"]["moderator"]), (&json!(after), &json!("Anna")));
    let next = anna.get("/console/post/queue?did=check").await.expect(200, "Noted. It was a check.");
    assert_eq!(next.field("check"), None, "a check does not follow on a check");
    // Once more, it is too late.
    let late = anna.post("/console/post/queue/decide", &order(&fields, asked)).await;
    late.expect(409, "Anna judged this");
    // Passed over, it is somebody else's.
    seen = check(&mut anna).await;
    let fields: Vec<(String, String)> =
        ["comment", "version", "check"].map(|name| (name.to_owned(), seen.field(name).expect("a field"))).into();
    anna.post("/console/post/queue/decide", &order(&fields, "skip")).await.expect_see("/console/post/queue?did=pass");
    let mut bea = desk(&app, "Bea", ModeratorRole::Moderator).await;
    assert_eq!(check(&mut bea).await.field("comment"), Some(fields[0].1.clone()));
}

#[tokio::test]
async fn where_nothing_waits_checks_are_there_for_the_asking() {
    let policy = vec![("share = 0   ", "share = 0.2 ")];
    let app = TestApp::with(Setup { policy, ..Setup::default() }).await;
    app.article("a1").await;
    for n in 0..60 {
        let sent = comment(&format!("c{n}"), "a1", None, CLEAN[n % CLEAN.len()]);
        app.platform.post("/v1/comments", &sent).await.expect_status(201);
    }
    let site = SiteId::parse("post").expect("a site id");
    let waiting = app.ombud.audits_waiting(&site).await.expect("a count");
    let mut anna = desk(&app, "Anna", ModeratorRole::Moderator).await;
    let seen = anna.get("/console/post/queue").await.expect(200, "href=\"/console/post/queue?checks=yes\"");
    assert_eq!(seen.field("check"), None, "nobody is made to");
    // They are too young; asked again an hour later, they come one after the other.
    assert_eq!(anna.get("/console/post/queue?checks=yes").await.field("check"), None);
    app.clock.advance(Duration::from_hours(1));
    let mut bea = desk(&app, "Bea", ModeratorRole::Moderator).await;
    let mut address = "/console/post/queue?checks=yes".to_owned();
    for _ in 0..waiting {
        let seen = bea.get(&address).await.expect(200, "chance drew it");
        let fields: Vec<(String, String)> =
            ["comment", "version", "check"].map(|name| (name.to_owned(), seen.field(name).expect("a field"))).into();
        let done = bea.post("/console/post/queue/decide?checks=yes", &order(&fields, "approve")).await;
        done.expect_see("/console/post/queue?checks=yes&did=check");
        address = "/console/post/queue?checks=yes&did=check".to_owned();
    }
    // What readers wait for goes before.
    app.pending("p1", "a1").await;
    let seen = bea.get(&address).await;
    assert_eq!((seen.field("comment").as_deref(), seen.field("check")), (Some("p1"), None));
    let fields = card(&seen);
    bea.post("/console/post/queue/decide?checks=yes", &order(&fields, "approve")).await;
    let seen = bea.get(&address).await.expect(200, "Nothing is waiting");
    assert!(!seen.html.contains("to be judged by a person"), "{}", seen.html);
}
