//! Finding what has to be dropped.

use super::index::docs;
use super::{SqliteStore, log};
use crate::comment::{AuthorId, Comment, CorrectionId, KeyHash, SiteId, State, Timestamp};
use crate::store::retention::{ERASURE_MEMORY, shelf};
use crate::store::{Retention, StateCount, StoreError};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};

#[async_trait]
impl Retention for SqliteStore {
    async fn aged(
        &self,
        site: &SiteId,
        state: State,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Comment>, StoreError> {
        let (site, before) = (site.clone(), before.as_millisecond());
        let aged = "SELECT doc FROM comments WHERE site = ?1 AND state = ?2 AND updated_ms < ?3
             ORDER BY updated_ms, id LIMIT ?4";
        let read =
            move |db: &Connection| docs(db, aged, params![site.as_str(), shelf(state, true), before, most(limit)]);
        self.readers.run(read).await
    }

    async fn state_counts(&self, site: &SiteId) -> Result<Vec<StateCount>, StoreError> {
        let site = site.clone();
        self.readers.run(move |db| State::ALL.into_iter().map(|state| count(db, &site, state)).collect()).await
    }

    async fn begin_erasure(&self, site: &SiteId, author: &AuthorId, now: Timestamp) -> Result<Timestamp, StoreError> {
        let (site, author) = (site.clone(), hashed(author));
        self.writer.run(move |db| begin(db, &site, &author, now)).await
    }

    async fn authored(
        &self,
        site: &SiteId,
        author: &AuthorId,
        _until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Comment>, StoreError> {
        // Whatever was admitted is here, and nothing that was received before can follow.
        let (site, author) = (site.clone(), author.clone());
        let read = move |db: &Connection| {
            let authored = "SELECT doc FROM comments WHERE site = ?1 AND author_id = ?2 ORDER BY created_ms LIMIT ?3";
            docs(db, authored, params![site.as_str(), author.as_str(), most(limit)])
        };
        self.readers.run(read).await
    }

    async fn forget_reporter(&self, site: &SiteId, reporter: &str) -> Result<u64, StoreError> {
        let (site, reporter) = (site.clone(), reporter.to_owned());
        let delete = move |db: &Connection| {
            let mut statement = db.prepare_cached("DELETE FROM reports WHERE site = ?1 AND reporter = ?2")?;
            Ok(statement.execute([site.as_str(), &reporter])? as u64)
        };
        self.writer.run(delete).await
    }

    async fn forget_corrections(&self, site: &SiteId, ids: &[CorrectionId]) -> Result<u64, StoreError> {
        let (site, ids) = (site.clone(), ids.to_vec());
        let delete = move |db: &Connection| {
            let mut statement = db.prepare_cached("DELETE FROM corrections WHERE site = ?1 AND id = ?2")?;
            let mut found = 0;
            for id in ids {
                found += statement.execute([site.as_str(), id.as_str()])? as u64;
            }
            Ok(found)
        };
        self.writer.run(delete).await
    }

    async fn trim_events(
        &self,
        site: &SiteId,
        before: Timestamp,
        not_after: &[String],
        limit: usize,
    ) -> Result<u64, StoreError> {
        let cursors = not_after.iter().map(|cursor| log::parse_cursor(cursor)).collect::<Result<Vec<_>, _>>()?;
        let not_after = cursors.into_iter().min();
        let of = site.clone();
        // Looking costs no commit; mostly there is nothing to do.
        let older = self.readers.run(move |db| log::older(db, &of, before, not_after, limit)).await?;
        let Some((last, count)) = older else { return Ok(0) };
        let site = site.clone();
        self.writer.run(move |db| log::trim(db, &site, last)).await?;
        Ok(count)
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        self.writer.empty_log().await
    }
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn hashed(author: &AuthorId) -> String {
    KeyHash::of(author.as_str()).as_str().to_owned()
}

fn count(db: &Connection, site: &SiteId, state: State) -> Result<StateCount, StoreError> {
    let mut statement = db.prepare_cached("SELECT count(*) FROM comments WHERE site = ?1 AND state = ?2")?;
    let mut on = |kept| statement.query_row([site.as_str(), shelf(state, kept)], |row| row.get(0));
    Ok(StateCount { state, kept: on(true)?, dropped: on(false)? })
}

fn begin(db: &Connection, site: &SiteId, author: &str, now: Timestamp) -> Result<Timestamp, StoreError> {
    let memory = i64::try_from(ERASURE_MEMORY.as_millis()).unwrap_or(i64::MAX);
    db.prepare_cached("DELETE FROM erasures WHERE at_ms < ?1")?.execute([now.as_millisecond() - memory])?;
    db.prepare_cached(
        "INSERT INTO erasures (site, author, at_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET at_ms = max(at_ms, ?3)",
    )?
    .execute(params![site.as_str(), author, now.as_millisecond()])?;
    Ok(now)
}

/// Whether a comment's author was erased after it was received.
pub(super) fn was_erased(db: &Connection, comment: &Comment) -> Result<bool, StoreError> {
    let Some(author) = comment.author() else { return Ok(false) };
    // Mostly nobody was erased of late: then no hash is needed.
    let anybody: Option<i64> =
        db.prepare_cached("SELECT 1 FROM erasures LIMIT 1")?.query_row([], |row| row.get(0)).optional()?;
    if anybody.is_none() {
        return Ok(false);
    }
    let erased: Option<i64> = db
        .prepare_cached("SELECT at_ms FROM erasures WHERE site = ?1 AND author = ?2")?
        .query_row([comment.site.as_str(), &hashed(&author.id)], |row| row.get(0))
        .optional()?;
    Ok(erased.is_some_and(|at| comment.received_at.as_millisecond() < at))
}
