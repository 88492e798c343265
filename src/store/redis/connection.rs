//! Calls, and their replies: each goes to the server that holds its key, and is made again where that helps.
//!
//! **Again.** All operations are idempotent by id and version, so a call whose reply was lost is made again, for up
//! to [`PATIENCE`] from its beginning. Those few whose second reply differs from the first are told so
//! ([`Reply::repeated`]) and look at what stands.
//!
//! **Not again.** What only an administrator ends (a full server, a wrong password) is answered at once, and so is
//! every call to a server that has been away for longer than calls are tried for. One task per store looks for such
//! servers, and asks where the masters are, until all is well.

use super::dial::Dial;
use super::failure::{Failure, Remedy};
use super::node::{Kind, Node, Opening, PATIENCE};
use super::script::{Call, Effect};
use super::settings::RedisSettings;
use super::topology::Topology;
use super::touch::Touch;
use crate::store::StoreError;
use crate::store::address::{RedisAddress, Topology as Address};
use futures_util::future::join_all;
use redis::aio::PubSub;
use redis::{Cmd, FromRedisValue, RedisError, RedisResult, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long to wait before the first repetition; each further wait is twice as long, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// A cheap handle; all clones share the connections.
#[derive(Clone)]
pub(super) struct Connection(Arc<Shared>);

struct Shared {
    topology: Topology,
    /// Whether somebody is looking for servers that are away.
    healing: AtomicBool,
}

/// What a call brought.
pub(super) struct Reply {
    pub(super) value: Value,
    /// An earlier attempt may have been made, its reply lost.
    pub(super) repeated: bool,
}

/// Where a call stands.
#[derive(Default)]
struct Attempt {
    /// The node to ask, if not the one that holds the key; and whether with `ASKING`.
    detour: Option<(Arc<Node>, bool)>,
    tell_script: bool,
    repeated: bool,
    reply: Option<Value>,
}

impl Connection {
    pub(super) async fn open(
        address: &RedisAddress,
        settings: &RedisSettings,
        prefix: &str,
    ) -> Result<Self, StoreError> {
        let kind = match &address.topology {
            Address::Cluster(_) => Kind::Cluster,
            Address::Server(_) | Address::Socket(_) | Address::Sentinel { .. } => Kind::Server,
        };
        let dial = Dial::of(address, settings);
        let opening = Opening { dial, settings: settings.clone(), touch: Touch::new(prefix), kind };
        let topology = Topology::discovered(address.topology.clone(), opening).await?;
        for (_, node) in topology.masters() {
            node.examine().await?;
        }
        Ok(Self(Arc::new(Shared { topology, healing: AtomicBool::new(false) })))
    }

    /// Makes one call.
    pub(super) async fn one<T: FromRedisValue>(&self, call: Call) -> Result<T, StoreError> {
        Ok(self.told(call).await?.0)
    }

    /// Makes one call; answers also whether an earlier attempt at it may have been made.
    pub(super) async fn told<T: FromRedisValue>(&self, call: Call) -> Result<(T, bool), StoreError> {
        let reply = self.replies(&[call]).await?.pop();
        let Reply { value, repeated } = reply.ok_or_else(|| StoreError::Corrupt("a call has no reply".to_owned()))?;
        Ok((T::from_redis_value(value)?, repeated))
    }

    /// Makes calls and answers in their order; not atomic. Those with keys in one slot are made in order.
    pub(super) async fn all<const N: usize>(&self, calls: [Call; N]) -> Result<[Value; N], StoreError> {
        let values = self.each(Vec::from(calls)).await?;
        values.try_into().map_err(|_| StoreError::Corrupt("the number of replies is not that of calls".to_owned()))
    }

    /// [`Connection::all`] for any number of calls: one round trip to each server concerned, all at once.
    pub(super) async fn each(&self, calls: Vec<Call>) -> Result<Vec<Value>, StoreError> {
        Ok(self.replies(&calls).await?.into_iter().map(|reply| reply.value).collect())
    }

    /// Makes the same calls at every master, and where writes are confirmed has them confirmed. Not made again: the
    /// answer is how the masters are now.
    pub(super) async fn at_each_master<const N: usize>(
        &self,
        calls: impl Fn(u16) -> [Cmd; N],
    ) -> Result<Vec<(String, Vec<RedisResult<Value>>)>, StoreError> {
        let asked = self.0.topology.masters().into_iter().map(|(slot, node)| {
            let mut pipeline = redis::pipe();
            pipeline.ignore_errors();
            for call in calls(slot) {
                pipeline.add_command(call);
            }
            async move {
                let link = node.link().await?;
                let replies = pipeline.query_async::<Vec<RedisResult<Value>>>(&mut link.line()).await;
                let replies = replies.map_err(Failure::from).inspect_err(|failure| node.lost(&link, failure))?;
                if let Some(confirmer) = &link.confirmer {
                    let confirmed = confirmer.confirm(slot).await;
                    confirmed.inspect_err(|failure| confirmer.if_gone(|| node.lost(&link, failure)))?;
                }
                Ok((node.place.to_string(), replies))
            }
        });
        let asked: Result<Vec<_>, Failure> = join_all(asked).await.into_iter().collect();
        asked.map_err(|failure| {
            self.heal();
            failure.into()
        })
    }

    /// Opens a subscription with a master; on a Cluster any of them hears of all.
    pub(super) async fn listen(&self) -> Result<PubSub, StoreError> {
        let mut last = StoreError::Unavailable("redis: no server is known".to_owned());
        for (_, node) in self.0.topology.masters() {
            match node.listen().await {
                Ok(subscription) => return Ok(subscription),
                Err(error) => last = error.into(),
            }
        }
        Err(last)
    }

    async fn replies(&self, calls: &[Call]) -> Result<Vec<Reply>, StoreError> {
        let begun = Instant::now();
        let mut attempts: Vec<Attempt> = calls.iter().map(|_| Attempt::default()).collect();
        let mut pause = FIRST_WAIT;
        loop {
            let Some(wait) = self.round(calls, &mut attempts, begun).await? else { break };
            if wait {
                // Half of it for sure: all who lost the same server would come back at once.
                tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
                pause = (pause * 2).min(LONGEST_WAIT);
            }
        }
        let reply = |attempt: Attempt| Reply { value: attempt.reply.unwrap_or(Value::Nil), repeated: attempt.repeated };
        Ok(attempts.into_iter().map(reply).collect())
    }

    /// Makes the calls that have no reply yet. Answers whether to wait before the next round; `None` if all is done.
    async fn round(
        &self,
        calls: &[Call],
        attempts: &mut [Attempt],
        begun: Instant,
    ) -> Result<Option<bool>, StoreError> {
        let mut failures: Vec<(usize, Arc<Node>, Failure)> = Vec::new();
        for (node, answers) in self.send(calls, attempts).await? {
            for (number, answer) in answers {
                match answer {
                    Ok(value) => attempts[number].reply = Some(value),
                    Err(failure) => failures.push((number, Arc::clone(&node), failure)),
                }
            }
        }
        if failures.is_empty() {
            return Ok(None);
        }
        failures.sort_by_key(|(number, ..)| *number);
        let mut wait = false;
        for (number, node, failure) in failures {
            let attempt = &mut attempts[number];
            (attempt.detour, attempt.tell_script) = (None, false);
            match failure.remedy() {
                Remedy::None => {
                    if matches!(failure, Failure::Away(_)) {
                        self.heal();
                        // Nothing else here waits: who asks again and again must not keep it from being mended.
                        tokio::task::yield_now().await;
                    }
                    return Err(failure.into());
                }
                _ if begun.elapsed() > PATIENCE => {
                    self.heal();
                    return Err(failure.into());
                }
                Remedy::TellScript => attempt.tell_script = true,
                Remedy::Ask(to) => attempt.detour = self.0.topology.named(&to, &node.place).map(|node| (node, true)),
                Remedy::Move(to) => {
                    attempt.detour = self.0.topology.named(&to, &node.place).map(|node| (node, false));
                    self.heal();
                }
                Remedy::Wait { unhealthy, made } => {
                    attempt.repeated |= made;
                    wait = true;
                    if unhealthy {
                        node.trouble(&failure);
                        self.heal();
                    }
                }
            }
            make_later_ones_again(calls, attempts, number);
        }
        Ok(Some(wait))
    }

    /// Makes the calls that have no reply, each server's in one pipeline, all servers at once.
    async fn send(&self, calls: &[Call], attempts: &[Attempt]) -> Result<Vec<Sent>, Failure> {
        let mut groups: Vec<(Arc<Node>, Vec<usize>)> = Vec::new();
        for (number, (call, attempt)) in calls.iter().zip(attempts).enumerate().filter(|(_, (_, a))| a.reply.is_none())
        {
            let node = match &attempt.detour {
                Some((node, _)) => Arc::clone(node),
                None => self.0.topology.master(|| call.slot())?,
            };
            match groups.iter_mut().find(|(other, _)| Arc::ptr_eq(other, &node)) {
                Some((_, group)) => group.push(number),
                None => groups.push((node, vec![number])),
            }
        }
        let sent = groups.into_iter().map(async |(node, numbers)| {
            let answers = match ask(&node, calls, attempts, &numbers).await {
                Ok(answers) => numbers.into_iter().zip(answers).collect(),
                Err(failure) => numbers.into_iter().map(|number| (number, Err(failure.clone()))).collect(),
            };
            (node, answers)
        });
        Ok(join_all(sent).await)
    }

    /// Looks after the servers in the background, until all are found and do their work.
    fn heal(&self) {
        if self.0.healing.swap(true, Ordering::AcqRel) {
            return;
        }
        let shared = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            let mut pause = FIRST_WAIT;
            while let Some(shared) = shared.upgrade() {
                if shared.is_well().await {
                    shared.healing.store(false, Ordering::Release);
                    return;
                }
                drop(shared);
                tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
                pause = (pause * 2).min(LONGEST_WAIT);
            }
        });
    }
}

