//! Clients that others wrote, from package registries: each is run by a small script of `tests/clients`, as a platform
//! would use it, and says what it got.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Where the clients are installed; installs them if `./test` has not.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let made = Command::new(scripts().join("install")).output().expect("tests/clients/install runs");
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "the clients can't be installed; ./test says what that takes: {said}");
        PathBuf::from(String::from_utf8_lossy(&made.stdout).trim())
    })
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// The text of a file of a package from npm.
pub fn file(path: &str) -> String {
    let path = folder().join("node_modules").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs a script of `tests/clients`, in Python or for Node by its extension, and returns the JSON that it prints.
/// `told` is the JSON that it reads.
pub async fn client(script: &'static str, told: Value) -> Value {
    tokio::task::spawn_blocking(move || run(script, &told)).await.expect("a client that runs")
}

fn run(script: &str, told: &Value) -> Value {
    let folder = folder();
    let path = scripts().join(script);
    let mut command = if path.extension().is_some_and(|extension| extension == "py") {
        Command::new(folder.join("python/bin/python"))
    } else {
        let mut node = Command::new("node");
        node.env("NODE_PATH", folder.join("node_modules"));
        node
    };
    // Clients read proxies and keys from the environment; the tests are to depend on neither.
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(variable);
    }
    let told = told.to_string();
    let ended = command.arg(path).arg(told).output().expect("an interpreter that starts");
    let (stdout, stderr) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{script}: {stdout}\n{stderr}");
    serde_json::from_str(&stdout)
        .unwrap_or_else(|error| panic!("{script} printed no JSON, {error}: {stdout}\n{stderr}"))
}
