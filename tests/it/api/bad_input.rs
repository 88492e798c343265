use crate::support::app::{CLEAN, Setup, TestApp, comment};
use ombud::http::Limits;
use serde_json::json;
use std::num::NonZeroU32;

#[tokio::test]
async fn bodies_that_are_not_json_each_say_why() {
    let app = TestApp::start().await;
    let deep = format!("{{\"text\":{}1{}}}", "[".repeat(300), "]".repeat(300));
    let cases: [(Vec<u8>, u16, &str); 9] = [
        (b"{".to_vec(), 400, "malformed_json"),
        (b"".to_vec(), 400, "malformed_json"),
        (format!("{} trailing", comment("c1", "a1", None, CLEAN[0])).into_bytes(), 400, "malformed_json"),
        (b"[1]".to_vec(), 422, "wrong_type"),
        (b"7".to_vec(), 422, "wrong_type"),
        (deep.into_bytes(), 400, "json_too_deep"),
        (b"{\"id\":\"\\ud83d\"}".to_vec(), 400, "invalid_unicode"),
        (b"{\"id\":\"\xff\"}".to_vec(), 400, "invalid_unicode"),
        (b"null".to_vec(), 422, "wrong_type"),
    ];
    for (body, status, code) in cases {
        app.platform.post_raw("/v1/comments", body).await.expect_problem(status, code);
    }
}

#[tokio::test]
async fn fields_that_are_wrong_are_named() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let good = comment("c1", "a1", None, CLEAN[0]);
    let with = |pointer: &str, value: serde_json::Value| {
        let mut body = good.clone();
        match body.pointer_mut(pointer) {
            Some(found) => *found = value,
            None => body[pointer.trim_start_matches('/')] = value,
        }
        body
    };
    let long = "x".repeat(65 * 1024);
    let cases = [
        (with("/text", json!(1)), "wrong_type", "text"),
        (with("/text", json!("")), "text_empty", "text"),
        (with("/text", json!(" \n\t ")), "text_empty", "text"),
        (with("/text", json!(long)), "text_too_long", "text"),
        (with("/text", json!("a\u{0}b")), "control_character", "text"),
        (with("/text", json!("a\u{1b}[31mb")), "control_character", "text"),
        (with("/id", json!("")), "invalid_id", "id"),
        (with("/id", json!("two words")), "invalid_id", "id"),
        (with("/id", json!("x".repeat(201))), "invalid_id", "id"),
        (with("/article_id", json!("none")), "unknown_article", "article_id"),
        (with("/parent_id", json!("none")), "unknown_parent", "parent_id"),
        (with("/parent_id", json!("c1")), "parent_cycle", "parent_id"),
        (with("/author/id", json!("")), "invalid_id", "author.id"),
        (with("/author/name", json!("a\u{7}b")), "invalid_author", "author.name"),
        (with("/author", json!({"name": "n"})), "missing_field", "author"),
        (with("/created_at", json!("yesterday")), "wrong_type", "created_at"),
        (with("/created_at", json!("2027-01-01T00:00:00Z")), "created_in_future", "created_at"),
        (with("/colour", json!("red")), "unknown_field", "colour"),
    ];
    for (body, code, pointer) in cases {
        let answer = app.platform.post("/v1/comments", &body).await;
        answer.expect_problem(422, code);
        assert_eq!(answer.body["pointer"], pointer, "{}", answer.text);
    }
    // Nothing of all this was taken in, and the good one still is.
    assert_eq!(app.platform.get("/v1/events").await.body["events"], json!([]));
    app.platform.post("/v1/comments", &good).await.expect_status(201);
}

#[tokio::test]
async fn a_megabyte_is_refused_and_the_connection_goes_on() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let big = comment("c1", "a1", None, &"x".repeat(1_000_000));
    app.platform.post("/v1/comments", &big).await.expect_problem(413, "body_too_large");
    app.platform.post("/v1/comments", &comment("c1", "a1", None, CLEAN[0])).await.expect_status(201);
}

#[tokio::test]
async fn a_parent_must_stand_under_the_same_article() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.article("a2").await;
    app.published("c1", "a1", None).await;
    let answer = app.platform.post("/v1/comments", &comment("c2", "a2", Some("c1"), CLEAN[0])).await;
    answer.expect_problem(422, "parent_of_other_article");
    // A cycle would need a parent that does not exist yet.
    let answer = app.platform.post("/v1/comments", &comment("x", "a1", Some("y"), CLEAN[0])).await;
    answer.expect_problem(422, "unknown_parent");
}

#[tokio::test]
async fn addresses_methods_and_media_types_have_their_codes() {
    let app = TestApp::start().await;
    app.platform.get("/v1/nothing").await.expect_problem(404, "no_such_address");
    app.platform.put("/v1/queue", &json!({})).await.expect_problem(405, "method_not_allowed");
    let form = app.platform.request(reqwest::Method::POST, "/v1/comments");
    let form = form.header("content-type", "application/x-www-form-urlencoded").body("text=a");
    app.platform.send(form).await.expect_problem(415, "media_type_unsupported");
    app.platform.get("/v1/comments/none").await.expect_problem(404, "comment_not_found");
    app.platform.get("/v1/articles/none").await.expect_problem(404, "article_not_found");
    app.platform.get("/v1/articles/none/comments").await.expect_problem(404, "article_not_found");
    app.platform.get("/v1/events?limit=0").await.expect_problem(400, "invalid_query");
    app.platform.get("/v1/events?colour=red").await.expect_problem(400, "invalid_query");
    app.platform.get("/v1/events?after=-7").await.expect_problem(400, "unknown_cursor");
    app.platform.get("/v1/events?after=999").await.expect_problem(400, "unknown_cursor");
}

#[tokio::test]
async fn articles_are_bounded() {
    let app = TestApp::start().await;
    let put = async |body: serde_json::Value| app.platform.put("/v1/articles/a1", &body).await;
    put(json!({"title": " "})).await.expect_problem(422, "invalid_article");
    put(json!({"title": "x".repeat(1001)})).await.expect_problem(422, "invalid_article");
    put(json!({"title": "T", "author": "x"})).await.expect_problem(422, "unknown_field");
    put(json!({})).await.expect_problem(422, "missing_field");
}

#[tokio::test]
async fn a_key_that_sends_too_fast_is_told_when_to_come_back() {
    let limits = Limits { requests_per_second: NonZeroU32::new(3), ..Limits::default() };
    let app = TestApp::with(Setup { limits, ..Setup::default() }).await;
    let answers = futures_util::future::join_all((0..20).map(|_| app.platform.get("/v1/events"))).await;
    let refused = answers.iter().find(|a| a.status == 429).expect("a limit");
    refused.expect_problem(429, "rate_limited");
    assert!(refused.headers.contains_key("retry-after"));
}
