//! What the servers promise about what they took, in plain words. The weakest of a Cluster's masters counts.

use super::RedisStore;
use super::settings::{Demand, RedisSettings};
use crate::store::address::{RedisAddress, Topology};
use crate::store::{Durability, ServerDurability, StoreError};
use redis::{Cmd, RedisResult, Value};
use std::collections::HashMap;

/// How long the probe stays, in milliseconds.
const PROBE_MS: u64 = 60_000;

/// What ombud adds to what the servers promise by themselves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Promise {
    demand: Demand,
    replicas: u8,
    /// Whether another server takes over when a master is gone.
    fails_over: bool,
}

impl Promise {
    pub(super) fn of(address: &RedisAddress, settings: &RedisSettings) -> Self {
        let fails_over = match address.topology {
            Topology::Cluster(_) | Topology::Sentinel { .. } => true,
            Topology::Server(_) | Topology::Socket(_) => false,
        };
        Self { demand: settings.durability, replicas: settings.replicas, fails_over }
    }
}

/// Writes a probe to each master, so that one that is up but takes no writes (a full one) or can't confirm them is
/// found out too, and reads the settings that matter.
pub(super) async fn check(store: &RedisStore) -> Result<Durability, StoreError> {
    let mut servers = Vec::new();
    for (name, replies) in store.connection.at_each_master(|slot| probe(store, slot)).await? {
        let mut replies = replies.into_iter();
        let mut next = || replies.next().unwrap_or(Ok(Value::Nil));
        let _written = next()?;
        servers.push(server(name, next(), next()));
    }
    Ok(judge(servers, store.promise))
}

fn probe(store: &RedisStore, slot: u16) -> [Cmd; 3] {
    let read = ["appendonly", "appendfsync", "maxmemory", "maxmemory-policy", "min-replicas-to-write"];
    [
        redis::cmd("SET").arg(store.touch.key(slot)).arg("").arg("PX").arg(PROBE_MS).take(),
        redis::cmd("CONFIG").arg("GET").arg(&read).take(),
        redis::cmd("INFO").arg("replication").take(),
    ]
}

/// A managed server may forbid either question.
fn server(name: String, config: RedisResult<Value>, info: RedisResult<Value>) -> ServerDurability {
    let config = config.ok().and_then(|config| redis::from_redis_value::<HashMap<String, String>>(config).ok());
    let config = config.unwrap_or_default();
    let info = info.ok().and_then(|info| redis::from_redis_value::<String>(info).ok()).unwrap_or_default();
    let replicas = info.lines().find_map(|line| line.strip_prefix("connected_slaves:"));
    ServerDurability {
        name,
        append_only: config.get("appendonly").map(|value| value == "yes"),
        appendfsync: config.get("appendfsync").cloned(),
        maxmemory_bytes: config.get("maxmemory").and_then(|bytes| bytes.parse().ok()),
        maxmemory_policy: config.get("maxmemory-policy").cloned(),
        replicas: replicas.and_then(|count| count.trim().parse().ok()),
        min_replicas_to_write: config.get("min-replicas-to-write").and_then(|count| count.parse().ok()),
    }
}

/// What a crash may cost, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Loss {
    Nothing,
    LastSecond,
    UnwrittenPages,
    Unknown,
    SinceSnapshot,
}

fn loss(server: &ServerDurability) -> Loss {
    match (server.append_only, server.appendfsync.as_deref()) {
        (Some(true), Some("always")) => Loss::Nothing,
        (Some(true), Some("no")) => Loss::UnwrittenPages,
        (Some(true), _) => Loss::LastSecond,
        (Some(false), _) => Loss::SinceSnapshot,
        (None, _) => Loss::Unknown,
    }
}

