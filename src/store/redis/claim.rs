//! Leases: handing out pending comments, keeping them, giving them back.

use super::RedisStore;
use super::advance;
use super::comment::{comment, locate};
use super::connection::{Connection, parsed};
use super::key::{Keys, Partition};
use super::lane::{order_name, skipped, voted};
use super::peek::{Peek, queues};
use super::place::id_of;
use super::script::{CLAIM, Call, HEARTBEAT, RELEASE};
use crate::comment::{Claim, ClaimId, Comment, SiteId, Timestamp};
use crate::store::{ClaimRequest, LeaseError, StoreError};
use crate::telemetry::metric::LEASES_EXPIRED;

/// How often a claim looks again when others were faster.
const ROUNDS: usize = 8;

/// What a moderator asks for, and has been handed so far.
pub(super) struct Wish {
    request: ClaimRequest,
    claimed: Vec<(Claim, Comment)>,
    /// She skipped or gave her opinion on something that nobody holds, so she has to be looked for by herself.
    alone: bool,
}

impl Wish {
    /// The same for all who can be served together.
    pub(super) fn kind(&self) -> Result<String, StoreError> {
        let ClaimRequest { site, order, filter, .. } = &self.request;
        Ok(serde_json::to_string(&(site, order_name(*order), filter))?)
    }

    fn missing(&self) -> usize {
        self.request.limit.saturating_sub(self.claimed.len()).min(self.request.tokens.len())
    }
}

/// Leases up to `limit` comments. If the reply is lost on its way, the leases stand until they expire.
pub(super) async fn claim(store: &RedisStore, request: &ClaimRequest) -> Result<Vec<(Claim, Comment)>, StoreError> {
    let mut wish = Wish { request: request.clone(), claimed: Vec::new(), alone: false };
    for _ in 0..ROUNDS {
        if wish.missing() == 0 {
            break;
        }
        let found;
        if wish.alone {
            found = round(&store.connection, &store.keys, std::slice::from_mut(&mut wish)).await?;
        } else {
            (wish, found) = store.desk.served(&store.connection, &store.keys, wish).await?;
        }
        if !found {
            break;
        }
    }
    Ok(wish.claimed)
}

/// Deals the first comments of the queue out among those who ask for the same. Answers whether there were any.
pub(super) async fn round(connection: &Connection, keys: &Keys, wishes: &mut [Wish]) -> Result<bool, StoreError> {
    // What each of several may not have shows when it is leased.
    let holder = if let [one] = &*wishes { one.request.holder.clone() } else { String::new() };
    let limit = wishes.iter().map(Wish::missing).sum();
    let Some(ClaimRequest { site, filter, order, .. }) = wishes.first().map(|wish| wish.request.clone()) else {
        return Ok(false);
    };
    let now = wishes.iter().map(|wish| wish.request.now).max().unwrap_or_default();
    let peek = Peek { site: &site, filter: &filter, order, holder: Some(&holder), after: "", limit, now };
    let (mut free, _) = peek.run(connection, keys).await?;
    let found = !free.is_empty();
    free.reverse();
    let (mut asked, mut calls) = (Vec::with_capacity(free.len()), Vec::with_capacity(free.len()));
    for (number, wish) in wishes.iter_mut().enumerate() {
        for _ in 0..wish.missing() {
            let (Some((member, partition)), Some(token)) = (free.pop(), wish.request.tokens.pop()) else { break };
            let id = ClaimId::new(token, id_of(&member)?);
            calls.push(lease(&partition, &wish.request, &id, &member));
            asked.push((number, token, id));
        }
    }
    for ((number, token, id), reply) in asked.into_iter().zip(connection.each(calls).await?) {
        let wish = &mut wishes[number];
        let (outcome, leased): (String, Option<(String, u64)>) = parsed(reply)?;
        if let Some((doc, expired)) = leased {
            LEASES_EXPIRED.counter(&[]).increment(expired);
            wish.claimed.push((granted(&wish.request, id)?, comment(&doc)?));
        } else {
            wish.alone |= outcome == "not hers";
            wish.request.tokens.push(token);
        }
    }
    Ok(found)
}

fn lease(partition: &Partition, request: &ClaimRequest, claim: &ClaimId, member: &str) -> Call {
    let id = claim.comment();
    let holder = request.holder.as_str();
    let mut keys =
        vec![partition.comment(id), partition.leases(), partition.at(&skipped(holder)), partition.at(&voted(holder))];
    keys.extend(queues(partition, &request.filter, request.order));
    Call::script(&CLAIM, &keys)
        .arg(id.as_str())
        .arg(request.now.as_millisecond())
        .arg(request.expires_at.as_millisecond())
        .arg(holder)
        .arg(claim.to_string())
        .arg(member)
}

/// The claim as it was written: in milliseconds.
fn granted(request: &ClaimRequest, id: ClaimId) -> Result<Claim, StoreError> {
    Ok(Claim {
        id,
        holder: request.holder.clone(),
        claimed_at: whole_ms(request.now)?,
        expires_at: whole_ms(request.expires_at)?,
    })
}

fn whole_ms(time: Timestamp) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(time.as_millisecond()).map_err(|_| StoreError::Corrupt("no time".to_owned()))
}

pub(super) async fn heartbeat(
    store: &RedisStore,
    site: &SiteId,
    id: &ClaimId,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Result<Claim, LeaseError>, StoreError> {
    let Some(partition) = partition_of(store, site, id).await? else { return Ok(Err(LeaseError::Unknown)) };
    let expires_at = expires_at.as_millisecond().to_string();
    let call = Call::script(&HEARTBEAT, &[partition.comment(id.comment()), partition.leases()])
        .arg(id.comment().as_str())
        .arg(now.as_millisecond())
        .arg(&expires_at)
        .arg(id.to_string());
    let reply: Vec<String> = store.connection.one(call).await?;
    match reply.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["extended", holder, claimed_at] => Ok(Ok(advance::claim(&id.to_string(), holder, claimed_at, &expires_at)?)),
        ["unknown"] => Ok(Err(LeaseError::Unknown)),
        ["expired"] => Ok(Err(LeaseError::Expired)),
        _ => Err(StoreError::Corrupt("a heartbeat was answered by something else".to_owned())),
    }
}

pub(super) async fn release(store: &RedisStore, site: &SiteId, id: &ClaimId) -> Result<(), StoreError> {
    let Some(partition) = partition_of(store, site, id).await? else { return Ok(()) };
    let call = Call::script(&RELEASE, &[partition.comment(id.comment()), partition.leases()])
        .arg(id.comment().as_str())
        .arg(id.to_string());
    store.connection.one(call).await
}

pub(super) async fn partition_of(
    store: &RedisStore,
    site: &SiteId,
    id: &ClaimId,
) -> Result<Option<Partition>, StoreError> {
    let found = locate(store, site, std::slice::from_ref(id.comment())).await?.pop().flatten();
    Ok(found.map(|at| store.keys.partition(site, &at.article)))
}
