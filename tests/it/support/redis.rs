//! A real Redis server for tests.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;
use tempfile::TempDir;

/// How long a server may take to start.
const START_LIMIT: Duration = Duration::from_secs(20);

/// Runs a server until the shell's standard input closes. The test process holds the other end, so
/// the server goes with it however it ends, even when no destructor runs. `$0` is the program; a
/// `$FOLDER` is removed in the end.
const WATCHDOG: &str = r#"
    "$0" "$@" & server=$!
    exec >/dev/null
    read -r _
    exec 2>/dev/null
    kill -9 "$server"; wait "$server"
    if [ -n "$FOLDER" ]; then rm -rf "$FOLDER"; fi
"#;

/// What a server keeps on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// Nothing.
    None,
    /// Each write, before it is answered.
    AppendOnly,
}

/// A server of our own, on a socket in a folder of its own. Killed (not shut down) when dropped.
pub struct RedisServer {
    watchdog: Child,
    folder: TempDir,
    persistence: Persistence,
}

impl RedisServer {
    /// Starts a server and waits until it answers.
    ///
    /// # Panics
    /// If there is no `redis-server`, or it doesn't answer in time.
    pub fn start(persistence: Persistence) -> Self {
        let folder = tempfile::Builder::new().prefix("ombud-redis-").tempdir().expect("a folder for Redis");
        let watchdog = spawn(folder.path(), persistence);
        Self { watchdog, folder, persistence }
    }

    /// The server that all tests of this process share. Each uses a prefix of its own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<RedisServer> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(Persistence::None))
    }

    pub fn url(&self) -> String {
        format!("redis+unix://{}", socket(self.folder.path()).display())
    }

    /// Kills the server, as a crash would.
    pub fn kill(&mut self) {
        drop(self.watchdog.stdin.take());
        self.watchdog.wait().expect("the watchdog ends");
    }

    /// Starts a killed server again on the same socket and files.
    pub fn start_again(&mut self) {
        self.watchdog = spawn(self.folder.path(), self.persistence);
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A key prefix that no other test of this server has.
pub fn fresh_prefix() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("t{}:", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn socket(folder: &Path) -> std::path::PathBuf {
    folder.join("socket")
}

/// Starts a server and waits until it says that it takes connections.
fn spawn(folder: &Path, persistence: Persistence) -> Child {
    let found = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
    assert!(found.is_ok_and(|s| s.success()), "no redis-server on the PATH: install the package `redis-server`");
    // A folder that went missing would be a server that forgot everything: that must not pass for a restart.
    assert!(folder.is_dir(), "{} is gone", folder.display());
    let (append_only, remove) = match persistence {
        Persistence::None => ("no", folder),
        Persistence::AppendOnly => ("yes", Path::new("")),
    };
    let mut watchdog = Command::new("sh")
        .args(["-c", WATCHDOG, "redis-server", "--port", "0", "--daemonize", "no", "--save", ""])
        .args(["--appendonly", append_only, "--appendfsync", "always"])
        .arg("--dir")
        .arg(folder)
        .arg("--unixsocket")
        .arg(socket(folder))
        .env("FOLDER", remove)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh starts");
    let log = watchdog.stdout.take().expect("a pipe");
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(log).lines().map_while(Result::ok);
        // Dropping the log's end afterwards is nothing to the server: it ignores that nobody listens.
        let mut seen = Vec::new();
        let ready = lines.inspect(|line| seen.push(line.clone())).any(|line| line.contains("to accept connections at"));
        tell.send(if ready { Ok(()) } else { Err(seen.join("\n")) })
    });
    let answer = told.recv_timeout(START_LIMIT).expect("redis-server neither starts nor fails in time");
    answer.unwrap_or_else(|log| panic!("redis-server ended, and said:\n{log}"));
    watchdog
}
