//! Events and the audit trail.

use super::index::docs;
use crate::comment::{AuditEntry, CommentId, Event, SiteId};
use crate::store::{EventPage, StoreError};
use rusqlite::{Connection, params};

/// A cursor is the sequence number of the event it stands after.
pub(super) fn parse_cursor(cursor: &str) -> Result<i64, StoreError> {
    match cursor.parse::<i64>() {
        Ok(seq) if seq >= 0 && cursor == seq.to_string() => Ok(seq),
        _ => Err(StoreError::UnknownCursor),
    }
}

pub(super) fn events(
    db: &Connection,
    site: &SiteId,
    after: Option<i64>,
    limit: usize,
) -> Result<EventPage, StoreError> {
    let after = after.unwrap_or(0);
    if after > newest(db)? {
        return Err(StoreError::UnknownCursor);
    }
    let mut statement =
        db.prepare_cached("SELECT seq, doc FROM events WHERE site = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")?;
    // One more than asked for tells whether there are more.
    let wanted = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![site.as_str(), after, wanted])?;
    let mut events: Vec<(String, Event)> = Vec::new();
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let event = serde_json::from_str(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
        events.push((seq.to_string(), event));
    }
    let more = events.len() > limit;
    events.truncate(limit);
    let next = events.last().map_or_else(|| after.to_string(), |(cursor, _)| cursor.clone());
    Ok(EventPage { events, next, more })
}

pub(super) fn latest_cursor(db: &Connection, site: &SiteId) -> Result<String, StoreError> {
    let seq: i64 = db
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM events WHERE site = ?1")?
        .query_row([site.as_str()], |row| row.get(0))?;
    Ok(seq.to_string())
}

fn newest(db: &Connection) -> Result<i64, StoreError> {
    Ok(db.prepare_cached("SELECT coalesce(max(seq), 0) FROM events")?.query_row([], |row| row.get(0))?)
}

pub(super) fn audit(db: &Connection, site: &SiteId, id: &CommentId) -> Result<Vec<AuditEntry>, StoreError> {
    docs(db, "SELECT doc FROM audit WHERE site = ?1 AND comment_id = ?2 ORDER BY seq", [site.as_str(), id.as_str()])
}
