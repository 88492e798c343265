//! Comments by their last step, and those that a person decided on.
//!
//! Both are the newest entries of several ZSETs: the shelves of all partitions, or a person's index in each. They are
//! read ahead in small runs and merged. Of an article, its partition's shelves are read, and what is of other articles
//! is left out. An author's comments lie in a ZSET of his own, by when they were received; they are read in windows,
//! counted from the oldest on, so that new ones don't move them.

use super::RedisStore;
use super::comment::{comment, read};
use super::connection::parsed;
use super::key::{Partition, suffix};
use super::script::Call;
use crate::comment::{AuthorId, Comment, CommentId, SiteId, Timestamp};
use crate::store::retention::shelf;
use crate::store::search::Position;
use crate::store::{DecidedComment, DecidedPage, Search, SearchPage, SearchQuery, StoreError};
use async_trait::async_trait;
use std::collections::{HashSet, VecDeque};

/// How many comments of a partition are read in one call to find those of one article.
const LOOKED_AT: usize = 500;
/// How many of an author's comments are read and sorted at a time.
const WINDOW: usize = 1_000;

#[async_trait]
impl Search for RedisStore {
    async fn newest(&self, query: &SearchQuery) -> Result<SearchPage, StoreError> {
        match &query.author {
            Some(author) => self.newest_of(query, author).await,
            None => self.newest_on_shelves(query).await,
        }
    }

    async fn decided_by(
        &self,
        site: &SiteId,
        moderator: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DecidedPage, StoreError> {
        let after = after.map(Position::parse).transpose()?;
        let sources = self.keys.partitions(site).into_iter().map(|p| (suffix::decided(moderator), p));
        let bounds = (Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond());
        let (heads, more) = Newest::new(sources, bounds, after).take(self, limit).await?;
        let next = heads.last().filter(|_| more).map(|(position, _)| position.to_string());
        let mut decided = Vec::with_capacity(heads.len());
        for ((position, _), found) in heads.iter().zip(self.named(&heads).await?) {
            let at = Timestamp::from_millisecond(position.ms).map_err(|e| StoreError::Corrupt(e.to_string()))?;
            decided.extend(found.map(|comment| DecidedComment { at, comment }));
        }
        Ok(DecidedPage { decided, next })
    }

    async fn decided_count(&self, site: &SiteId, moderator: &str, since: Timestamp) -> Result<u64, StoreError> {
        let count = |partition: Partition| {
            let call = Call::command("ZCOUNT").arg(partition.at(&suffix::decided(moderator)));
            call.arg(since.as_millisecond()).arg("+inf")
        };
        let counts = self.connection.each(self.keys.partitions(site).into_iter().map(count).collect()).await?;
        counts.into_iter().map(parsed::<u64>).sum()
    }
}

impl RedisStore {
    async fn newest_on_shelves(&self, query: &SearchQuery) -> Result<SearchPage, StoreError> {
        let after = query.after.as_deref().map(Position::parse).transpose()?;
        let (partitions, looked_at) = match &query.article {
            Some(article) => (vec![self.keys.partition(&query.site, article)], LOOKED_AT.max(query.limit)),
            None => (self.keys.partitions(&query.site), query.limit),
        };
        let shelves = query.states().into_iter().flat_map(|state| [shelf(state, true), shelf(state, false)]);
        let shelves: Vec<String> = shelves.map(suffix::shelf).collect();
        let sources = partitions.iter().flat_map(|p| shelves.iter().map(|shelf| (shelf.clone(), p.clone())));
        let (heads, more) = Newest::new(sources, query.bounds_ms(), after).take(self, looked_at).await?;
        let mut page = SearchPage::default();
        // One that takes a step meanwhile may be on two shelves that were read.
        let mut seen = HashSet::new();
        for ((position, _), found) in heads.iter().zip(self.named(&heads).await?) {
            if page.comments.len() == query.limit {
                return Ok(page);
            }
            let found = found.filter(|comment| query.lets_through(comment) && seen.insert(comment.id.clone()));
            page.comments.extend(found);
            page.looked_at += 1;
            page.reached = Timestamp::from_millisecond(position.ms).ok();
            page.next = Some(position.to_string());
        }
        page.next = page.next.filter(|_| more);
        Ok(page)
    }