impl Shared {
    async fn is_well(&self) -> bool {
        let discovered = self.topology.discover().await;
        let masters = self.topology.masters();
        let examined = join_all(masters.iter().map(|(_, node)| node.examine())).await;
        discovered.is_ok() && examined.iter().all(Result::is_ok)
    }
}

/// What a node answered, by the number of the call.
type Sent = (Arc<Node>, Vec<(usize, Result<Value, Failure>)>);

/// Makes calls at one node in one pipeline, and waits until what they wrote, or read to tell it, is as safe as was asked.
async fn ask(
    node: &Node,
    calls: &[Call],
    attempts: &[Attempt],
    numbers: &[usize],
) -> Result<Vec<Result<Value, Failure>>, Failure> {
    let link = node.link().await?;
    let mut pipeline = redis::pipe();
    pipeline.ignore_errors();
    // Which of the replies are those of the calls.
    let (mut wanted, mut sent) = (Vec::with_capacity(numbers.len()), 0);
    for &number in numbers {
        let (call, attempt) = (&calls[number], &attempts[number]);
        if let Some(script) = call.script.filter(|_| attempt.tell_script) {
            pipeline.add_command(script.load());
            sent += 1;
        }
        if attempt.detour.as_ref().is_some_and(|(_, asking)| *asking) {
            pipeline.cmd("ASKING");
            sent += 1;
        }
        pipeline.add_command(call.command.clone());
        wanted.push(sent);
        sent += 1;
    }
    let replies: Result<Vec<Result<Value, RedisError>>, RedisError> = pipeline.query_async(&mut link.line()).await;
    let replies = replies.map_err(Failure::from).inspect_err(|failure| node.lost(&link, failure))?;
    let mut replies: Vec<_> = replies.into_iter().map(Some).collect();
    let mut taken = |at: usize| replies.get_mut(at).and_then(Option::take).unwrap_or(Ok(Value::Nil));
    let mut answers: Vec<Result<Value, Failure>> =
        wanted.into_iter().map(|at| taken(at).map_err(Failure::from)).collect();
    let to_be_safe = |number: usize, answer: &Result<Value, Failure>| {
        answer.as_ref().is_ok_and(|value| match calls[number].effect {
            Effect::Writes => true,
            Effect::Tells => !is_empty(value),
            Effect::Reads | Effect::Notes => false,
        })
    };
    let unsafe_yet = numbers.iter().zip(&answers).find(|(number, answer)| to_be_safe(**number, answer));
    if let (Some(confirmer), Some((number, _))) = (&link.confirmer, unsafe_yet)
        && let Err(failure) = confirmer.confirm(calls[*number].slot()).await
    {
        confirmer.if_gone(|| node.lost(&link, &failure));
        let failure = Failure::Unconfirmed(StoreError::from(failure).to_string());
        for (number, answer) in numbers.iter().zip(&mut answers) {
            if to_be_safe(*number, answer) {
                *answer = Err(failure.clone());
            }
        }
    }
    Ok(answers)
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Nil) || matches!(value, Value::Array(entries) if entries.is_empty())
}

/// What comes after a call that failed, in the same slot, is made again behind it.
fn make_later_ones_again(calls: &[Call], attempts: &mut [Attempt], failed: usize) {
    if failed + 1 == calls.len() {
        return;
    }
    let slot = calls[failed].slot();
    for (call, attempt) in calls.iter().zip(attempts).skip(failed + 1) {
        if attempt.reply.is_some() && call.slot() == slot {
            attempt.reply = None;
            attempt.repeated = true;
        }
    }
}

/// Reads a reply as what it should be.
pub(super) fn parsed<T: FromRedisValue>(value: Value) -> Result<T, StoreError> {
    Ok(T::from_redis_value(value)?)
}
