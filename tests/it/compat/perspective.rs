//! The Perspective API.

use crate::support::app::{Setup, TestApp};
use crate::support::client::{Answer, Client};
use crate::support::foreign;
use ombud::http::Limits;
use serde_json::{Value, json};
use std::num::NonZeroU32;

const RUDE: &str = "You are a complete idiot and everyone here knows it";

/// The API as a platform calls it: the key in the query.
struct Perspective {
    client: Client,
    key: String,
}

impl Perspective {
    fn of(app: &TestApp) -> Self {
        Self { client: app.anonymous.clone(), key: app.platform.key().to_owned() }
    }

    async fn call(&self, method: &str, body: &Value) -> Answer {
        self.client.post(&format!("/v1alpha1/comments:{method}?key={}", self.key), body).await
    }

    async fn analyze(&self, body: &Value) -> Answer {
        self.call("analyze", body).await
    }
}

impl Answer {
    /// Fails unless this is an error in Google's shape.
    #[track_caller]
    fn expect_google(&self, code: u16, status: &str, error_type: Option<&str>) {
        assert_eq!(self.status, code, "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/json");
        let error = &self.body["error"];
        assert_eq!(
            (error["code"].as_u64(), error["status"].as_str()),
            (Some(code.into()), Some(status)),
            "{}",
            self.text
        );
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()));
        if error_type.is_some() {
            assert_eq!(error["details"][0]["errorType"].as_str(), error_type, "{}", self.text);
            let type_name = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error";
            assert_eq!(error["details"][0]["@type"], type_name);
        }
    }
}

fn ask(text: &str, attributes: &[&str]) -> Value {
    let wanted: serde_json::Map<_, _> = attributes.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
    json!({"comment": {"text": text}, "requestedAttributes": wanted})
}

fn value(answer: &Answer, attribute: &str) -> f64 {
    let score = &answer.body["attributeScores"][attribute]["summaryScore"];
    assert_eq!(score["type"], "PROBABILITY", "{}", answer.text);
    score["value"].as_f64().expect("a score")
}

#[tokio::test]
async fn a_comment_is_analyzed() {
    let app = TestApp::start().await;
    let perspective = Perspective::of(&app);
    let mut body = ask(RUDE, &["TOXICITY", "THREAT"]);
    body["clientToken"] = json!("t");
    let answer = perspective.analyze(&body).await.expect_status(200);
    assert!(value(&answer, "TOXICITY") > 0.8 && value(&answer, "THREAT") < 0.5, "{}", answer.text);
    for (member, expected) in
        [("languages", json!(["en"])), ("detectedLanguages", json!(["en"])), ("clientToken", json!("t"))]
    {
        assert_eq!(answer.body[member], expected);
    }
    let span = &answer.body["attributeScores"]["TOXICITY"]["spanScores"][0];
    assert_eq!((span["begin"].as_u64(), span["end"].as_u64()), (Some(0), Some(51)));
    // Nothing is stored, and no queue grows.
    assert_eq!(app.moderator.get("/v1/queue").await.body["depth"], 0);
    // The same below a path of its own, and with the key where Google's other clients put it.
    let other = app.platform.post("/compat/perspective/v1alpha1/comments:analyze", &body).await;
    assert_eq!(other.body, answer.body);
}

#[tokio::test]
async fn sentences_are_scored_on_their_own() {
    let app = TestApp::start().await;
    let text = "😀 The talks went well. You are a complete idiot.";
    let mut body = ask(text, &["TOXICITY"]);
    body["spanAnnotations"] = json!(true);
    let answer = Perspective::of(&app).analyze(&body).await.expect_status(200);
    let spans = answer.body["attributeScores"]["TOXICITY"]["spanScores"].as_array().expect("spans").clone();
    let of = |span: &Value| {
        let at = |member: &str| usize::try_from(span[member].as_u64().expect("a place")).expect("small");
        let units: Vec<u16> = text.encode_utf16().collect();
        let cut = String::from_utf16(&units[at("begin")..at("end")]).expect("whole characters");
        (cut, span["score"]["value"].as_f64().expect("a score"))
    };
    let [first, second] = [of(&spans[0]), of(&spans[1])];
    assert_eq!(
        (spans.len(), first.0.as_str(), second.0.as_str()),
        (2, "😀 The talks went well.", "You are a complete idiot.")
    );
    assert!(first.1 < 0.3 && second.1 > 0.8, "{}", answer.text);
}

