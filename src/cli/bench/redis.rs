//! A Redis of the bench's own, that has every write on disk before it answers.

use crate::store::StoreUrl;
use crate::store::address::{Host, RedisAddress, Topology};
use anyhow::{Context as _, bail, ensure};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// Another program may take a free port before the server does.
const ATTEMPTS: usize = 3;

/// Runs the server (`$0` and its arguments) until standard input closes: the server ends with this
/// process, however this process ends. Signals of a terminal reach the server too, but not the shell,
/// which cleans up.
const WATCHDOG: &str = r#"
    trap '' INT TERM HUP
    "$0" "$@" & server=$!
    exec >/dev/null 2>&1
    read -r _
    kill -9 "$server"; wait "$server"
    rm -rf "$FOLDER"
"#;

/// Ended when dropped.
pub struct OwnRedis {
    watchdog: Child,
    port: u16,
    /// The server's files. Removed by the watchdog too, should nobody be left to drop this.
    _folder: tempfile::TempDir,
}

impl OwnRedis {
    /// Starts it and waits until it takes connections.
    ///
    /// # Errors
    /// Says what is in the way; that there is no `redis-server` here, for one.
    pub fn start() -> anyhow::Result<Self> {
        let found = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
        ensure!(found.is_ok_and(|status| status.success()), "there is no redis-server on the PATH");
        let mut last = None;
        for _ in 0..ATTEMPTS {
            let folder = tempfile::Builder::new().prefix("ombud-bench-redis-").tempdir()?;
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            let mut watchdog = spawn(folder.path(), port)?;
            match ready(&mut watchdog) {
                Ok(()) => return Ok(Self { watchdog, port, _folder: folder }),
                Err(error) => {
                    end(&mut watchdog);
                    last = Some(error);
                }
            }
        }
        Err(last.context("no attempt")?)
    }

    pub fn url(&self) -> StoreUrl {
        StoreUrl::Redis(RedisAddress {
            topology: Topology::Server(Host { name: "127.0.0.1".to_owned(), port: self.port }),
            tls: false,
            database: 0,
            login: None,
        })
    }
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        end(&mut self.watchdog);
    }
}

fn spawn(folder: &Path, port: u16) -> anyhow::Result<Child> {
    Command::new("sh")
        .args(["-c", WATCHDOG, "redis-server", "--bind", "127.0.0.1", "--port", &port.to_string(), "--dir"])
        .arg(folder)
        .args(["--save", "", "--appendonly", "yes", "--appendfsync", "always", "--daemonize", "no"])
        .env("FOLDER", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("starting redis-server")
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

/// Lets go of the watchdog's standard input, upon which it ends the server.
fn end(watchdog: &mut Child) {
    drop(watchdog.stdin.take());
    // Nothing is left to do if it is gone already.
    let _ = watchdog.wait();
}
