//! Passing over, handing on, several opinions.

use crate::support::app::{Setup, TestApp};
use crate::support::client::Client;
use ombud::comment::{Role, Scope, SiteId};
use serde_json::{Value, json};
use std::time::Duration;

async fn claim(client: &Client, body: Value) -> Vec<Value> {
    let answer = client.post("/v1/queue/claims", &body).await.expect_status(201);
    answer.body["claims"].as_array().cloned().unwrap_or_default()
}

fn ids(claims: &[Value]) -> Vec<&str> {
    claims.iter().filter_map(|c| c["comment"]["id"].as_str()).collect()
}

/// A moderator who is a senior.
async fn senior(app: &TestApp) -> Client {
    let (site, role) = (SiteId::parse("post").expect("a site id"), Role::parse("senior").expect("a role"));
    let new = app.ombud.add_key_with_roles(&site, "senior", &[Scope::Review], &[role]).await.expect("a key");
    Client::new(&app.base, Some(new.secret))
}

async fn two_waiting(policy: Vec<(&'static str, &'static str)>) -> TestApp {
    let app = TestApp::with(Setup { policy, ..Setup::default() }).await;
    app.article("a1").await;
    for id in ["p1", "p2"] {
        app.pending(id, "a1").await;
        app.clock.advance(Duration::from_secs(1));
    }
    app
}

async fn trail(app: &TestApp, id: &str) -> Vec<Value> {
    let trail = app.admin.get(&format!("/v1/audit?comment_id={id}")).await.expect_status(200);
    trail.body["entries"].as_array().cloned().unwrap_or_default()
}

async fn told(app: &TestApp) -> Vec<String> {
    let events = app.platform.get("/v1/events").await.expect_status(200).body;
    let line = |e: &Value| format!("{} {} {}", e["id"], e["step"], e["state"]).replace('"', "");
    events["events"].as_array().into_iter().flatten().map(line).collect()
}

#[tokio::test]
async fn a_skipped_comment_comes_back_to_her_later() {
    let app = two_waiting(Vec::new()).await;
    let held = claim(&app.moderator, json!({})).await;
    let path = format!("/v1/queue/claims/{}/skip", held[0]["claim_id"].as_str().expect("an id"));
    app.moderator.post(&path, &json!({})).await.expect_status(204);
    assert_eq!(ids(&claim(&app.moderator, json!({"limit": 5})).await), ["p2"]);
    assert_eq!(ids(&claim(&app.second_moderator, json!({"limit": 5})).await), ["p1"]);
    app.moderator.post(&path, &json!({})).await.expect_problem(409, "claim_expired");
    app.moderator.post("/v1/queue/claims/nonsense/skip", &json!({})).await.expect_problem(404, "claim_not_found");
    app.clock.advance(Duration::from_mins(30));
    assert_eq!(ids(&claim(&app.moderator, json!({"limit": 5})).await), ["p1", "p2"]);
}

