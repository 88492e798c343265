//! Erasing an author, and dropping what was kept long enough, as a platform sees it.

use crate::support::app::{CLEAN, Setup, TestApp, comment};
use crate::support::redis::{Persistence, RedisServer};
use ombud::service::{Dropped, Periods};
use ombud::store::StoreUrl;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// What must be found nowhere once its author is erased.
const AUTHOR: &str = "mallory-4711";
const NAME: &str = "Mallory Quistgaard";
const WORDS: &str = "zanzibarian";

fn by_mallory(id: &str, parent: Option<&str>, text: &str) -> Value {
    let mut body = comment(id, "a1", parent, &format!("{text} Said the {WORDS} minister of talks in Lorne."));
    body["author"] = json!({"id": AUTHOR, "name": NAME});
    body
}

/// A site on which the author has left something of every kind; the number of comments.
async fn left_behind(app: &TestApp) -> u64 {
    app.article("a1").await;
    app.published("parent", "a1", None).await;
    for (id, parent, text) in [
        ("m1", None, CLEAN[0]),
        ("m2", Some("parent"), CLEAN[1]),
        ("m3", Some("m1"), "Go back where you came from."),
        ("m4", None, "A raghead."),
        ("m5", None, CLEAN[2]),
    ] {
        app.platform.post("/v1/comments", &by_mallory(id, parent, text)).await.expect_status(201);
    }
    app.platform.post("/v1/comments", &comment("reply", "a1", Some("m1"), CLEAN[2])).await.expect_status(201);
    let key = app.platform.request(reqwest::Method::POST, "/v1/comments").header("idempotency-key", AUTHOR);
    app.platform.send(key.json(&by_mallory("m6", None, CLEAN[0]))).await.expect_status(201);
    let reject =
        json!({"action": "reject", "reason_code": "spam", "expected_version": 1, "note": format!("{NAME} again")});
    app.moderator.post("/v1/comments/m1/decision", &reject).await.expect_status(200);
    let publish = json!({"action": "publish", "expected_version": 2});
    app.moderator.post("/v1/comments/m1/decision", &publish).await.expect_status(200);
    let edit = json!({"text": format!("{} The {WORDS} edit.", CLEAN[1])});
    app.platform.patch("/v1/comments/m5", &edit).await.expect_status(200);
    app.platform.delete("/v1/comments/m2").await.expect_status(200);
    let report = json!({"reporter_id": AUTHOR, "reason": "rude"});
    app.platform.post("/v1/comments/parent/reports", &report).await.expect_status(202);
    let own = json!({"reporter_id": "reader-1", "reason": WORDS});
    app.platform.post("/v1/comments/m1/reports", &own).await.expect_status(202);
    app.moderator.post("/v1/queue/claims", &json!({"limit": 5})).await;
    6
}

/// What the API says of an erased author's comments.
async fn check_erased(app: &TestApp, comments: u64) {
    let cursor = app.platform.get("/v1/events?limit=1000").await.body["next"].as_str().expect("a cursor").to_owned();
    let erased = app.admin.delete(&format!("/v1/authors/{AUTHOR}")).await.expect_status(200).body;
    assert_eq!((&erased["comments"], &erased["reports"]), (&json!(comments), &json!(1)));
    let again = app.admin.delete(&format!("/v1/authors/{AUTHOR}")).await.expect_status(200).body;
    assert_eq!(again, json!({"comments": 0, "reports": 0, "corrections": 0}));
    for n in 1..=comments {
        let found = app.admin.get(&format!("/v1/comments/m{n}")).await.expect_status(200).body;
        assert_eq!(
            (&found["state"], &found["text"], &found["author"]),
            (&json!("withdrawn"), &Value::Null, &Value::Null)
        );
        assert!(found["body_dropped_at"].is_string(), "{found}");
        let edit = app.platform.patch(&format!("/v1/comments/m{n}"), &json!({"text": CLEAN[0]})).await;
        edit.expect_problem(409, "comment_withdrawn");
    }
    // The place of what was answered stays.
    let thread = app.platform.get("/v1/articles/a1/comments").await.expect_status(200);
    assert!(!thread.text.contains(AUTHOR) && !thread.text.contains(WORDS), "{}", thread.text);
    let entry =
        thread.body["comments"].as_array().expect("entries").iter().find(|e| e["id"] == "m1").expect("its place");
    assert_eq!((&entry["removed"], &entry["replies"][0]["id"]), (&json!(true), &json!("reply")));
    assert_eq!(app.moderator.get("/v1/queue").await.body["depth"], 0);
    let events = app.platform.get(&format!("/v1/events?after={cursor}&limit=1000")).await.body;
    let mut told: Vec<&str> = Vec::new();
    for event in events["events"].as_array().expect("events") {
        assert_eq!((&event["type"], &event["step"]), (&json!("comment.withdrawn"), &json!("erased")), "{event}");
        told.push(event["comment_id"].as_str().expect("an id"));
    }
    told.sort_unstable();
    assert_eq!(told, ["m1", "m2", "m3", "m4", "m5", "m6"]);
    let trail = app.admin.get("/v1/audit?comment_id=m1").await.expect_status(200);
    let steps = trail.body["entries"].as_array().map_or(0, Vec::len);
    assert!(steps >= 4 && !trail.text.contains(AUTHOR) && !trail.text.contains(NAME), "{}", trail.text);
    // The same submission again is the same comment, and what is new is new.
    app.platform.post("/v1/comments", &by_mallory("m1", None, CLEAN[0])).await.expect_status(200);
    app.platform.post("/v1/comments", &by_mallory("m1", None, CLEAN[1])).await.expect_problem(409, "content_differs");
    app.clock.advance(Duration::from_mins(1));
    app.platform.post("/v1/comments", &by_mallory("m1", None, CLEAN[0])).await.expect_status(200);
}

