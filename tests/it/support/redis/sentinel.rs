//! A master, its two replicas, and a Sentinel that watches all and whose word is enough.

use super::Persistence;
use super::process::{Process, call, free_ports, until};
use std::sync::OnceLock;
use tempfile::TempDir;

pub struct RedisSentinel {
    /// By port; the first is the master in the beginning.
    servers: [(u16, Process); 3],
    _sentinel: Process,
    sentinel_port: u16,
    _folder: TempDir,
}

impl RedisSentinel {
    /// Starts all four. A replica takes over about two seconds after the master died.
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
        let [first, second, third, sentinel_port] = free_ports();
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
        let master = server("master", &format!("--bind 127.0.0.1 --port {first} --repl-diskless-sync-delay 0"));
        let follow = |port: u16| format!("--bind 127.0.0.1 --port {port} --replicaof 127.0.0.1 {first}");
        let replicas = [("second", second), ("third", third)].map(|(name, port)| (port, server(name, &follow(port))));
        until(first, &["INFO", "replication"], |info: &String| info.matches("state=online").count() == 2);
        let own = home("sentinel");
        let config = own.join("sentinel.conf");
        let written = format!(
            "bind 127.0.0.1\nport {sentinel_port}\nsentinel monitor ombud 127.0.0.1 {first} 1\n\
             sentinel down-after-milliseconds ombud {down_after_ms}\nsentinel failover-timeout ombud 5000\n"
        );
        std::fs::write(&config, written).expect("a configuration");
        let sentinel = Process::start(&own, vec![config.display().to_string(), "--sentinel".to_owned()], true);
        until(sentinel_port, &["SENTINEL", "REPLICAS", "ombud"], |replicas: &Vec<redis::Value>| replicas.len() == 2);
        let [second, third] = replicas;
        Self { servers: [(first, master), second, third], _sentinel: sentinel, sentinel_port, _folder: folder }
    }

    pub fn url(&self) -> String {
        format!("redis+sentinel://127.0.0.1:{}?master=ombud", self.sentinel_port)
    }

    /// Kills the master of the beginning.
    pub fn kill_master(&mut self) {
        self.servers[0].1.kill();
    }

    /// The server on a port.
    pub fn server(&mut self, port: u16) -> &mut Process {
        let found = self.servers.iter_mut().find(|(its, _)| *its == port);
        found.map(|(_, process)| process).expect("a server of this set")
    }

    /// The ports of the replicas of the beginning.
    pub fn replicas(&self) -> [u16; 2] {
        let [_, second, third] = &self.servers;
        [second.0, third.0]
    }

    /// Puts a replica in the master's place, while all live.
    pub fn change_places(&self) {
        call::<()>(self.sentinel_port, &["SENTINEL", "FAILOVER", "ombud"]).expect("a fail-over");
    }

    /// The port of the server that the Sentinel calls the master.
    pub fn master(&self) -> u16 {
        let asked = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "ombud"];
        call::<(String, u16)>(self.sentinel_port, &asked).expect("a master").1
    }
}
