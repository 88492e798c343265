use crate::support::app::{CLEAN, TestApp, comment};
use serde_json::{Value, json};

/// The ids of a thread with their nesting: `c1(r1 r2(s1))`, a place without a comment in brackets.
fn shape(entries: &Value) -> String {
    let entry = |e: &Value| {
        let id = e["id"].as_str().unwrap_or_default();
        let id = if e["removed"] == json!(true) { format!("[{id}]") } else { id.to_owned() };
        let replies = shape(&e["replies"]);
        if replies.is_empty() { id } else { format!("{id}({replies})") }
    };
    entries.as_array().into_iter().flatten().map(entry).collect::<Vec<_>>().join(" ")
}

async fn thread(app: &TestApp) -> Value {
    app.platform.get("/v1/articles/a1/comments").await.expect_status(200).body
}

#[tokio::test]
async fn the_thread_is_nested_and_shows_the_published_only() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    app.published("c2", "a1", None).await;
    app.published("r1", "a1", Some("c1")).await;
    app.published("s1", "a1", Some("r1")).await;
    app.pending("p1", "a1").await;
    let page = thread(&app).await;
    assert_eq!(shape(&page["comments"]), "c1(r1(s1)) c2");
    let first = &page["comments"][0];
    assert_eq!(first["author"], json!({"id": "author-of-c1", "name": "A Reader"}));
    assert!(first["text"].is_string() && first["created_at"].is_string());
    assert_eq!(page["next"], Value::Null);
}

#[tokio::test]
async fn a_removed_parent_keeps_its_place_and_nothing_else() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    app.published("r1", "a1", Some("c1")).await;
    app.published("s1", "a1", Some("r1")).await;
    app.platform.delete("/v1/comments/r1").await.expect_status(200);
    app.platform.delete("/v1/comments/c1").await.expect_status(200);
    let page = thread(&app).await;
    assert_eq!(shape(&page["comments"]), "[c1]([r1](s1))");
    let place = &page["comments"][0];
    assert_eq!((&place["author"], &place["text"], &place["created_at"]), (&Value::Null, &Value::Null, &Value::Null));
    // With the last published comment the conversation goes.
    app.platform.delete("/v1/comments/s1").await.expect_status(200);
    assert_eq!(shape(&thread(&app).await["comments"]), "");
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_double() {
    let app = TestApp::start().await;
    app.article("a1").await;
    for n in 0..7 {
        app.published(&format!("c{n}"), "a1", None).await;
    }
    app.published("r0", "a1", Some("c0")).await;
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = app.platform.get(&format!("/v1/articles/a1/comments?limit=3{after}")).await.expect_status(200).body;
        seen.push(shape(&page["comments"]));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["c0(r0) c1 c2", "c3 c4 c5", "c6"]);
    app.platform.get("/v1/articles/a1/comments?after=nonsense").await.expect_problem(400, "unknown_cursor");
    app.platform.get("/v1/articles/a1/comments?limit=201").await.expect_problem(400, "invalid_query");
}

#[tokio::test]
async fn a_long_quarrel_is_shown_flat_from_some_depth_on() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.published("q0", "a1", None).await;
    for n in 1..=30 {
        let body = comment(&format!("q{n}"), "a1", Some(&format!("q{}", n - 1)), CLEAN[n % 3]);
        let answer = app.platform.post("/v1/comments", &body).await.expect_status(201);
        assert_eq!(answer.body["state"], "published", "{}", answer.text);
    }
    let page = thread(&app).await;
    let (mut depth, mut entry) = (0, &page["comments"][0]);
    while !entry["replies"][0].is_null() {
        depth += 1;
        entry = &entry["replies"][0];
    }
    assert_eq!(depth, 20);
    assert_eq!(shape(&page["comments"]).matches('q').count(), 31);
    let flat = page["comments"].to_string();
    assert!(flat.contains("\"parent_id\":\"q29\""));
}
