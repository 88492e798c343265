//! A Redis Cluster of three masters, which may have a replica each.

use super::Persistence;
use super::process::{Process, call, free_ports, until};
use std::sync::OnceLock;
use tempfile::TempDir;

const SLOTS: u16 = 16_384;
const MASTERS: usize = 3;

pub struct RedisCluster {
    /// The masters in the order of their slots, then their replicas, if there are any.
    nodes: Vec<Node>,
    _folder: TempDir,
}

struct Node {
    process: Process,
    port: u16,
    id: String,
}

impl RedisCluster {
    /// Three masters.
    pub fn start(persistence: Persistence) -> Self {
        // Long, so that a machine that is busy with other things doesn't look like a dead node.
        Self::of(MASTERS, persistence, 15_000)
    }

    /// Three masters with a replica each, which takes over about two seconds after its master died.
    pub fn start_with_replicas(persistence: Persistence) -> Self {
        let cluster = Self::of(2 * MASTERS, persistence, 1_500);
        let (masters, replicas) = cluster.nodes.split_at(MASTERS);
        for (master, replica) in masters.iter().zip(replicas) {
            call::<()>(replica.port, &["CLUSTER", "REPLICATE", &master.id]).expect("a replica");
        }
        for master in masters {
            until(master.port, &["INFO", "replication"], |info: &String| info.contains("state=online"));
        }
        cluster
    }

    /// The Cluster that all tests of this process share. Each uses a prefix of its own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<RedisCluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(Persistence::None))
    }

    fn of(count: usize, persistence: Persistence, node_timeout_ms: u32) -> Self {
        let folder = tempfile::Builder::new().prefix("ombud-cluster-").tempdir().expect("a folder for Redis");
        let nodes: Vec<Node> = (0..count)
            .map(|number| {
                let home = folder.path().join(number.to_string());
                std::fs::create_dir(&home).expect("a folder for a node");
                let [port, bus] = free_ports();
                let mut arguments = persistence.arguments();
                let own = format!(
                    "--bind 127.0.0.1 --port {port} --cluster-port {bus} --cluster-enabled yes --cluster-config-file \
                     nodes.conf --cluster-node-timeout {node_timeout_ms} --cluster-replica-validity-factor 0 \
                     --repl-diskless-sync-delay 0"
                );
                arguments.extend(own.split_whitespace().map(str::to_owned));
                let process = Process::start(&home, arguments, persistence == Persistence::None);
                let id = call(port, &["CLUSTER", "MYID"]).expect("an id");
                call::<()>(port, &["CLUSTER", "SET-CONFIG-EPOCH", &(number + 1).to_string()]).expect("an epoch");
                Node { process, port, id }
            })
            .collect();
        for (number, node) in nodes.iter().take(MASTERS).enumerate() {
            let bound = |n: usize| u16::try_from(n * usize::from(SLOTS) / MASTERS).expect("a slot");
            let (first, last) = (bound(number).to_string(), (bound(number + 1) - 1).to_string());
            call::<()>(node.port, &["CLUSTER", "ADDSLOTSRANGE", &first, &last]).expect("slots");
        }
        let ports: Vec<u16> = nodes.iter().map(|node| node.port).collect();
        for node in &nodes[1..] {
            let bus: u16 = node.bus();
            let (port, bus) = (node.port.to_string(), bus.to_string());
            call::<()>(ports[0], &["CLUSTER", "MEET", "127.0.0.1", &port, &bus]).expect("a meeting");
        }
        for port in ports {
            until(port, &["CLUSTER", "INFO"], |info: &String| {
                info.contains("cluster_state:ok") && info.contains(&format!("cluster_known_nodes:{count}"))
            });
            // The last one to know the others may not know yet who holds what.
            until(port, &["CLUSTER", "SLOTS"], |slots: &Vec<redis::Value>| slots.len() == MASTERS);
        }
        Self { nodes, _folder: folder }
    }

    pub fn url(&self) -> String {
        let nodes: Vec<String> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        format!("redis+cluster://{}", nodes.join(","))
    }

    /// The ports of the masters, in the order of their slots.
    pub fn masters(&self) -> Vec<u16> {
        self.nodes[..MASTERS].iter().map(|node| node.port).collect()
    }

    /// The ids of the masters.
    pub fn ids(&self) -> Vec<&str> {
        self.nodes[..MASTERS].iter().map(|node| node.id.as_str()).collect()
    }

    /// The ports of all nodes.
    pub fn ports(&self) -> Vec<u16> {
        self.nodes.iter().map(|node| node.port).collect()
    }

    /// The node on a port.
    pub fn node(&mut self, port: u16) -> &mut Process {
        let found = self.nodes.iter_mut().find(|node| node.port == port);
        found.map(|node| &mut node.process).expect("a node of this Cluster")
    }

    /// Kills the first master.
    pub fn kill_first(&mut self) {
        self.nodes[0].process.kill();
    }

    /// Starts the first master again: as a replica, if its own took over.
    pub fn start_first_again(&mut self) {
        self.nodes[0].process.start_again();
    }

    /// Waits until the replica is the master in its place.
    pub fn expect_fail_over(&self) {
        until(self.nodes[MASTERS].port, &["ROLE"], |role: &Vec<redis::Value>| {
            role.first() == Some(&redis::Value::BulkString(b"master".to_vec()))
        });
    }
}

impl Node {
    /// The port on which the nodes speak with each other.
    fn bus(&self) -> u16 {
        let config: Vec<String> = call(self.port, &["CONFIG", "GET", "cluster-port"]).expect("a setting");
        config[1].parse().expect("a port")
    }
}