#[tokio::test]
async fn the_article_and_the_parent_count() {
    let app = TestApp::start().await;
    let perspective = Perspective::of(&app);
    let article = "Talks between Maravel and Sundria stall over the border\n\nThe ministers of Maravel and Sundria met in \
                   Lorne. The talks about the border ended without a joint statement.";
    let on =
        "The talks in Lorne ended without a statement, and the ministers of Maravel set no date for another round.";
    let off = "My neighbour keeps bees, and sells wonderful honey from them to everybody in town for a fair price.";
    let with = |text, context: Value| {
        let mut body = ask(text, &["OFF_TOPIC", "TOXICITY"]);
        body["context"] = context;
        body
    };
    let under = || json!({"articleAndParentComment": {"article": {"text": article}}});
    let (about, away) = (perspective.analyze(&with(on, under())).await, perspective.analyze(&with(off, under())).await);
    assert!(value(&about, "OFF_TOPIC") < 0.1 && value(&away, "OFF_TOPIC") > 0.3, "{} {}", about.text, away.text);
    // It answers somebody who talked of bees.
    let bees = "Does anybody here sell honey? Bees are what this town should talk about, and the price of honey.";
    let answering = json!({"articleAndParentComment": {"article": {"text": article}, "parentComment": {"text": bees}}});
    let entries = json!({"entries": [{"text": article}, {"text": bees, "type": "PLAIN_TEXT"}]});
    for context in [answering, entries] {
        let reply = perspective.analyze(&with(off, context)).await;
        assert!(value(&reply, "OFF_TOPIC") < value(&away, "OFF_TOPIC"), "{}", reply.text);
    }
    // Without an article there is nothing to say of the topic; the rest is answered.
    let alone = perspective.analyze(&ask(on, &["OFF_TOPIC", "TOXICITY"])).await.expect_status(200);
    assert!(alone.body["attributeScores"].get("OFF_TOPIC").is_none());
    assert!(value(&alone, "TOXICITY") < 0.3);
}

#[tokio::test]
async fn names_and_thresholds_are_taken_as_perspective_takes_them() {
    let app = TestApp::start().await;
    let perspective = Perspective::of(&app);
    let names = ["TOXICITY", "TOXICITY@6", "TOXICITY_EXPERIMENTAL"];
    let answer = perspective.analyze(&ask(RUDE, &names)).await.expect_status(200);
    assert!(names.iter().all(|name| value(&answer, name).total_cmp(&value(&answer, "TOXICITY")).is_eq()));
    let thresholds =
        json!({"TOXICITY": {"scoreThreshold": 0.5}, "THREAT": {"scoreThreshold": 0.99, "scoreType": "PROBABILITY"}});
    let body = json!({"comment": {"text": RUDE}, "requestedAttributes": thresholds});
    let answer = perspective.analyze(&body).await.expect_status(200);
    let scores = answer.body["attributeScores"].as_object().expect("scores");
    assert_eq!(scores.keys().collect::<Vec<_>>(), ["TOXICITY"]);
    // Where no score reaches its threshold, there is no member for them.
    let body = json!({"comment": {"text": RUDE}, "requested_attributes": {"THREAT": {"score_threshold": 0.99}}});
    let answer = perspective.analyze(&body).await.expect_status(200);
    assert!(answer.body.get("attributeScores").is_none(), "{}", answer.text);
}

