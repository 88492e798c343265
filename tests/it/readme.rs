//! The README's walk, pasted as a reader would: what it promises is what happens.

use crate::support::page::{Page, paste};
use crate::support::program::Program;
use serde_json::Value;

/// The commands of the walk, but for those that build.
fn walk() -> String {
    let page = Page::new(include_str!("../../README.md")).section("A walk");
    page.blocks("sh").into_iter().filter(|block| !block.contains("cargo ")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_walk_goes_as_the_readme_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a data folder");
    let _program = Program::serve(&data, &[]).await;
    let answers = tokio::task::spawn_blocking({
        let folder = folder.path().to_owned();
        move || paste(&folder, &walk())
    });
    let printed = answers.await.expect("joined");
    let answers: Vec<Value> = printed.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let state = |n: usize| answers[n]["state"].as_str().unwrap_or_default();
    assert_eq!([state(0), state(1), state(2)], ["published", "rejected", "pending"], "{answers:#?}");
    assert_eq!(answers[2]["decision"]["reasons"][0]["code"], "threshold.OFF_TOPIC");
    assert_eq!(answers[3]["by_reason"]["threshold.OFF_TOPIC"], 2);
    // The claim is shown cut off, so it is no JSON and not among the answers.
    assert_eq!((state(4), &answers[4]["id"]), ("published", &Value::from("c07")));
    assert_eq!(answers[5]["code"], "version_stale");
    assert_eq!(answers[6]["comments"][0]["id"], "c01");
    let told = answers[7]["events"].as_array().expect("events").iter();
    let told: Vec<&str> = told.filter_map(|e| e["id"].as_str()).collect();
    assert_eq!(told, ["w-1@1", "w-2@1", "w-3@1", "c07@2"]);
}
