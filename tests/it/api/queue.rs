use crate::support::app::{TestApp, comment};
use serde_json::{Value, json};
use std::time::Duration;

async fn claim(app: &TestApp, body: Value) -> Vec<Value> {
    let answer = app.moderator.post("/v1/queue/claims", &body).await.expect_status(201);
    answer.body["claims"].as_array().cloned().unwrap_or_default()
}

fn ids(claims: &[Value]) -> Vec<&str> {
    claims.iter().filter_map(|c| c["comment"]["id"].as_str()).collect()
}

async fn three_waiting() -> TestApp {
    let app = TestApp::start().await;
    app.article("a1").await;
    for id in ["p1", "p2", "p3"] {
        app.pending(id, "a1").await;
        app.clock.advance(Duration::from_secs(1));
    }
    app
}

#[tokio::test]
async fn a_claimed_comment_comes_with_its_context_and_is_decided() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    let reply = comment("p1", "a1", Some("c1"), crate::support::app::SUSPECT);
    app.platform.post("/v1/comments", &reply).await.expect_status(201);
    let claims = claim(&app, json!({"limit": 5})).await;
    assert_eq!(ids(&claims), ["p1"]);
    assert_eq!(claims[0]["article"]["id"], "a1");
    assert_eq!(claims[0]["parent"]["id"], "c1");
    assert_eq!(claims[0]["expires_at"], "2026-11-03T20:05:00Z");
    let decision = json!({"action": "publish", "reason_code": "fine", "expected_version": 1,
                          "claim_id": claims[0]["claim_id"], "note": "harsh but fair"});
    let decided = app.moderator.post("/v1/comments/p1/decision", &decision).await.expect_status(200);
    assert_eq!((&decided.body["state"], &decided.body["version"]), (&json!("published"), &json!(2)));
    assert_eq!(decided.body["decision"]["by"], "moderator");
    assert_eq!(decided.body["decision"]["reasons"][0]["code"], "moderator.fine");
    let at = "2026-11-03T20:00:00Z";
    assert_eq!(decided.body["decision"]["times"], json!({"queued_at": at, "claimed_at": at, "decided_at": at}));
    assert_eq!(app.moderator.get("/v1/queue").await.body["depth"], 0);
    let trail = app.admin.get("/v1/audit?comment_id=p1").await.expect_status(200);
    let steps: Vec<_> = trail.body["entries"].as_array().into_iter().flatten().map(|e| e["step"].clone()).collect();
    assert_eq!(steps, ["admitted", "decided"]);
}

#[tokio::test]
async fn nobody_is_handed_what_somebody_holds() {
    let app = three_waiting().await;
    assert_eq!(ids(&claim(&app, json!({"limit": 2})).await), ["p1", "p2"]);
    let other = app.second_moderator.post("/v1/queue/claims", &json!({"limit": 3})).await.expect_status(201);
    assert_eq!(ids(other.body["claims"].as_array().expect("claims")), ["p3"]);
    let overview = app.moderator.get("/v1/queue").await.body;
    assert_eq!((&overview["depth"], &overview["claimed"]), (&json!(3), &json!(3)));
    assert_eq!(overview["by_section"], json!({"world": 3}));
    assert_eq!(overview["by_reason"]["words.suspect"], 3);
    assert_eq!(overview["oldest_age_seconds"], 3);
    // Not by another's hand either.
    let decision = json!({"action": "reject", "reason_code": "abuse", "expected_version": 1});
    let answer = app.second_moderator.post("/v1/comments/p1/decision", &decision).await;
    answer.expect_problem(409, "claimed_by_other");
}

#[tokio::test]
async fn a_lease_ends_is_extended_and_given_back() {
    let app = three_waiting().await;
    let held = claim(&app, json!({})).await;
    let path = format!("/v1/queue/claims/{}", held[0]["claim_id"].as_str().expect("an id"));
    app.clock.advance(Duration::from_secs(200));
    let extended = app.moderator.put(&path, &json!({})).await.expect_status(200);
    assert_eq!(extended.body["expires_at"], "2026-11-03T20:08:23Z");
    app.clock.advance(Duration::from_mins(5));
    app.moderator.put(&path, &json!({})).await.expect_problem(409, "claim_expired");
    let late = json!({"action": "publish", "expected_version": 1, "claim_id": held[0]["claim_id"]});
    app.moderator.post("/v1/comments/p1/decision", &late).await.expect_problem(409, "claim_expired");
    assert_eq!(app.platform.get("/v1/comments/p1").await.body["state"], "pending");
    // It is free again, for anybody; and given back it is free at once.
    let again = app.second_moderator.post("/v1/queue/claims", &json!({})).await.expect_status(201);
    assert_eq!(again.body["claims"][0]["comment"]["id"], "p1");
    let path = format!("/v1/queue/claims/{}", again.body["claims"][0]["claim_id"].as_str().expect("an id"));
    app.second_moderator.delete(&path).await.expect_status(204);
    app.second_moderator.delete(&path).await.expect_status(204);
    assert_eq!(ids(&claim(&app, json!({})).await), ["p1"]);
    app.moderator.delete("/v1/queue/claims/nonsense").await.expect_problem(404, "claim_not_found");
}

