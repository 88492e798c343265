//! Real Redis servers for tests: one alone, a Cluster, and a pair that a Sentinel watches.

pub mod cluster;
pub mod process;
pub mod sentinel;
pub mod tls;

use ombud::store::redis::{RedisSettings, RedisStore};
use ombud::store::{Store, StoreError};
use process::Process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;

/// What a server keeps on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// Nothing.
    None,
    /// Each write, before it is answered.
    AppendOnly,
}

impl Persistence {
    fn arguments(self) -> Vec<String> {
        let append_only = match self {
            Self::None => "no",
            Self::AppendOnly => "yes",
        };
        ["--appendonly", append_only, "--appendfsync", "always"].map(str::to_owned).to_vec()
    }
}

/// A server of our own, on a socket in a folder of its own. Killed (not shut down) when dropped.
pub struct RedisServer {
    process: Process,
    folder: TempDir,
}

impl RedisServer {
    /// Starts a server and waits until it answers.
    ///
    /// # Panics
    /// If there is no `redis-server`, or it doesn't answer in time.
    pub fn start(persistence: Persistence) -> Self {
        Self::start_with(persistence, &[])
    }

    /// The same, with more arguments.
    pub fn start_with(persistence: Persistence, more: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("ombud-redis-").tempdir().expect("a folder for Redis");
        let mut arguments = persistence.arguments();
        let socket = folder.path().join("socket").display().to_string();
        arguments.extend(["--port", "0", "--unixsocket", &socket].map(str::to_owned));
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        let process = Process::start(folder.path(), arguments, persistence == Persistence::None);
        Self { process, folder }
    }

    /// The server that all tests of this process share. Each uses a prefix of its own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<RedisServer> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(Persistence::None))
    }

    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.folder.path().join("socket").display())
    }

    /// Makes a call at the server.
    pub fn call<T: redis::FromRedisValue>(&self, command: &[&str]) -> T {
        let client = redis::Client::open(self.url()).expect("an address");
        let mut connection = client.get_connection().expect("a connection");
        redis::cmd(command[0]).arg(&command[1..]).query(&mut connection).expect("an answer")
    }

    /// Kills the server, as a crash would.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts a killed server again on the same socket and files.
    pub fn start_again(&mut self) {
        self.process.start_again();
    }
}

/// Opens a store with the default settings.
pub async fn open(url: &str, prefix: &str) -> Arc<dyn Store> {
    open_with(url, &RedisSettings::default(), prefix).await.unwrap_or_else(|error| panic!("no store: {error}"))
}

/// Opens a store.
pub async fn open_with(url: &str, settings: &RedisSettings, prefix: &str) -> Result<Arc<dyn Store>, StoreError> {
    let address = url.parse().unwrap_or_else(|error| panic!("{url}: {error}"));
    Ok(RedisStore::connect(&address, settings, Some(prefix)).await?)
}

/// A key prefix that no other test of this process has.
pub fn fresh_prefix() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("t{}:", NEXT.fetch_add(1, Ordering::Relaxed))
}
