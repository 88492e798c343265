//! Finding what has to be dropped, and every comment of an author.
//!
//! A comment and the record of its author lie in different slots, so no script writes both. An admission takes the
//! comment's locator, enters the comment in its author's slot, and only then admits it; entering is refused if the
//! author was erased after the comment was received. An erasure first notes that it began, in the author's slot, and
//! then reads what was entered. So an admission that races with it either is refused, or has been entered and is seen.
//! Of what is seen and not admitted yet, the generation of its locator is fenced off (`admit.rs`): then it can't come
//! through, and when it tries again, under the next generation, it is refused.
//!
//! Where an entry has no locator, the admission is between the two (they may lie on different servers), or ended
//! there. A young entry is given a moment; if it stays so, the erasure says that it is not done, and may be repeated.

use super::RedisStore;
use super::admit::relocate;
use super::comment::{Locator, comment, get, locate};
use super::connection::parsed;
use super::log;
use super::record::forgetting;
use super::script::{AUTHOR_ERASE, CORRECT_FORGET, Call, FENCE, REPORT_FORGET};
use crate::comment::{AuthorId, Comment, CommentId, CorrectionId, SiteId, State, Timestamp};
use crate::store::retention::{ERASURE_MEMORY, shelf};
use crate::store::{Retention, StateCount, StoreError};
use async_trait::async_trait;
use std::time::Duration;

/// An entry without a locator that is this much older than the erasure is left from an admission that ended.
const YOUNG_MS: i64 = 60_000;
/// How often, and after how long, such an entry is looked at again.
const LOOKS: usize = 20;
const PAUSE: Duration = Duration::from_millis(50);