    async fn newest_of(&self, query: &SearchQuery, author: &AuthorId) -> Result<SearchPage, StoreError> {
        let key = self.keys.author(&query.site, author).comments;
        let (window, after) = match query.after.as_deref() {
            None => {
                let count: usize = self.connection.one(Call::command("ZCARD").arg(&key)).await?;
                (count.saturating_sub(1) / WINDOW, None)
            }
            Some(cursor) => {
                let (window, after) = cursor.split_once(' ').ok_or(StoreError::UnknownCursor)?;
                let window = window.parse().map_err(|_| StoreError::UnknownCursor)?;
                (window, Some(after).filter(|a| !a.is_empty()).map(Position::parse).transpose()?)
            }
        };
        let first = window.checked_mul(WINDOW).ok_or(StoreError::UnknownCursor)?;
        let range = Call::command("ZRANGE").arg(&key).arg(first).arg(first.saturating_add(WINDOW - 1));
        let ids: Vec<String> = self.connection.one(range).await?;
        let ids: Vec<CommentId> = ids.into_iter().map(id).collect::<Result<_, _>>()?;
        let mut found: Vec<(Position, Comment)> = Vec::new();
        for comment in read(self, &query.site, &ids).await? {
            let position = Position { ms: comment.updated_at.as_millisecond(), id: comment.id.to_string() };
            if query.lets_through(&comment) && after.as_ref().is_none_or(|after| position < *after) {
                found.push((position, comment));
            }
        }
        found.sort_unstable_by(|(a, _), (b, _)| b.cmp(a));
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        let next = match found.last().filter(|_| more) {
            Some((last, _)) => Some(format!("{window} {last}")),
            None => window.checked_sub(1).map(|before| format!("{before} ")),
        };
        let comments: Vec<Comment> = found.into_iter().map(|(_, comment)| comment).collect();
        let reached = comments.last().map(|comment| comment.updated_at);
        Ok(SearchPage { looked_at: ids.len(), reached, comments, next })
    }

    /// The comments that entries name; `None` for one that is no more.
    async fn named(&self, heads: &[(Position, Partition)]) -> Result<Vec<Option<Comment>>, StoreError> {
        let mut gets = Vec::with_capacity(heads.len());
        for (position, partition) in heads {
            gets.push(Call::command("HGET").arg(partition.comment(&id(position.id.clone())?)).arg("doc"));
        }
        let docs = self.connection.each(gets).await?.into_iter();
        docs.map(|doc| parsed::<Option<String>>(doc)?.map(|doc| comment(&doc)).transpose()).collect()
    }
}

fn id(member: String) -> Result<CommentId, StoreError> {
    CommentId::parse(member).map_err(|_| StoreError::Corrupt("an index names no comment".to_owned()))
}

/// A ZSET of comment ids by time, read from its newest end.
struct Source {
    key: String,
    partition: Partition,
    /// How many entries were read.
    offset: usize,
    ahead: VecDeque<Position>,
    /// Whether the last read may have left some behind.
    more: bool,
}

/// The entries of several ZSETs, the newest first.
struct Newest {
    sources: Vec<Source>,
    from_ms: i64,
    to_ms: i64,
    after: Option<Position>,
}

impl Newest {
    /// `sources`: names relative to their partitions. `bounds`: the times of entries, both included.
    fn new(
        sources: impl Iterator<Item = (String, Partition)>,
        (from_ms, to_ms): (i64, i64),
        after: Option<Position>,
    ) -> Self {
        let source = |(name, partition): (String, Partition)| Source {
            key: partition.at(&name),
            partition,
            offset: 0,
            ahead: VecDeque::new(),
            more: true,
        };
        let to_ms = after.as_ref().map_or(to_ms, |after| to_ms.min(after.ms));
        Self { sources: sources.map(source).collect(), from_ms, to_ms, after }
    }

    /// The first so many, and whether there are more.
    async fn take(
        mut self,
        store: &RedisStore,
        limit: usize,
    ) -> Result<(Vec<(Position, Partition)>, bool), StoreError> {
        // Twice an even share: mostly one round trip, and little is read in vain.
        let run = (2 * limit / self.sources.len().max(1)).clamp(8, 1_000);
        let mut heads = Vec::new();
        loop {
            self.refill(store, run).await?;
            // While every source with more shows its next entry, the latest of them is the next.
            while !self.sources.iter().any(|s| s.ahead.is_empty() && s.more) {
                let next =
                    self.sources.iter_mut().filter(|s| !s.ahead.is_empty()).max_by(|a, b| a.ahead[0].cmp(&b.ahead[0]));
                let Some(source) = next else { return Ok((heads, false)) };
                if heads.len() == limit {
                    return Ok((heads, true));
                }
                let partition = source.partition.clone();
                heads.extend(source.ahead.pop_front().map(|position| (position, partition)));
            }
        }
    }

    /// Reads on in the sources whose run is used up. Many entries may be of one moment; those at or before the place to
    /// go on from are left out.
    async fn refill(&mut self, store: &RedisStore, run: usize) -> Result<(), StoreError> {
        let (from, to) = (self.from_ms, self.to_ms);
        let mut empty: Vec<&mut Source> = self.sources.iter_mut().filter(|s| s.ahead.is_empty() && s.more).collect();
        let range = |s: &&mut Source| {
            let call = Call::command("ZRANGE").arg(&s.key).arg(to).arg(from).arg("BYSCORE").arg("REV");
            call.arg("LIMIT").arg(s.offset).arg(run).arg("WITHSCORES")
        };
        let replies = store.connection.each(empty.iter().map(range).collect()).await?;
        for (source, reply) in empty.iter_mut().zip(replies) {
            let entries: Vec<(String, i64)> = parsed(reply)?;
            source.more = entries.len() == run;
            source.offset += entries.len();
            let positions = entries.into_iter().map(|(id, ms)| Position { ms, id });
            source.ahead.extend(positions.filter(|p| self.after.as_ref().is_none_or(|after| p < after)));
        }
        Ok(())
    }
}