#[tokio::test]
async fn what_was_handed_on_is_for_those_who_have_the_role() {
    let app = two_waiting(Vec::new()).await;
    let senior = senior(&app).await;
    let held = claim(&app.moderator, json!({})).await;
    let body =
        json!({"role": "senior", "note": "about a trial", "expected_version": 1, "claim_id": held[0]["claim_id"]});
    let handed_on = app.moderator.post("/v1/comments/p1/escalate", &body).await.expect_status(200).body;
    assert_eq!((&handed_on["state"], &handed_on["version"]), (&json!("pending"), &json!(2)));
    assert_eq!(
        (&handed_on["escalation"]["role"], &handed_on["escalation"]["note"]),
        (&json!("senior"), &json!("about a trial"))
    );
    assert_eq!(told(&app).await[2..], ["p1@2 escalated pending"]);
    assert_eq!(trail(&app, "p1").await[1]["role"], "senior");
    assert_eq!(app.moderator.get("/v1/queue").await.body["by_role"], json!({"senior": 1}));

    assert_eq!(ids(&claim(&app.moderator, json!({"limit": 5})).await), ["p2"]);
    let asked = app.moderator.post("/v1/queue/claims", &json!({"role": "senior"})).await;
    asked.expect_problem(403, "role_missing");
    let asked = app.moderator.post("/v1/queue/claims", &json!({"role": "boss"})).await;
    asked.expect_problem(422, "unknown_role");
    assert_eq!(asked.body["pointer"], "role");
    let reject = json!({"action": "reject", "reason_code": "abuse", "expected_version": 2});
    app.moderator.post("/v1/comments/p1/decision", &reject).await.expect_problem(403, "role_missing");
    app.moderator.post("/v1/comments/p1/escalate", &body).await.expect_problem(409, "version_stale");
    assert_eq!(ids(&claim(&senior, json!({"role": "senior"})).await), ["p1"]);
    let decided = senior.post("/v1/comments/p1/decision", &reject).await.expect_status(200).body;
    assert_eq!((&decided["state"], &decided["escalation"]), (&json!("rejected"), &Value::Null));
    // An undo puts it back where it waited, and is as much the seniors' as the decision.
    let undo = json!({"expected_version": 3});
    app.moderator.post("/v1/comments/p1/undo", &undo).await.expect_problem(403, "role_missing");
    let back = senior.post("/v1/comments/p1/undo", &undo).await.expect_status(200).body;
    assert_eq!(back["escalation"]["role"], "senior");
    // An administrator always may.
    assert_eq!(ids(&claim(&app.admin, json!({"role": "senior"})).await), ["p1"]);
}

#[tokio::test]
async fn a_comment_is_handed_on_only_while_it_waits() {
    let app = two_waiting(Vec::new()).await;
    let post = async |body| app.admin.post("/v1/comments/p1/escalate", &body).await;
    post(json!({"role": "boss", "expected_version": 1})).await.expect_problem(422, "unknown_role");
    post(json!({"role": "A B", "expected_version": 1})).await.expect_problem(422, "unknown_role");
    post(json!({"role": "senior", "expected_version": 9})).await.expect_problem(409, "version_stale");
    post(json!({"expected_version": 1})).await.expect_problem(422, "missing_field");
    let long = json!({"role": "senior", "expected_version": 1, "note": "x".repeat(2_001)});
    post(long).await.expect_problem(422, "wrong_type");
    assert_eq!(ids(&claim(&app.second_moderator, json!({})).await), ["p1"]);
    post(json!({"role": "senior", "expected_version": 1})).await.expect_problem(409, "claimed_by_other");
    app.clock.advance(Duration::from_mins(5));
    post(json!({"role": "senior", "expected_version": 1})).await.expect_status(200);
    post(json!({"role": "senior", "expected_version": 2})).await.expect_problem(409, "state_unchanged");
    let publish = json!({"action": "publish", "expected_version": 2});
    app.admin.post("/v1/comments/p1/decision", &publish).await.expect_status(200);
    post(json!({"role": "senior", "expected_version": 3})).await.expect_problem(409, "not_pending");
    let opinion = json!({"expected_version": 3});
    app.admin.post("/v1/comments/p1/second-opinion", &opinion).await.expect_problem(409, "not_pending");
}