#[tokio::test]
async fn languages_are_answered_for() {
    let app = TestApp::start().await;
    let perspective = Perspective::of(&app);
    let german = "Das ist doch alles Unsinn, und der Minister weiß das ganz genau, aber er sagt nichts.";
    let answer = perspective.analyze(&ask(german, &["TOXICITY"])).await;
    answer.expect_google(400, "INVALID_ARGUMENT", Some("LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"));
    let why = &answer.body["error"]["details"][0]["languageNotSupportedByAttributeError"];
    assert_eq!(why, &json!({"detectedLanguages": ["de"], "attribute": "TOXICITY"}));
    // What the caller says of the language counts.
    let mut body = ask(german, &["TOXICITY"]);
    body["languages"] = json!(["en"]);
    let answer = perspective.analyze(&body).await.expect_status(200);
    assert_eq!((&answer.body["languages"], &answer.body["detectedLanguages"]), (&json!(["en"]), &json!(["de"])));
    body["languages"] = json!(["fr", "en"]);
    let answer = perspective.analyze(&body).await;
    answer.expect_google(400, "INVALID_ARGUMENT", Some("LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"));
    body["dropUnsupportedAttributes"] = json!(true);
    let answer = perspective.analyze(&body).await.expect_status(200);
    assert!(answer.body.get("attributeScores").is_none());
    body["languages"] = json!(["klingon please"]);
    perspective.analyze(&body).await.expect_google(400, "INVALID_ARGUMENT", Some("INVALID_LANGUAGE_CODE"));
    let silent = perspective.analyze(&ask("?!? ... :-(", &["TOXICITY"])).await;
    silent.expect_google(400, "INVALID_ARGUMENT", Some("LANGUAGE_DETECTION_FAILED"));
}

#[tokio::test]
async fn what_is_wrong_is_answered_as_google_answers() {
    let app = TestApp::start().await;
    let perspective = Perspective::of(&app);
    let long = "long ".repeat(4097);
    let cases = [
        (ask("", &["TOXICITY"]), "COMMENT_EMPTY"),
        (ask(" \n", &["TOXICITY"]), "COMMENT_EMPTY"),
        (json!({"requestedAttributes": {"TOXICITY": {}}}), "COMMENT_EMPTY"),
        (ask(&long, &["TOXICITY"]), "COMMENT_TOO_LONG"),
        (ask(&long.repeat(20), &["TOXICITY"]), "COMMENT_TOO_LONG"),
        (ask(RUDE, &[]), "NO_REQUESTED_ATTRIBUTES"),
        (ask(RUDE, &["TOXICITY", "WIT"]), "UNKNOWN_ATTRIBUTE"),
        (ask(RUDE, &["TOXICITY@"]), "UNKNOWN_ATTRIBUTE"),
        (
            json!({"comment": {"text": RUDE}, "requestedAttributes": {"TOXICITY": {"scoreType": "RAW"}}}),
            "SCORE_TYPE_NOT_SUPPORTED",
        ),
        (
            json!({"comment": {"text": RUDE, "type": "HTML"}, "requestedAttributes": {"TOXICITY": {}}}),
            "UNSUPPORTED_TEXT_TYPE",
        ),
        (
            json!({"comment": {"text": RUDE}, "requestedAttributes": {"TOXICITY": null},
                "context": {"entries": [{"text": "a"}], "articleAndParentComment": {}}}),
            "INVALID_CONTEXT",
        ),
    ];
    for (body, error_type) in cases {
        perspective.analyze(&body).await.expect_google(400, "INVALID_ARGUMENT", Some(error_type));
    }
    let address = format!("/v1alpha1/comments:analyze?key={}", perspective.key);
    for body in ["{", "", "[]", "{\"comment\": 1}", "{\"remark\": {}}", "\u{0}"] {
        app.anonymous.post_raw(&address, body).await.expect_google(400, "INVALID_ARGUMENT", None);
    }
    let body = ask(RUDE, &["TOXICITY"]);
    app.anonymous.post("/v1alpha1/comments:analyze", &body).await.expect_google(403, "PERMISSION_DENIED", None);
    let refused = app.anonymous.post("/v1alpha1/comments:analyze?key=nobody", &body).await;
    refused.expect_google(400, "INVALID_ARGUMENT", None);
    assert_eq!(refused.body["error"]["details"][0]["reason"], "API_KEY_INVALID");
    let moderator = format!("/v1alpha1/comments:analyze?key={}", app.moderator.key());
    app.anonymous.post(&moderator, &body).await.expect_google(403, "PERMISSION_DENIED", None);
    for path in
        ["/v1alpha1/comments:analyze", "/v1alpha1", "/v1alpha1/comments:guess", "/compat/perspective/v1alpha1/x"]
    {
        app.anonymous.get(path).await.expect_google(404, "NOT_FOUND", None);
    }
    app.platform.post("/batch", &body).await.expect_google(400, "INVALID_ARGUMENT", None);
    let document = app.anonymous.get("/$discovery/rest?version=v2").await;
    document.expect_google(404, "NOT_FOUND", None);
}

