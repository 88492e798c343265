//! The stores that are measured: a SQLite file, one Redis, and a Redis Cluster, each of the bench's own and empty.

use super::guarded::{Guarded, RedisServer, free_port};
use crate::store::StoreUrl;
use crate::store::address::{Host, RedisAddress, Topology};
use anyhow::{Context as _, ensure};
use std::time::{Duration, Instant};

const SLOTS: u16 = 16_384;
const MASTERS: u16 = 3;

/// How long a Cluster may take to agree.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

/// A kind of store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    Sqlite,
    Redis,
    Cluster,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Redis, Self::Cluster];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Redis => "Redis",
            Self::Cluster => "Redis Cluster",
        }
    }
}

/// A store, gone when dropped; but for one that was named.
pub enum Place {
    Sqlite(Guarded),
    /// One server, or the masters of a Cluster.
    Redis(Vec<RedisServer>),
    Named(StoreUrl),
}

impl Place {
    /// Makes an empty store, or takes the Redis that was named.
    ///
    /// # Errors
    /// Says what is in the way; that there is no `redis-server` here, for one.
    pub async fn open(kind: Kind, named: Option<&StoreUrl>) -> anyhow::Result<Self> {
        match (kind, named) {
            (Kind::Sqlite, _) => Ok(Self::Sqlite(Guarded::folder()?)),
            (Kind::Redis, Some(url)) => {
                ensure!(matches!(url, StoreUrl::Redis(_)), "{url} is not a Redis");
                Ok(Self::Named(url.clone()))
            }
            (Kind::Redis, None) => Ok(Self::Redis(vec![RedisServer::start(&[])?])),
            (Kind::Cluster, _) => Ok(Self::Redis(cluster().await?)),
        }
    }

    pub fn url(&self) -> StoreUrl {
        let host = |server: &RedisServer| Host { name: "127.0.0.1".to_owned(), port: server.port };
        let topology = match self {
            Self::Sqlite(folder) => return StoreUrl::Sqlite(folder.path().join("ombud.db")),
            Self::Named(url) => return url.clone(),
            Self::Redis(servers) => match &servers[..] {
                [server] => Topology::Server(host(server)),
                masters => Topology::Cluster(masters.iter().map(host).collect()),
            },
        };
        StoreUrl::Redis(RedisAddress { topology, tls: false, database: 0, login: None })
    }

    /// What the store takes up, in bytes: the files of SQLite, `used_memory` of all servers of Redis. `None` for one
    /// that was named, which may hold what others put there.
    pub async fn bytes(&self) -> anyhow::Result<Option<u64>> {
        let mut bytes = 0;
        match self {
            Self::Named(_) => return Ok(None),
            Self::Sqlite(folder) => {
                for entry in std::fs::read_dir(folder.path())? {
                    bytes += entry?.metadata()?.len();
                }
            }
            Self::Redis(servers) => {
                for server in servers {
                    let info: String = server.call(&["INFO", "memory"]).await?;
                    bytes += used_memory(&info).context("a server that does not tell its memory")?;
                }
            }
        }
        Ok(Some(bytes))
    }
}

fn used_memory(info: &str) -> Option<u64> {
    info.lines().find_map(|line| line.strip_prefix("used_memory:"))?.trim().parse().ok()
}

/// The masters of a Cluster that has come to be.
async fn cluster() -> anyhow::Result<Vec<RedisServer>> {
    let mut masters = Vec::new();
    for number in 0..MASTERS {
        let bus = free_port()?.to_string();
        let master = RedisServer::start(&["--cluster-enabled", "yes", "--cluster-port", &bus])?;
        // Different from the first, so that they need not agree on who is who.
        let epoch = (number + 1).to_string();
        master.call::<()>(&["CLUSTER", "SET-CONFIG-EPOCH", &epoch]).await?;
        let bound = |n: u16| u32::from(n) * u32::from(SLOTS) / u32::from(MASTERS);
        let (first, last) = (bound(number).to_string(), (bound(number + 1) - 1).to_string());
        master.call::<()>(&["CLUSTER", "ADDSLOTSRANGE", &first, &last]).await?;
        if let Some(known) = masters.first() {
            let known: &RedisServer = known;
            known.call::<()>(&["CLUSTER", "MEET", "127.0.0.1", &master.port.to_string(), &bus]).await?;
        }
        masters.push(master);
    }
    let begun = Instant::now();
    for master in &masters {
        loop {
            let slots: Vec<redis::Value> = master.call(&["CLUSTER", "SLOTS"]).await?;
            let info: String = master.call(&["CLUSTER", "INFO"]).await?;
            if slots.len() == usize::from(MASTERS) && info.contains("cluster_state:ok") {
                break;
            }
            ensure!(begun.elapsed() < PATIENCE, "the Redis Cluster does not come to be");
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(masters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_what_a_server_tells() {
        assert_eq!(used_memory("# Memory\r\nused_memory:1048576\r\nused_memory_human:1.00M\r\n"), Some(1_048_576));
        assert_eq!(used_memory("# Memory\r\nused_memory_rss:7\r\n"), None);
    }
}
