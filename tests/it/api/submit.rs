use crate::support::app::{BANNED, CLEAN, SUSPECT, Setup, TestApp, comment};
use serde_json::json;

#[tokio::test]
async fn a_clean_comment_is_published_with_its_scores_and_revisions() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let answer = app.platform.post("/v1/comments", &comment("c1", "a1", None, CLEAN[0])).await.expect_status(201);
    assert_eq!(answer.body["state"], "published", "{}", answer.text);
    assert_eq!(answer.body["version"], 1);
    assert_eq!(answer.body["decision"]["action"], "publish");
    assert_eq!(answer.body["decision"]["by"], "policy");
    assert_eq!(answer.body["decision"]["policy_revision"].as_str().map(str::len), Some(12));
    assert_eq!(answer.body["decision"]["model_revision"].as_str().map(str::len), Some(12));
    let toxicity = answer.body["scores"]["TOXICITY"].as_f64().expect("a score");
    assert!((0.0..0.5).contains(&toxicity), "{toxicity}");
    assert_eq!(answer.body["created_at"], "2026-11-03T20:00:00Z");
    let found = app.platform.get("/v1/comments/c1").await.expect_status(200);
    assert_eq!(found.body, answer.body);
}

#[tokio::test]
async fn a_banned_word_rejects_and_a_suspect_one_holds_with_reason_and_evidence() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let banned = app.platform.post("/v1/comments", &comment("c1", "a1", None, BANNED)).await.expect_status(201);
    assert_eq!(banned.body["state"], "rejected");
    let reason = &banned.body["decision"]["reasons"][0];
    assert_eq!(reason["code"], "words.banned");
    assert_eq!(reason["evidence"][0], json!({"start": 5, "end": 12, "weight": 0.0}));
    let suspect = app.platform.post("/v1/comments", &comment("c2", "a1", None, SUSPECT)).await.expect_status(201);
    assert_eq!(suspect.body["state"], "pending");
}

#[tokio::test]
async fn the_same_again_is_answered_as_it_stands_and_other_content_is_refused() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.platform.post("/v1/comments", &comment("c1", "a1", None, CLEAN[0])).await.expect_status(201);
    let again = app.platform.post("/v1/comments", &comment("c1", "a1", None, CLEAN[0])).await.expect_status(200);
    assert_eq!(again.body["version"], 1);
    let other = app.platform.post("/v1/comments", &comment("c1", "a1", None, CLEAN[1])).await;
    other.expect_problem(409, "content_differs");
    assert_eq!(other.body["current"]["text"], CLEAN[0]);
    let events = app.platform.get("/v1/events").await;
    assert_eq!(events.body["events"].as_array().map(Vec::len), Some(1), "{}", events.text);
}

#[tokio::test]
async fn a_hundred_posts_of_one_comment_at_a_time_make_one_comment() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let body = comment("c1", "a1", None, CLEAN[0]);
    let posts = (0..100).map(|_| app.platform.post("/v1/comments", &body));
    let answers = futures_util::future::join_all(posts).await;
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 99);
}

#[tokio::test]
async fn an_idempotency_key_serves_platforms_without_ids() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let mut body = comment("unused", "a1", None, CLEAN[0]);
    body.as_object_mut().expect("an object").remove("id");
    let send = |key: &'static str, body: serde_json::Value| {
        let request = app.platform.request(reqwest::Method::POST, "/v1/comments").header("idempotency-key", key);
        let platform = app.platform.clone();
        async move { platform.send(request.json(&body)).await }
    };
    let first = send("k1", body.clone()).await.expect_status(201);
    let again = send("k1", body.clone()).await.expect_status(200);
    assert_eq!(first.body["id"], again.body["id"]);
    let mut other = body.clone();
    other["text"] = json!(CLEAN[1]);
    send("k1", other.clone()).await.expect_problem(422, "idempotency_key_reused");
    // With ids of its own the key still belongs to one comment.
    send("k2", comment("c1", "a1", None, CLEAN[0])).await.expect_status(201);
    send("k2", comment("c1", "a1", None, CLEAN[0])).await.expect_status(200);
    send("k2", comment("c2", "a1", None, CLEAN[0])).await.expect_problem(422, "idempotency_key_reused");
    app.platform.post("/v1/comments", &body).await.expect_problem(400, "id_missing");
}

