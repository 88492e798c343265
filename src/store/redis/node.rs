//! One server: its connections, opened when needed and again when one is lost, and whether it is away.

use super::confirm::Confirmer;
use super::dial::{Dial, Place};
use super::failure::Failure;
use super::settings::RedisSettings;
use super::touch::Touch;
use futures_util::future::try_join_all;
use redis::aio::MultiplexedConnection;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// For how long from its beginning a call is tried again. A server that was away for longer refuses calls at once.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// How soon after a failure a connection is tried again. Those who ask in between get the same failure.
const PAUSE: Duration = Duration::from_millis(50);

/// What every node of a store is opened with.
pub(super) struct Opening {
    pub(super) dial: Dial,
    pub(super) settings: RedisSettings,
    pub(super) touch: Touch,
    pub(super) kind: Kind,
}

/// How one finds out whether a node does its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It says that it is a master.
    Server,
    /// It says that the Cluster is well.
    Cluster,
}

/// Over how many connections a server is asked. Each time round its loop a server reads some 16 KB of every connection,
/// and syncs what that wrote before it replies to any: over one connection alone few writes share a sync.
const LINES: usize = 8;

/// The open connections to a server. They end together.
pub(super) struct Link {
    lines: Vec<MultiplexedConnection>,
    next: AtomicUsize,
    /// Confirms writes, where the reply alone is not enough.
    pub(super) confirmer: Option<Confirmer>,
}

impl Link {
    /// The next connection for commands, in turn. What is sent over one is done in order.
    pub(super) fn line(&self) -> MultiplexedConnection {
        self.lines[self.next.fetch_add(1, Ordering::Relaxed) % self.lines.len()].clone()
    }
}

pub(super) struct Node {
    pub(super) place: Place,
    opening: Arc<Opening>,
    state: Mutex<State>,
    /// Held by the one who opens a connection.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    link: Option<Arc<Link>>,
    trouble: Option<Trouble>,
}

#[derive(Clone)]
struct Trouble {
    since: Instant,
    /// When a connection last could not be opened.
    tried: Option<Instant>,
    failure: Failure,
}

impl Node {
    pub(super) fn new(place: Place, opening: Arc<Opening>) -> Self {
        Self { place, opening, state: Mutex::default(), turn: tokio::sync::Mutex::new(()) }
    }

    /// The open connections, or new ones.
    ///
    /// # Errors
    /// At once, while the node is away.
    pub(super) async fn link(&self) -> Result<Arc<Link>, Failure> {
        self.expect_near()?;
        self.reopened().await
    }

    /// [`Node::link`], also while the node is away.
    async fn reopened(&self) -> Result<Arc<Link>, Failure> {
        if let Some(link) = &self.state().link {
            return Ok(Arc::clone(link));
        }
        let _turn = self.turn.lock().await;
        {
            let state = self.state();
            if let Some(link) = &state.link {
                return Ok(Arc::clone(link));
            }
            let lately = |trouble: &&Trouble| trouble.tried.is_some_and(|tried| tried.elapsed() < PAUSE);
            if let Some(Trouble { failure, .. }) = state.trouble.as_ref().filter(lately) {
                return Err(failure.clone());
            }
        }
        let opened = self.open().await;
        match opened {
            Ok(link) => {
                let link = Arc::new(link);
                *self.state() = State { link: Some(Arc::clone(&link)), trouble: None };
                Ok(link)
            }
            Err(failure) => {
                self.trouble(&failure);
                if let Some(trouble) = &mut self.state().trouble {
                    trouble.tried = Some(Instant::now());
                }
                Err(failure)
            }
        }
    }

    /// Opens connections to a node that does its work.
    async fn open(&self) -> Result<Link, Failure> {
        let Opening { dial, settings, touch, kind } = &*self.opening;
        // The first one alone: a server that is not fit is asked no more.
        let mut first = dial.open(&self.place).await?;
        look(&mut first, *kind).await?;
        let confirmer = Confirmer::open(dial, &self.place, &first, settings, touch.clone()).await?;
        let mut lines = try_join_all((1..LINES).map(|_| dial.open(&self.place))).await?;
        lines.push(first);
        Ok(Link { lines, next: AtomicUsize::new(0), confirmer })
    }

    /// Opens a connection that listens.
    pub(super) async fn listen(&self) -> redis::RedisResult<redis::aio::PubSub> {
        self.opening.dial.listen(&self.place).await
    }

    /// Looks whether the node does its work; if so, its trouble is over.
    pub(super) async fn examine(&self) -> Result<(), Failure> {
        let link = self.reopened().await?;
        match look(&mut link.line(), self.opening.kind).await {
            Ok(()) => {
                self.state().trouble = None;
                Ok(())
            }
            Err(failure) => {
                self.lost(&link, &failure);
                Err(failure)
            }
        }
    }

    /// Gives connections up of which one failed, and notes why.
    pub(super) fn lost(&self, link: &Arc<Link>, failure: &Failure) {
        let mut state = self.state();
        if state.link.as_ref().is_some_and(|current| Arc::ptr_eq(current, link)) {
            state.link = None;
        }
        drop(state);
        self.trouble(failure);
    }

    /// Notes that the node does not do its work.
    pub(super) fn trouble(&self, failure: &Failure) {
        let trouble = &mut self.state().trouble;
        let (since, tried) = trouble.as_ref().map_or((Instant::now(), None), |before| (before.since, before.tried));
        *trouble = Some(Trouble { since, tried, failure: failure.clone() });
    }

    /// Fails if the node has been away for longer than calls wait for it.
    fn expect_near(&self) -> Result<(), Failure> {
        match &self.state().trouble {
            Some(trouble) if trouble.since.elapsed() > PATIENCE => Err(Failure::Away(why(&self.place, trouble))),
            Some(_) | None => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held, and if it did: every field stands for itself.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn why(place: &Place, trouble: &Trouble) -> String {
    let failure = crate::store::StoreError::from(trouble.failure.clone());
    format!("redis at {place} has been away for {} s: {failure}", trouble.since.elapsed().as_secs())
}

/// Asks a server whether it does its work.
async fn look(commands: &mut MultiplexedConnection, kind: Kind) -> Result<(), Failure> {
    let mut pipeline = redis::pipe();
    pipeline.ignore_errors().cmd("PING");
    match kind {
        Kind::Server => pipeline.cmd("ROLE"),
        Kind::Cluster => pipeline.cmd("CLUSTER").arg("INFO"),
    };
    let replies: Vec<redis::RedisResult<redis::Value>> = pipeline.query_async(commands).await?;
    let mut replies = replies.into_iter();
    let _pong = replies.next().unwrap_or(Ok(redis::Value::Nil))?;
    let told = match replies.next() {
        Some(Ok(told)) => told,
        // A user who may not ask: its calls will show.
        Some(Err(error)) if error.code() == Some("NOPERM") => return Ok(()),
        Some(Err(error)) => return Err(error.into()),
        None => redis::Value::Nil,
    };
    let well = match (kind, &told) {
        (Kind::Server, redis::Value::Array(role)) => {
            role.first().is_some_and(|role| redis::from_redis_value_ref::<String>(role).is_ok_and(|r| r == "master"))
        }
        (Kind::Cluster, told) => {
            redis::from_redis_value_ref::<String>(told).is_ok_and(|info| info.contains("cluster_state:ok"))
        }
        (Kind::Server, _) => false,
    };
    let bad = match kind {
        Kind::Server => "redis: the server is a replica",
        Kind::Cluster => "redis: the Cluster is down",
    };
    if well { Ok(()) } else { Err(Failure::Unfit(bad.to_owned())) }
}
