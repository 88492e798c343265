//! The time for undoing a decision unheard.

use crate::support::app::{Setup, TestApp};
use serde_json::{Value, json};
use std::time::Duration;

/// An application that holds a decision's event for ten seconds, with a comment that waits.
async fn holding() -> TestApp {
    let policy = vec![("undo_seconds  = 0 ", "undo_seconds  = 10 ")];
    let app = TestApp::with(Setup { policy, ..Setup::default() }).await;
    app.article("a1").await;
    app.pending("p1", "a1").await;
    app
}

async fn told(app: &TestApp) -> Vec<String> {
    let events = app.platform.get("/v1/events").await.expect_status(200).body;
    let id = |e: &Value| e["id"].as_str().unwrap_or_default().to_owned();
    events["events"].as_array().into_iter().flatten().map(id).collect()
}

/// Waits until so many events were told.
async fn heard(app: &TestApp, count: usize) -> Vec<String> {
    loop {
        let told = told(app).await;
        if told.len() >= count {
            return told;
        }
        tokio::task::yield_now().await;
    }
}

async fn reject(app: &TestApp, version: u64) {
    let reject = json!({"action": "reject", "reason_code": "abuse", "expected_version": version});
    app.moderator.post("/v1/comments/p1/decision", &reject).await.expect_status(200);
}

#[tokio::test]
async fn a_decision_is_told_once_it_cannot_be_undone_unheard() {
    let app = holding().await;
    reject(&app, 1).await;
    // Whoever asks for the comment sees it as it is; what is held is the event.
    assert_eq!(app.platform.get("/v1/comments/p1").await.body["state"], "rejected");
    assert_eq!(told(&app).await, ["p1@1"]);
    app.clock.advance(Duration::from_secs(10));
    assert_eq!(heard(&app, 2).await, ["p1@1", "p1@2"]);
    let undo = json!({"expected_version": 2});
    app.moderator.post("/v1/comments/p1/undo", &undo).await.expect_status(200);
    assert_eq!(told(&app).await, ["p1@1", "p1@2", "p1@3"]);
}

#[tokio::test]
async fn nobody_hears_of_what_was_undone_in_time() {
    let app = holding().await;
    reject(&app, 1).await;
    app.clock.advance(Duration::from_secs(9));
    app.moderator.post("/v1/comments/p1/undo", &json!({"expected_version": 2})).await.expect_status(200);
    app.clock.advance(Duration::from_mins(1));
    // The next one is told, and before it nothing.
    reject(&app, 3).await;
    app.clock.advance(Duration::from_secs(10));
    assert_eq!(heard(&app, 2).await, ["p1@1", "p1@4"]);
    let trail = app.admin.get("/v1/audit?comment_id=p1").await.body;
    let steps: Vec<_> = trail["entries"].as_array().into_iter().flatten().map(|e| e["step"].clone()).collect();
    assert_eq!(steps, ["admitted", "decided", "undone", "decided"]);
}

#[tokio::test]
async fn an_opinion_is_told_at_once_and_an_edit_tells_what_was_held() {
    let app = holding().await;
    app.moderator.post("/v1/comments/p1/second-opinion", &json!({"expected_version": 1})).await.expect_status(200);
    reject(&app, 2).await;
    assert_eq!(told(&app).await, ["p1@1", "p1@2", "p1@3"]);
    let reject = json!({"action": "reject", "reason_code": "abuse", "expected_version": 3});
    app.second_moderator.post("/v1/comments/p1/decision", &reject).await.expect_status(200);
    assert_eq!(told(&app).await.len(), 3);
    let text = "If the minister of Sundria does not like it, go back where you came from.";
    app.platform.patch("/v1/comments/p1", &json!({"text": text})).await.expect_status(200);
    assert_eq!(told(&app).await, ["p1@1", "p1@2", "p1@3", "p1@4", "p1@5"]);
}
