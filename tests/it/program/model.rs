//! A site's models by the command line, beside the server that scores with them.

use super::{folder, text};
use crate::support::model::{another, until};
use crate::support::program::{Program, Said, run};
use serde_json::{Value, json};

#[tokio::test]
async fn a_model_is_added_tried_promoted_and_taken_back_beside_the_server() {
    let folder = folder();
    let file = folder.path().join("own.safetensors");
    std::fs::write(&file, another("own")).expect("written");
    let program = Program::serve(folder.path(), &[]).await;
    let (moderator, platform) = (program.client("review_key"), program.client("platform_key"));
    let site = program.demo()["site"].as_str().expect("a site").to_owned();
    let model = |arguments: &[&str]| -> Said {
        let given = ["model", "--site", &site, "--by", "eve", "--data-dir", text(folder.path())];
        run(folder.path(), &[&given, arguments].concat())
    };
    let revision = async || moderator.get("/v1/policy").await.expect_status(200).body["model_revision"].clone();
    let shipped = revision().await;

    let id = model(&["add", text(&file)]).expect_success();
    let id = id.trim().strip_prefix("kept as ").expect("an id").to_owned();
    let card: Value = serde_json::from_str(&model(&["show", &id]).expect_success()).expect("JSON");
    assert_eq!(card["card"]["command"], "own");

    model(&["shadow", &id]).expect_success();
    let article = program.demo()["article_id"].clone();
    let shown = || model(&["shadow", "--json"]).expect_success();
    // The server looks every two seconds whether there is a shadow.
    let posted = std::cell::Cell::new(0);
    until(async || {
        let n = posted.replace(posted.get() + 1);
        let (id, reader) = (format!("s-{n}"), format!("reader-{n}"));
        let said = format!("The council could have asked the people of the harbour about it first ({n})");
        let body = json!({"id": id, "article_id": article, "author": {"id": reader}, "text": said});
        platform.post("/v1/comments", &body).await.expect_status(201);
        let report: Value = serde_json::from_str(&shown()).expect("JSON");
        report["counts"].as_array().is_some_and(|counts| counts.iter().any(|count| count["comments"] != 0))
    })
    .await;
    let said = model(&["shadow"]).expect_success();
    assert!(said.contains("comments judged by both, 0 of which it would have decided otherwise"), "{said}");

    model(&["promote"]).expect_success();
    until(async || revision().await != shipped).await;
    let said = model(&["list"]).expect_success();
    assert!(said.contains(&format!("in force: {id}")) && said.contains("by eve"), "{said}");
    model(&["rollback"]).expect_success();
    until(async || revision().await == shipped).await;

    let out = folder.path().join("out.safetensors");
    model(&["export", &id, "--out", text(&out)]).expect_success();
    assert!(std::fs::read(&out).expect("a file") == std::fs::read(&file).expect("a file"));
    for (arguments, cause) in [
        (&["promote", "0000"][..], "no model of this site begins with \"0000\""),
        (&["promote"], "no model runs in shadow"),
        (&["rollback"], "no model was in force before this one"),
        (&["add", text(&folder.path().join("demo.json"))], "demo.json"),
    ] {
        let said = model(arguments).expect_failure();
        assert!(said.contains(cause), "{said}");
    }
    let said = run(folder.path(), &["learn", "--site", &site, "--data-dir", text(folder.path())]).expect_failure();
    assert!(said.contains("no decisions that teach anything"), "{said}");
    assert_eq!(revision().await, shipped);
}
