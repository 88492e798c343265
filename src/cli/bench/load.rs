//! Requests over connections that are kept, as many as the server can take, and the time that each took.

use super::client::{Answer, Connection};
use crate::training::Progress;
use anyhow::{Context as _, ensure};
use futures_util::future::try_join_all;
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Most operations of one row.
const MOST: usize = 2_000_000;
/// Operations of each connection before time is taken.
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

/// What follows an answer.
pub enum Then {
    /// The operation is done.
    Done,
    /// One more request belongs to it.
    Ask(Vec<u8>),
    /// There was nothing to do; until [`Traffic::again`] there is not.
    Dry,
}

/// What is sent.
pub trait Traffic: Send + 'static {
    /// The statuses that an answer may have, or something is wrong and nothing is measured.
    const STATUS: &[u16];

    /// The first request of the next operation.
    fn next(&mut self) -> Vec<u8>;

    /// What follows this answer.
    ///
    /// # Errors
    /// Fails if the answer is not what it should be; then nothing is measured.
    fn then(&mut self, _answer: &[u8]) -> anyhow::Result<Then> {
        Ok(Then::Done)
    }

    /// What brings back what the operations used up. It is sent while no time is taken.
    fn again(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }
}

/// What came of it.
pub struct Measured {
    pub elapsed: Duration,
    /// What each operation took, in microseconds.
    pub micros: Vec<u32>,
    /// The body of an answer.
    pub answer: String,
}

/// Runs the load on a thread of its own, as the callers would be on machines of their own, and shows progress.
/// `addresses`: the connections are spread over them.
pub async fn measure<T: Traffic>(
    stage: &str,
    addresses: &[SocketAddr],
    mut traffic: T,
    load: &Load,
    bar: &mut impl Progress,
) -> anyhow::Result<(Measured, T)> {
    const STEPS: u32 = 100;
    bar.stage(stage, STEPS as usize);
    let Load { connections, duration, awake } = *load;
    let addresses: Vec<SocketAddr> = addresses.iter().copied().cycle().take(connections).collect();
    let (tell, mut told) = tokio::sync::oneshot::channel();
    let work = std::thread::Builder::new().name("ombud-bench-client".to_owned());
    let work = work.spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let work = async {
            tokio::select! {
                measured = send(&addresses, &mut traffic, duration) => measured,
                () = stay_awake(), if awake => unreachable!("it never ends"),
            }
        };
        let measured = runtime.context("no runtime").and_then(|runtime| runtime.block_on(work));
        // Nobody listens any more if the command was broken off.
        let _ = tell.send(measured.map(|measured| (measured, traffic)));
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

async fn send<T: Traffic>(addresses: &[SocketAddr], traffic: &mut T, duration: Duration) -> anyhow::Result<Measured> {
    let open = addresses.iter().map(|address| Connection::open(*address));
    let mut open = try_join_all(open).await.context("connecting")?;
    // All connections live on this thread.
    let traffic = RefCell::new(traffic);
    let answer = RefCell::new(String::new());
    let warm_up = open.iter_mut().map(|connection| async {
        for _ in 0..WARM_UP {
            let seen = |body: &[u8]| *answer.borrow_mut() = String::from_utf8_lossy(body).into_owned();
            operate(&traffic, connection, seen).await?;
        }
        anyhow::Ok(())
    });
    try_join_all(warm_up).await?;
    let (mut elapsed, mut micros) = (Duration::ZERO, Vec::new());
    while elapsed < duration && micros.len() < MOST {
        restore(&traffic, &mut open).await?;
        let before = micros.len();
        elapsed += round(&traffic, &mut open, duration.saturating_sub(elapsed), &mut micros).await?;
        ensure!(micros.len() > before, "there is nothing to measure");
    }
    // What a caller looks at afterwards is as it was before.
    restore(&traffic, &mut open).await?;
    Ok(Measured { elapsed, micros, answer: answer.into_inner() })
}

/// Sends what brings back what was used up, over all connections.
async fn restore<T: Traffic>(traffic: &RefCell<&mut T>, open: &mut [Connection]) -> anyhow::Result<()> {
    let requests = traffic.borrow_mut().again();
    let waiting = RefCell::new(requests.iter());
    let work = open.iter_mut().map(|connection| async {
        loop {
            let Some(request) = waiting.borrow_mut().next() else { return anyhow::Ok(()) };
            exchange::<T>(connection, request).await?;
        }
    });
    try_join_all(work).await.map(drop)
}

/// Runs operations for so long, or until there is nothing more to do; returns how long that was.
async fn round<T: Traffic>(
    traffic: &RefCell<&mut T>,
    open: &mut [Connection],
    duration: Duration,
    micros: &mut Vec<u32>,
) -> anyhow::Result<Duration> {
    let (start, micros, dry) = (Instant::now(), RefCell::new(micros), Cell::new(false));
    let work = open.iter_mut().map(|connection| async {
        while start.elapsed() < duration && micros.borrow().len() < MOST && !dry.get() {
            let before = Instant::now();
            if operate(traffic, connection, |_| ()).await? {
                micros.borrow_mut().push(u32::try_from(before.elapsed().as_micros()).unwrap_or(u32::MAX));
            } else {
                dry.set(true);
            }
        }
        anyhow::Ok(())
    });
    try_join_all(work).await?;
    Ok(start.elapsed())
}

/// Makes an operation; whether there was anything to do. `seen` is shown its first answer.
async fn operate<T: Traffic>(
    traffic: &RefCell<&mut T>,
    connection: &mut Connection,
    seen: impl FnOnce(&[u8]),
) -> anyhow::Result<bool> {
    let request = traffic.borrow_mut().next();
    let answer = exchange::<T>(connection, &request).await?;
    seen(answer);
    let mut then = traffic.borrow_mut().then(answer)?;
    while let Then::Ask(request) = then {
        let answer = exchange::<T>(connection, &request).await?;
        then = traffic.borrow_mut().then(answer)?;
    }
    Ok(matches!(then, Then::Done))
}

/// Sends a request that must be taken; returns the body of the answer.
async fn exchange<'c, T: Traffic>(connection: &'c mut Connection, request: &[u8]) -> anyhow::Result<&'c [u8]> {
    let Answer { status, body } = connection.exchange(request).await?;
    ensure!(T::STATUS.contains(&status), "the server answered {status}: {}", String::from_utf8_lossy(body));
    Ok(body)
}
