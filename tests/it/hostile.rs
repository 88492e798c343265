//! Callers that mean harm, or are broken: what they send is bounded, and answered as the API's description says.

use crate::support::app::{CLEAN, Setup, TestApp, comment};
use crate::support::foreign::client;
use ombud::http::Limits;
use serde_json::{Value, json};
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn limited(limits: Limits) -> TestApp {
    TestApp::with(Setup { limits, ..Setup::default() }).await
}

async fn connect(app: &TestApp) -> TcpStream {
    let address = app.base.strip_prefix("http://").expect("an address");
    TcpStream::connect(address).await.expect("a connection")
}

/// All that is answered until the other end closes.
async fn to_the_end(mut stream: TcpStream) -> String {
    let mut said = Vec::new();
    // A connection that is cut is an end too.
    let _ = stream.read_to_end(&mut said).await;
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn nothing_is_answered_that_the_description_does_not_say() {
    let app = TestApp::start().await;
    let told = json!({"url": app.base, "key": app.admin.key(), "examples": 30, "seed": 7});
    let found = client("schemathesis_run.py", told).await;
    assert_eq!(found["passed"], true, "{}", found["said"].as_str().unwrap_or_default());
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let app = limited(Limits { head_time: Duration::from_secs(1), ..Limits::default() }).await;
    let mut slow = connect(&app).await;
    slow.write_all(b"POST /v1/comments HTTP/1.1\r\nhost: a\r\nx-slow: ").await.expect("sent");
    let said = to_the_end(slow).await;
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    app.anonymous.get("/livez").await.expect_status(200);
}

#[tokio::test]
async fn a_body_that_never_ends_is_cut_off() {
    let app = limited(Limits { body_time: Duration::from_secs(1), ..Limits::default() }).await;
    let key = app.platform.key();
    let head = |path: &str, kind: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\ncontent-type: {kind}\r\n\
                 content-length: 900\r\n\r\n"
        )
    };
    let mut slow = connect(&app).await;
    slow.write_all(head("/v1/comments", "application/json").as_bytes()).await.expect("sent");
    slow.write_all(b"{\"id\":\"c1\",").await.expect("sent");
    let said = to_the_end(slow).await;
    assert!(said.starts_with("HTTP/1.1 408 ") && said.contains("\"body_too_slow\""), "{said}");

    // What a batch sent whole is taken in; that the rest is missing is said.
    app.article("a1").await;
    let mut slow = connect(&app).await;
    slow.write_all(head("/v1/comments:batch", "application/x-ndjson").as_bytes()).await.expect("sent");
    slow.write_all(format!("{}\n{{\"id\":", comment("c1", "a1", None, CLEAN[0])).as_bytes()).await.expect("sent");
    let said = to_the_end(slow).await;
    assert!(said.contains("\"status\":201") && said.contains("\"body_too_slow\""), "{said}");
    app.platform.get("/v1/comments/c1").await.expect_status(200);
}

#[tokio::test]
async fn a_head_without_measure_is_refused() {
    let app = TestApp::start().await;
    let many = "x-again: 1\r\n".repeat(200);
    let long = format!("x-long: {}\r\n", "x".repeat(200_000));
    for headers in [many, long] {
        let mut stream = connect(&app).await;
        // The other end may stop reading before all is sent.
        let _ = stream.write_all(format!("GET /livez HTTP/1.1\r\nhost: a\r\n{headers}\r\n").as_bytes()).await;
        let said = to_the_end(stream).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
    }
    app.anonymous.get("/livez").await.expect_status(200);
}

