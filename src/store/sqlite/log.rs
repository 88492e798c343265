//! Events and the audit trail.

use super::index::docs;
use crate::comment::{AuditEntry, CommentId, Event, SiteId, Timestamp};
use crate::store::{EventPage, StoreError};
use rusqlite::{Connection, OptionalExtension as _, params};

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
    match after {
        Some(after) if after > newest(db)? => return Err(StoreError::UnknownCursor),
        Some(after) if after < trimmed(db, site)? => return Err(StoreError::CursorExpired),
        _ => {}
    }
    let after = after.unwrap_or(0);
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
    let next = match events.last() {
        Some((cursor, _)) => cursor.clone(),
        None => after.max(trimmed(db, site)?).to_string(),
    };
    Ok(EventPage { events, next, more })
}

pub(super) fn latest_cursor(db: &Connection, site: &SiteId) -> Result<String, StoreError> {
    let seq: i64 = db
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM events WHERE site = ?1")?
        .query_row([site.as_str()], |row| row.get(0))?;
    Ok(seq.max(trimmed(db, site)?).to_string())
}

/// The number of the newest event there ever was.
fn newest(db: &Connection) -> Result<i64, StoreError> {
    let newest = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'";
    Ok(db.prepare_cached(newest)?.query_row([], |row| row.get(0))?)
}

/// The number of a site's last event that is no longer kept; 0 if all are.
fn trimmed(db: &Connection, site: &SiteId) -> Result<i64, StoreError> {
    let seq: Option<i64> = db
        .prepare_cached("SELECT seq FROM trimmed WHERE site = ?1")?
        .query_row([site.as_str()], |row| row.get(0))
        .optional()?;
    Ok(seq.unwrap_or(0))
}

/// The number of the last of a site's first events that are older, and how many they are; `limit` at most.
pub(super) fn older(
    db: &Connection,
    site: &SiteId,
    before: Timestamp,
    not_after: Option<i64>,
    limit: usize,
) -> Result<Option<(i64, u64)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT seq, doc FROM events WHERE site = ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3")?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![site.as_str(), not_after.unwrap_or(i64::MAX), limit])?;
    let (mut last, mut count) = (None, 0);
    while let Some(row) = rows.next()? {
        let event: Event = serde_json::from_str(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
        if event.at >= before {
            break;
        }
        count += 1;
        last = Some((row.get(0)?, count));
    }
    Ok(last)
}

/// Takes a site's events out up to this one.
pub(super) fn trim(db: &Connection, site: &SiteId, last: i64) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM events WHERE site = ?1 AND seq <= ?2")?.execute(params![site.as_str(), last])?;
    db.prepare_cached("INSERT INTO trimmed (site, seq) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET seq = max(seq, ?2)")?
        .execute(params![site.as_str(), last])?;
    Ok(())
}

pub(super) fn audit(db: &Connection, site: &SiteId, id: &CommentId) -> Result<Vec<AuditEntry>, StoreError> {
    docs(db, "SELECT doc FROM audit WHERE site = ?1 AND comment_id = ?2 ORDER BY seq", [site.as_str(), id.as_str()])
}
