//! Sites and keys from the command line, against a store that is being served.

use super::folder;
use crate::support::app::{CLEAN, comment};
use crate::support::client::Client;
use crate::support::program::{Program, run};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;

fn ombud(folder: &Path, arguments: &[&str]) -> String {
    let data = ["--data-dir", super::text(folder)];
    run(folder, &[arguments, &data].concat()).expect_success()
}

fn json_line(said: &str) -> Value {
    serde_json::from_str(said.lines().next().expect("a line")).expect("JSON")
}

/// Asks until the key no longer works. The service may trust a key for two seconds after it looked it up.
async fn expect_to_stop_working(client: &Client) {
    let stopped = async {
        while client.get("/v1/events?limit=1").await.status != 401 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), stopped).await.expect("the key stops working");
    client.get("/v1/events").await.expect_problem(401, "key_invalid");
}

#[tokio::test]
async fn a_site_and_its_keys_come_and_go_while_it_serves() {
    let folder = folder();
    let folder = folder.path();
    let program = Program::serve(folder, &[]).await;
    assert_eq!(ombud(folder, &["site", "add", "gazette", "--name", "The Gazette"]), "site gazette (The Gazette)\n");
    let sites = ombud(folder, &["site", "list"]);
    assert!(sites.contains("gazette  The Gazette\n") && sites.contains("the-harbour-post"), "{sites}");

    let add = ["key", "add", "--site", "gazette", "--scope", "submit,read", "--label", "the platform", "--json"];
    let new = json_line(&ombud(folder, &add));
    let (id, secret) = (new["id"].as_str().expect("an id"), new["secret"].as_str().expect("a secret"));
    assert!(secret.starts_with("ombud_"));
    let client = Client::new(&program.base, Some(secret.to_owned()));
    client.put("/v1/articles/a1", &json!({"title": "Talks in Lorne"})).await.expect_status(201);
    client.post("/v1/comments", &comment("c1", "a1", None, CLEAN[0])).await.expect_status(201);
    client.get("/v1/queue").await.expect_problem(403, "scope_missing");

    let other = json_line(&ombud(folder, &["key", "add", "--site", "gazette", "--scope", "read", "--json"]));
    let reader = Client::new(&program.base, Some(other["secret"].as_str().expect("a secret").to_owned()));
    reader.get("/v1/comments/c1").await.expect_status(200);

    let add = ["key", "add", "--site", "gazette", "--scope", "review", "--role", "senior", "--json"];
    let senior = json_line(&ombud(folder, &add));
    let senior_client = Client::new(&program.base, Some(senior["secret"].as_str().expect("a secret").to_owned()));
    senior_client.post("/v1/queue/claims", &json!({"role": "senior"})).await.expect_status(201);
    let listed = ombud(folder, &["key", "list", "--site", "gazette"]);
    let line = listed.lines().find(|line| line.contains(senior["id"].as_str().expect("an id")));
    assert!(line.is_some_and(|line| line.contains("review  as senior")), "{listed}");
    let unknown = ["key", "add", "--site", "gazette", "--scope", "review", "--role", "boss", "--data-dir"];
    let refused = run(folder, &[&unknown[..], &[super::text(folder)]].concat()).expect_failure();
    assert!(refused.contains("knows no role \"boss\""), "{refused}");

    let add = ["key", "add", "--site", "gazette", "--scope", "submit", "--host-label"];
    let with_label = json_line(&ombud(folder, &[&add[..], &["--json"]].concat()));
    let label = with_label["host_label"].as_str().expect("a label");
    let asked = Client::new(&program.base, None);
    let request = asked.request(Method::POST, "/1.1/verify-key").header("host", format!("{label}.ombud.example"));
    assert_eq!(asked.send(request.body("blog=https://paper.example/")).await.text, "valid");
    assert_eq!(ombud(folder, &add).lines().filter(|line| line.starts_with("host ")).count(), 1);

    let listed = ombud(folder, &["key", "list", "--site", "gazette", "--json"]);
    assert!(!listed.contains(secret), "a secret is shown once");
    let listed: Vec<Value> = listed.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let platform = listed.iter().find(|k| k["id"] == json!(id)).expect("the key is listed");
    assert_eq!((listed.len(), &platform["scopes"]), (5, &json!(["submit", "read"])));
    assert_eq!((&platform["label"], &platform["revoked_at"]), (&json!("the platform"), &Value::Null));

    assert_eq!(ombud(folder, &["key", "revoke", "--site", "gazette", id]), format!("revoked {id}\n"));
    expect_to_stop_working(&client).await;
    reader.get("/v1/comments/c1").await.expect_status(200);
    let listed = ombud(folder, &["key", "list", "--site", "gazette"]);
    assert!(listed.lines().any(|l| l.starts_with(id) && l.ends_with("revoked")), "{listed}");

    assert_eq!(ombud(folder, &["site", "revoke", "gazette"]), "revoked gazette\n");
    expect_to_stop_working(&reader).await;
    // The other site goes on.
    program.client("platform_key").get("/v1/events?limit=1").await.expect_status(200);
}

#[test]
fn what_is_not_there_is_said() {
    let folder = folder();
    let failed = |arguments: &[&str]| run(folder.path(), arguments).expect_failure();
    std::fs::create_dir(folder.path().join("data")).expect("a folder");
    assert!(failed(&["site", "revoke", "nowhere"]).contains("there is no site nowhere"));
    assert!(failed(&["key", "add", "--site", "nowhere", "--scope", "read"]).contains("ombud site add nowhere"));
    assert!(failed(&["key", "add", "--site", "nowhere", "--scope", "write"]).contains("submit"));
    assert!(failed(&["site", "add", "Not A Site"]).contains("a-z"));
}

#[test]
fn the_first_site_can_be_added_before_anything_was_served() {
    let folder = folder();
    assert_eq!(run(folder.path(), &["site", "add", "gazette"]).expect_success(), "site gazette (gazette)\n");
    assert_eq!(run(folder.path(), &["site", "list"]).expect_success(), "gazette  gazette\n");
}
