//! Coral's external moderation phase.

use crate::support::app::{BANNED, CLEAN, SUSPECT, Setup, TestApp};
use crate::support::client::Answer;
use crate::support::coral::signature;
use crate::support::foreign;
use crate::support::redis::{Persistence, RedisServer};
use ombud::comment::SiteId;
use ombud::http::Limits;
use ombud::http::compat::coral::{BodyFormat, CoralSettings, CoralSite, Secrets};
use ombud::policy::UnknownArticle;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const SECRET: &str = "a signing secret of the tests";
const NEXT_SECRET: &str = "the signing secret after it";
const PHASE: &str = "/compat/coral/post";

fn site() -> CoralSite {
    CoralSite::new(Secrets::parse(SECRET).expect("a secret"))
}

/// Never answered without a decision, however slow the machine is.
fn settings(site: CoralSite) -> CoralSettings {
    let sites = [(SiteId::parse("post").expect("a site"), site)].into();
    CoralSettings { answer_within: Duration::from_mins(10), sites }
}

async fn app_with(site: CoralSite, policy: Vec<(&'static str, &'static str)>) -> TestApp {
    TestApp::with(Setup { coral: settings(site), policy, ..Setup::default() }).await
}

async fn app() -> TestApp {
    app_with(site(), Vec::new()).await
}

/// What Coral sends when a reader posts.
fn request(author: &str, body: &str) -> Value {
    json!({"action": "NEW", "comment": {"body": body, "parentID": null}, "author": {"id": author, "role": "COMMENTER"},
        "story": {"id": "story-1", "url": "https://paper.example/news/1"}, "site": {"id": "site-1"},
        "tenantID": "tenant-1", "tenantDomain": "coral.paper.example"})
}

fn edit(author: &str, body: &str) -> Value {
    let mut request = request(author, body);
    request["action"] = json!("EDIT");
    request
}

/// Posts a signed body.
async fn post_signed(app: &TestApp, path: &str, body: &[u8]) -> Answer {
    let request = app.anonymous.request(Method::POST, path).header("content-type", "application/json");
    app.anonymous.send(request.header("x-coral-signature", signature(SECRET, body)).body(body.to_vec())).await
}

async fn ask(app: &TestApp, request: &Value) -> Answer {
    post_signed(app, PHASE, request.to_string().as_bytes()).await
}

/// The status that Coral is told; null where it goes on.
async fn status(app: &TestApp, request: &Value) -> Value {
    let answer = ask(app, request).await;
    assert!(matches!(answer.status, 200 | 204), "{} {}", answer.status, answer.text);
    assert_eq!(answer.status == 204, answer.text.is_empty());
    answer.body["status"].clone()
}

/// The comments that ombud has, each once, in the order in which they came.
async fn comments(app: &TestApp) -> Vec<Value> {
    let events = app.platform.get("/v1/events?limit=100").await.expect_status(200);
    let mut ids: Vec<&str> = Vec::new();
    for event in events.body["events"].as_array().expect("events") {
        let id = event["comment_id"].as_str().expect("an id");
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let mut found = Vec::new();
    for id in ids {
        found.push(app.platform.get(&format!("/v1/comments/{id}")).await.expect_status(200).body);
    }
    found
}

#[track_caller]
fn expect_error(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.body["error"]["code"].as_str()), (status, Some(code)), "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert!(answer.body["error"]["message"].is_string() && answer.body["code"].is_null(), "{}", answer.text);
}

