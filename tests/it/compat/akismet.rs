//! Akismet's API.

use crate::support::app::{BANNED, CLEAN, SUSPECT, Setup, TestApp};
use crate::support::client::{Answer, Client};
use crate::support::decisions::decided;
use crate::support::foreign::client;
use ombud::comment::SiteId;
use ombud::http::Limits;
use ombud::http::compat::akismet::host_label;
use ombud::service::Then;
use reqwest::Method;
use serde_json::{Value, json};
use std::num::NonZeroU32;

const BLOG: &str = "https://paper.example/";
const CHECK: &str = "/1.1/comment-check";
const THANKS: &str = "Thanks for making the web a better place.";
/// The shipped model is surer of this than the shipped policy asks for.
const SPAM: &str = "Earn $5000 a week from home!!! Visit www.easy-cash-now.biz and www.win-cash.shop for a FREE bonus, \
                    click here to claim your prize today";

/// Sends fields as a form. The client's own key is not in it.
async fn send(client: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&");
    post(client, path, body, "application/x-www-form-urlencoded; charset=UTF-8").await
}

async fn post(client: &Client, path: &str, body: impl Into<reqwest::Body>, media_type: &str) -> Answer {
    client.send(client.request(Method::POST, path).header("content-type", media_type).body(body)).await
}

