//! Folders and servers of the bench's own, which are gone when this process is, however it ends.

use anyhow::{Context as _, bail, ensure};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// Another program may take a free port before the server does.
const ATTEMPTS: usize = 3;

/// Runs the server (`$@`, if there is one) until standard input closes, which it does when this process ends; then ends
/// the server and removes the folder. Signals of a terminal reach the server too, but not the shell, which cleans up.
const WATCHDOG: &str = r#"
    trap '' INT TERM HUP
    server=
    if [ "$#" -gt 0 ]; then "$@" & server=$!; fi
    exec >/dev/null 2>&1
    read -r _
    if [ -n "$server" ]; then kill -9 "$server"; wait "$server"; fi
    rm -rf "$FOLDER"
"#;

/// A folder, and the server that works in it, if there is one. Both are gone when it is dropped.
pub struct Guarded {
    watchdog: Child,
    folder: PathBuf,
}

impl Guarded {
    /// A folder.
    ///
    /// # Errors
    /// Fails if the folder can't be made or `sh` not be run.
    pub fn folder() -> anyhow::Result<Self> {
        Self::start(Vec::new)
    }

    /// `server`: the program and its arguments; it works in the folder.
    fn start(server: impl FnOnce() -> Vec<String>) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("ombud-bench-").tempdir()?;
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog"])
            .args(server())
            .current_dir(folder.path())
            .env("FOLDER", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("running sh")?;
        // From here on the watchdog removes it.
        Ok(Self { watchdog, folder: folder.keep() })
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Guarded {
    /// Lets go of the watchdog's standard input, upon which it cleans up.
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        // Nothing is left to do if it is gone already.
        let _ = self.watchdog.wait();
    }
}

/// A `redis-server` on loopback that has every write on disk before it answers.
pub struct RedisServer {
    pub port: u16,
    _guarded: Guarded,
}

impl RedisServer {
    /// Starts it and waits until it takes connections.
    ///
    /// # Errors
    /// Says what is in the way; that there is no `redis-server` here, for one.
    pub fn start(more: &[&str]) -> anyhow::Result<Self> {
        let found = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
        ensure!(found.is_ok_and(|status| status.success()), "there is no redis-server on the PATH");
        let mut last = None;
        for _ in 0..ATTEMPTS {
            let port = free_port()?;
            let mut guarded = Guarded::start(|| arguments(port, more))?;
            match ready(&mut guarded.watchdog) {
                Ok(()) => return Ok(Self { port, _guarded: guarded }),
                Err(error) => last = Some(error),
            }
        }
        Err(last.context("no attempt")?)
    }

    /// Makes one call on a connection of its own.
    ///
    /// # Errors
    /// Fails if the server does not answer, or with an error.
    pub async fn call<T: redis::FromRedisValue>(&self, command: &[&str]) -> anyhow::Result<T> {
        let client = redis::Client::open(format!("redis://127.0.0.1:{}", self.port))?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        Ok(redis::cmd(command[0]).arg(&command[1..]).query_async(&mut connection).await?)
    }
}

/// The append-only file is never rewritten: that happens at times of its own, and would be measured in one row and not
/// in another.
fn arguments(port: u16, more: &[&str]) -> Vec<String> {
    let port = port.to_string();
    let fixed = ["redis-server", "--bind", "127.0.0.1", "--port", &port, "--daemonize", "no", "--save", ""];
    let kept = ["--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0"];
    fixed.iter().chain(&kept).chain(more).map(|argument| (*argument).to_owned()).collect()
}

/// A port on loopback that nobody listens on.
pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Waits until the server says that it takes connections.
fn ready(watchdog: &mut Child) -> anyhow::Result<()> {
    let log = watchdog.stdout.take().context("no log")?;
    let (tell, told) = mpsc::channel();
    // Reads on when the server is ready: a full pipe would stop it.
    std::thread::spawn(move || {
        let mut last = String::new();
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            if line.contains("Ready to accept connections") {
                let _ = tell.send(Ok(()));
            }
            last = line;
        }
        let _ = tell.send(Err(last));
    });
    match told.recv_timeout(PATIENCE) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(last)) => bail!("redis-server does not start: {last}"),
        Err(_) => bail!("redis-server takes too long to start"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_goes_with_its_guard() {
        let guarded = Guarded::folder().unwrap();
        let folder = guarded.path().to_owned();
        std::fs::write(folder.join("file"), "kept").unwrap();
        drop(guarded);
        assert!(!folder.exists());
    }
}