#[tokio::test]
async fn a_second_opinion_is_given_blind_and_undone_whole() {
    let app = two_waiting(Vec::new()).await;
    let asked = app.moderator.post("/v1/comments/p1/second-opinion", &json!({"expected_version": 1})).await;
    assert_eq!(asked.expect_status(200).body["opinions"], json!({"needed": 2, "given": 0}));
    let again = app.moderator.post("/v1/comments/p1/second-opinion", &json!({"expected_version": 2})).await;
    again.expect_problem(409, "state_unchanged");
    let many = json!({"expected_version": 2, "opinions": 6});
    app.moderator.post("/v1/comments/p1/second-opinion", &many).await.expect_problem(422, "wrong_type");

    let held = claim(&app.moderator, json!({})).await;
    app.clock.advance(Duration::from_secs(20));
    let vote =
        |action: &str, version: u64| json!({"action": action, "reason_code": "hate", "expected_version": version});
    let mut first = vote("reject", 2);
    first["claim_id"] = held[0]["claim_id"].clone();
    let answer = app.moderator.post("/v1/comments/p1/decision", &first).await.expect_status(200).body;
    assert_eq!((&answer["state"], &answer["opinions"]), (&json!("pending"), &json!({"needed": 2, "given": 1})));
    // Her colleague sees nothing of it; she herself is not asked again.
    assert_eq!(ids(&claim(&app.moderator, json!({"limit": 5})).await), ["p2"]);
    let handed = claim(&app.second_moderator, json!({"limit": 5})).await;
    assert_eq!(ids(&handed), ["p1"]);
    let seen = handed[0].to_string();
    assert!(!seen.contains("moderator") && !seen.contains("hate"), "{seen}");
    assert_eq!(told(&app).await[2..], ["p1@2 second_opinion pending", "p1@3 opinion pending"]);
    let events = app.platform.get("/v1/events").await.text;
    assert!(!events.contains("moderator.hate"), "{events}");
    let entry = trail(&app, "p1").await[2].clone();
    assert_eq!(
        (&entry["step"], &entry["action"], &entry["to"]),
        (&json!("opinion"), &json!("reject"), &json!("pending"))
    );
    assert_eq!(
        (&entry["times"]["queued_at"], &entry["times"]["decided_at"]),
        (&json!("2026-11-03T20:00:00Z"), &json!("2026-11-03T20:00:22Z"))
    );
    assert_eq!(entry["times"]["claimed_at"], "2026-11-03T20:00:02Z");

    // They disagree; then she changes her mind.
    app.second_moderator.post("/v1/comments/p1/decision", &vote("publish", 3)).await.expect_status(200);
    let settled = app.moderator.post("/v1/comments/p1/decision", &vote("publish", 4)).await.expect_status(200).body;
    assert_eq!((&settled["state"], &settled["opinions"]), (&json!("published"), &Value::Null));
    let back =
        app.moderator.post("/v1/comments/p1/undo", &json!({"expected_version": 5})).await.expect_status(200).body;
    assert_eq!(back["state"], "pending");
    let anew = app.moderator.post("/v1/comments/p1/decision", &vote("publish", 6)).await.expect_status(200).body;
    assert_eq!(anew["opinions"], json!({"needed": 2, "given": 1}));
}

#[tokio::test]
async fn a_section_asks_for_opinions_and_an_edit_clears_them() {
    let policy = vec![("[rules.replies]", "[sections.world.queue]\nopinions = 3\n\n[rules.replies]")];
    let app = two_waiting(policy).await;
    let reject = |version: u64| json!({"action": "reject", "reason_code": "abuse", "expected_version": version});
    let decide = async |client: &Client, version| {
        client.post("/v1/comments/p1/decision", &reject(version)).await.expect_status(200).body
    };
    assert_eq!(decide(&app.moderator, 1).await["opinions"], json!({"needed": 3, "given": 1}));
    assert_eq!(decide(&app.second_moderator, 2).await["opinions"], json!({"needed": 3, "given": 2}));
    // Saying it twice does not make it two.
    assert_eq!(decide(&app.moderator, 3).await["opinions"], json!({"needed": 3, "given": 2}));
    let text = "If the minister of Maravel likes the talks so little, go back where you came from.";
    app.platform.patch("/v1/comments/p1", &json!({"text": text})).await.expect_status(200);
    assert_eq!(decide(&app.moderator, 5).await["opinions"], json!({"needed": 3, "given": 1}));
    decide(&app.second_moderator, 6).await;
    assert_eq!(decide(&app.admin, 7).await["state"], "rejected");
    // What does not wait any more takes one.
    let publish = json!({"action": "publish", "expected_version": 8});
    let overruled = app.moderator.post("/v1/comments/p1/decision", &publish).await.expect_status(200).body;
    assert_eq!((&overruled["state"], &overruled["opinions"]), (&json!("published"), &Value::Null));
}
