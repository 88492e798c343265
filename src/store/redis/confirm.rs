//! Waiting until what was written is as safe as was asked: on the disk, on replicas.
//!
//! `WAIT` and `WAITAOF` make their connection wait, so they have one of their own. They speak of what *that*
//! connection wrote last; so each goes behind a write, which comes after everything that was answered before on
//! any connection to the same server. One such pair serves all who wait when it is sent, and those who come
//! meanwhile share the next.

use super::dial::{Dial, Place};
use super::failure::Failure;
use super::settings::{Demand, RedisSettings};
use super::touch::Touch;
use redis::RedisError;
use redis::aio::MultiplexedConnection;
use std::collections::HashMap;
use tokio::sync::{mpsc, oneshot};

/// How long to wait for disk and replicas, in milliseconds. Shorter than a reply may take.
const WAIT_MS: u64 = 2_000;
/// How many can share one wait.
const BATCH: usize = 4_096;
/// From this version on a server can be asked whether its disk has it.
const WAITAOF_SINCE: (u32, u32) = (7, 2);

/// How a server is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    /// `WAITAOF 1 N`: this server's disk, and that of so many replicas.
    Disk { replicas: u8 },
    /// `WAIT N`: the memory of so many replicas.
    Replicas(u8),
}

/// What a server has to say before a write is acknowledged; `None` if its reply alone is enough.
fn question(settings: &RedisSettings, server: &Server) -> Result<Option<Question>, String> {
    let replicas = settings.replicas;
    let replicas_only = (replicas > 0).then_some(Question::Replicas(replicas));
    if settings.durability == Demand::Server {
        return Ok(replicas_only);
    }
    let always = server.append_only == Some(true) && server.appendfsync.as_deref() == Some("always");
    let can_tell = server.version >= WAITAOF_SINCE;
    let (major, minor) = server.version;
    match server.append_only {
        Some(false) => Err("durability = \"fsync\" needs a server with `appendonly yes`".to_owned()),
        // Its replies wait for the disk by themselves.
        _ if always && replicas == 0 => Ok(None),
        Some(true) | None if can_tell => Ok(Some(Question::Disk { replicas })),
        _ if always => Ok(replicas_only),
        _ => Err(format!(
            "durability = \"fsync\" needs `appendfsync always`, or Redis 7.2 or later; this one is {major}.{minor}"
        )),
    }
}

/// What matters of a server.
#[derive(Debug, Default)]
struct Server {
    version: (u32, u32),
    /// `None` if the server does not tell.
    append_only: Option<bool>,
    appendfsync: Option<String>,
}

impl Server {
    async fn ask(connection: &mut MultiplexedConnection) -> Result<Self, Failure> {
        let info: String = redis::cmd("INFO").arg("server").query_async(connection).await?;
        let version = info.lines().find_map(|line| line.strip_prefix("redis_version:")).unwrap_or_default();
        let mut parts = version.trim().split('.').map(|part| part.parse().unwrap_or(0));
        let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        let config = redis::cmd("CONFIG").arg("GET").arg("append*").query_async(connection).await;
        // A managed server may forbid CONFIG.
        let mut config: HashMap<String, String> = config.unwrap_or_default();
        let append_only = config.get("appendonly").map(|value| value == "yes");
        Ok(Self { version, append_only, appendfsync: config.remove("appendfsync") })
    }
}

/// Confirms writes on one connection to one server. Ends with it, and never opens another: a server that came
/// back may have forgotten what was written before.
pub(super) struct Confirmer {
    waiting: mpsc::UnboundedSender<Waiter>,
}

struct Waiter {
    /// A slot that the server holds.
    slot: u16,
    tell: oneshot::Sender<Result<(), Failure>>,
}

impl Confirmer {
    /// Finds out what the server has to be asked; `None` if nothing.
    ///
    /// # Errors
    /// [`Failure::Unfit`] if it can't promise what the settings ask.
    pub(super) async fn open(
        dial: &Dial,
        place: &Place,
        commands: &MultiplexedConnection,
        settings: &RedisSettings,
        touch: Touch,
    ) -> Result<Option<Self>, Failure> {
        if settings.durability == Demand::Server && settings.replicas == 0 {
            return Ok(None);
        }
        let server = Server::ask(&mut commands.clone()).await?;
        let question = question(settings, &server).map_err(|why| Failure::Unfit(format!("redis at {place}: {why}")))?;
        let Some(question) = question else { return Ok(None) };
        let connection = dial.open(place).await?;
        let (waiting, waiters) = mpsc::unbounded_channel();
        tokio::spawn(serve(connection, question, touch, waiters));
        Ok(Some(Self { waiting }))
    }

