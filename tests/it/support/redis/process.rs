//! One process of Redis, which ends with the test.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long a server may take to start, or to come to be what a test waits for.
pub const LIMIT: Duration = Duration::from_secs(20);

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

/// A running `redis-server`. Killed (not shut down) when dropped.
pub struct Process {
    watchdog: Child,
    folder: PathBuf,
    arguments: Vec<String>,
    /// Whether the folder goes with the server.
    forgets: bool,
}

impl Process {
    /// Starts a server in a folder and waits until it takes connections.
    pub fn start(folder: &Path, arguments: Vec<String>, forgets: bool) -> Self {
        let watchdog = spawn(folder, &arguments, forgets);
        Self { watchdog, folder: folder.to_owned(), arguments, forgets }
    }

    /// Kills the server, as a crash would.
    pub fn kill(&mut self) {
        drop(self.watchdog.stdin.take());
        self.watchdog.wait().expect("the watchdog ends");
    }

    /// Starts a killed server again at the same address, on the same files.
    pub fn start_again(&mut self) {
        self.watchdog = spawn(&self.folder, &self.arguments, self.forgets);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(folder: &Path, arguments: &[String], forgets: bool) -> Child {
    let found = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
    assert!(found.is_ok_and(|s| s.success()), "no redis-server on the PATH: install the package `redis-server`");
    // A folder that went missing would be a server that forgot everything: that must not pass for a restart.
    assert!(folder.is_dir(), "{} is gone", folder.display());
    let mut watchdog = Command::new("sh")
        .args(["-c", WATCHDOG, "redis-server"])
        .args(arguments)
        .args(["--daemonize", "no", "--save", "", "--dir"])
        .arg(folder)
        .env("FOLDER", if forgets { folder } else { Path::new("") })
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
        let ready = ["to accept connections", "Sentinel ID is"];
        let ready =
            lines.inspect(|line| seen.push(line.clone())).any(|line| ready.iter().any(|said| line.contains(said)));
        tell.send(if ready { Ok(()) } else { Err(seen.join("\n")) })
    });
    let answer = told.recv_timeout(LIMIT).expect("redis-server neither starts nor fails in time");
    answer.unwrap_or_else(|log| panic!("redis-server ended, and said:\n{log}"));
    watchdog
}

/// Ports on loopback that nobody listens on, all different.
pub fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port())
}

/// The process that its `INFO` names.
pub fn process_id(info: &str) -> u32 {
    let line = info.lines().find_map(|line| line.strip_prefix("process_id:")).expect("a process");
    line.trim().parse().expect("a number")
}

/// Makes a call at a server on loopback.
pub fn call<T: redis::FromRedisValue>(port: u16, command: &[&str]) -> redis::RedisResult<T> {
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}"))?;
    let mut connection = client.get_connection_with_timeout(LIMIT)?;
    redis::cmd(command[0]).arg(&command[1..]).query(&mut connection)
}

/// Asks a server on loopback until its answer fits. It tells nobody when that is, so it is asked again and again.
pub fn until<T: redis::FromRedisValue + std::fmt::Debug>(port: u16, command: &[&str], fits: impl Fn(&T) -> bool) {
    let begun = Instant::now();
    loop {
        let answer = call::<T>(port, command);
        if answer.as_ref().is_ok_and(&fits) {
            return;
        }
        assert!(begun.elapsed() < LIMIT, "{command:?} at {port} answers {answer:?}");
        std::thread::yield_now();
    }
}
