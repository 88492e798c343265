//! The real program on the command line: what it prints, how it ends, what it refuses.

mod access;
mod archive;
mod bad_training_input;
mod bench;
mod compare;
mod evaluate;
#[cfg(target_os = "linux")]
mod full;
mod learn;
mod model;
mod moderator;
mod policy;
mod privacy;
mod report;
mod scoring;
#[cfg(feature = "otlp")]
mod traces;
mod tune;

use crate::support::app::{CLEAN, comment};
use crate::support::program::{Program, ombud, run, run_on};
use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[tokio::test]
async fn the_demo_says_where_it_listens_and_leaves_its_keys_to_its_owner() {
    let folder = folder();
    let mut program = Program::serve(folder.path(), &[]).await;
    let demo = program.demo();
    let keys: Vec<&String> = demo.as_object().expect("an object").keys().collect();
    let named =
        ["base_url", "site", "article_id", "platform_key", "review_key", "admin_key", "coral_secret", "moderators"];
    assert_eq!(keys, named);
    assert_eq!(demo["base_url"], json!(program.base));
    let mode = std::fs::metadata(folder.path().join("demo.json")).expect("demo.json").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let thread = format!("/v1/articles/{}/comments", demo["article_id"].as_str().expect("an id"));
    let answer = program.client("platform_key").get(&thread).await.expect_status(200);
    assert!(answer.body["comments"].as_array().is_some_and(|c| !c.is_empty()), "{}", answer.text);
    program.client("review_key").get("/v1/queue").await.expect_status(200);
    program.client("admin_key").get("/v1/audit?comment_id=c01").await.expect_status(200);
    program.terminate().await;
    let said = program.stdout();
    let listening: Vec<&str> = said.lines().filter(|l| l.contains("ombud is listening on")).collect();
    assert_eq!(listening, [format!("ombud is listening on {}", program.base)], "{said}");
}

