//! One `SET` at a time over each connection, at the servers that a store on Redis writes to: the least that a write on
//! Redis costs.

use super::guarded::RedisServer;
use super::row::OneSet;
use anyhow::{Context as _, ensure};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Calls that tell how many fit into the time.
const TRIAL: u32 = 2_000;

/// The same as `redis-benchmark -t set` sends: three bytes.
const SET: &[u8] = b"*3\r\n$3\r\nSET\r\n$16\r\nkey:__rand_int__\r\n$3\r\nVXK\r\n";
const OK: &[u8] = b"+OK\r\n";

/// Measures with `redis-benchmark`, or without it in a loop of our own, which knows no Cluster.
pub async fn measure(
    store: &'static str,
    servers: &[RedisServer],
    connections: usize,
    duration: Duration,
) -> anyhow::Result<OneSet> {
    let server = servers.first().context("no server")?;
    let cluster = servers.len() > 1;
    let Ok(trial) = benchmark(server, cluster, connections, TRIAL).await else {
        ensure!(!cluster, "there is no redis-benchmark on the PATH");
        return own_loop(store, server, connections, duration).await;
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "far below 2^32")]
    let calls = ((trial.per_second * duration.as_secs_f64()) as u32).max(TRIAL);
    let Printed { per_second, p50_ms, p99_ms } = benchmark(server, cluster, connections, calls).await?;
    Ok(OneSet { store, measured_by: "redis-benchmark -t set", n: calls as usize, per_second, p50_ms, p99_ms })
}

/// What `redis-benchmark --csv` prints, as far as it matters here.
#[derive(Debug, PartialEq)]
struct Printed {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

async fn benchmark(server: &RedisServer, cluster: bool, connections: usize, calls: u32) -> anyhow::Result<Printed> {
    let (port, connections, calls) = (server.port.to_string(), connections.to_string(), calls.to_string());
    let mut arguments = vec!["-h", "127.0.0.1", "-p", &port, "-t", "set", "-c", &connections, "-n", &calls, "--csv"];
    if cluster {
        arguments.push("--cluster");
    }
    let mut command = std::process::Command::new("redis-benchmark");
    command.args(arguments).stdin(std::process::Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output()).await?.context("redis-benchmark")?;
    ensure!(output.status.success(), "redis-benchmark ended with {}", output.status);
    printed(&String::from_utf8_lossy(&output.stdout)).context("redis-benchmark printed something else")
}

/// Reads the table: a head that names the columns, and a line for `SET`.
fn printed(csv: &str) -> Option<Printed> {
    let cells = |line: &str| line.split(',').map(|cell| cell.trim().trim_matches('"').to_owned()).collect::<Vec<_>>();
    let starting = |name: &str| csv.lines().map(cells).find(|line| line.first().is_some_and(|first| first == name));
    let (head, row) = (starting("test")?, starting("SET")?);
    let cell = |name: &str| row.get(head.iter().position(|column| column == name)?)?.parse().ok();
    Some(Printed { per_second: cell("rps")?, p50_ms: cell("p50_latency_ms")?, p99_ms: cell("p99_latency_ms")? })
}

async fn own_loop(
    store: &'static str,
    server: &RedisServer,
    connections: usize,
    duration: Duration,
) -> anyhow::Result<OneSet> {
    let port = server.port;
    let begun = std::time::Instant::now();
    let work = (0..connections).map(|_| async move {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (mut micros, mut reply) = (Vec::new(), [0; OK.len()]);
        while begun.elapsed() < duration {
            let before = std::time::Instant::now();
            stream.write_all(SET).await?;
            stream.read_exact(&mut reply).await?;
            ensure!(reply == OK, "the server does not take a SET");
            micros.push(u32::try_from(before.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        anyhow::Ok(micros)
    });
    let micros = futures_util::future::try_join_all(work).await?.concat();
    Ok(OneSet::of(store, "a loop of ombud's own", begun.elapsed(), micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_redis_benchmark_prints_is_read_by_its_head() {
        let csv = "Cluster has 3 master nodes:\n\n\"test\",\"rps\",\"avg_latency_ms\",\"min_latency_ms\",\"p50_latency_ms\",\
                   \"p95_latency_ms\",\"p99_latency_ms\",\"max_latency_ms\"\n\
                   \"SET\",\"46511.62\",\"0.478\",\"0.072\",\"0.311\",\"1.927\",\"3.575\",\"3.727\"\n";
        assert_eq!(printed(csv), Some(Printed { per_second: 46_511.62, p50_ms: 0.311, p99_ms: 3.575 }));
        assert_eq!(printed("\"SET\",\"46511.62\"\n"), None, "a version that prints no head");
        assert_eq!(printed(""), None);
    }
}
