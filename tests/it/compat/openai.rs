//! OpenAI's moderation API.

use crate::support::app::{CLEAN, Setup, TestApp};
use crate::support::client::{Answer, Client};
use crate::support::foreign::client;
use ombud::http::Limits;
use ombud::service::Around;
use ombud::text::detect;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::num::NonZeroU32;

const ADDRESS: &str = "/v1/moderations";
const INSULT: &str = "You are a stupid, worthless idiot and everybody hates you.";

/// Fails unless this is an error as OpenAI writes them.
#[track_caller]
fn expect_error(answer: &Answer, status: u16, kind: &str, code: Option<&str>, param: Option<&str>) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "application/json", "{}", answer.text);
    let error = &answer.body["error"];
    assert_eq!((error["type"].as_str(), error["code"].as_str()), (Some(kind), code), "{}", answer.text);
    assert_eq!(error["param"].as_str(), param, "{}", answer.text);
    assert!(error["message"].as_str().is_some_and(|m| m.len() > 10), "{}", answer.text);
    assert_eq!(answer.body.as_object().map(serde_json::Map::len), Some(1), "{}", answer.text);
}

#[tokio::test]
async fn a_platform_with_openais_client_is_served() {
    let app = TestApp::start().await;
    let parts = json!([{"type": "text", "text": "You are a stupid,"}, {"type": "text", "text": "worthless idiot."}]);
    let image = json!([{"type": "image_url", "image_url": {"url": "https://pictures.example/1.png"}}]);
    let told = json!({"base": app.base, "key": app.platform.key(), "calls": [
        {"input": INSULT, "model": "omni-moderation-latest"},
        {"input": [CLEAN[0], INSULT, ""]},
        {"input": parts, "model": "text-moderation-stable"},
        {"input": image},
        {"input": []},
        {"input": "x", "extra_body": {"user": "u"}},
    ]});
    let got = client("openai_moderation.py", told).await;

    assert!(got[0]["id"].as_str().is_some_and(|id| id.starts_with("modr-")), "{got}");
    assert!(got[0]["model"].as_str().is_some_and(|model| model.starts_with("ombud-")), "{got}");
    let insult = &got[0]["results"][0];
    assert_eq!((&insult["flagged"], &insult["harassment"][0]), (&json!(true), &json!(true)), "{got}");
    assert!(insult["harassment"][1].as_f64() > Some(0.5), "{got}");
    assert_eq!(insult["illicit"], json!([false, 0.0]), "{got}");
    let judged = ["harassment", "harassment/threatening", "hate", "hate/threatening", "sexual", "violence"];
    assert_eq!(insult["judged"], json!(judged), "{got}");
    let categories = insult["categories"].as_object().expect("categories");
    let unjudged: BTreeSet<&str> =
        categories.keys().map(String::as_str).filter(|name| !judged.contains(name)).collect();
    assert_eq!(categories.len(), 13, "{got}");
    let said = got[0]["unjudged"].as_str().expect("a header");
    assert_eq!(said.split(", ").collect::<BTreeSet<&str>>(), unjudged, "{got}");

    let flagged: Vec<&Value> = got[1]["results"].as_array().expect("results").iter().map(|r| &r["flagged"]).collect();
    assert_eq!(flagged, [false, true, false], "one result for each text, in order: {got}");
    assert_eq!(got[1]["results"][2]["judged"], json!([]), "nothing is said of nothing: {got}");
    assert_eq!(got[2]["results"].as_array().map(Vec::len), Some(1), "parts are one input: {got}");
    assert_eq!(got[2]["results"][0]["flagged"], true, "{got}");

    for (place, param, code) in
        [(3, "input[0]", "image_not_supported"), (4, "input", "empty_array"), (5, "user", "unknown_parameter")]
    {
        let error = json!({"error": "BadRequestError", "code": code, "param": param,
                           "type": "invalid_request_error", "status": 400});
        assert_eq!(got[place], error, "{got}");
    }
    let told = json!({"base": app.base, "key": "ombud_wrong", "calls": [{"input": "x"}]});
    let got = client("openai_moderation.py", told).await;
    assert_eq!((&got[0]["error"], &got[0]["code"]), (&json!("AuthenticationError"), &json!("invalid_api_key")));
}