#[tokio::test]
async fn coral_asks_and_takes_what_it_is_answered() {
    let app = app().await;
    app.article("story-1").await;
    let requests = [request("u1", CLEAN[0]), request("u2", SUSPECT), request("u3", BANNED)];
    let told = json!({"url": format!("{}{PHASE}", app.base), "secrets": [SECRET], "requests": requests});
    let answers = foreign::client("coral_phase.js", told).await;
    let flags = json!([{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}]);
    assert_eq!(answers[0], json!({"http": 204, "answer": null}));
    assert_eq!(
        answers[1],
        json!({"http": 200, "answer": {"status": "SYSTEM_WITHHELD", "actions": flags}, "fault": null})
    );
    assert_eq!(answers[2], json!({"http": 200, "answer": {"status": "REJECTED", "actions": flags}, "fault": null}));
    let states: Vec<Value> = comments(&app).await.iter().map(|c| c["state"].clone()).collect();
    assert_eq!(states, ["published", "pending", "rejected"]);
}

#[tokio::test]
async fn secrets_are_rotated_without_a_gap() {
    let asked_with = async |known: &str, signed: &[&str]| {
        let site = CoralSite::new(Secrets::parse(known).expect("secrets"));
        let app = app_with(site, Vec::new()).await;
        let told =
            json!({"url": format!("{}{PHASE}", app.base), "secrets": signed, "requests": [request("u", SUSPECT)]});
        foreign::client("coral_phase.js", told).await[0]["http"].clone()
    };
    let both = format!("{SECRET}\n{NEXT_SECRET}");
    assert_eq!(asked_with(SECRET, &[SECRET]).await, 200, "before");
    assert_eq!(asked_with(SECRET, &[SECRET, NEXT_SECRET]).await, 200, "Coral rotates first");
    assert_eq!(asked_with(&both, &[NEXT_SECRET]).await, 200, "ombud knows both");
    assert_eq!(asked_with(NEXT_SECRET, &[SECRET, NEXT_SECRET]).await, 200, "ombud is ahead");
    assert_eq!(asked_with(NEXT_SECRET, &[SECRET]).await, 401, "after");
}

#[tokio::test]
async fn nothing_is_open_that_was_not_opened() {
    let body = request("u1", CLEAN[0]).to_string();
    let closed = TestApp::start().await;
    expect_error(&post_signed(&closed, PHASE, body.as_bytes()).await, 404, "no_such_address");
    let app = app().await;
    for path in
        ["/compat/coral/gazette", "/compat/coral/Post", "/compat/coral/post/x", "/compat/coral", "/compat/coral/%ff"]
    {
        expect_error(&post_signed(&app, path, body.as_bytes()).await, 404, "no_such_address");
    }
    // A site that was revoked, or never made, answers nobody though it is configured.
    app.ombud.revoke_site(&SiteId::parse("post").expect("a site")).await.expect("revoked");
    expect_error(&post_signed(&app, PHASE, body.as_bytes()).await, 404, "no_such_address");
}