#[tokio::test]
async fn a_key_over_its_quota_is_told_when_to_come_back() {
    let limits = Limits { requests_per_second: NonZeroU32::new(1), ..Limits::default() };
    let app = TestApp::with(Setup { limits, ..Setup::default() }).await;
    let perspective = Perspective::of(&app);
    let body = ask(RUDE, &["TOXICITY"]);
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(perspective.analyze(&body).await);
    }
    let refused = answers.iter().find(|answer| answer.status == 429).expect("a refusal");
    refused.expect_google(429, "RESOURCE_EXHAUSTED", None);
    assert!(refused.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn what_a_score_should_have_been_is_kept() {
    let app = TestApp::start().await;
    let perspective = Perspective::of(&app);
    let suggest = |scores: Value| json!({"comment": {"text": RUDE}, "attributeScores": scores, "clientToken": "t"});
    let full = |value: f64| json!({"summaryScore": {"value": value, "type": "PROBABILITY"}});
    let answer = perspective.call("suggestscore", &suggest(json!({"TOXICITY": full(0.0)}))).await.expect_status(200);
    assert_eq!(answer.body, json!({"detectedLanguages": ["en"], "requestedLanguages": [], "clientToken": "t"}));
    let cases = [
        (json!({}), "NO_REQUESTED_ATTRIBUTES"),
        (json!({"WIT": full(1.0)}), "UNKNOWN_ATTRIBUTE"),
        (json!({"OFF_TOPIC": full(1.0)}), "INVALID_SCORE"),
        (json!({"TOXICITY": full(1.5)}), "INVALID_SCORE"),
        (json!({"TOXICITY": {}}), "INVALID_SCORE"),
    ];
    for (scores, error_type) in cases {
        let answer = perspective.call("suggestscore", &suggest(scores)).await;
        answer.expect_google(400, "INVALID_ARGUMENT", Some(error_type));
    }
}

#[tokio::test]
async fn googles_own_client_works_by_the_discovery_document() {
    let app = TestApp::start().await;
    let told = json!({"base": app.base, "key": app.platform.key(), "text": RUDE});
    let got = foreign::client("perspective_google.py", told).await;
    let score = got["analyzed"]["attributeScores"]["TOXICITY"]["summaryScore"]["value"].as_f64();
    assert!(score.is_some_and(|score| score > 0.8), "{got}");
    assert!(got["analyzed"]["attributeScores"].get("THREAT").is_none(), "{got}");
    assert_eq!((&got["analyzed"]["clientToken"], &got["suggested"]["clientToken"]), (&json!("t-1"), &json!("t-2")));
    for (failure, error_type) in [("empty", "COMMENT_EMPTY"), ("unknown", "UNKNOWN_ATTRIBUTE")] {
        assert_eq!(
            (got[failure]["status"].as_u64(), &got[failure]["details"][0]["errorType"]),
            (Some(400), &json!(error_type))
        );
    }
    assert_eq!((&got["batched"]["good"], &got["batched"]["empty"]), (&got["analyzed"], &json!(400)));
    assert_eq!(got["bad_key"]["reason"], "API key not valid. Please pass a valid API key.");
}

#[tokio::test]
async fn a_node_client_works_with_its_address_changed() {
    let app = TestApp::start().await;
    let told = json!({"base": app.base, "key": app.platform.key(), "text": RUDE});
    let got = foreign::client("perspective_node.js", told).await;
    assert!(got["scores"]["TOXICITY"].as_f64().is_some_and(|score| score > 0.8), "{got}");
    assert!(["INSULT", "SPAM"].iter().all(|name| got["scores"][name].is_f64()), "{got}");
    assert!(got["refused"].as_str().is_some_and(|why| why.contains("400")), "{got}");
}