fn escaped(value: &str) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).expect("half a byte");
    value.bytes().flat_map(|byte| ['%', digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Asks about a comment, with more fields.
async fn check(app: &TestApp, content: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("api_key", app.platform.key()),
        ("blog", BLOG),
        ("user_ip", "192.0.2.7"),
        ("comment_type", "comment"),
        ("comment_content", content),
    ];
    fields.extend_from_slice(more);
    send(&app.anonymous, CHECK, &fields).await
}

/// Fails unless this is the word, as plain text and as clients compare it.
#[track_caller]
fn expect_word(answer: &Answer, word: &str) {
    assert_eq!((answer.status, answer.text.as_str()), (200, word), "{answer:?}");
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    assert!(!answer.headers.contains_key("x-akismet-debug-help"), "{answer:?}");
}

/// Fails unless this is no answer, and the header says why.
#[track_caller]
fn expect_refusal(answer: &Answer, status: u16, body: &str, help: &str) {
    assert_eq!((answer.status, answer.text.as_str()), (status, body), "{answer:?}");
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(header(answer, "x-akismet-debug-help"), Some(help));
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.get(name).map(|value| value.to_str().expect("ASCII"))
}

#[tokio::test]
async fn a_platform_with_the_pypi_client_is_served() {
    let app = TestApp::start().await;
    let with = |content: &str| json!({"user_ip": "192.0.2.7", "comment_content": content, "comment_type": "comment"});
    let said = |content: &str| {
        let mut arguments = with(content);
        arguments["is_test"] = json!(true);
        arguments
    };
    let told = json!({"base": app.base, "key": app.platform.key(), "calls": [
        ["verify_key", {}],
        ["comment_check", with(CLEAN[0])],
        ["comment_check", with(BANNED)],
        ["comment_check", with(SPAM)],
        ["submit_spam", with(SPAM)],
        ["submit_ham", said(CLEAN[1])],
        ["usage_limit", {}],
        ["key_sites", {}],
        ["comment_check", {"user_ip": "192.0.2.7"}],
    ]});
    let got = client("akismet_check.py", told).await;
    assert_eq!(got[0], true, "{got}");
    assert_eq!((&got[1], &got[2], &got[3]), (&json!("HAM"), &json!("SPAM"), &json!("DISCARD")), "{got}");
    assert_eq!((&got[4], &got[5]), (&json!(true), &json!(true)), "{got}");
    assert_eq!(got[6], json!({"limit": "none", "usage": 0, "percentage": "0.00", "throttled": false}), "{got}");
    // This call of the client sends no key.
    assert_eq!(got[7]["error"], "APIKeyError", "{got}");
    assert_eq!(got[8]["error"], "ProtocolError", "{got}");
    assert!(
        got[8]["message"].as_str().is_some_and(|m| m.contains("Missing required field: comment_content.")),
        "{got}"
    );

    let calls = json!([["verify_key", {}], ["comment_check", with(CLEAN[0])]]);
    let got = client("akismet_check.py", json!({"base": app.base, "key": "ombud_wrong", "calls": calls})).await;
    assert_eq!((&got[0], &got[1]["error"]), (&json!(false), &json!("APIKeyError")), "{got}");
}

#[tokio::test]
async fn the_sites_policy_decides_and_says_why() {
    let app = TestApp::start().await;
    for (content, word, action, reasons, tip) in [
        (CLEAN[0], "false", "publish", None, None),
        (SUSPECT, "true", "review", Some("words.suspect"), None),
        (BANNED, "true", "reject", Some("words.banned"), None),
        (SPAM, "true", "reject", Some("threshold.SPAM"), Some("discard")),
    ] {
        let answer = check(&app, content, &[]).await;
        expect_word(&answer, word);
        assert_eq!(header(&answer, "x-ombud-action"), Some(action), "{answer:?}");
        let said = header(&answer, "x-ombud-reasons");
        assert!(
            reasons.is_none_or(|r| said.is_some_and(|said| said.starts_with(r))) && said.is_some() == reasons.is_some(),
            "{answer:?}"
        );
        assert_eq!(header(&answer, "x-akismet-pro-tip"), tip, "{answer:?}");
        assert_eq!(header(&answer, "x-akismet-guid").map(str::len), Some(32));
    }
    // As a blog sends it: HTML, and what links point to is part of what is said.
    let linked =
        "Read <a href=\"https://one.example.com/?a=1&amp;b=2\">this</a> &amp; <a href='//two.example.com'>that</a>.";
    let answer = check(&app, linked, &[]).await;
    assert!(header(&answer, "x-ombud-reasons").is_some_and(|said| said.contains("links.too_many")), "{answer:?}");
    expect_word(&check(&app, "<p>The talks in Lorne ended without a statement.</p>", &[]).await, "false");
    // Nothing was stored.
    assert_eq!(app.platform.get("/v1/events").await.expect_status(200).body["events"], json!([]));
}

#[tokio::test]
async fn a_blog_with_a_queue_of_its_own_is_not_told_to_hold_everything() {
    let strict = vec![("mode = \"post\"", "mode = \"pre\""), ("review_below = 0", "review_below = 5")];
    let app = TestApp::with(Setup { policy: strict, ..Setup::default() }).await;
    expect_word(&check(&app, CLEAN[0], &[]).await, "false");
    expect_word(&check(&app, SUSPECT, &[]).await, "true");
}

#[tokio::test]
async fn an_article_that_ombud_knows_is_part_of_the_context() {
    let strict = vec![("OFF_TOPIC         = { review = 0.80 }", "OFF_TOPIC = { review = 0.30 }")];
    let app = TestApp::with(Setup { policy: strict, ..Setup::default() }).await;
    app.article("17").await;
    app.pending("400", "17").await;
    let stray = "My sourdough never rises when I bake it with rye flour, so I would buy a better oven and \
                 leave the dough in a warm kitchen overnight before baking the bread.";
    let known = check(&app, stray, &[("comment_post_ID", "17")]).await;
    assert_eq!(header(&known, "x-ombud-reasons"), Some("threshold.OFF_TOPIC"), "{known:?}");
    for unknown in ["18", "0", "", "no id"] {
        expect_word(&check(&app, stray, &[("comment_post_ID", unknown)]).await, "false");
    }
    // A reply to what readers can't see; and to what ombud does not know.
    let reply = check(&app, CLEAN[0], &[("comment_post_ID", "17"), ("comment_parent", "400")]).await;
    assert_eq!(header(&reply, "x-ombud-reasons"), Some("reply.to_unpublished"), "{reply:?}");
    for parent in ["0", "401", "no id"] {
        let answer = check(&app, CLEAN[0], &[("comment_post_ID", "17"), ("comment_parent", parent)]).await;
        expect_word(&answer, "false");
    }
    let elsewhere = check(&app, CLEAN[0], &[("comment_post_ID", "18"), ("comment_parent", "400")]).await;
    expect_word(&elsewhere, "false");
}

#[tokio::test]
async fn what_clients_try_a_connection_with_is_answered_as_agreed() {
    let app = TestApp::start().await;
    for trial in
        [("comment_author", "viagra-test-123"), ("comment_author_email", "akismet-guaranteed-spam@example.com")]
    {
        let answer = check(&app, CLEAN[0], &[trial, ("is_test", "1")]).await;
        expect_word(&answer, "true");
        assert_eq!(header(&answer, "x-akismet-pro-tip"), None);
    }
    expect_word(&check(&app, BANNED, &[("user_role", "editor")]).await, "true");
    expect_word(&check(&app, BANNED, &[("user_role", "editor,administrator")]).await, "false");
}

#[tokio::test]
async fn text_is_read_in_the_blogs_encoding() {
    let app = TestApp::start().await;
    let key = app.platform.key();
    // Latin-2. Only with its letters read as what they are does it show that this is Czech.
    let czech =
        "P%F8%ED%B9ern%EC+%BEluouk%FD+k%F9%F2+%FAp%ECl+%EF%E1belsk%E9+%F3dy+a+nikdo+ho+nechce+sly%B9et+ani+vid%ECt";
    let fields = format!("api_key={key}&blog={}&comment_content={czech}", escaped(BLOG));
    let form = "application/x-www-form-urlencoded";
    for (body, media_type) in [
        (format!("{fields}&blog_charset=ISO-8859-2"), form.to_owned()),
        (fields.clone(), format!("{form}; charset=\"iso-8859-2\"")),
    ] {
        let answer = post(&app.anonymous, CHECK, body, &media_type).await;
        assert_eq!(header(&answer, "x-ombud-reasons"), Some("language.unsupported"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_key_in_front_of_the_hosts_name_is_as_good() {
    let app = TestApp::start().await;
    let label = host_label(app.platform.key()).expect("a label");
    let fields = [("blog", BLOG), ("comment_content", CLEAN[0])];
    let named = |host: String| {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let request = app.anonymous.request(Method::POST, CHECK).header("host", host);
        app.anonymous.send(request.header("content-type", "application/x-www-form-urlencoded").body(body.join("&")))
    };
    expect_word(&named(format!("{label}.ombud.example")).await, "false");
    expect_word(&named(format!("{}.Ombud.Example:443", label.to_uppercase())).await, "false");
    // The last bit of the key is the other one.
    let wrong = format!("{}{}", &label[..51], if label.ends_with('q') { 'a' } else { 'q' });
    assert_eq!(named(format!("{wrong}.ombud.example")).await.text, "invalid");
    expect_refusal(&named("rest.ombud.example".to_owned()).await, 200, "invalid", "Empty \"api_key\" value");
    // Such clients know no other key, so they send it to be verified, too.
    expect_word(&send(&app.anonymous, "/1.1/verify-key", &[("key", &label), ("blog", BLOG)]).await, "valid");
}

#[tokio::test]
async fn what_is_wrong_is_said_in_akismets_words() {
    let app = TestApp::start().await;
    let key = app.platform.key();
    let unknown = "the key is unknown or revoked";
    for path in ["/1.1/verify-key", CHECK, "/1.1/submit-spam", "/1.1/submit-ham", "/1.1/get-subscription"] {
        let blog = ("blog", BLOG);
        let field = if path.contains("key") || path.contains("get") { "key" } else { "api_key" };
        let content = ("comment_content", CLEAN[0]);
        let said = send(&app.anonymous, path, &[blog, content]).await;
        expect_refusal(&said, 200, "invalid", "Empty \"api_key\" value");
        expect_refusal(&send(&app.anonymous, path, &[(field, "x"), blog, content]).await, 200, "invalid", unknown);
        let said = send(&app.anonymous, path, &[(field, app.moderator.key()), blog, content]).await;
        expect_refusal(&said, 200, "invalid", "this needs a key with the scope `submit`");
        let said = send(&app.anonymous, path, &[(field, key), content]).await;
        expect_refusal(&said, 200, "invalid", "Empty \"blog\" value");
        let said = send(&app.anonymous, path, &[(field, key), ("blog", "paper.example"), content]).await;
        expect_refusal(&said, 200, "invalid", "\"blog\" is no full URI: begin it with http");
        for method in [Method::GET, Method::PUT] {
            let said = app.anonymous.send(app.anonymous.request(method, path)).await;
            expect_refusal(&said, 405, "Use POST.", "Use POST.");
            assert_eq!(said.headers["allow"], "POST");
        }
        for media_type in ["multipart/form-data; boundary=x", "application/json"] {
            let said = post(&app.anonymous, path, "{}", media_type).await;
            let help = "Send fields as application/x-www-form-urlencoded.";
            expect_refusal(&said, 415, help, help);
        }
        let long = [(field, key), blog, ("comment_content", &"x".repeat(100_000))];
        let said = send(&app.anonymous, path, &long).await;
        expect_refusal(&said, 413, "the body may have 262144 bytes", "the body may have 262144 bytes");
    }
    let missing = "Missing required field: comment_content.";
    for path in [CHECK, "/1.1/submit-spam", "/1.1/submit-ham"] {
        for content in ["", " ", "<p></p>", "\0"] {
            let fields = [("api_key", key), ("blog", BLOG), ("comment_content", content)];
            expect_refusal(&send(&app.anonymous, path, &fields).await, 200, missing, missing);
        }
    }
    // But a new account need not say anything of itself.
    let account = [("api_key", key), ("blog", BLOG), ("comment_type", "signup")];
    expect_word(&send(&app.anonymous, CHECK, &account).await, "false");
    for path in ["/1.1/", "/1.1/get-stats", "/1.2/comment-check"] {
        let said = send(&app.anonymous, path, &[("key", key)]).await;
        expect_refusal(&said, 404, "Nothing is served here.", "Nothing is served here.");
    }
    // Longer than the text of a comment may be, and longer than the policy takes.
    let answer = check(&app, &"word ".repeat(14_000), &[]).await;
    assert_eq!(header(&answer, "x-ombud-action"), Some("reject"), "{answer:?}");
}

#[tokio::test]
async fn what_is_too_long_to_be_read_to_its_end_is_not_passed() {
    let policy = vec![("max_characters = 5000", "max_characters = 65536")];
    let app = TestApp::with(Setup { policy, ..Setup::default() }).await;
    let long = format!("{} ", CLEAN[0]).repeat(700);
    let whole = check(&app, &long[..60_000], &[]).await;
    assert_eq!(header(&whole, "x-ombud-action"), Some("publish"), "{whole:?}");
    let cut = check(&app, &long, &[]).await;
    expect_word(&cut, "true");
    assert_eq!(header(&cut, "x-ombud-action"), Some("review"), "{cut:?}");
}

#[tokio::test]
async fn an_account_has_no_limits_and_no_statistics() {
    let app = TestApp::start().await;
    let key = app.platform.key();
    let usage = app.anonymous.get(&format!("/1.2/usage-limit?api_key={key}")).await.expect_status(200);
    assert_eq!(usage.body["limit"], "none");
    let none = "ombud keeps no statistics of calls.";
    expect_refusal(&app.anonymous.get(&format!("/1.2/key-sites?api_key={key}")).await, 404, none, none);
    for path in ["/1.2/usage-limit", "/1.2/key-sites"] {
        let said = app.anonymous.get(path).await;
        expect_refusal(&said, 200, "invalid", "Empty \"api_key\" value");
        expect_refusal(&send(&app.anonymous, path, &[("api_key", key)]).await, 405, "Use GET.", "Use GET.");
    }
    let plan = send(&app.anonymous, "/1.1/get-subscription", &[("key", key), ("blog", BLOG)]).await;
    assert_eq!(plan.expect_status(200).body["status"], "active");
    expect_word(&app.anonymous.get("/1.1/test").await, "connected");
}

#[tokio::test]
async fn who_asks_too_fast_is_told_when_to_try_again() {
    let limits = Limits { requests_per_second: NonZeroU32::new(3), ..Limits::default() };
    let app = TestApp::with(Setup { limits, ..Setup::default() }).await;
    let answers = futures_util::future::join_all((0..20).map(|_| check(&app, CLEAN[0], &[]))).await;
    let refused = answers.iter().find(|answer| answer.status == 429).expect("a limit");
    assert!(refused.text.contains("too fast"), "{refused:?}");
    assert_eq!(header(refused, "x-akismet-debug-help"), Some(refused.text.as_str()));
    assert!(header(refused, "retry-after").is_some_and(|seconds| seconds.parse::<u64>().is_ok_and(|s| s >= 1)));
}

/// Says of so many comments whether they are spam, and learns.
async fn learned(app: &TestApp, test: Value, count: usize) -> Result<usize, String> {
    for made in decided(count) {
        let path = if made.rude { "/1.1/submit-spam" } else { "/1.1/submit-ham" };
        let fields = [
            ("api_key", app.platform.key()),
            ("blog", BLOG),
            ("comment_content", made.text.as_str()),
            ("comment_post_ID", made.article.as_str()),
            ("is_test", test.as_str().expect("a string")),
        ];
        expect_word(&send(&app.anonymous, path, &fields).await, THANKS);
    }
    let site = SiteId::parse("post").expect("a site");
    let learnt = app.ombud.learn(&site, Then::Keep, "eve", Box::new(())).await;
    learnt.map(|learnt| learnt.report.corrections).map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_says_is_learned_from_unless_it_is_a_trial() {
    let app = TestApp::start().await;
    let nothing = learned(&app, json!("1"), 30).await.expect_err("nothing to learn from");
    let again = learned(&app, json!("true"), 30).await.expect_err("nothing to learn from");
    assert_eq!(nothing, again);
    let site = SiteId::parse("gazette").expect("a site");
    let untouched = app.ombud.learn(&site, Then::Keep, "eve", Box::new(())).await.err().expect("nothing there");
    assert_eq!(nothing, untouched.to_string(), "as on a site that was told nothing");
    // Enough that those held out, which a random key picks, are never too few.
    let taught = learned(&app, json!("0"), 900).await;
    assert_eq!(taught, Ok(900));
}
