//! Events that are held back, and the step's own event.

use super::SqliteStore;
use super::index::to_doc;
use super::lease::from_ms;
use crate::comment::{Change, Comment, Timestamp};
use crate::store::StoreError;
use crate::store::held::{HeldEvents, due_bounds};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};

#[async_trait]
impl HeldEvents for SqliteStore {
    async fn release_due(&self, now: Timestamp, limit: usize) -> Result<Option<Timestamp>, StoreError> {
        // Looking costs no commit; mostly there is nothing to do.
        let next = self.readers.run(move |db| next_due(db, now)).await?;
        if next.is_none_or(|due| due > now) {
            return Ok(next);
        }
        self.writer.run(move |db| release(db, now, limit)).await
    }
}

const DUE: &str = "due_ms <= ?1 OR due_ms > ?2";

fn next_due(db: &Connection, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let (until, from) = due_bounds(now);
    let (overdue, next): (bool, Option<i64>) = db
        .prepare_cached(&format!(
            "SELECT EXISTS (SELECT 1 FROM held_events WHERE {DUE}), (SELECT min(due_ms) FROM held_events)"
        ))?
        .query_row([until, from], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if overdue { Ok(Some(now)) } else { next.map(from_ms).transpose() }
}

fn release(db: &Connection, now: Timestamp, limit: usize) -> Result<Option<Timestamp>, StoreError> {
    let (until, from) = due_bounds(now);
    let due: Vec<(String, String)> = db
        .prepare_cached(&format!(
            "SELECT site, comment_id FROM held_events WHERE {DUE} ORDER BY due_ms, site, comment_id LIMIT ?3"
        ))?
        .query_map(params![until, from, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    for (site, comment) in due {
        if let Some(doc) = take(db, &site, &comment)? {
            tell(db, &site, &doc)?;
        }
    }
    next_due(db, now)
}

/// Takes a comment's held event out.
fn take(db: &Connection, site: &str, comment: &str) -> Result<Option<String>, StoreError> {
    let sql = "DELETE FROM held_events WHERE site = ?1 AND comment_id = ?2 RETURNING doc";
    Ok(db.prepare_cached(sql)?.query_row([site, comment], |row| row.get(0)).optional()?)
}

pub(super) fn tell(db: &Connection, site: &str, doc: &str) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO events (site, doc) VALUES (?1, ?2)")?.execute([site, doc])?;
    Ok(())
}

/// Writes a step's event into the log or the held place, after the one that was held, or takes both back.
pub(super) fn write(db: &Connection, change: &Change) -> Result<(), StoreError> {
    let Comment { site, id, .. } = &change.comment;
    // A new comment has nothing held.
    let held = if change.expected_version > 0 { take(db, site.as_str(), id.as_str())? } else { None };
    match held {
        Some(_) if change.takes_back() => return Ok(()),
        Some(doc) => tell(db, site.as_str(), &doc)?,
        None => {}
    }
    let doc = to_doc(&change.event)?;
    let Some(due) = change.event_due else { return tell(db, site.as_str(), &doc) };
    db.prepare_cached("INSERT INTO held_events (site, comment_id, due_ms, doc) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![site.as_str(), id.as_str(), due.as_millisecond(), doc])?;
    Ok(())
}
