//! The command line, beside a running server.

use crate::support::app::{CLEAN, comment};
use crate::support::model::until;
use crate::support::program::{Program, run};
use crate::support::receiver::{Receiver, Reply};
use serde_json::{Value, json};
use std::path::Path;

/// `webhooks.toml` for the demo's site, whose endpoint is the receiver; answers the folder of the configuration.
fn configure(folder: &Path, receiver: &Receiver) -> String {
    let config = folder.join("config");
    std::fs::create_dir(&config).expect("a folder");
    let secret = run(folder, &["webhook", "secret"]).expect_success();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let secret_file = config.join("secret");
    std::fs::write(&secret_file, secret).expect("written");
    let written = format!(
        "pause_after = 1\n[[endpoint]]\nid = \"cms\"\nsite = \"the-harbour-post\"\nurl = \"{}/hook\"\nsecret_file = \"{}\"\n\
         private_networks = [\"127.0.0.1\"]\n",
        receiver.base,
        secret_file.display()
    );
    std::fs::write(config.join("webhooks.toml"), written).expect("written");
    config.to_str().expect("UTF-8").to_owned()
}

fn told(folder: &Path, config: &str, arguments: &[&str]) -> Value {
    let on = ["--config", config, "--data-dir", folder.to_str().expect("UTF-8"), "--json"];
    let shown = run(folder, &[&["webhook"], arguments, &on].concat()).expect_success();
    serde_json::from_str(&shown).unwrap_or_else(|e| panic!("{e}: {shown}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_sees_how_webhooks_go_and_mends_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, receiver) = (folder.path(), Receiver::open());
    let config = configure(folder, &receiver);
    let checked = run(folder, &["webhook", "check", "--config", &config]).expect_success();
    assert!(checked.contains("cms  the-harbour-post  http://127.0.0.1:"), "{checked}");
    let mut program = Program::serve_with(folder, &["--config", &config], &[("RUST_LOG", "trace")]).await;
    let list = || told(folder, &config, &["list"]);
    until(async || list()["begun"] == true).await;

    receiver.answer(|m| Reply::Status(if m.event() == "ombud.test" { 200 } else { 500 }));
    let platform = program.client("platform_key");
    let article = program.demo()["article_id"].as_str().expect("an article").to_owned();
    let answer = platform.post("/v1/comments", &comment("w1", &article, None, CLEAN[0])).await.expect_status(201);
    until(async || list()["status"] == "paused").await;
    let shown = list();
    assert_eq!((&shown["waiting"], &shown["why"], &shown["dead"]), (&json!(1), &json!("500"), &json!(0)), "{shown}");
    let ready = platform.get("/readyz").await.expect_status(200);
    assert_eq!(ready.body["alerts"][0]["code"], "webhook_paused");
    let tried = told(folder, &config, &["test", "--endpoint", "cms"]);
    assert_eq!((&tried["delivered"], &tried["answer"]), (&json!(true), &json!("200")));

    receiver.answer(|_| Reply::Status(204));
    let on = ["--endpoint", "cms", "--config", &config, "--data-dir", folder.to_str().expect("UTF-8")];
    run(folder, &[&["webhook", "enable"], &on[..]].concat()).expect_success();
    assert_eq!(list()["status"], "active");
    assert_eq!(run(folder, &[&["webhook", "dead"], &on[..]].concat()).expect_success(), "");
    assert_eq!(told(folder, &config, &["replay", "--endpoint", "cms", "--all"]), json!({"replayed": 0}));
    let missing = run(folder, &[&["webhook", "replay", "--id", "w1@1"], &on[..]].concat()).expect_failure();
    assert!(missing.contains("w1@1"), "{missing}");
    let unknown = run(folder, &["webhook", "enable", "--endpoint", "none", "--config", &config]).expect_failure();
    assert!(unknown.contains("no endpoint \"none\""), "{unknown}");
    let plain = run(folder, &["webhook", "list", "--config", &config]).expect_success();
    assert!(plain.contains("cms"), "{plain}");

    assert!(program.terminate().await.success());
    let said = program.stderr() + &program.stdout();
    let secret = std::fs::read_to_string(Path::new(&config).join("secret")).expect("a secret");
    for hidden in [secret.trim(), CLEAN[0], "author-of-w1"] {
        assert!(!said.contains(hidden), "{hidden}: {said}");
    }
    assert!(said.contains("paused"), "{said}");
    assert_eq!(answer.body["id"], "w1");
}

#[tokio::test]
async fn a_wrong_file_refuses_to_start_and_says_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, receiver) = (folder.path(), Receiver::open());
    let config = configure(folder, &receiver);
    std::fs::write(Path::new(&config).join("secret"), "\n").expect("written");
    for command in [&["webhook", "check"][..], &["serve", "--bind", "127.0.0.1:0"]] {
        let error = run(folder, &[command, &["--config", &config]].concat()).expect_failure();
        assert!(error.contains("webhooks.toml: endpoint \"cms\"") && error.contains("no secret"), "{error}");
    }
}