#[tokio::test]
async fn requests_sent_in_one_go_are_answered_in_turn() {
    let app = TestApp::start().await;
    let mut stream = connect(&app).await;
    let request = |n: usize| {
        let path = if n.is_multiple_of(2) { "/livez" } else { "/v1/nothing" };
        let close = if n == 499 { "connection: close\r\n" } else { "" };
        format!("GET {path} HTTP/1.1\r\nhost: a\r\n{close}\r\n")
    };
    let all: String = (0..500).map(request).collect();
    let (mut reader, mut writer) = stream.split();
    let mut said = Vec::new();
    let (sent, read) = tokio::join!(writer.write_all(all.as_bytes()), reader.read_to_end(&mut said));
    sent.expect("sent");
    read.expect("answers");
    let said = String::from_utf8(said).expect("text");
    let statuses: Vec<&str> = said.match_indices("HTTP/1.1 ").map(|(at, _)| &said[at + 9..at + 12]).collect();
    assert_eq!(statuses, ["200", "404"].repeat(250));
}

#[tokio::test]
async fn more_connections_than_may_be_wait_their_turn() {
    // Two workers, so one each.
    let app = limited(Limits { connections: 2, ..Limits::default() }).await;
    let ask = b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = connect(&app).await;
        stream.write_all(ask).await.expect("sent");
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.expect("an answer");
        assert_eq!(&first, b"HTTP/1.1 200");
        held.push(stream);
    }
    let mut waiting = connect(&app).await;
    waiting.write_all(ask).await.expect("sent");
    let mut first = [0; 12];
    tokio::select! {
        biased;
        _ = waiting.read_exact(&mut first) => panic!("a third connection is served"),
        // Whoever has a connection is served all the while.
        () = async {
            for stream in &mut held {
                stream.write_all(ask).await.expect("sent");
                let mut answer = [0; 64];
                assert!(stream.read(&mut answer).await.expect("an answer") > 0);
            }
        } => {}
    }
    drop(held);
    waiting.read_exact(&mut first).await.expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 200");
}

#[tokio::test]
async fn what_a_key_and_an_author_may_still_send_is_told() {
    let app = limited(Limits {
        requests_per_second: NonZeroU32::new(1_000),
        comments_per_minute: NonZeroU32::new(2),
        ..Limits::default()
    })
    .await;
    app.article("a1").await;
    let post = async |id: &str, author: &str| {
        let mut body = comment(id, "a1", None, CLEAN[0]);
        body["author"]["id"] = json!(author);
        app.platform.post("/v1/comments", &body).await
    };
    let header = |answer: &crate::support::client::Answer, name: &str| {
        answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let first = post("c1", "u1").await.expect_status(201);
    assert_eq!(header(&first, "ratelimit-policy"), "\"key\";q=1000;w=1, \"author\";q=2;w=60");
    assert!(header(&first, "ratelimit").ends_with(", \"author\";r=1;t=30"), "{:?}", first.headers);
    post("c2", "u1").await.expect_status(201);
    let third = post("c3", "u1").await;
    third.expect_problem(429, "rate_limited");
    assert!(header(&third, "ratelimit").contains("\"author\";r=0;t="), "{:?}", third.headers);
    let wait: u64 = header(&third, "retry-after").parse().expect("seconds");
    assert!((1..=31).contains(&wait), "{wait}");
    app.platform.get("/v1/comments/c3").await.expect_problem(404, "comment_not_found");
    // Others are not held up, and a back-fill is not somebody writing.
    post("c4", "u2").await.expect_status(201);
    let mut late = comment("c3", "a1", None, CLEAN[0]);
    late["author"]["id"] = json!("u1");
    let batch = app.platform.request(reqwest::Method::POST, "/v1/comments:batch").body(late.to_string());
    assert!(app.platform.send(batch).await.text.contains("\"status\":201"));
    // Where nothing is limited, nothing is told.
    let free = TestApp::start().await;
    assert!(!free.platform.get("/v1/events").await.headers.contains_key("ratelimit"));
}

#[tokio::test]
async fn an_address_says_what_it_takes() {
    let app = TestApp::start().await;
    for (path, methods) in
        [("/v1/comments/c1", "GET, DELETE, PATCH"), ("/docs", "GET"), ("/metrics", "GET"), ("/livez", "GET")]
    {
        let answer = app.platform.put(path, &Value::Null).await;
        answer.expect_problem(405, "method_not_allowed");
        assert_eq!(answer.headers["allow"], methods, "{path}");
    }
}
