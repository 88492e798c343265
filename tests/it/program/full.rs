//! A disk that is full, or takes no writes at all: honest refusals, nothing lost, and on with the work when there is room.

use super::folder;
use crate::support::app::{CLEAN, comment};
use crate::support::model::until;
use crate::support::program::Program;
use serde_json::json;
use std::process::Command;

/// Bounds what the program may write: files end there, as on a full disk.
fn allow_files(program: &Program, bytes: &str) {
    let limited =
        Command::new("prlimit").args(["--pid", &program.id().to_string(), &format!("--fsize={bytes}:")]).status();
    assert!(limited.is_ok_and(|status| status.success()), "no prlimit: install the package `util-linux`");
}

#[tokio::test]
async fn a_full_disk_is_a_503_and_passes() {
    let folder = folder();
    let program = Program::serve_without_signals(folder.path(), &["XFSZ"]).await;
    let (platform, admin) = (program.client("platform_key"), program.client("admin_key"));
    let post = async |id: &str| platform.post("/v1/comments", &comment(id, "lorne-talks", None, CLEAN[0])).await;
    post("before").await.expect_status(201);
    let before = platform.get("/v1/comments/before").await.expect_status(200).body;
    let thread = platform.get("/v1/articles/lorne-talks/comments").await.expect_status(200).body;
    let depth = admin.get("/v1/queue").await.expect_status(200).body["depth"].clone();

    // Room for nothing that is not there, and for nothing at all: as a disk that is mounted for reading.
    for bytes in ["65536", "0"] {
        allow_files(&program, bytes);
        for attempt in 0..20 {
            let answer = post("during").await;
            answer.expect_problem(503, "unavailable");
            assert!(answer.headers.contains_key("retry-after"), "attempt {attempt}");
        }
        platform.get("/readyz").await.expect_problem(503, "unavailable");
        platform.get("/livez").await.expect_status(200);
        platform.get("/v1/comments/during").await.expect_problem(404, "comment_not_found");
        // What is there is served on.
        assert_eq!(platform.get("/v1/comments/before").await.expect_status(200).body, before);
        assert_eq!(platform.get("/v1/articles/lorne-talks/comments").await.expect_status(200).body, thread);
        let decision = json!({"action": "reject", "reason_code": "spam", "expected_version": 1});
        admin.post("/v1/comments/before/decision", &decision).await.expect_problem(503, "unavailable");
    }

    allow_files(&program, "unlimited");
    until(async || platform.get("/readyz").await.status == 200).await;
    post("during").await.expect_status(201);
    let audit = admin.get("/v1/audit?comment_id=during").await.expect_status(200).body;
    assert_eq!(audit["entries"].as_array().map(Vec::len), Some(1));
    assert_eq!(admin.get("/v1/queue").await.expect_status(200).body["depth"], depth);
    assert_eq!(platform.get("/v1/comments/before").await.expect_status(200).body, before);
}
