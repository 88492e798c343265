use crate::support::app::{BANNED, CLEAN, SUSPECT, TestApp};
use serde_json::json;

#[tokio::test]
async fn an_edit_is_judged_anew() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    let edited = app.platform.patch("/v1/comments/c1", &json!({"text": SUSPECT})).await.expect_status(200);
    assert_eq!((&edited.body["state"], &edited.body["version"]), (&json!("pending"), &json!(2)));
    assert!(edited.body["edited_at"].is_string());
    let edited = app.platform.patch("/v1/comments/c1", &json!({"text": BANNED})).await.expect_status(200);
    assert_eq!(edited.body["state"], "rejected");
    // The same text again is no step.
    let same = app.platform.patch("/v1/comments/c1", &json!({"text": BANNED})).await.expect_status(200);
    assert_eq!(same.body["version"], 3);
    let stale = json!({"text": CLEAN[0], "expected_version": 1});
    app.platform.patch("/v1/comments/c1", &stale).await.expect_problem(409, "version_stale");
    app.platform.patch("/v1/comments/c1", &json!({"text": ""})).await.expect_problem(422, "text_empty");
}

#[tokio::test]
async fn an_edit_does_not_get_round_a_moderator() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    let reject = json!({"action": "reject", "reason_code": "abuse", "expected_version": 1});
    app.moderator.post("/v1/comments/c1/decision", &reject).await.expect_status(200);
    let edited = app.platform.patch("/v1/comments/c1", &json!({"text": CLEAN[1]})).await.expect_status(200);
    assert_eq!(edited.body["state"], "pending", "{}", edited.text);
    assert_eq!(edited.body["decision"]["reasons"][0]["code"], "edit.after_review");
}

#[tokio::test]
async fn an_edit_while_a_moderator_reads_makes_her_version_stale() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.pending("p1", "a1").await;
    let claims = app.moderator.post("/v1/queue/claims", &json!({})).await.expect_status(201);
    app.platform.patch("/v1/comments/p1", &json!({"text": BANNED})).await.expect_status(200);
    let publish = json!({"action": "publish", "expected_version": 1, "claim_id": claims.body["claims"][0]["claim_id"]});
    app.moderator.post("/v1/comments/p1/decision", &publish).await.expect_problem(409, "version_stale");
    assert_eq!(app.platform.get("/v1/comments/p1").await.body["state"], "rejected");
}

#[tokio::test]
async fn what_is_withdrawn_stays_so() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.pending("p1", "a1").await;
    let withdrawn = app.platform.delete("/v1/comments/p1").await.expect_status(200);
    assert_eq!(withdrawn.body["state"], "withdrawn");
    app.platform.delete("/v1/comments/p1").await.expect_status(200);
    assert_eq!(app.moderator.get("/v1/queue").await.body["depth"], 0);
    app.platform.patch("/v1/comments/p1", &json!({"text": CLEAN[0]})).await.expect_problem(409, "comment_withdrawn");
    let publish = json!({"action": "publish", "expected_version": 2});
    app.moderator.post("/v1/comments/p1/decision", &publish).await.expect_problem(409, "comment_withdrawn");
}
