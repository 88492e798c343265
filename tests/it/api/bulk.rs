//! One decision on many.

use crate::support::app::TestApp;
use serde_json::{Value, json};
use std::time::Duration;

async fn waiting(count: usize) -> TestApp {
    let app = TestApp::start().await;
    app.article("a1").await;
    for n in 0..count {
        app.pending(&format!("p{n:02}"), "a1").await;
    }
    app.clock.advance(Duration::from_secs(10));
    app
}

fn spam() -> Value {
    json!({"filter": {"section": "world", "reason": "words.suspect", "attribute": {"attribute": "TOXICITY"}, "language": "eng"},
           "action": "reject", "reason_code": "spam"})
}

async fn preview(app: &TestApp) -> Value {
    app.moderator.post("/v1/queue/decisions:preview", &spam()).await.expect_status(200).body
}

async fn decide(app: &TestApp, selection: &Value) -> Value {
    let mut body = spam();
    body["selection"] = selection.clone();
    app.moderator.post("/v1/queue/decisions", &body).await.expect_status(200).body
}

async fn state(app: &TestApp, id: &str) -> String {
    app.platform.get(&format!("/v1/comments/{id}")).await.body["state"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_was_seen_is_decided_and_nothing_else() {
    let app = waiting(30).await;
    // Left alone: one that somebody reads, one that two have to agree on, one that was handed on.
    let claims = app.second_moderator.post("/v1/queue/claims", &json!({})).await.expect_status(201).body;
    assert_eq!(claims["claims"][0]["comment"]["id"], "p00");
    app.admin.post("/v1/comments/p01/second-opinion", &json!({"expected_version": 1})).await.expect_status(200);
    let handing_on = json!({"role": "senior", "expected_version": 1});
    app.admin.post("/v1/comments/p02/escalate", &handing_on).await.expect_status(200);
    let seen = preview(&app).await;
    assert_eq!((&seen["count"], &seen["complete"]), (&json!(27), &json!(true)));
    assert_eq!(seen["left_alone"], json!({"claimed": 1, "opinions": 1, "role": 1, "changed": 0}));
    assert_eq!((&seen["by_section"]["world"], &seen["by_reason"]["words.suspect"]), (&json!(27), &json!(27)));
    let sample = seen["sample"].as_array().expect("a sample");
    assert_eq!((sample.len(), &sample[0]["id"], &sample[0]["version"]), (20, &json!("p03"), &json!(1)));
    assert!(sample[0]["text"].is_string() && sample[0]["scores"]["TOXICITY"].is_number());

    // Meanwhile one comes, one is edited, one is claimed.
    app.clock.advance(Duration::from_secs(1));
    app.pending("late", "a1").await;
    let text = "If the minister of Sundria does not like it, go back where you came from.";
    app.platform.patch("/v1/comments/p03", &json!({"text": text})).await.expect_status(200);
    app.second_moderator.post("/v1/queue/claims", &json!({"limit": 3})).await.expect_status(201);
    let done = decide(&app, &seen["selection"]).await;
    assert_eq!((&done["decided"], &done["more"]), (&json!(25), &json!(false)), "{done}");
    assert_eq!(done["left_alone"], json!({"claimed": 3, "opinions": 0, "role": 0, "changed": 2}));
    for (id, expected) in [
        ("p00", "pending"),
        ("p01", "pending"),
        ("p02", "pending"),
        ("p03", "pending"),
        ("late", "pending"),
        ("p05", "rejected"),
        ("p29", "rejected"),
    ] {
        assert_eq!(state(&app, id).await, expected, "{id}");
    }
    // Each has its own step, entry and event.
    let entry = app.admin.get("/v1/audit?comment_id=p05").await.body["entries"][1].clone();
    assert_eq!(
        (&entry["step"], &entry["reasons"], &entry["version"]),
        (&json!("decided"), &json!(["moderator.spam"]), &json!(2))
    );
    assert_eq!(entry["times"]["claimed_at"], Value::Null);
    let events = app.platform.get("/v1/events?limit=1000").await.body;
    let decided = events["events"].as_array().into_iter().flatten().filter(|e| e["step"] == "decided");
    assert_eq!(decided.count(), 25);
    // The same call again decides on nothing twice.
    let again = decide(&app, &seen["selection"]).await;
    assert_eq!(again["decided"], 0);
}

#[tokio::test]
async fn an_undone_decision_is_not_made_again_by_the_same_selection() {
    let app = waiting(3).await;
    let seen = preview(&app).await;
    assert_eq!(decide(&app, &seen["selection"]).await["decided"], 3);
    app.clock.advance(Duration::from_secs(1));
    app.moderator.post("/v1/comments/p01/undo", &json!({"expected_version": 2})).await.expect_status(200);
    let again = decide(&app, &seen["selection"]).await;
    assert_eq!((&again["decided"], &again["left_alone"]["changed"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn a_selection_is_for_what_was_previewed() {
    let app = waiting(1).await;
    let selection = preview(&app).await["selection"].clone();
    let post = async |change: &dyn Fn(&mut Value)| {
        let mut body = spam();
        body["selection"] = selection.clone();
        change(&mut body);
        app.moderator.post("/v1/queue/decisions", &body).await
    };
    post(&|b| b["filter"]["section"] = json!("sport")).await.expect_problem(422, "selection_mismatch");
    post(&|b| b["reason_code"] = json!("hate")).await.expect_problem(422, "selection_mismatch");
    post(&|b| b["action"] = json!("publish")).await.expect_problem(422, "selection_mismatch");
    post(&|b| b["selection"] = json!("AAAA")).await.expect_problem(422, "selection_mismatch");
    post(&|b| b["selection"] = Value::Null).await.expect_problem(422, "wrong_type");
    let role = post(&|b| b["filter"]["role"] = json!("senior")).await;
    role.expect_problem(403, "role_missing");
    let bare = json!({"action": "reject"});
    app.moderator.post("/v1/queue/decisions:preview", &bare).await.expect_problem(422, "missing_field");
    app.platform.post("/v1/queue/decisions:preview", &spam()).await.expect_problem(403, "scope_missing");
}

#[tokio::test]
async fn filters_are_checked_with_a_pointer() {
    let app = waiting(0).await;
    let cases = [
        (json!({"attribute": {"attribute": "TOXICITY", "min": 0.8, "max": 0.5}}), "wrong_type", "attribute.min"),
        (json!({"attribute": {"attribute": "TOXICITY", "min": -0.1}}), "wrong_type", "attribute.min"),
        (json!({"attribute": {"attribute": "TOXICITY", "max": 1.1}}), "wrong_type", "attribute.max"),
        (json!({"attribute": {"attribute": "RUDENESS"}}), "wrong_type", "attribute.attribute"),
        (json!({"language": "english"}), "wrong_type", "language"),
        (json!({"role": "boss"}), "unknown_role", "role"),
        (json!({"article": "a b"}), "invalid_id", "article"),
    ];
    for (filter, code, pointer) in cases {
        let claimed = app.admin.post("/v1/queue/claims", &filter).await;
        claimed.expect_problem(422, code);
        assert_eq!(claimed.body["pointer"], pointer, "{}", claimed.text);
        let body = json!({"filter": filter, "action": "publish"});
        let previewed = app.admin.post("/v1/queue/decisions:preview", &body).await;
        previewed.expect_problem(422, code);
        let within = previewed.body["pointer"].as_str().unwrap_or_default();
        assert!(within.ends_with(pointer), "{}", previewed.text);
    }
}

#[tokio::test]
async fn two_who_decide_on_the_same_many_decide_once_each() {
    let app = waiting(40).await;
    let seen = preview(&app).await;
    let (one, two) = tokio::join!(decide(&app, &seen["selection"]), decide(&app, &seen["selection"]));
    let count = |done: &Value| done["decided"].as_u64().unwrap_or_default();
    assert_eq!(count(&one) + count(&two), 40);
    let events = app.platform.get("/v1/events?limit=1000").await.body;
    let decided = events["events"].as_array().into_iter().flatten().filter(|e| e["step"] == "decided");
    assert_eq!(decided.count(), 40);
}
