//! Leases: handing out pending comments, keeping them, giving them back.

use super::RedisStore;
use super::advance;
use super::comment::{comment, locate};
use super::connection::parsed;
use super::key::{Facet, Partition};
use super::place::id_of;
use super::script::{CLAIM, Call, HEARTBEAT, PEEK, RELEASE};
use crate::comment::{Claim, ClaimId, Comment, SiteId, Timestamp};
use crate::store::{ClaimFilter, ClaimRequest, LeaseError, StoreError};
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
        let best = if wanted == 0 { Vec::new() } else { peek(store, request, wanted).await? };
        if best.is_empty() {
            break;
        }
        let mut asked = Vec::with_capacity(best.len());
        let mut calls = Vec::with_capacity(best.len());
        for (member, partition) in best {
            let Some(token) = tokens.pop() else { break };
            let id = id_of(&member)?;
            let claim = ClaimId::new(token, id.clone());
            calls.push(lease(&partition, request, &claim));
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

/// The best free comments over all partitions that may hold some, best first.
async fn peek(
    store: &RedisStore,
    request: &ClaimRequest,
    limit: usize,
) -> Result<Vec<(String, Partition)>, StoreError> {
    let partitions = match &request.filter.article {
        Some(article) => vec![store.keys.partition(&request.site, article)],
        None => store.keys.partitions(&request.site),
    };
    let calls = partitions.iter().map(|partition| {
        let mut keys = vec![partition.leases()];
        keys.extend(facets(&request.filter).into_iter().map(|facet| partition.queue(request.order, facet)));
        Call::script(&PEEK, &keys).arg(request.now.as_millisecond()).arg(limit)
    });
    let mut heads = Vec::new();
    for (partition, reply) in partitions.iter().zip(store.connection.each(calls.collect()).await?) {
        heads.extend(parsed::<Vec<String>>(reply)?.into_iter().map(|member| (member, partition.clone())));
    }
    // Members sort as the order asks, so sorting them merges the partitions.
    heads.sort_by(|(a, _), (b, _)| a.cmp(b));
    heads.truncate(limit);
    Ok(heads)
}

/// The queues that a comment must stand in to pass the filter.
fn facets(filter: &ClaimFilter) -> Vec<Facet<'_>> {
    let named = [
        filter.section.as_deref().map(Facet::Section),
        filter.article.as_ref().map(|id| Facet::Article(id.as_str())),
        filter.reason.as_deref().map(Facet::Reason),
    ];
    let named: Vec<_> = named.into_iter().flatten().collect();
    if named.is_empty() { vec![Facet::All] } else { named }
}

fn lease(partition: &Partition, request: &ClaimRequest, claim: &ClaimId) -> Call {
    let id = claim.comment();
    Call::script(&CLAIM, &[partition.comment(id), partition.leases()])
        .arg(id.as_str())
        .arg(request.now.as_millisecond())
        .arg(request.expires_at.as_millisecond())
        .arg(&request.holder)
        .arg(claim.to_string())
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

async fn partition_of(store: &RedisStore, site: &SiteId, id: &ClaimId) -> Result<Option<Partition>, StoreError> {
    let found = locate(store, site, std::slice::from_ref(id.comment())).await?.pop().flatten();
    Ok(found.map(|at| store.keys.partition(site, &at.article)))
}
