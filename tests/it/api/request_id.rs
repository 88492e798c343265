use crate::support::app::{CLEAN, Setup, TestApp, comment};
use crate::support::redis::{Persistence, RedisServer};
use reqwest::Method;

#[tokio::test]
async fn an_answer_has_the_id_that_its_request_came_with() {
    let app = TestApp::start().await;
    let ask = async |id: &str| {
        let request = app.platform.request(Method::GET, "/v1/comments/none").header("x-request-id", id);
        let answer = app.platform.send(request).await.expect_status(404);
        assert!(answer.body.get("request_id").is_none(), "{}", answer.text);
        answer.headers["x-request-id"].to_str().expect("ASCII").to_owned()
    };
    assert_eq!(ask("edge-01.A_b").await, "edge-01.A_b");
    let longest = "a".repeat(128);
    assert_eq!(ask(&longest).await, longest);
    for bad in ["two words", "quote\"", &format!("{longest}a")] {
        let made = ask(bad).await;
        assert!(made.len() == 36 && made != bad, "{made}");
    }
    let twice = app.platform.request(Method::GET, "/livez").header("x-request-id", "a").header("x-request-id", "b");
    let made = app.platform.send(twice).await.expect_status(200).headers["x-request-id"].clone();
    assert_eq!(made.len(), 36, "of two ids nobody can tell which is meant");
    let other = app.anonymous.get("/nowhere").await.expect_status(404);
    assert_ne!(other.headers["x-request-id"], made);
}

#[tokio::test]
async fn what_fails_says_under_which_id_it_is_logged() {
    let mut server = RedisServer::start(Persistence::None);
    let store = server.url().parse().expect("an address");
    let app = TestApp::with(Setup { store: Some(store), ..Setup::default() }).await;
    server.kill();
    let request = app.platform.request(Method::POST, "/v1/comments").header("x-request-id", "lost-1");
    let answer = app.platform.send(request.json(&comment("c1", "a1", None, CLEAN[0]))).await;
    answer.expect_problem(503, "unavailable");
    assert_eq!(answer.body["request_id"], "lost-1");
    assert_eq!(answer.headers["x-request-id"], "lost-1");
}