#[tokio::test]
async fn what_is_not_signed_or_not_a_request_is_refused_in_corals_shape() {
    let limits = Limits { body_bytes: 4096, ..Limits::default() };
    let app = TestApp::with(Setup { coral: settings(site()), limits, ..Setup::default() }).await;
    let good = request("u1", CLEAN[0]).to_string();
    let send = async |method: Method, media_type: &str, signed: Option<String>, body: String| {
        let mut request = app.anonymous.request(method, PHASE).header("content-type", media_type);
        if let Some(signed) = signed {
            request = request.header("x-coral-signature", signed);
        }
        app.anonymous.send(request.body(body)).await
    };
    let other = signature(NEXT_SECRET, good.as_bytes());
    let right = signature(SECRET, good.as_bytes());
    let unsigned =
        [None, Some(other), Some(right.replace("sha256=", "")), Some("sha256=".to_owned()), Some("é".to_owned())];
    for signed in unsigned {
        expect_error(&send(Method::POST, "application/json", signed, good.clone()).await, 401, "key_invalid");
    }
    let moved = send(Method::POST, "application/json", Some(right.clone()), good.replace("u1", "u2")).await;
    expect_error(&moved, 401, "key_invalid");
    expect_error(
        &send(Method::POST, "text/plain", Some(right.clone()), good.clone()).await,
        415,
        "media_type_unsupported",
    );
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        expect_error(
            &send(method, "application/json", Some(right.clone()), good.clone()).await,
            405,
            "method_not_allowed",
        );
    }
    let long = request("u1", &"long ".repeat(1000)).to_string();
    expect_error(&post_signed(&app, PHASE, long.as_bytes()).await, 413, "body_too_large");
    let without = |member: &str| {
        let mut request = request("u1", CLEAN[0]);
        request.as_object_mut().expect("an object").remove(member);
        request.to_string()
    };
    let cases = [
        ("{".to_owned(), 400, "malformed_json"),
        (String::new(), 400, "malformed_json"),
        ("[]".to_owned(), 422, "wrong_type"),
        (without("comment"), 422, "missing_field"),
        (without("author"), 422, "missing_field"),
        (without("story"), 422, "missing_field"),
        (good.replace("\"u1\"", "17"), 422, "wrong_type"),
        (good.replace("\"u1\"", "\"\""), 422, "invalid_id"),
        (format!("{{\"a\":{}1{}}}", "[".repeat(400), "]".repeat(400)), 400, "json_too_deep"),
    ];
    for (body, status, code) in cases {
        expect_error(&post_signed(&app, PHASE, body.as_bytes()).await, status, code);
    }
    assert!(comments(&app).await.is_empty());
    // What Coral leaves out or adds is no mistake.
    for member in ["action", "tenantID", "site", "tenantDomain"] {
        let body = without(member).replace("u1", &format!("author without {member}"));
        assert_eq!(post_signed(&app, PHASE, body.as_bytes()).await.status, 204, "{member}");
    }
}

#[tokio::test]
async fn a_call_repeated_is_one_comment_and_a_comment_repeated_is_another() {
    let app = app().await;
    app.article("story-1").await;
    for _ in 0..3 {
        assert_eq!(status(&app, &request("u1", CLEAN[0])).await, Value::Null);
        assert_eq!(status(&app, &request("u2", SUSPECT)).await, "SYSTEM_WITHHELD");
        app.clock.advance(Duration::from_secs(20));
    }
    assert_eq!(comments(&app).await.len(), 2);
    // Others, elsewhere, or in answer to something else: other comments.
    let mut reply = request("u3", CLEAN[1]);
    assert_eq!(status(&app, &reply).await, Value::Null);
    reply["comment"]["parentID"] = json!("comment-of-coral");
    assert_eq!(status(&app, &reply).await, "REJECTED", "the author said the same before");
    assert_eq!(status(&app, &request("u4", CLEAN[1])).await, Value::Null);
    assert_eq!(comments(&app).await.len(), 5);
    // Much later nobody repeats a call: the author says the same again.
    app.clock.advance(Duration::from_mins(2));
    assert_eq!(status(&app, &request("u1", CLEAN[0])).await, "REJECTED");
    let codes = comments(&app).await[5]["decision"]["reasons"].clone();
    assert_eq!(codes[0]["code"], "repeat.exact", "{codes}");
}

#[tokio::test]
async fn what_is_said_over_and_over_is_told_apart_eight_times() {
    let app = app_with(site(), vec![("exact          = \"reject\"", "exact          = \"off\"")]).await;
    app.article("story-1").await;
    for _ in 0..11 {
        assert_eq!(status(&app, &request("u1", CLEAN[0])).await, Value::Null);
        app.clock.advance(Duration::from_mins(2));
    }
    assert_eq!(comments(&app).await.len(), 8);
}

#[tokio::test]
async fn a_hundred_calls_of_one_comment_at_a_time_make_one() {
    let app = app().await;
    app.article("story-1").await;
    let request = request("u1", CLEAN[0]);
    let answers = futures_util::future::join_all((0..100).map(|_| status(&app, &request))).await;
    assert!(answers.iter().all(Value::is_null), "{answers:?}");
    assert_eq!(comments(&app).await.len(), 1);
}

