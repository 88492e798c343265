//! Reading the queue page by page, and passing a comment over.

use super::RedisStore;
use super::advance;
use super::claim::partition_of;
use super::comment::comment;
use super::connection::parsed;
use super::key::Partition;
use super::lane::skipped;
use super::peek::Peek;
use super::place::id_of;
use super::script::{CLAIMS_OF, Call, SKIP};
use crate::comment::{Claim, ClaimId, Comment, QueueOrder, SiteId, Timestamp};
use crate::store::{LeaseError, StoreError, Waiting, WaitingComment, WaitingPage, WaitingQuery};
use async_trait::async_trait;

/// A comment's document, and its lease if there is one.
type Row = (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);

#[async_trait]
impl Waiting for RedisStore {
    async fn waiting(&self, query: &WaitingQuery) -> Result<WaitingPage, StoreError> {
        let peek = Peek {
            site: &query.site,
            filter: &query.filter,
            order: QueueOrder::Oldest,
            holder: None,
            after: query.after.as_deref().unwrap_or_default(),
            limit: query.limit,
            now: query.now,
        };
        let (heads, more) = peek.run(&self.connection, &self.keys).await?;
        let mut calls = Vec::with_capacity(heads.len());
        for (member, partition) in &heads {
            let call = Call::command("HMGET").arg(partition.comment(&id_of(member)?));
            calls.push(["doc", "claim", "holder", "claimed_at", "expires_at"].into_iter().fold(call, Call::arg));
        }
        let mut waiting = Vec::with_capacity(heads.len());
        for reply in self.connection.each(calls).await? {
            let (doc, claim, holder, claimed_at, expires_at): Row = parsed(reply)?;
            let comment = comment(&doc.ok_or_else(|| StoreError::Corrupt("the queue names no comment".to_owned()))?)?;
            // It may have left the queue since.
            if comment.queued_at.is_none() {
                continue;
            }
            let claim: Option<Claim> = match (claim, holder, claimed_at, expires_at) {
                (Some(id), Some(holder), Some(from), Some(to)) => Some(advance::claim(&id, &holder, &from, &to)?),
                _ => None,
            };
            waiting.push(WaitingComment { comment, claim: claim.filter(|claim| claim.expires_at > query.now) });
        }
        let next = heads.last().filter(|_| more).map(|(member, _)| member.clone());
        Ok(WaitingPage { waiting, next })
    }

    async fn claims_of(
        &self,
        site: &SiteId,
        holder: &str,
        now: Timestamp,
    ) -> Result<Vec<(Claim, Comment)>, StoreError> {
        let partitions = self.keys.partitions(site);
        let ask = |partition: &Partition| {
            Call::script(&CLAIMS_OF, &[partition.leases(), partition.guard()])
                .arg(now.as_millisecond())
                .arg(holder)
                .arg(partition.comments())
        };
        let mut held = Vec::new();
        for reply in self.connection.each(partitions.iter().map(ask).collect()).await? {
            for (doc, id, from, to) in parsed::<Vec<(String, String, String, String)>>(reply)? {
                held.push((advance::claim(&id, holder, &from, &to)?, comment(&doc)?));
            }
        }
        held.sort_by(|(a, _), (b, _)| (a.claimed_at, a.id.token()).cmp(&(b.claimed_at, b.id.token())));
        Ok(held)
    }

    async fn skip(
        &self,
        site: &SiteId,
        id: &ClaimId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Result<(), LeaseError>, StoreError> {
        let Some(partition) = partition_of(self, site, id).await? else { return Ok(Err(LeaseError::Unknown)) };
        let call = Call::script(&SKIP, &[partition.comment(id.comment()), partition.leases(), partition.guard()])
            .arg(id.comment().as_str())
            .arg(id.to_string())
            .arg(now.as_millisecond())
            .arg(until.as_millisecond())
            .arg(partition.at(&skipped("")));
        let (skipped, repeated): (String, bool) = self.connection.told(call).await?;
        match skipped.as_str() {
            "skipped" => Ok(Ok(())),
            // By an attempt whose answer was lost.
            "unknown" if repeated => Ok(Ok(())),
            "unknown" => Ok(Err(LeaseError::Unknown)),
            "expired" => Ok(Err(LeaseError::Expired)),
            _ => Err(StoreError::Corrupt("a skip was answered by something else".to_owned())),
        }
    }
}
