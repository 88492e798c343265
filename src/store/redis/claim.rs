//! Leases: handing out pending comments, keeping them, giving them back.

use super::RedisStore;
use super::advance;
use super::comment::{comment, locate};
use super::connection::parsed;
use super::key::Partition;
use super::lane::{skipped, voted};
use super::peek::{Peek, queues};
use super::place::id_of;
use super::script::{CLAIM, Call, HEARTBEAT, RELEASE};
use crate::comment::{Claim, ClaimId, Comment, SiteId, Timestamp};
use crate::store::{ClaimRequest, LeaseError, StoreError};
use crate::telemetry::metric::LEASES_EXPIRED;

/// How often a claim looks again when others were faster.
const ROUNDS: usize = 8;

/// Leases up to `limit` comments. If the reply is lost on its way, the leases stand until they expire.
pub(super) async fn claim(store: &RedisStore, request: &ClaimRequest) -> Result<Vec<(Claim, Comment)>, StoreError> {
    let mut tokens = request.tokens.clone();
    tokens.reverse();
    let limit = request.limit.min(tokens.len());
    let mut claimed = Vec::with_capacity(limit);
    for _ in 0..ROUNDS {
        let wanted = limit - claimed.len();
        let peek = Peek {
            site: &request.site,
            filter: &request.filter,
            order: request.order,
            holder: Some(&request.holder),
            after: "",
            limit: wanted,
            now: request.now,
        };
        let (best, _) = if wanted == 0 { (Vec::new(), false) } else { peek.run(store).await? };
        if best.is_empty() {
            break;
        }
        let mut asked = Vec::with_capacity(best.len());
        let mut calls = Vec::with_capacity(best.len());
        for (member, partition) in best {
            let Some(token) = tokens.pop() else { break };
            let id = id_of(&member)?;
            let claim = ClaimId::new(token, id.clone());
            calls.push(lease(&partition, request, &claim, &member));
            asked.push((token, claim));
        }
        for ((token, id), reply) in asked.into_iter().zip(store.connection.each(calls).await?) {
            match parsed::<Option<(String, u64)>>(reply)? {
                Some((doc, expired)) => {
                    LEASES_EXPIRED.counter(&[]).increment(expired);
                    claimed.push((granted(request, id)?, comment(&doc)?));
                }
                // Somebody was faster; the token was not used.
                None => tokens.push(token),
            }
        }
    }
    Ok(claimed)
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
