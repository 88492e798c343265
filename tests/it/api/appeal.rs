//! An author appeals, and somebody who may decides, once.

use crate::support::app::{BANNED, Setup, TestApp, comment};
use crate::support::client::Client;
use ombud::comment::{Role, Scope, SiteId};
use serde_json::{Value, json};

/// A moderator who is a senior.
async fn senior(app: &TestApp) -> Client {
    let (site, role) = (SiteId::parse("post").expect("a site id"), Role::parse("senior").expect("a role"));
    let new = app.ombud.add_key_with_roles(&site, "senior", &[Scope::Review], &[role]).await.expect("a key");
    Client::new(&app.base, Some(new.secret))
}

async fn rejected(app: &TestApp, id: &str) {
    let answer = app.platform.post("/v1/comments", &comment(id, "a1", None, BANNED)).await;
    assert_eq!(answer.body["state"], "rejected", "{}", answer.body);
}

async fn start() -> TestApp {
    let app = TestApp::start().await;
    app.article("a1").await;
    rejected(&app, "c1").await;
    app
}

const WORDS: &str = "I quoted what was shouted at me.";

async fn appeal(app: &TestApp, text: &str) -> crate::support::client::Answer {
    app.platform.post("/v1/comments/c1/appeals", &json!({"text": text})).await
}

async fn decide(who: &Client, action: &str, version: u64) -> crate::support::client::Answer {
    let body = json!({"action": action, "reason_code": "abuse", "expected_version": version});
    who.post("/v1/comments/c1/decision", &body).await
}

#[tokio::test]
async fn an_appeal_waits_for_a_senior_and_is_upheld() {
    let app = start().await;
    let senior = senior(&app).await;
    let open = appeal(&app, WORDS).await.expect_status(200).body;
    assert_eq!((&open["state"], &open["version"]), (&json!("pending"), &json!(2)));
    assert_eq!((&open["appeal"]["state"], &open["appeal"]["text"]), (&json!("open"), &json!(WORDS)));
    let first = &open["decision"]["reasons"][0];
    assert_eq!((&first["code"], &first["action"]), (&json!("appeal"), &json!("review")));
    assert_eq!((&open["escalation"]["role"], &open["escalation"]["by"]), (&json!("senior"), &json!("the platform")));
    // Nobody else is handed it, or can decide.
    let claims = app.moderator.post("/v1/queue/claims", &json!({"limit": 5})).await.expect_status(201).body;
    assert_eq!(claims["claims"], json!([]));
    decide(&app.moderator, "publish", 2).await.expect_problem(403, "role_missing");
    let claims = senior.post("/v1/queue/claims", &json!({"role": "senior", "reason": "appeal"})).await.body;
    assert_eq!(claims["claims"][0]["comment"]["appeal"]["text"], WORDS);
    let upheld = decide(&senior, "publish", 2).await.expect_status(200).body;
    assert_eq!((&upheld["state"], &upheld["appeal"]["state"]), (&json!("published"), &json!("upheld")));
    decide(&senior, "reject", 2).await.expect_problem(409, "version_stale");
    appeal(&app, WORDS).await.expect_problem(409, "not_rejected");

    // A new rejection is a new decision, and can be appealed against.
    decide(&app.moderator, "reject", 3).await.expect_status(200);
    appeal(&app, "Again, they are not my words.").await.expect_status(200);
    let events = app.platform.get("/v1/events").await.body;
    let steps: Vec<&Value> = events["events"].as_array().into_iter().flatten().map(|e| &e["step"]).collect();
    assert_eq!(steps, ["admitted", "appealed", "decided", "decided", "appealed"]);
    assert!(!events.to_string().contains("my words"), "events quote nobody");
}

#[tokio::test]
async fn a_declined_appeal_is_the_last() {
    let app = start().await;
    appeal(&app, WORDS).await.expect_status(200);
    let again = appeal(&app, WORDS).await.expect_status(200).body;
    assert_eq!(again["version"], 2, "the same words again are the same appeal");
    appeal(&app, "Others.").await.expect_problem(409, "appeal_open");
    let declined = decide(&app.admin, "reject", 2).await.expect_status(200).body;
    assert_eq!((&declined["state"], &declined["appeal"]["state"]), (&json!("rejected"), &json!("declined")));
    appeal(&app, "Others.").await.expect_problem(409, "appeal_declined");
    // An undo opens it again.
    app.admin.post("/v1/comments/c1/undo", &json!({"expected_version": 3})).await.expect_status(200);
    let upheld = decide(&app.admin, "publish", 4).await.expect_status(200).body;
    assert_eq!(upheld["appeal"]["state"], "upheld");
}

#[tokio::test]
async fn an_edit_does_not_end_an_appeal_and_a_withdrawal_does() {
    let app = start().await;
    appeal(&app, WORDS).await.expect_status(200);
    for text in [BANNED.to_owned() + " So.", crate::support::app::CLEAN[0].to_owned()] {
        let edited = app.platform.patch("/v1/comments/c1", &json!({"text": text})).await.expect_status(200).body;
        assert_eq!((&edited["state"], &edited["escalation"]["role"]), (&json!("pending"), &json!("senior")));
        assert_eq!(edited["decision"]["reasons"][0]["code"], "appeal");
    }
    let gone = app.platform.delete("/v1/comments/c1").await.expect_status(200).body;
    assert_eq!((&gone["state"], &gone["appeal"]["state"]), (&json!("withdrawn"), &json!("withdrawn")));
    appeal(&app, WORDS).await.expect_problem(409, "comment_withdrawn");
}

#[tokio::test]
async fn an_appeal_is_checked() {
    let app = start().await;
    let post = async |id: &str, body| app.platform.post(&format!("/v1/comments/{id}/appeals"), &body).await;
    post("c9", json!({"text": "x"})).await.expect_problem(404, "comment_not_found");
    post("c1", json!({"text": " "})).await.expect_problem(422, "text_empty");
    post("c1", json!({"text": "x".repeat(2_001)})).await.expect_problem(422, "text_too_long");
    post("c1", json!({"text": "a\u{0}"})).await.expect_problem(422, "control_character");
    post("c1", json!({"text": "x", "expected_version": 4})).await.expect_problem(409, "version_stale");
    post("c1", json!({"text": "x", "role": "senior"})).await.expect_problem(422, "unknown_field");
    app.moderator.post("/v1/comments/c1/appeals", &json!({"text": "x"})).await.expect_problem(403, "scope_missing");
    app.stranger.post("/v1/comments/c1/appeals", &json!({"text": "x"})).await.expect_problem(404, "comment_not_found");
    app.pending("p1", "a1").await;
    post("p1", json!({"text": "x"})).await.expect_problem(409, "not_rejected");

    let policy = vec![("taken = true ", "taken = false ")];
    let closed = TestApp::with(Setup { policy, ..Setup::default() }).await;
    closed.article("a1").await;
    rejected(&closed, "c1").await;
    appeal(&closed, WORDS).await.expect_problem(409, "appeals_closed");
}
