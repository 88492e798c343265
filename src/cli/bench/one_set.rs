//! One `SET` at a time over each connection, at the servers that a store on Redis writes to: the least that a write on
//! Redis costs.

use super::guarded::RedisServer;
use super::place::{Kind, Place};
use super::row::{Figures, OneSet};
use anyhow::{Context as _, ensure};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Calls that tell how many fit into the time.
const TRIAL: u32 = 2_000;

/// The same as `redis-benchmark -t set` sends: three bytes.
const SET: &[u8] = b"*3\r\n$3\r\nSET\r\n$16\r\nkey:__rand_int__\r\n$3\r\nVXK\r\n";
const OK: &[u8] = b"+OK\r\n";

/// Measures with `redis-benchmark`, or without it in a loop of our own, which knows no Cluster. `None` for a store that
/// is no Redis.
pub async fn measure(kind: Kind, place: &Place, connections: usize, duration: Duration) -> Option<OneSet> {
    let measured = match place {
        Place::Sqlite(_) => return None,
        Place::Named(_) => Err(anyhow::anyhow!("it is measured on servers of the bench's own alone")),
        Place::Redis(servers) => on_servers(servers, connections, duration).await,
    };
    let store = kind.name();
    Some(match measured {
        Ok((by, figures)) => OneSet { store, measured_by: Some(by), figures: Some(figures), missing: None },
        Err(error) => OneSet { store, measured_by: None, figures: None, missing: Some(format!("{error:#}")) },
    })
}

async fn on_servers(
    servers: &[RedisServer],
    connections: usize,
    duration: Duration,
) -> anyhow::Result<(&'static str, Figures)> {
    let server = servers.first().context("no server")?;
    let cluster = servers.len() > 1;
    let found = Command::new("redis-benchmark").arg("--version").stdout(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        ensure!(!cluster, "there is no redis-benchmark on the PATH");
        return Ok(("a loop of ombud's own", own_loop(server, connections, duration).await?));
    }
    let trial = benchmark(server, cluster, connections, TRIAL).await?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "far below 2^32")]
    let calls = ((trial.per_second * duration.as_secs_f64()) as u32).max(TRIAL);
    Ok(("redis-benchmark -t set", benchmark(server, cluster, connections, calls).await?))
}

async fn benchmark(server: &RedisServer, cluster: bool, connections: usize, calls: u32) -> anyhow::Result<Figures> {
    let (port, connections, n) = (server.port.to_string(), connections.to_string(), calls.to_string());
    let mut arguments = vec!["-h", "127.0.0.1", "-p", &port, "-t", "set", "-c", &connections, "-n", &n, "--csv"];
    if cluster {
        arguments.push("--cluster");
    }
    let mut command = Command::new("redis-benchmark");
    command.args(arguments).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output()).await?.context("redis-benchmark")?;
    ensure!(output.status.success(), "redis-benchmark ended with {}", output.status);
    printed(&String::from_utf8_lossy(&output.stdout), calls as usize).context("redis-benchmark printed something else")
}

/// Reads the table: a head that names the columns, and a line for `SET`.
fn printed(csv: &str, n: usize) -> Option<Figures> {
    let cells = |line: &str| line.split(',').map(|cell| cell.trim().trim_matches('"').to_owned()).collect::<Vec<_>>();
    let starting = |name: &str| csv.lines().map(cells).find(|line| line.first().is_some_and(|first| first == name));
    let (head, row) = (starting("test")?, starting("SET")?);
    let cell = |name: &str| row.get(head.iter().position(|column| column == name)?)?.parse().ok();
    Some(Figures {
        n,
        per_second: cell("rps")?,
        p50_ms: cell("p50_latency_ms")?,
        p99_ms: cell("p99_latency_ms")?,
        slower_by: None,
        sets: None,
    })
}

async fn own_loop(server: &RedisServer, connections: usize, duration: Duration) -> anyhow::Result<Figures> {
    let port = server.port;
    let begun = Instant::now();
    let work = (0..connections).map(|_| async move {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (mut micros, mut reply) = (Vec::new(), [0; OK.len()]);
        while begun.elapsed() < duration {
            let before = Instant::now();
            stream.write_all(SET).await?;
            stream.read_exact(&mut reply).await?;
            ensure!(reply == OK, "the server does not take a SET");
            micros.push(u32::try_from(before.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        anyhow::Ok(micros)
    });
    let micros = futures_util::future::try_join_all(work).await?.concat();
    Ok(Figures::of(begun.elapsed(), micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_redis_benchmark_prints_is_read_by_its_head() {
        let csv = "Cluster has 3 master nodes:\n\n\"test\",\"rps\",\"avg_latency_ms\",\"min_latency_ms\",\"p50_latency_ms\",\
                   \"p95_latency_ms\",\"p99_latency_ms\",\"max_latency_ms\"\n\
                   \"SET\",\"46511.62\",\"0.478\",\"0.072\",\"0.311\",\"1.927\",\"3.575\",\"3.727\"\n";
        let figures = printed(csv, 7).unwrap();
        assert_eq!((figures.n, figures.per_second), (7, 46_511.62));
        assert_eq!((figures.p50_ms, figures.p99_ms), (0.311, 3.575));
        // A version that prints no head.
        assert!(printed("\"SET\",\"46511.62\"\n", 7).is_none() && printed("", 7).is_none());
    }
}