#[tokio::test]
async fn an_edit_replaces_what_it_is_most_like() {
    let app = app().await;
    app.article("story-1").await;
    assert_eq!(status(&app, &request("u1", CLEAN[0])).await, Value::Null);
    assert_eq!(status(&app, &request("u1", CLEAN[1])).await, Value::Null);
    // Mending a word is nearly the same text again, and yet no repetition.
    let mended = CLEAN[0].replace("set no date", "named no date");
    for _ in 0..2 {
        assert_eq!(status(&app, &edit("u1", &mended)).await, Value::Null);
    }
    let texts: Vec<Value> = comments(&app).await.iter().map(|c| c["text"].clone()).collect();
    assert_eq!(texts, [json!(mended), json!(CLEAN[1])]);
    assert_eq!(status(&app, &edit("u1", BANNED)).await, "REJECTED");
    assert_eq!(comments(&app).await.len(), 2);
    // Nobody's comment to edit: judged as a new one.
    assert_eq!(status(&app, &edit("u2", SUSPECT)).await, "SYSTEM_WITHHELD");
    assert_eq!(comments(&app).await.len(), 3);
}

#[tokio::test]
async fn an_edit_clears_no_text_but_its_own() {
    let app = app().await;
    app.article("story-1").await;
    assert_eq!(status(&app, &request("u1", SUSPECT)).await, "SYSTEM_WITHHELD");
    assert_eq!(status(&app, &edit("u1", CLEAN[0])).await, Value::Null);
    // The first text again is not the comment that it became.
    assert_eq!(status(&app, &request("u1", SUSPECT)).await, "SYSTEM_WITHHELD");
    assert_eq!(comments(&app).await.len(), 2);
}