    /// Does something if its connection is gone, and with it any way to find out about earlier writes.
    pub(super) fn if_gone(&self, then: impl FnOnce()) {
        if self.waiting.is_closed() {
            then();
        }
    }

    /// Waits until everything that was answered before is safe. `slot`: one that the server holds.
    pub(super) async fn confirm(&self, slot: u16) -> Result<(), Failure> {
        let (tell, told) = oneshot::channel();
        let gone = || Failure::Unconfirmed("redis: the connection that confirms writes is gone".to_owned());
        self.waiting.send(Waiter { slot, tell }).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

async fn serve(
    mut connection: MultiplexedConnection,
    question: Question,
    touch: Touch,
    mut waiters: mpsc::UnboundedReceiver<Waiter>,
) {
    let mut batch = Vec::new();
    while waiters.recv_many(&mut batch, BATCH).await > 0 {
        let slot = batch.first().map_or(0, |waiter| waiter.slot);
        let answer = ask(&mut connection, question, &touch.key(slot)).await;
        let broken = matches!(&answer, Err(Failure::Redis(error)) if error.is_io_error());
        for waiter in batch.drain(..) {
            // One who no longer waits was told that time is up.
            let _ = waiter.tell.send(answer.clone());
        }
        if broken {
            return;
        }
    }
}

async fn ask(connection: &mut MultiplexedConnection, question: Question, touch: &str) -> Result<(), Failure> {
    let mut pipeline = redis::pipe();
    pipeline.ignore_errors().cmd("SET").arg(touch).arg("").arg("PX").arg(WAIT_MS);
    match question {
        Question::Disk { replicas } => pipeline.cmd("WAITAOF").arg(1).arg(replicas).arg(WAIT_MS),
        Question::Replicas(replicas) => pipeline.cmd("WAIT").arg(replicas).arg(WAIT_MS),
    };
    let replies: Vec<Result<redis::Value, RedisError>> = pipeline.query_async(connection).await?;
    let mut replies = replies.into_iter();
    // Refused where the node no longer is the master: what was written may not be there any more.
    let _written = replies.next().unwrap_or(Ok(redis::Value::Nil))?;
    let safe = replies.next().unwrap_or(Ok(redis::Value::Nil))?;
    let short = |what: &str| Err(Failure::Unconfirmed(format!("redis: {what} in time, so it may be lost")));
    match question {
        Question::Disk { replicas } => {
            let (local, remote): (u64, u64) = redis::from_redis_value(safe).map_err(RedisError::from)?;
            match (local >= 1, remote >= u64::from(replicas)) {
                (true, true) => Ok(()),
                (false, _) => short("the disk of the server has not what was written"),
                (true, false) => short("too few replicas have what was written on disk"),
            }
        }
        Question::Replicas(replicas) => {
            let have: u64 = redis::from_redis_value(safe).map_err(RedisError::from)?;
            if have >= u64::from(replicas) { Ok(()) } else { short("too few replicas have what was written") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(replicas: u8, version: (u32, u32), append_only: Option<bool>, sync: &str) -> Result<Option<Question>, ()> {
        let settings = RedisSettings { durability: Demand::Fsync, replicas, ..RedisSettings::default() };
        let appendfsync = append_only.is_some().then(|| sync.to_owned());
        question(&settings, &Server { version, append_only, appendfsync }).map_err(|_| ())
    }

    #[test]
    fn a_server_is_asked_only_what_its_reply_does_not_say() {
        let disk = |replicas| Ok(Some(Question::Disk { replicas }));
        assert_eq!(asked(0, (7, 0), Some(true), "always"), Ok(None));
        assert_eq!(asked(0, (7, 4), Some(true), "always"), Ok(None));
        assert_eq!(asked(0, (7, 4), Some(true), "everysec"), disk(0));
        assert_eq!(asked(2, (7, 4), Some(true), "always"), disk(2));
        assert_eq!(asked(2, (7, 0), Some(true), "always"), Ok(Some(Question::Replicas(2))));
        assert_eq!(asked(0, (8, 0), None, ""), disk(0));
        for (version, append_only) in [((7, 0), Some(true)), ((8, 0), Some(false)), ((7, 0), None)] {
            assert_eq!(asked(0, version, append_only, "everysec"), Err(()), "{version:?} {append_only:?}");
        }
    }
}
