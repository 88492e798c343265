use crate::support::app::{CLEAN, TestApp, comment};
use crate::support::client::Client;
use ombud::comment::{Scope, SiteId};
use serde_json::json;

#[tokio::test]
async fn no_key_wrong_key_and_wrong_scope_are_told_apart() {
    let app = TestApp::start().await;
    let body = comment("c1", "a1", None, CLEAN[0]);
    app.anonymous.post("/v1/comments", &body).await.expect_problem(401, "key_missing");
    let wrong = Client::new(&app.base, Some("ombud_wrong".to_owned()));
    wrong.post("/v1/comments", &body).await.expect_problem(401, "key_invalid");
    app.moderator.post("/v1/comments", &body).await.expect_problem(403, "scope_missing");
    app.platform.get("/v1/queue").await.expect_problem(403, "scope_missing");
    app.platform.get("/v1/audit?comment_id=c1").await.expect_problem(403, "scope_missing");
    app.moderator.get("/v1/queue").await.expect_status(200);
    app.admin.get("/v1/queue").await.expect_status(200);
}

#[tokio::test]
async fn a_site_sees_nothing_of_another() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    app.pending("c2", "a1").await;
    app.stranger.get("/v1/comments/c1").await.expect_problem(404, "comment_not_found");
    app.stranger.get("/v1/articles/a1").await.expect_problem(404, "article_not_found");
    let decision = json!({"action": "reject", "reason_code": "spam", "expected_version": 1});
    app.stranger.post("/v1/comments/c1/decision", &decision).await.expect_problem(404, "comment_not_found");
    app.stranger.delete("/v1/comments/c1").await.expect_problem(404, "comment_not_found");
    let report = json!({"reporter_id": "r"});
    app.stranger.post("/v1/comments/c1/reports", &report).await.expect_problem(404, "comment_not_found");
    assert_eq!(app.stranger.get("/v1/queue").await.body["depth"], 0);
    assert_eq!(app.stranger.get("/v1/events").await.body["events"], json!([]));
    let claims = app.stranger.post("/v1/queue/claims", &json!({"limit": 10})).await.expect_status(201);
    assert_eq!(claims.body["claims"], json!([]));
    // The same ids are free to use there.
    app.stranger.put("/v1/articles/a1", &json!({"title": "Another"})).await.expect_status(201);
    app.stranger.post("/v1/comments", &comment("c1", "a1", None, CLEAN[0])).await.expect_status(201);
}

#[tokio::test]
async fn a_revoked_key_stops_working() {
    let app = TestApp::start().await;
    let site = SiteId::parse("post").expect("a site");
    let new = app.ombud.add_key(&site, "short-lived", &[Scope::Read]).await.expect("a key");
    let client = Client::new(&app.base, Some(new.secret));
    client.get("/v1/events").await.expect_status(200);
    app.ombud.revoke_key(&site, &new.key.id).await.expect("revoked");
    client.get("/v1/events").await.expect_problem(401, "key_invalid");
    app.ombud.revoke_site(&site).await.expect("revoked");
    app.platform.get("/v1/events").await.expect_problem(401, "key_invalid");
}

#[tokio::test]
async fn probes_and_pages_need_no_key() {
    let app = TestApp::start().await;
    app.anonymous.get("/livez").await.expect_status(200);
    let ready = app.anonymous.get("/readyz").await.expect_status(200);
    assert_eq!(ready.body["store"]["fsync"], true);
    app.anonymous.get("/openapi.json").await.expect_status(200);
    app.anonymous.get("/docs").await.expect_status(200);
}