#[tokio::test]
async fn the_demo_goes_on_where_it_stopped() {
    let folder = folder();
    let mut program = Program::serve(folder.path(), &[]).await;
    let before = program.demo();
    let article = before["article_id"].as_str().expect("an id").to_owned();
    let sent = comment("kept", &article, None, CLEAN[0]);
    let first = program.client("platform_key").post("/v1/comments", &sent).await.expect_status(201);
    let events = program.client("platform_key").get("/v1/events?limit=1000").await.expect_status(200);
    assert_eq!(program.terminate().await.code(), Some(0), "{}", program.stderr());

    let program = Program::serve(folder.path(), &[]).await;
    let after = program.demo();
    for key in ["site", "article_id", "platform_key", "review_key", "admin_key"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    assert_eq!(after["base_url"], json!(program.base));
    let found = program.client("platform_key").get("/v1/comments/kept").await.expect_status(200);
    assert_eq!(found.body, first.body);
    let again = program.client("platform_key").get("/v1/events?limit=1000").await.expect_status(200);
    assert_eq!(again.body, events.body, "sowing again is no news");
}

#[tokio::test]
async fn it_ends_in_order_while_a_stream_is_open() {
    let folder = folder();
    let mut program = Program::serve(folder.path(), &[]).await;
    let platform = program.client("platform_key");
    let request = platform.request(Method::GET, "/v1/events").header("accept", "text/event-stream");
    let response = request.send().await.expect("a stream");
    assert_eq!(response.status(), 200);
    let mut stream = response.bytes_stream();
    assert_eq!(program.terminate().await.code(), Some(0), "{}", program.stderr());
    // The stream was ended, not cut off.
    while let Some(chunk) = stream.next().await {
        chunk.expect("whole chunks");
    }
}

#[tokio::test]
async fn it_ends_though_nobody_reads_its_log() {
    let folder = folder();
    let mut command = ombud(folder.path());
    command.args(["serve", "--demo", "--bind", "127.0.0.1:0", "--data-dir", text(folder.path())]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("ombud starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    assert!(lines.next().is_some_and(|line| line.is_ok_and(|line| line.contains("listening"))));
    drop(child.stderr.take());
    let rest = tokio::task::spawn_blocking(move || lines.count());
    let asked = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &child.id().to_string()]).status();
    assert!(asked.expect("a shell").success());
    // Its other pipe closes when it is gone.
    let ended = tokio::time::timeout(Duration::from_mins(1), rest).await;
    child.kill().expect("a child");
    child.wait().expect("it ends");
    assert!(ended.is_ok(), "it does not end");
}

#[test]
fn a_demo_is_for_this_machine_only() {
    let folder = folder();
    let said = run(folder.path(), &["serve", "--demo", "--bind", "0.0.0.0:0"]).expect_failure();
    assert!(said.contains("loopback") && said.contains("0.0.0.0:0"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is left behind");
}

#[test]
fn what_is_wrong_with_the_settings_is_said() {
    let folder = folder();
    let serve = |arguments: &[&str]| {
        let arguments = [&["serve", "--bind", "127.0.0.1:0"], arguments].concat();
        run(folder.path(), &arguments).expect_failure()
    };
    let said = serve(&["--store", "postgres://localhost/ombud"]);
    assert!(said.contains("a store is sqlite:PATH, redis://"), "{said}");

    // A file where a folder should be: not even root can write below it.
    std::fs::write(folder.path().join("file"), "").expect("written");
    let below = folder.path().join("file/data");
    let said = serve(&["--data-dir", text(&below)]);
    assert!(said.contains(text(&below)) && said.contains("Not a directory"), "{said}");

    let said = serve(&["--config", "nowhere"]);
    assert!(said.contains("nowhere is not a folder"), "{said}");

    let said = serve(&["--store", "redis://127.0.0.1:1"]);
    assert!(said.contains("redis://127.0.0.1:1"), "{said}");

    std::fs::create_dir(folder.path().join("config")).expect("a folder");
    std::fs::write(folder.path().join("config/ombud.toml"), "bind = \"127.0.0.1:0\"\nbindd = 1\n").expect("written");
    let said = serve(&[]);
    assert!(said.contains("ombud.toml") && said.contains("line 2") && said.contains("bindd"), "{said}");
}

#[test]
fn an_address_in_use_is_said() {
    let folder = folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = run(folder.path(), &["serve", "--bind", &address]).expect_failure();
    assert!(said.contains(&format!("can't listen on {address}")), "{said}");
}

#[test]
fn a_policy_is_checked_before_it_is_saved() {
    let folder = folder();
    let good = run(folder.path(), &["policy", "check"]).expect_success();
    assert!(good.contains("well formed"), "{good}");
    let config = folder.path().join("editors");
    std::fs::create_dir(&config).expect("a folder");
    let (policy, words) = ombud::policy::Policy::default_files();
    std::fs::write(config.join("policy.toml"), policy).expect("written");
    std::fs::write(config.join("words.toml"), words).expect("written");
    let same = run(folder.path(), &["policy", "check", "--config", "editors"]).expect_success();
    assert_eq!(same, good, "the shipped policy has one revision, wherever it is read from");

    std::fs::write(config.join("policy.toml"), "on_error = \"review\"\n\n[thresholds]\nTOXICITI = { review = 0.5 }\n")
        .expect("written");
    let bad = run(folder.path(), &["policy", "check", "--config", "editors"]).expect_failure();
    assert!(bad.contains("policy.toml:4:1: ") && bad.contains("TOXICITI"), "{bad}");
}

#[tokio::test]
async fn health_asks_whether_it_is_ready() {
    let folder = folder();
    let mut program = Program::serve(folder.path(), &[]).await;
    let address = program.base.trim_start_matches("http://").to_owned();
    assert_eq!(run(folder.path(), &["health", "--address", &address]).expect_success(), "ready\n");
    program.terminate().await;
    let said = run(folder.path(), &["health", "--address", &address]).expect_failure();
    assert!(said.contains(&format!("nobody answers at {address}")), "{said}");
}

#[test]
fn the_description_of_the_api_is_json() {
    let document: Value = serde_json::from_str(&run(folder().path(), &["openapi"]).expect_success()).expect("JSON");
    assert!(document["openapi"].as_str().is_some_and(|v| v.starts_with("3.1")), "{}", document["openapi"]);
    assert!(document["paths"]["/v1/comments"]["post"].is_object());
}

#[test]
fn scores_come_in_order_and_a_bad_line_shows_in_the_exit_code() {
    let folder = folder();
    let lines = "{\"id\":1,\"text\":\"You are a complete idiot, and everybody here knows it.\"}\n{\"id\":2\n\
                 {\"id\":\"three\",\"text\":\"The talks in Lorne ended without a statement.\",\"article\":{\"title\":\"Talks in Lorne\"}}\n";
    let said = run_on(folder.path(), &["score"], lines);
    assert_eq!(said.code, Some(1), "{said:?}");
    let answers: Vec<Value> = said.stdout.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!((&answers[0]["id"], &answers[2]["id"], answers.len()), (&json!(1), &json!("three"), 3));
    assert!(answers[0]["scores"]["INSULT"].as_f64() > answers[2]["scores"]["INSULT"].as_f64());
    assert_eq!(answers[1]["line"], 2);
    assert!(answers[1]["error"].is_string());
    let good = run_on(folder.path(), &["score"], lines.lines().next().expect("a line"));
    assert_eq!(good.code, Some(0));
}