#[tokio::test]
async fn html_is_judged_as_readers_see_it() {
    let app = app().await;
    app.article("story-1").await;
    let split = SUSPECT.replace("where", "wh<b></b>ere").replace(" back", " b&#97;ck");
    assert_eq!(status(&app, &request("u1", &format!("<div>{split}</div>"))).await, "SYSTEM_WITHHELD");
    let links = format!(
        "<p>{}</p><p><a href=\"https://cheap-pills.example/1\">More</a> and <a href='//pills.example'>here</a></p>",
        CLEAN[1]
    );
    let answer = ask(&app, &request("u2", &links)).await;
    assert_eq!(answer.body["status"], "SYSTEM_WITHHELD");
    assert_eq!(answer.body["actions"], json!([{"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}]));
    let text = comments(&app).await[1]["text"].clone();
    let expected = format!("{}\n\nMore (https://cheap-pills.example/1) and here (https://pills.example)", CLEAN[1]);
    assert_eq!(text, json!(expected));
    // A rating without words: nothing to judge, and nothing kept.
    assert_eq!(status(&app, &request("u3", " ")).await, Value::Null);
    assert_eq!(comments(&app).await.len(), 2);
    let plain = app_with(CoralSite { format: BodyFormat::PlainText, ..site() }, Vec::new()).await;
    ask(&plain, &request("u1", "<3 & <b>peace</b>")).await;
    assert_eq!(comments(&plain).await[0]["text"], "<3 & <b>peace</b>");
}

#[tokio::test]
async fn what_is_too_long_to_be_judged_whole_is_withheld() {
    let site = CoralSite { approve: true, format: BodyFormat::PlainText, ..site() };
    let app = app_with(site, vec![("max_characters = 5000", "max_characters = 0")]).await;
    app.article("story-1").await;
    let padded = |spaces: usize| format!("{}{}{BANNED}", CLEAN[1], " ".repeat(spaces));
    assert_eq!(status(&app, &request("u1", CLEAN[1])).await, "APPROVED");
    assert_eq!(status(&app, &request("u2", &padded(60_000))).await, "REJECTED");
    assert_eq!(status(&app, &request("u3", &padded(70_000))).await, "SYSTEM_WITHHELD");
    assert_eq!(comments(&app).await[2]["state"], "published", "by what could be judged of it");
}

#[tokio::test]
async fn without_its_article_a_comment_is_judged_by_all_else() {
    let app = app().await;
    assert_eq!(status(&app, &request("u1", CLEAN[0])).await, Value::Null);
    assert_eq!(status(&app, &request("u2", SUSPECT)).await, "SYSTEM_WITHHELD");
    let kept = comments(&app).await;
    let reasons = kept[0]["decision"]["reasons"].clone();
    assert_eq!(
        (&reasons[0]["code"], &reasons[0]["action"]),
        (&json!("article.unknown"), &json!("publish")),
        "{reasons}"
    );
    assert!(kept[0]["scores"]["OFF_TOPIC"].is_null() && kept[0]["scores"]["TOXICITY"].is_number());
    // Once it is registered, so is topicality. An edit is judged with it as well.
    app.article("story-1").await;
    ask(&app, &edit("u1", &CLEAN[0].replace("another", "a third"))).await;
    ask(&app, &request("u3", CLEAN[1])).await;
    let kept = comments(&app).await;
    assert!(kept[0]["scores"]["OFF_TOPIC"].is_number() && kept[2]["scores"]["OFF_TOPIC"].is_number());
    let strict = app_with(CoralSite { unknown_story: UnknownArticle::Review, ..site() }, Vec::new()).await;
    assert_eq!(status(&strict, &request("u1", CLEAN[0])).await, "SYSTEM_WITHHELD");
}

#[tokio::test]
async fn what_is_not_judged_in_time_is_withheld_and_kept() {
    let late = |policy| {
        let coral = CoralSettings { answer_within: Duration::ZERO, ..settings(site()) };
        TestApp::with(Setup { policy, coral, ..Setup::default() })
    };
    let app = late(Vec::new()).await;
    assert_eq!(status(&app, &request("u1", CLEAN[0])).await, "SYSTEM_WITHHELD");
    let kept = async {
        while comments(&app).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), kept).await.expect("it is kept");
    let app = late(vec![("on_error = \"review\"", "on_error = \"refuse\"")]).await;
    let refused = ask(&app, &request("u1", CLEAN[0])).await;
    expect_error(&refused, 503, "unavailable");
    assert!(refused.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_moderators_decision_stands_when_the_call_is_repeated() {
    let app = app().await;
    app.article("story-1").await;
    assert_eq!(status(&app, &request("u1", SUSPECT)).await, "SYSTEM_WITHHELD");
    let id = comments(&app).await[0]["id"].as_str().expect("an id").to_owned();
    let decision = json!({"action": "publish", "reason_code": "fine", "expected_version": 1});
    app.moderator.post(&format!("/v1/comments/{id}/decision"), &decision).await.expect_status(200);
    assert_eq!(status(&app, &request("u1", SUSPECT)).await, Value::Null);
    app.platform.delete(&format!("/v1/comments/{id}")).await.expect_status(200);
    assert_eq!(status(&app, &request("u1", SUSPECT)).await, "SYSTEM_WITHHELD");
}

#[tokio::test]
async fn replicas_on_one_redis_know_one_comment() {
    let server = RedisServer::start(Persistence::None);
    let clock = Setup::default().clock;
    let replica = async || {
        let store = Some(server.url().parse().expect("a store"));
        TestApp::with(Setup { store, coral: settings(site()), clock: clock.clone(), ..Setup::default() }).await
    };
    let (one, two) = (replica().await, replica().await);
    one.article("story-1").await;
    for app in [&one, &two] {
        assert_eq!(status(app, &request("u1", CLEAN[0])).await, Value::Null);
    }
    let mended = CLEAN[0].replace("set no date", "named no date");
    for app in [&two, &one] {
        assert_eq!(status(app, &edit("u1", &mended)).await, Value::Null);
    }
    let kept = comments(&one).await;
    assert_eq!((kept.len(), &kept[0]["text"]), (1, &json!(mended)));
    clock.advance(Duration::from_mins(2));
    assert_eq!(status(&two, &request("u1", &mended)).await, "REJECTED");
}
