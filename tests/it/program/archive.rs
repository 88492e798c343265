//! Exporting, importing and erasing from the command line.

use super::{folder, text};
use crate::support::app::{CLEAN, comment};
use crate::support::program::{Program, run};
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;

#[tokio::test]
async fn a_site_is_exported_imported_and_an_author_erased() {
    let (served, other) = (folder(), folder());
    let program = Program::serve(served.path(), &[]).await;
    let demo = program.demo();
    let client = program.client("platform_key");
    client.put("/v1/articles/a1", &json!({"title": "Talks in Lorne"})).await.expect_status(201);
    client.post("/v1/comments", &comment("c1", "a1", None, CLEAN[0])).await.expect_status(201);
    let (data, site) = (text(served.path()), demo["site"].as_str().expect("a site"));
    let file = other.path().join("site.ndjson");
    let export = ["export", "--site", site, "--out", text(&file), "--data-dir", data];
    run(served.path(), &export).expect_success();
    assert_eq!(std::fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
    let again = run(served.path(), &export).expect_failure();
    assert!(again.contains("site.ndjson"), "{again}");
    let nowhere = run(served.path(), &["export", "--site", "nowhere", "--data-dir", data]).expect_failure();
    assert!(nowhere.contains("there is no site nowhere"), "{nowhere}");
    let here = run(served.path(), &["import", text(&file), "--data-dir", data]).expect_failure();
    assert!(here.contains("--into"), "{here}");

    let erased = ["erase", "--site", site, "--author", "author-of-c1", "--data-dir", data];
    assert_eq!(run(served.path(), &erased).expect_success(), "erased 1 comments, 0 reports, 0 corrections\n");
    assert_eq!(run(served.path(), &erased).expect_success(), "erased 0 comments, 0 reports, 0 corrections\n");
    assert_eq!(client.get("/v1/comments/c1").await.body["state"], "withdrawn");

    let there = text(other.path());
    let imported = run(other.path(), &["import", text(&file), "--data-dir", there]).expect_success();
    assert!(imported.starts_with(&format!("imported {site}: article 3, comment 20, ")), "{imported}");
    let whole = std::fs::read(&file).expect("a file");
    std::fs::write(&file, &whole[..whole.len() - 10]).expect("written");
    let cut = run(other.path(), &["import", text(&file), "--into", "copy", "--data-dir", there]).expect_failure();
    assert!(cut.contains("it was cut"), "{cut}");
}
