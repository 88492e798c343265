//! A master, its replica, and a Sentinel that watches both and whose word is enough.

use super::Persistence;
use super::process::{Process, call, free_ports, until};
use std::sync::OnceLock;
use tempfile::TempDir;

pub struct RedisSentinel {
    master: Process,
    _replica: Process,
    _sentinel: Process,
    /// The ports of the two servers, and of the Sentinel.
    ports: [u16; 3],
    _folder: TempDir,
}

impl RedisSentinel {
    /// Starts all three. The replica takes over about two seconds after the master died.
    pub fn start(persistence: Persistence) -> Self {
        Self::watching(persistence, 1_000)
    }

    /// The set that all tests of this process share. Each uses a prefix of its own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<RedisSentinel> = OnceLock::new();
        // Patient, so that a machine that is busy with other things doesn't look like a dead master.
        SHARED.get_or_init(|| Self::watching(Persistence::None, 15_000))
    }

    fn watching(persistence: Persistence, down_after_ms: u32) -> Self {
        let folder = tempfile::Builder::new().prefix("ombud-sentinel-").tempdir().expect("a folder for Redis");
        let ports: [u16; 3] = free_ports();
        let home = |name: &str| {
            let home = folder.path().join(name);
            std::fs::create_dir(&home).expect("a folder for a server");
            home
        };
        let server = |name: &str, more: &str| {
            let mut arguments = persistence.arguments();
            arguments.extend(more.split_whitespace().map(str::to_owned));
            Process::start(&home(name), arguments, persistence == Persistence::None)
        };
        let [first, second, third] = ports;
        let master = server("master", &format!("--bind 127.0.0.1 --port {first} --repl-diskless-sync-delay 0"));
        let replica = server("replica", &format!("--bind 127.0.0.1 --port {second} --replicaof 127.0.0.1 {first}"));
        until(first, &["INFO", "replication"], |info: &String| info.contains("state=online"));
        let own = home("sentinel");
        let config = own.join("sentinel.conf");
        let written = format!(
            "bind 127.0.0.1\nport {third}\nsentinel monitor ombud 127.0.0.1 {first} 1\n\
             sentinel down-after-milliseconds ombud {down_after_ms}\nsentinel failover-timeout ombud 5000\n"
        );
        std::fs::write(&config, written).expect("a configuration");
        let sentinel = Process::start(&own, vec![config.display().to_string(), "--sentinel".to_owned()], true);
        until(third, &["SENTINEL", "REPLICAS", "ombud"], |replicas: &Vec<redis::Value>| replicas.len() == 1);
        Self { master, _replica: replica, _sentinel: sentinel, ports, _folder: folder }
    }

    pub fn url(&self) -> String {
        format!("redis+sentinel://127.0.0.1:{}?master=ombud", self.ports[2])
    }

    /// The port of the server that was the replica at first.
    pub fn replica(&self) -> u16 {
        self.ports[1]
    }

    /// Kills the master.
    pub fn kill_master(&mut self) {
        self.master.kill();
    }

    /// Lets the two change places.
    pub fn change_places(&self) {
        call::<()>(self.ports[2], &["SENTINEL", "FAILOVER", "ombud"]).expect("a fail-over");
    }

    /// Waits until the replica is the master.
    pub fn expect_fail_over(&self) {
        until(self.ports[1], &["ROLE"], |role: &Vec<redis::Value>| {
            role.first() == Some(&redis::Value::BulkString(b"master".to_vec()))
        });
    }
}
