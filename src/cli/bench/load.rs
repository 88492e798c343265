//! Requests over connections that are kept, as many as the server can take, and the time that each took.

use super::client::{Answer, Connection};
use crate::training::Progress;
use anyhow::{Context as _, ensure};
use futures_util::future::try_join_all;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Most requests of one row.
const MOST: usize = 2_000_000;
/// Requests of each connection before time is taken.
const WARM_UP: usize = 10;

/// How hard, and for how long.
#[derive(Clone, Copy)]
pub struct Load {
    pub connections: usize,
    pub duration: Duration,
    /// Whether the client looks for answers all the time, on a core of its own, in place of sleeping until there are some:
    /// to wake a thread takes a server as long as a small answer, and callers on other machines cost it no such thing.
    pub awake: bool,
}

/// What is sent.
pub trait Traffic: Send + 'static {
    /// The statuses that an answer may have, or something is wrong and nothing is measured.
    const STATUS: &[u16];

    /// What is sent once, in this order, before anything is measured.
    fn first(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// The next request.
    fn next(&mut self) -> Vec<u8>;
}

/// What came of it.
pub struct Measured {
    pub elapsed: Duration,
    pub micros: Vec<u32>,
    /// The body of an answer.
    pub answer: String,
}

/// Runs the load on a thread of its own, as the callers would be on machines of their own, and shows progress.
pub async fn measure<T: Traffic>(
    stage: &str,
    address: SocketAddr,
    mut traffic: T,
    load: &Load,
    bar: &mut impl Progress,
) -> anyhow::Result<Measured> {
    const STEPS: u32 = 100;
    bar.stage(stage, STEPS as usize);
    let Load { connections, duration, awake } = *load;
    let (tell, mut told) = tokio::sync::oneshot::channel();
    let work = std::thread::Builder::new().name("ombud-bench-client".to_owned());
    let work = work.spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let work = async {
            tokio::select! {
                measured = send(address, &mut traffic, connections, duration) => measured,
                () = stay_awake(), if awake => unreachable!("it never ends"),
            }
        };
        let measured = runtime.context("no runtime").and_then(|runtime| runtime.block_on(work));
        // Nobody listens any more if the command was broken off.
        let _ = tell.send(measured);
    })?;
    let mut steps = tokio::time::interval(load.duration / STEPS);
    let measured = loop {
        tokio::select! {
            measured = &mut told => break measured,
            _ = steps.tick() => bar.advance(1),
        }
    };
    work.join().map_err(|_| anyhow::anyhow!("the client panicked"))?;
    measured?
}

async fn stay_awake() {
    loop {
        tokio::task::yield_now().await;
    }
}

async fn send<T: Traffic>(
    address: SocketAddr,
    traffic: &mut T,
    connections: usize,
    duration: Duration,
) -> anyhow::Result<Measured> {
    let mut connection = Connection::open(address).await.context("connecting")?;
    for request in traffic.first() {
        connection.exchange(&request).await?;
    }
    // All connections live on this thread.
    let traffic = RefCell::new(traffic);
    let open = (0..connections).map(|_| Connection::open(address));
    let mut open = try_join_all(open).await.context("connecting")?;
    let warm_up = open.iter_mut().map(|connection| async {
        let mut answer = String::new();
        for _ in 0..WARM_UP {
            let request = traffic.borrow_mut().next();
            answer = String::from_utf8_lossy(exchange::<T>(connection, &request).await?).into_owned();
        }
        anyhow::Ok(answer)
    });
    let answer = try_join_all(warm_up).await?.pop().unwrap_or_default();
    let start = Instant::now();
    let micros = RefCell::new(Vec::new());
    let work = open.iter_mut().map(|connection| async {
        while start.elapsed() < duration && micros.borrow().len() < MOST {
            let request = traffic.borrow_mut().next();
            let before = Instant::now();
            exchange::<T>(connection, &request).await?;
            micros.borrow_mut().push(u32::try_from(before.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        anyhow::Ok(())
    });
    try_join_all(work).await?;
    Ok(Measured { elapsed: start.elapsed(), micros: micros.into_inner(), answer })
}

/// Sends a request that must be taken; returns the body of the answer.
async fn exchange<'c, T: Traffic>(connection: &'c mut Connection, request: &[u8]) -> anyhow::Result<&'c [u8]> {
    let Answer { status, body } = connection.exchange(request).await?;
    ensure!(T::STATUS.contains(&status), "the server answered {status}: {}", String::from_utf8_lossy(body));
    Ok(body)
}
