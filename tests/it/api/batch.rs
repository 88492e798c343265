use crate::support::app::{CLEAN, Setup, TestApp, comment};
use futures_util::StreamExt as _;
use ombud::http::Limits;
use reqwest::Method;
use serde_json::{Value, json};

async fn send(app: &TestApp, body: String) -> Vec<Value> {
    let request = app.platform.request(Method::POST, "/v1/comments:batch").body(body);
    let answer = app.platform.send(request).await.expect_status(200);
    answer.text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[tokio::test]
async fn every_line_has_its_answer_in_order_and_a_bad_one_stops_nobody() {
    let limits = Limits { batch_line_bytes: 2_000, ..Limits::default() };
    let app = TestApp::with(Setup { limits, ..Setup::default() }).await;
    app.article("a1").await;
    let lines = [
        comment("c1", "a1", None, CLEAN[0]).to_string(),
        comment("r1", "a1", Some("c1"), CLEAN[1]).to_string(),
        "{not json".to_owned(),
        String::new(),
        comment("c2", "none", None, CLEAN[0]).to_string(),
        comment("c3", "a1", None, &"x".repeat(3_000)).to_string(),
        comment("c1", "a1", None, CLEAN[0]).to_string(),
        comment("c4", "a1", None, CLEAN[2]).to_string(),
    ];
    let answers = send(&app, lines.join("\n")).await;
    let told: Vec<_> = answers
        .iter()
        .map(|a| format!("{} {} {}", a["line"], a["status"], a["problem"]["code"].as_str().unwrap_or("-")))
        .collect();
    assert_eq!(
        told,
        [
            "1 201 -",
            "2 201 -",
            "3 400 malformed_json",
            "5 422 unknown_article",
            "6 413 body_too_large",
            "7 200 -",
            "8 201 -",
        ]
    );
    assert_eq!(app.platform.get("/v1/comments/r1").await.body["parent_id"], "c1");
}

#[tokio::test]
async fn a_thousand_comments_are_all_there() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let lines: Vec<_> = (0..1000).map(|n| comment(&format!("c{n}"), "a1", None, CLEAN[n % 3]).to_string()).collect();
    let answers = send(&app, lines.join("\n") + "\n").await;
    assert_eq!(answers.len(), 1000);
    assert!(answers.iter().enumerate().all(|(n, a)| a["id"] == json!(format!("c{n}")) && a["status"] == 201));
}

#[tokio::test]
async fn answers_come_while_lines_are_still_sent() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let (lines, body) = tokio::sync::mpsc::channel::<Result<String, std::io::Error>>(1);
    let body = futures_util::stream::unfold(body, |mut body| async move { Some((body.recv().await?, body)) });
    let request = app.platform.request(Method::POST, "/v1/comments:batch").body(reqwest::Body::wrap_stream(body));
    let response = tokio::spawn(request.send());
    lines.send(Ok(comment("c1", "a1", None, CLEAN[0]).to_string() + "\n")).await.expect("sent");
    let mut answers = response.await.expect("joined").expect("an answer").bytes_stream();
    let first = answers.next().await.expect("a line").expect("bytes");
    assert!(String::from_utf8_lossy(&first).contains("\"c1\""));
    lines.send(Ok(comment("c2", "a1", None, CLEAN[1]).to_string() + "\n")).await.expect("sent");
    let second = answers.next().await.expect("a line").expect("bytes");
    assert!(String::from_utf8_lossy(&second).contains("\"c2\""));
    drop(lines);
    assert!(answers.next().await.is_none());
}