/// Fails if any of it is found.
fn expect_nothing(place: &str, bytes: &[u8]) {
    for gone in [AUTHOR, NAME, WORDS] {
        let found = bytes.windows(gone.len()).position(|window| window == gone.as_bytes());
        assert_eq!(found, None, "{place} has \"{gone}\"");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_author_is_nowhere_in_the_files_of_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Some(StoreUrl::Sqlite(folder.path().join("ombud.db")));
    let app = TestApp::with(Setup { store, ..Setup::default() }).await;
    let comments = left_behind(&app).await;
    check_erased(&app, comments).await;
    app.ombud
        .erase_author(
            &"post".to_owned().try_into().expect("a site"),
            &AUTHOR.to_owned().try_into().expect("an id"),
            &ombud::comment::Actor::Operator,
        )
        .await
        .expect("nothing left");
    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let path = entry.expect("a file").path();
        expect_nothing(&path.display().to_string(), &std::fs::read(&path).expect("a file"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_author_is_nowhere_in_redis() {
    let server = RedisServer::start(Persistence::None);
    let store = Some(server.url().parse().expect("an address"));
    let app = TestApp::with(Setup { store, ..Setup::default() }).await;
    let comments = left_behind(&app).await;
    check_erased(&app, comments).await;
    let hash = ombud::comment::KeyHash::of(AUTHOR);
    for (key, value) in everything(&server).await {
        expect_nothing(&key, key.as_bytes());
        expect_nothing(&key, &value);
        // What knows the author by a hash expires: that there was an erasure, and what the platform named its call.
        let expires = key.ends_with(":erased") || key.contains(":bind:");
        let knows = key.contains(hash.as_str()) && !expires;
        assert!(!knows, "{key} is left of the author");
    }
}

/// All keys of a server, each with what is stored under it.
async fn everything(server: &RedisServer) -> BTreeMap<String, Vec<u8>> {
    let client = redis::Client::open(server.url()).expect("an address");
    let mut connection = client.get_multiplexed_async_connection().await.expect("a connection");
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut connection).await.expect("keys");
    let mut found = BTreeMap::new();
    for key in keys {
        // As text: what DUMP answers is packed.
        let kind: String = redis::cmd("TYPE").arg(&key).query_async(&mut connection).await.expect("a type");
        let command = match kind.as_str() {
            "string" => redis::cmd("GET").arg(&key).clone(),
            "hash" => redis::cmd("HGETALL").arg(&key).clone(),
            "set" => redis::cmd("SMEMBERS").arg(&key).clone(),
            "zset" => redis::cmd("ZRANGE").arg(&key).arg(0).arg(-1).clone(),
            "list" => redis::cmd("LRANGE").arg(&key).arg(0).arg(-1).clone(),
            "stream" => redis::cmd("XRANGE").arg(&key).arg("-").arg("+").clone(),
            other => panic!("{key} is a {other}"),
        };
        let value: redis::Value = command.query_async(&mut connection).await.expect("a value");
        found.insert(key, raw_bytes(&value));
    }
    found
}

fn raw_bytes(value: &redis::Value) -> Vec<u8> {
    match value {
        redis::Value::BulkString(bytes) => bytes.clone(),
        redis::Value::Array(values) | redis::Value::Set(values) => values.iter().flat_map(raw_bytes).collect(),
        redis::Value::Map(pairs) => pairs.iter().flat_map(|(k, v)| [raw_bytes(k), raw_bytes(v)].concat()).collect(),
        other => format!("{other:?}").into_bytes(),
    }
}

#[tokio::test]
async fn erasing_needs_an_admin_and_an_author_id() {
    let app = TestApp::start().await;
    let nobody = app.admin.delete("/v1/authors/nobody").await.expect_status(200).body;
    assert_eq!(nobody["comments"], 0);
    for client in [&app.platform, &app.moderator] {
        client.delete("/v1/authors/nobody").await.expect_problem(403, "scope_missing");
    }
    app.admin.delete("/v1/authors/a%20b").await.expect_problem(422, "invalid_id");
    // Authors of another site are others.
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    app.stranger.delete("/v1/authors/author-of-c1").await.expect_status(200);
    assert_eq!(app.platform.get("/v1/comments/c1").await.body["state"], "published");
}

#[tokio::test]
async fn what_was_kept_long_enough_is_dropped_once() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.published("old", "a1", None).await;
    app.pending("waits", "a1").await;
    app.clock.advance(Duration::from_hours(24 * 9));
    app.published("reply", "a1", Some("old")).await;
    let periods = Periods { published_days: 10, events_days: 0, ..Periods::default() };
    assert_eq!(app.ombud.apply_retention(&periods).await.expect("an answer"), Dropped::default());
    app.clock.advance(Duration::from_hours(25));
    // Two replicas at once.
    let both = tokio::join!(app.ombud.apply_retention(&periods), app.ombud.apply_retention(&periods));
    assert_eq!(both.0.expect("an answer").bodies + both.1.expect("an answer").bodies, 1);
    let old = app.platform.get("/v1/comments/old").await.expect_status(200).body;
    assert_eq!((&old["state"], &old["version"], &old["text"]), (&json!("published"), &json!(2), &Value::Null));
    assert!(app.platform.get("/v1/comments/waits").await.body["text"].is_string());
    let thread = app.platform.get("/v1/articles/a1/comments").await.expect_status(200).body;
    assert_eq!(
        (&thread["comments"][0]["removed"], &thread["comments"][0]["replies"][0]["id"]),
        (&json!(true), &json!("reply"))
    );
    // Nothing can be said of it any more but that it is taken back.
    app.platform.patch("/v1/comments/old", &json!({"text": "Anew."})).await.expect_problem(409, "body_dropped");
    let report = json!({"reporter_id": "r1"});
    app.platform.post("/v1/comments/old/reports", &report).await.expect_problem(409, "body_dropped");
    let reject = json!({"action": "reject", "reason_code": "spam", "expected_version": 2});
    app.moderator.post("/v1/comments/old/decision", &reject).await.expect_problem(409, "body_dropped");
    app.platform.delete("/v1/comments/old").await.expect_status(200);
    let events = app.platform.get("/v1/events").await.body;
    let steps: Vec<_> = events["events"].as_array().expect("events").iter().map(|e| e["step"].clone()).collect();
    assert_eq!(steps.last(), Some(&json!("withdrawn")));
    assert!(steps.contains(&json!("body_dropped")));
}

#[tokio::test]
async fn a_cursor_before_what_is_kept_is_told_apart() {
    let app = TestApp::start().await;
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    app.published("c2", "a1", None).await;
    let page = app.platform.get("/v1/events?limit=1").await.body;
    let early = page["next"].as_str().expect("a cursor").to_owned();
    app.clock.advance(Duration::from_hours(24 * 31));
    let dropped = app.ombud.apply_retention(&Periods::default()).await.expect("an answer");
    assert_eq!(dropped, Dropped { bodies: 0, events: 2 });
    app.platform.get(&format!("/v1/events?after={early}")).await.expect_problem(410, "cursor_expired");
    app.platform.get("/v1/events?after=999999").await.expect_problem(400, "unknown_cursor");
    let request = app.platform.request(reqwest::Method::GET, "/v1/events").header("accept", "text/event-stream");
    let stream = app.platform.send(request.header("last-event-id", early)).await.expect_status(200);
    let cursor = stream.text.lines().find_map(|line| line.strip_prefix("id: ")).expect("a cursor").to_owned();
    assert!(stream.text.contains("event: refresh"), "{}", stream.text);
    app.published("c3", "a1", None).await;
    let page = app.platform.get(&format!("/v1/events?after={cursor}")).await.expect_status(200).body;
    assert_eq!(page["events"][0]["id"], "c3@1");
}

#[tokio::test]
async fn a_key_has_so_many_streams_and_no_more() {
    let mut setup = Setup::default();
    (setup.limits.streams_per_key, setup.limits.streams) = (1, 2);
    let app = TestApp::with(setup).await;
    let open = |client: &crate::support::client::Client| {
        client.request(reqwest::Method::GET, "/v1/events").header("accept", "text/event-stream").send()
    };
    let first = open(&app.platform).await.expect("a stream");
    let second = app.platform.request(reqwest::Method::GET, "/v1/events").header("accept", "text/event-stream");
    app.platform.send(second).await.expect_problem(429, "rate_limited");
    let other = open(&app.moderator).await.expect("a stream");
    assert_eq!((first.status().as_u16(), other.status().as_u16()), (200, 200));
    let third = app.admin.request(reqwest::Method::GET, "/v1/events").header("accept", "text/event-stream");
    app.admin.send(third).await.expect_problem(503, "unavailable");
}