#[tokio::test]
async fn an_article_may_come_along() {
    let app = TestApp::start().await;
    let mut body = comment("c1", "a9", None, CLEAN[0]);
    body["article"] = json!({"title": "Talks in Lorne between Maravel and Sundria stall", "section": "world"});
    app.platform.post("/v1/comments", &body).await.expect_status(201);
    let article = app.platform.get("/v1/articles/a9").await.expect_status(200);
    assert_eq!(article.body["section"], "world");
    body["id"] = json!("c2");
    body["article"]["id"] = json!("a8");
    app.platform.post("/v1/comments", &body).await.expect_problem(422, "article_id_differs");
}

#[tokio::test]
async fn a_closed_article_takes_no_comments() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let closed = json!({"title": "Closed", "comments_open": false});
    app.platform.put("/v1/articles/a1", &closed).await.expect_status(200);
    let answer = app.platform.post("/v1/comments", &comment("c1", "a1", None, CLEAN[0])).await.expect_status(201);
    assert_eq!(answer.body["state"], "rejected");
    assert_eq!(answer.body["decision"]["reasons"][0]["code"], "article.closed");
}

#[tokio::test]
async fn pre_moderation_publishes_nothing_unseen() {
    let setup = Setup { policy: vec![("mode = \"post\"  ", "mode = \"pre\"  ")], ..Setup::default() };
    let app = TestApp::with(setup).await;
    app.article("a1").await;
    let answer = app.platform.post("/v1/comments", &comment("c1", "a1", None, CLEAN[0])).await.expect_status(201);
    assert_eq!(answer.body["state"], "pending");
}

#[tokio::test]
async fn an_author_who_repeats_or_hurries_is_held() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let by = |id: &str, text: &str| {
        let mut body = comment(id, "a1", None, text);
        body["author"] = json!({"id": "one-author"});
        body
    };
    app.platform.post("/v1/comments", &by("c1", CLEAN[0])).await.expect_status(201);
    let again = app.platform.post("/v1/comments", &by("c2", CLEAN[0])).await.expect_status(201);
    assert_eq!(again.body["decision"]["reasons"][0]["code"], "repeat.exact", "{}", again.text);
    for n in 0..4 {
        let text = format!("{} This is remark number {n} on the border.", CLEAN[n % 3]);
        app.platform.post("/v1/comments", &by(&format!("d{n}"), &text)).await.expect_status(201);
    }
    let hurried = app.platform.post("/v1/comments", &by("e1", "Who pays for the talks in Lorne, then?")).await;
    let codes: Vec<&str> = hurried.body["decision"]["reasons"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|r| r["code"].as_str())
        .collect();
    assert!(codes.contains(&"author.rate"), "{codes:?}");
}

#[tokio::test]
async fn scoring_stores_nothing_and_shows_the_evidence() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let body = json!({"text": "You are a complete idiot and everyone here knows it.", "article_id": "a1"});
    let answer = app.platform.post("/v1/score", &body).await.expect_status(200);
    assert!(answer.body["scores"]["TOXICITY"].as_f64().is_some_and(|s| s > 0.5), "{}", answer.text);
    assert!(answer.body["evidence"]["TOXICITY"]["spans"].as_array().is_some_and(|s| !s.is_empty()));
    assert_ne!(answer.body["decision"]["action"], "publish");
    app.platform
        .post("/v1/score", &json!({"text": "x", "article_id": "none"}))
        .await
        .expect_problem(422, "unknown_article");
    let events = app.platform.get("/v1/events").await;
    assert_eq!(events.body["events"], json!([]));
    app.article("a2").await;
    app.published("c1", "a1", None).await;
    let astray = json!({"text": "I agree", "article_id": "a2", "parent_id": "c1"});
    app.platform.post("/v1/score", &astray).await.expect_problem(422, "parent_of_other_article");
}

#[tokio::test]
async fn html_is_text() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let text = format!("<script>alert(1)</script> & <b>{}</b>", CLEAN[0]);
    let answer = app.platform.post("/v1/comments", &comment("c1", "a1", None, &text)).await.expect_status(201);
    assert_eq!(answer.body["text"], text);
}