fn judge(servers: Vec<ServerDurability>, promise: Promise) -> Durability {
    let worst = servers.iter().map(loss).max().unwrap_or(Loss::Unknown);
    let synced = promise.demand == Demand::Fsync || worst == Loss::Nothing;
    let disk = match worst {
        Loss::Nothing => "Every acknowledged comment is on disk before it is answered (appendfsync always).",
        _ if synced => "Every acknowledged comment is on disk before it is answered (durability fsync).",
        Loss::LastSecond => "A power cut may lose the last second (appendfsync everysec).",
        Loss::UnwrittenPages => {
            "A power cut may lose what the operating system has not yet written, often 30 seconds (appendfsync no)."
        }
        Loss::Unknown => "What a crash may lose is unknown: the server does not tell its configuration.",
        Loss::SinceSnapshot => "A crash may lose everything since the last snapshot (appendonly no).",
    };
    let evicts = servers.iter().filter_map(|s| s.maxmemory_policy.as_deref()).find(|policy| *policy != "noeviction");
    let eviction = evicts.map(|policy| {
        format!(" When memory is full the server may drop comments (maxmemory-policy {policy}); set noeviction.")
    });
    let connected = servers.iter().filter_map(|s| s.replicas).max().unwrap_or(0);
    let fail_over = fail_over(promise, connected);
    let statement = format!("{disk}{}{fail_over}", eviction.unwrap_or_default());
    let fsync = synced && evicts.is_none();
    Durability { store: "redis", statement, fsync, servers }
}

/// What a fail-over costs. `connected`: how many replicas the master has that has most.
fn fail_over(promise: Promise, connected: u64) -> String {
    match promise.replicas {
        0 if promise.fails_over || connected > 0 => {
            " A fail-over may lose what was acknowledged right before it: replicas are not waited for (replicas = 0)."
                .to_owned()
        }
        0 => String::new(),
        // A master that lives on apart from the replica that replaces it could still be confirmed by another.
        n if connected > u64::from(n) => format!(
            " {n} of {connected} replicas have it too: when a master dies nothing is lost; when one is replaced that \
             still runs, what it acknowledged meanwhile may be (replicas = {n})."
        ),
        n => format!(" So do all replicas that may take over: a fail-over loses nothing (replicas = {n})."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALONE: Promise = Promise { demand: Demand::Server, replicas: 0, fails_over: false };

    fn set(append_only: Option<bool>, sync: &str, policy: &str) -> ServerDurability {
        ServerDurability {
            append_only,
            appendfsync: append_only.is_some().then(|| sync.to_owned()),
            maxmemory_policy: append_only.is_some().then(|| policy.to_owned()),
            ..ServerDurability::default()
        }
    }

    fn said(servers: &[ServerDurability], promise: Promise) -> Durability {
        judge(servers.to_vec(), promise)
    }

    #[test]
    fn only_what_is_synced_and_kept_is_promised() {
        let always = set(Some(true), "always", "noeviction");
        assert!(said(std::slice::from_ref(&always), ALONE).fsync);
        let evicting = said(&[set(Some(true), "always", "allkeys-lru")], ALONE);
        assert!(!evicting.fsync && evicting.statement.contains("allkeys-lru"), "{}", evicting.statement);
        let second = set(Some(true), "everysec", "noeviction");
        let weakest = said(&[always, second.clone()], ALONE);
        assert!(!weakest.fsync && weakest.statement.contains("last second"), "{}", weakest.statement);
        assert!(said(&[set(Some(false), "always", "noeviction")], ALONE).statement.contains("snapshot"));
        assert!(said(&[set(None, "", "")], ALONE).statement.contains("unknown"));
        let waited_for = said(&[second], Promise { demand: Demand::Fsync, ..ALONE });
        assert!(waited_for.fsync && waited_for.statement.contains("durability fsync"), "{}", waited_for.statement);
    }

    #[test]
    fn what_a_fail_over_costs_is_said() {
        let server = [set(Some(true), "always", "noeviction")];
        let promise = Promise { fails_over: true, ..ALONE };
        assert!(said(&server, promise).statement.contains("may lose what was acknowledged right before"));
        assert!(said(&server, Promise { replicas: 1, ..promise }).statement.contains("loses nothing"));
        let two = [ServerDurability { replicas: Some(2), ..server[0].clone() }];
        assert!(said(&two, Promise { replicas: 1, ..promise }).statement.contains("1 of 2 replicas"));
        assert!(!said(&server, ALONE).statement.contains("fail-over"));
    }
}