#[async_trait]
impl Retention for RedisStore {
    async fn aged(
        &self,
        site: &SiteId,
        state: State,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Comment>, StoreError> {
        let partitions = self.keys.partitions(site);
        let range = |key: String| {
            let call = Call::command("ZRANGE").arg(key).arg("-inf").arg(format!("({}", before.as_millisecond()));
            call.arg("BYSCORE").arg("LIMIT").arg(0).arg(limit)
        };
        let calls = partitions.iter().map(|p| range(p.shelf(shelf(state, true)))).collect();
        let mut gets = Vec::new();
        for (partition, reply) in partitions.iter().zip(self.connection.each(calls).await?) {
            for id in parsed::<Vec<String>>(reply)? {
                let id =
                    CommentId::parse(id).map_err(|_| StoreError::Corrupt("a shelf names no comment".to_owned()))?;
                gets.push(Call::command("HGET").arg(partition.comment(&id)).arg("doc"));
            }
        }
        gets.truncate(limit);
        let docs = self.connection.each(gets).await?;
        docs.into_iter().filter_map(|doc| parsed::<Option<String>>(doc).transpose()).map(|d| comment(&d?)).collect()
    }

    async fn state_counts(&self, site: &SiteId) -> Result<Vec<StateCount>, StoreError> {
        let partitions = self.keys.partitions(site);
        let mut counts = Vec::new();
        for state in State::ALL {
            let mut on = [0_u64; 2];
            for (sum, kept) in on.iter_mut().zip([true, false]) {
                let sizes =
                    partitions.iter().map(|p| Call::command("ZCARD").arg(p.shelf(shelf(state, kept)))).collect();
                for size in self.connection.each(sizes).await? {
                    *sum += parsed::<u64>(size)?;
                }
            }
            counts.push(StateCount { state, kept: on[0], dropped: on[1] });
        }
        Ok(counts)
    }

    async fn begin_erasure(&self, site: &SiteId, author: &AuthorId, now: Timestamp) -> Result<Timestamp, StoreError> {
        let keys = self.keys.author(site, author);
        let memory_ms = u64::try_from(ERASURE_MEMORY.as_millis()).unwrap_or(u64::MAX);
        let call = Call::script(&AUTHOR_ERASE, &[keys.erased, keys.comments]).arg(now.as_millisecond()).arg(memory_ms);
        let until: i64 = self.connection.one(call).await?;
        Timestamp::from_millisecond(until).map_err(|e| StoreError::Corrupt(e.to_string()))
    }

    async fn authored(
        &self,
        site: &SiteId,
        author: &AuthorId,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Comment>, StoreError> {
        for _ in 0..LOOKS {
            let entries = self.entered(site, author, until, limit).await?;
            let ids: Vec<CommentId> = entries.iter().map(|(id, _)| id.clone()).collect();
            let locators = locate(self, site, &ids).await?;
            let (mut found, mut over, mut unsettled) = (Vec::new(), Vec::new(), false);
            for ((id, received_ms), locator) in entries.into_iter().zip(locators) {
                let Some(locator) = locator else {
                    if received_ms > until.as_millisecond() - YOUNG_MS {
                        unsettled = true;
                    } else {
                        over.push(id);
                    }
                    continue;
                };
                let standing = self.settled(site, &id, &locator).await?;
                match standing.filter(|c| c.author().is_some_and(|a| a.id == *author)) {
                    Some(comment) => found.push(comment),
                    None => over.push(id),
                }
            }
            let progress = !over.is_empty();
            if progress {
                self.connection.one::<i64>(forgetting(&self.keys.author(site, author), &over)).await?;
            }
            match (found.is_empty(), unsettled, progress) {
                (false, ..) => return Ok(found),
                (true, false, false) => return Ok(Vec::new()),
                (true, true, _) => tokio::time::sleep(PAUSE).await,
                (true, false, true) => {}
            }
        }
        Err(StoreError::Unavailable("a comment of this author is on its way: erase the author again".to_owned()))
    }

    async fn forget_reporter(&self, site: &SiteId, reporter: &str) -> Result<u64, StoreError> {
        let call = |p: &super::key::Partition| {
            Call::script(&REPORT_FORGET, &[p.reporter(reporter), p.guard()]).arg(reporter).arg(p.at("reports:"))
        };
        let replies = self.connection.each(self.keys.partitions(site).iter().map(call).collect()).await?;
        replies.into_iter().map(parsed::<u64>).sum()
    }

    async fn forget_corrections(&self, site: &SiteId, ids: &[CorrectionId]) -> Result<u64, StoreError> {
        let keys = self.keys.corrections(site);
        let calls = ids.chunks(1_000).map(|ids| {
            let call = Call::script(&CORRECT_FORGET, &[keys.docs.clone(), keys.order.clone()]);
            ids.iter().fold(call, |call, id| call.arg(id.as_str()))
        });
        self.connection.each(calls.collect()).await?.into_iter().map(parsed::<u64>).sum()
    }

    async fn trim_events(
        &self,
        site: &SiteId,
        before: Timestamp,
        not_after: &[String],
        limit: usize,
    ) -> Result<u64, StoreError> {
        log::trim(self, site, before, not_after, limit).await
    }

    /// Nothing to do: what Redis writes to files, it writes anew in its own time.
    async fn scrub(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl RedisStore {
    /// The comments entered for an author, with when each was received, in milliseconds.
    async fn entered(
        &self,
        site: &SiteId,
        author: &AuthorId,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(CommentId, i64)>, StoreError> {
        let range = Call::command("ZRANGE").arg(self.keys.author(site, author).comments).arg("-inf");
        let range = range.arg(format!("({}", until.as_millisecond())).arg("BYSCORE");
        let range = range.arg("LIMIT").arg(0).arg(limit).arg("WITHSCORES");
        let entries: Vec<(String, i64)> = self.connection.one(range).await?;
        let entry = |(id, ms)| Some((CommentId::parse(id).ok()?, ms));
        let entries: Option<_> = entries.into_iter().map(entry).collect();
        entries.ok_or_else(|| StoreError::Corrupt("an author's entry names no comment".to_owned()))
    }

    /// The comment to which a locator leads; if there is none, none comes by it any more.
    async fn settled(&self, site: &SiteId, id: &CommentId, locator: &Locator) -> Result<Option<Comment>, StoreError> {
        let doc: Option<String> = self.connection.one(get(self, site, &locator.article, id)).await?;
        if let Some(doc) = doc {
            return comment(&doc).map(Some);
        }
        let partition = self.keys.partition(site, &locator.article);
        let fence = Call::script(&FENCE, &[partition.comment(id), partition.fence(id)]).arg(locator.generation);
        let reply: Vec<String> = self.connection.one(fence).await?;
        if let Some(doc) = reply.get(1) {
            return comment(doc).map(Some);
        }
        // So that the id can be taken again, by what is received from now on.
        relocate(self, site, id, locator, &locator.article).await?;
        Ok(None)
    }
}
