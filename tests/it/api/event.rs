use crate::support::app::{CLEAN, TestApp, comment};
use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};

/// Reads server-sent events until `count` have come.
async fn listen(app: &TestApp, last_id: Option<&str>, count: usize) -> tokio::task::JoinHandle<Vec<(String, Value)>> {
    let mut request = app.platform.request(Method::GET, "/v1/events").header("accept", "text/event-stream");
    if let Some(id) = last_id {
        request = request.header("last-event-id", id);
    }
    let response = request.send().await.expect("a stream");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    tokio::spawn(async move {
        let (mut stream, mut text, mut events) = (response.bytes_stream(), String::new(), Vec::new());
        while events.len() < count {
            let chunk = stream.next().await.expect("more").expect("bytes");
            text.push_str(std::str::from_utf8(&chunk).expect("text"));
            while let Some(end) = text.find("\n\n") {
                let frame: String = text.drain(..end + 2).collect();
                let field = |name: &str| {
                    frame.lines().find_map(|l| l.strip_prefix(&format!("{name}: "))).unwrap_or_default().to_owned()
                };
                events.push((field("id"), serde_json::from_str(&field("data")).unwrap_or_default()));
            }
        }
        events
    })
}

#[tokio::test]
async fn pages_tell_every_step_in_order_without_texts_or_authors() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.pending("p1", "a1").await;
    app.published("c1", "a1", None).await;
    let publish = json!({"action": "publish", "expected_version": 1, "note": "Lorne, again"});
    app.moderator.post("/v1/comments/p1/decision", &publish).await.expect_status(200);
    app.platform.delete("/v1/comments/c1").await.expect_status(200);
    let mut told = Vec::new();
    let mut after = String::new();
    loop {
        let page = app.platform.get(&format!("/v1/events?limit=3{after}")).await.expect_status(200);
        assert!(!page.text.contains("Lorne") && !page.text.contains("author-of"), "{}", page.text);
        for event in page.body["events"].as_array().into_iter().flatten() {
            let field = |name: &str| event[name].as_str().unwrap_or("-").to_owned();
            told.push(format!("{} {} {}", field("id"), field("type"), field("previous_state")));
        }
        after = format!("&after={}", page.body["next"].as_str().expect("a cursor"));
        if page.body["more"] == json!(false) {
            break;
        }
    }
    assert_eq!(
        told,
        [
            "p1@1 comment.pending -",
            "c1@1 comment.published -",
            "p1@2 comment.published pending",
            "c1@2 comment.withdrawn published",
        ]
    );
    let end = app.platform.get(&format!("/v1/events?limit=3{after}")).await.expect_status(200);
    assert_eq!(end.body["events"], json!([]));
}

#[tokio::test]
async fn a_stream_tells_what_happens_and_goes_on_where_it_broke() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.published("before", "a1", None).await;
    let live = listen(&app, None, 2).await;
    app.published("c1", "a1", None).await;
    app.published("c2", "a1", None).await;
    let heard = live.await.expect("heard");
    assert_eq!(heard.iter().map(|(_, e)| e["comment_id"].as_str()).collect::<Vec<_>>(), [Some("c1"), Some("c2")]);
    app.published("c3", "a1", None).await;
    let resumed = listen(&app, Some(&heard[0].0), 2).await.await.expect("heard");
    assert_eq!(resumed.iter().map(|(_, e)| e["comment_id"].as_str()).collect::<Vec<_>>(), [Some("c2"), Some("c3")]);
    let request = app.platform.request(Method::GET, "/v1/events").header("accept", "text/event-stream");
    let answer = app.platform.send(request.header("last-event-id", "nonsense")).await;
    answer.expect_problem(400, "unknown_cursor");
}

#[tokio::test]
async fn an_open_stream_does_not_hold_up_the_end() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let request = app.platform.request(Method::GET, "/v1/events").header("accept", "text/event-stream");
    let response = request.send().await.expect("a stream");
    let rest = tokio::spawn(async move { response.bytes().await });
    app.stop().await;
    // The stream ended because ombud did, and ombud because no stream kept it.
    assert!(rest.await.expect("joined").is_ok());
    let refused = app.platform.request(Method::POST, "/v1/comments").json(&comment("c", "a1", None, CLEAN[0]));
    assert!(refused.send().await.is_err());
}
