use crate::support::app::TestApp;
use serde_json::json;

#[tokio::test]
async fn the_third_distinct_reader_sends_a_comment_back_to_the_queue() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    let report = async |reader: &str| {
        app.platform.post("/v1/comments/c1/reports", &json!({"reporter_id": reader, "reason": "abuse"})).await
    };
    assert_eq!(report("r1").await.expect_status(202).body, json!({"reports": 1, "queued": false}));
    assert_eq!(report("r1").await.expect_status(202).body["reports"], 1);
    assert_eq!(report("r2").await.expect_status(202).body["reports"], 2);
    assert_eq!(app.platform.get("/v1/comments/c1").await.body["state"], "published");
    assert_eq!(report("r3").await.expect_status(202).body, json!({"reports": 3, "queued": true}));
    let comment = app.platform.get("/v1/comments/c1").await.body;
    assert_eq!(comment["state"], "pending");
    assert_eq!(comment["decision"]["reasons"][0]["code"], "reports.limit");
    assert_eq!(app.platform.get("/v1/articles/a1/comments").await.body["comments"], json!([]));
    report("r4").await.expect_problem(409, "state_unchanged");
    // A moderator has seen it: the count begins anew.
    let publish = json!({"action": "publish", "expected_version": 2});
    app.moderator.post("/v1/comments/c1/decision", &publish).await.expect_status(200);
    assert_eq!(report("r1").await.expect_status(202).body, json!({"reports": 1, "queued": false}));
}

#[tokio::test]
async fn reports_are_checked() {
    let app = TestApp::start().await;
    let report = async |body| app.platform.post("/v1/comments/c1/reports", &body).await;
    report(json!({"reporter_id": "r"})).await.expect_problem(404, "comment_not_found");
    report(json!({"reporter_id": ""})).await.expect_problem(422, "invalid_id");
    report(json!({"reporter_id": "r", "reason": "x".repeat(201)})).await.expect_problem(422, "wrong_type");
}