#[tokio::test]
async fn scores_are_those_of_the_site_and_flags_those_of_its_policy() {
    let lax = vec![
        ("TOXICITY          = { review = 0.25, reject = 0.80 }", "TOXICITY = { review = 1.00 }"),
        ("INSULT            = { review = 0.35 }", "INSULT = { review = 1.00 }"),
    ];
    let app = TestApp::with(Setup { policy: lax, ..Setup::default() }).await;
    let site = ombud::comment::SiteId::parse("post").expect("a site");
    let scores = app.ombud.analyst(&site).await.scores(INSULT, detect(INSULT), &Around::default());
    let toxicity = scores.get(ombud::comment::Attribute::Toxicity).expect("a score");

    let answer = app.platform.post(ADDRESS, &json!({"input": INSULT})).await.expect_status(200);
    let result = &answer.body["results"][0];
    let harassment = result["category_scores"]["harassment"].as_f64();
    assert!(harassment >= Some(toxicity) && toxicity > 0.5, "{}", answer.text);
    assert_eq!(result["categories"]["harassment"], false, "the editors bear it: {}", answer.text);
    let revision = app.ombud.model_revision(&site).await;
    assert_eq!(answer.body["model"], format!("ombud-{revision}"));
    // Nothing was stored.
    assert_eq!(app.platform.get("/v1/events").await.expect_status(200).body["events"], json!([]));
}

#[tokio::test]
async fn a_text_that_nothing_can_score_is_not_called_harmless() {
    let app = TestApp::start().await;
    let french = "Les ministres se sont retrouvés hier soir à Lorne pour parler encore une fois de la frontière.";
    let answer = app.platform.post(ADDRESS, &json!({"input": french})).await.expect_status(200);
    let result = &answer.body["results"][0];
    assert_eq!(result["flagged"], false);
    let kinds = result["category_applied_input_types"].as_object().expect("kinds");
    assert!(kinds.values().all(|kind| *kind == json!([])), "{}", answer.text);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_openais_words() {
    const INVALID: &str = "invalid_request_error";
    let app = TestApp::start().await;
    let ask = json!({"input": "x"});
    expect_error(&app.anonymous.post(ADDRESS, &ask).await, 401, INVALID, None, None);
    let wrong = Client::new(&app.base, Some("ombud_wrong".to_owned()));
    expect_error(&wrong.post(ADDRESS, &ask).await, 401, INVALID, Some("invalid_api_key"), None);
    expect_error(&app.moderator.post(ADDRESS, &ask).await, 403, INVALID, Some("insufficient_permissions"), None);

    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = app.platform.send(app.platform.request(method, ADDRESS)).await;
        expect_error(&answer, 405, INVALID, Some("method_not_supported"), None);
        assert_eq!(answer.headers["allow"], "POST");
    }
    for (body, code) in
        [("{", "malformed_json"), ("", "malformed_json"), ("{\"input\":\"\\ud800\"}", "invalid_unicode")]
    {
        expect_error(&app.platform.post_raw(ADDRESS, body).await, 400, INVALID, Some(code), None);
    }
    let deep = format!("{{\"input\":{}1{}}}", "[".repeat(500), "]".repeat(500));
    expect_error(&app.platform.post_raw(ADDRESS, deep).await, 400, INVALID, Some("json_too_deep"), None);
    let answer = app.platform.post(ADDRESS, &json!({"input": ["x", 1]})).await;
    expect_error(&answer, 400, INVALID, Some("invalid_type"), Some("input[1]"));
    let answer = app.platform.post(ADDRESS, &json!({"input": vec!["x"; 33]})).await;
    expect_error(&answer, 400, INVALID, Some("array_above_max_length"), Some("input"));
    let answer = app.platform.post(ADDRESS, &json!({"input": "x".repeat(70_000)})).await;
    expect_error(&answer, 400, INVALID, Some("string_above_max_length"), Some("input"));
    let answer = app.platform.post(ADDRESS, &json!({"input": vec!["x".repeat(60_000); 5]})).await;
    expect_error(&answer, 413, INVALID, Some("request_too_large"), None);
}

#[tokio::test]
async fn who_asks_too_fast_is_told_when_to_try_again() {
    let limits = Limits { requests_per_second: NonZeroU32::new(1), ..Limits::default() };
    let app = TestApp::with(Setup { limits, ..Setup::default() }).await;
    let mut refused = None;
    for _ in 0..50 {
        let answer = app.platform.post(ADDRESS, &json!({"input": "x"})).await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("one of fifty is too fast");
    expect_error(&refused, 429, "requests", Some("rate_limit_exceeded"), None);
    assert!(refused.headers["retry-after"].to_str().is_ok_and(|s| s.parse::<u64>().is_ok_and(|s| s >= 1)));
}
