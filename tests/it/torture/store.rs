//! Where the replicas keep everything, and the ways to break it.

use crate::support::program::signal;
use crate::support::redis::cluster::RedisCluster;
use crate::support::redis::process::{call, process_id};
use crate::support::redis::sentinel::RedisSentinel;
use crate::support::redis::{Persistence, RedisServer};
use rand::Rng as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::time::Duration;

/// How long servers may take to be whole again.
const LIMIT: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Redis,
    Sentinel,
    Cluster,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Sqlite, Self::Redis, Self::Sentinel, Self::Cluster];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Redis => "redis",
            Self::Sentinel => "sentinel",
            Self::Cluster => "cluster",
        }
    }

    /// How many replicas of a server have to have a write: all that may take over.
    pub const fn replicas(self) -> u8 {
        match self {
            Self::Sqlite | Self::Redis => 0,
            Self::Sentinel => 2,
            Self::Cluster => 1,
        }
    }
}

/// What can happen to a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// The server, or a master, is killed and started again; in between another takes over where one can.
    Kill,
    /// It is stopped for a while: longer than the others wait before one takes over, or shorter.
    Pause(Duration),
    /// All connections of clients are cut.
    Cut,
    /// The scripts are forgotten.
    Flush,
}

pub enum Backing {
    Sqlite,
    Redis(RedisServer),
    Sentinel(Box<RedisSentinel>),
    Cluster(RedisCluster),
}

impl Backing {
    pub fn start(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self::Sqlite,
            Kind::Redis => Self::Redis(RedisServer::start(Persistence::AppendOnly)),
            Kind::Sentinel => Self::Sentinel(Box::new(RedisSentinel::start(Persistence::AppendOnly))),
            Kind::Cluster => Self::Cluster(RedisCluster::start_with_replicas(Persistence::AppendOnly)),
        }
    }

    pub fn url(&self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Redis(server) => Some(server.url()),
            Self::Sentinel(set) => Some(set.url()),
            Self::Cluster(cluster) => Some(cluster.url()),
        }
    }

    /// Strikes, and waits until the store is whole again.
    pub async fn strike(&mut self, blow: Blow, rng: &mut Xoshiro256PlusPlus) {
        match blow {
            Blow::Cut => self.tell_all(&["CLIENT", "KILL", "TYPE", "normal"]),
            Blow::Flush => self.tell_all(&["SCRIPT", "FLUSH"]),
            Blow::Kill => self.kill(rng).await,
            Blow::Pause(time) => self.pause(time, rng).await,
        }
    }

    fn tell_all(&self, command: &[&str]) {
        match self {
            Self::Sqlite => {}
            Self::Redis(server) => drop(server.call::<redis::Value>(command)),
            // Of replicas only one that takes no scripts would refuse, and that is no matter.
            Self::Sentinel(set) => drop(call::<redis::Value>(set.master(), command)),
            Self::Cluster(cluster) => {
                for port in masters(&cluster.ports()) {
                    drop(call::<redis::Value>(port, command));
                }
            }
        }
    }

    async fn kill(&mut self, rng: &mut Xoshiro256PlusPlus) {
        match self {
            Self::Sqlite => {}
            Self::Redis(server) => {
                server.kill();
                super::pause(Duration::from_millis(rng.random_range(0..4_000))).await;
                server.start_again();
            }
            Self::Sentinel(set) => {
                let master = set.master();
                set.server(master).kill();
                whole("another master", || set.master() != master).await;
                set.server(master).start_again();
                follow(set, master);
                whole("two replicas", || followers(set.master()) == 2).await;
            }
            Self::Cluster(cluster) => {
                let ports = cluster.ports();
                let of = masters(&ports);
                let master = of[rng.random_range(0..of.len())];
                cluster.node(master).kill();
                let left: Vec<u16> = ports.iter().copied().filter(|port| *port != master).collect();
                whole("another master", || masters(&left).len() == of.len()).await;
                cluster.node(master).start_again();
                whole("a whole Cluster", || is_whole(&ports)).await;
            }
        }
    }

    async fn pause(&mut self, time: Duration, rng: &mut Xoshiro256PlusPlus) {
        match self {
            Self::Sqlite => {}
            Self::Redis(server) => stop(process_id(&server.call::<String>(&["INFO", "server"])), time).await,
            Self::Sentinel(set) => {
                let master = set.master();
                stop(process_of(master), time).await;
                // One that was replaced meanwhile is told so by the Sentinel.
                whole("two replicas", || followers(set.master()) == 2).await;
            }
            Self::Cluster(cluster) => {
                let ports = cluster.ports();
                let of = masters(&ports);
                stop(process_of(of[rng.random_range(0..of.len())]), time).await;
                whole("a whole Cluster", || is_whole(&ports)).await;
            }
        }
    }
}

async fn stop(process: u32, time: Duration) {
    signal(process, "STOP");
    super::pause(time).await;
    signal(process, "CONT");
}

fn process_of(port: u16) -> u32 {
    process_id(&call::<String>(port, &["INFO", "server"]).expect("a server"))
}

/// Makes a server that was the master follow the one that is, as its own file of settings would.
fn follow(set: &RedisSentinel, port: u16) {
    call::<()>(port, &["REPLICAOF", "127.0.0.1", &set.master().to_string()]).expect("it follows");
}

/// Waits until servers are as they should be. They tell nobody, so they are asked again and again.
async fn whole(what: &str, is_so: impl Fn() -> bool) {
    let asking = async {
        while !is_so() {
            super::pause(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(LIMIT, asking).await.unwrap_or_else(|_| panic!("the store has not {what}"));
}

fn replication(port: u16) -> String {
    call(port, &["INFO", "replication"]).unwrap_or_default()
}

fn followers(port: u16) -> usize {
    replication(port).matches("state=online").count()
}

fn masters(ports: &[u16]) -> Vec<u16> {
    ports.iter().copied().filter(|port| replication(*port).contains("role:master")).collect()
}

fn is_whole(ports: &[u16]) -> bool {
    let masters = masters(ports);
    masters.len() * 2 == ports.len()
        && masters.iter().all(|port| followers(*port) == 1)
        && ports
            .iter()
            .all(|port| call::<String>(*port, &["CLUSTER", "INFO"]).is_ok_and(|info| info.contains("cluster_state:ok")))
}