#[tokio::test]
async fn a_stale_version_tells_who_won() {
    let app = three_waiting().await;
    let publish = json!({"action": "publish", "expected_version": 1});
    app.moderator.post("/v1/comments/p1/decision", &publish).await.expect_status(200);
    let reject = json!({"action": "reject", "reason_code": "abuse", "expected_version": 1});
    let lost = app.second_moderator.post("/v1/comments/p1/decision", &reject).await;
    lost.expect_problem(409, "version_stale");
    assert_eq!(lost.body["current"]["state"], "published");
    assert!(lost.body["current"]["decision"]["moderator"].is_string());
    let same = json!({"action": "publish", "expected_version": 2});
    app.moderator.post("/v1/comments/p1/decision", &same).await.expect_problem(409, "state_unchanged");
    // Overruling is a decision on what is there now.
    let overrule = json!({"action": "reject", "reason_code": "abuse", "expected_version": 2});
    app.second_moderator.post("/v1/comments/p1/decision", &overrule).await.expect_status(200);
}

#[tokio::test]
async fn racing_moderators_decide_once() {
    let app = three_waiting().await;
    let publish = json!({"action": "publish", "expected_version": 1});
    let reject = json!({"action": "reject", "reason_code": "abuse", "expected_version": 1});
    let race =
        (0..20).map(|n| app.moderator.post("/v1/comments/p1/decision", if n % 2 == 0 { &publish } else { &reject }));
    let race: Vec<_> = race.collect();
    let answers = futures_util::future::join_all(race).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    assert!(answers.iter().all(|a| a.status == 200 || a.body["code"] == "version_stale"));
}

#[tokio::test]
async fn undo_brings_back_where_it_stood() {
    let app = three_waiting().await;
    let reject = json!({"action": "reject", "reason_code": "abuse", "expected_version": 1});
    app.moderator.post("/v1/comments/p1/decision", &reject).await.expect_status(200);
    let undone = app.moderator.post("/v1/comments/p1/undo", &json!({"expected_version": 2})).await.expect_status(200);
    assert_eq!((&undone.body["state"], &undone.body["version"]), (&json!("pending"), &json!(3)));
    assert_eq!(undone.body["decision"]["by"], "policy");
    // It waits where it waited, not at the end.
    assert_eq!(ids(&claim(&app, json!({})).await), ["p1"]);
    let twice = app.moderator.post("/v1/comments/p1/undo", &json!({"expected_version": 3})).await;
    twice.expect_problem(409, "nothing_to_undo");
}

#[tokio::test]
async fn filters_and_orders_are_honoured_and_checked() {
    let app = three_waiting().await;
    assert!(claim(&app, json!({"section": "sport"})).await.is_empty());
    assert!(claim(&app, json!({"article": "a2"})).await.is_empty());
    assert!(claim(&app, json!({"reason": "links.too_many"})).await.is_empty());
    let both = json!({"section": "world", "article": "a1", "reason": "words.suspect", "order": "harmful"});
    assert_eq!(claim(&app, both).await.len(), 1);
    assert_eq!(claim(&app, json!({"order": "uncertain", "limit": 9})).await.len(), 2);
    let post = async |body| app.moderator.post("/v1/queue/claims", &body).await;
    post(json!({"limit": 0})).await.expect_problem(422, "wrong_type");
    post(json!({"limit": 101})).await.expect_problem(422, "wrong_type");
    post(json!({"order": "newest"})).await.expect_problem(422, "wrong_type");
}

#[tokio::test]
async fn decisions_are_checked() {
    let app = three_waiting().await;
    let decide = async |body: Value| app.moderator.post("/v1/comments/p1/decision", &body).await;
    decide(json!({"action": "reject", "expected_version": 1})).await.expect_problem(422, "missing_field");
    decide(json!({"action": "hide", "expected_version": 1})).await.expect_problem(422, "wrong_type");
    decide(json!({"action": "publish"})).await.expect_problem(422, "missing_field");
    let other = claim(&app, json!({"limit": 2})).await.pop().expect("a claim");
    let for_other = json!({"action": "publish", "expected_version": 1, "claim_id": other["claim_id"]});
    decide(for_other).await.expect_problem(409, "claim_for_other_comment");
    let publish = json!({"action": "publish", "expected_version": 1});
    let none = app.moderator.post("/v1/comments/none/decision", &publish).await;
    none.expect_problem(404, "comment_not_found");
}
