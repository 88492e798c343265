//! Comments and their steps.

use super::index::{one_doc, write};
use super::{lease, reported, retention};
use crate::comment::{Change, Comment, CommentId, SiteId, Timestamp};
use crate::store::{Admission, Binding, Conflict, Lease, Report, ReportOutcome, StoreError};
use rusqlite::{Connection, params};

pub(super) fn get(db: &Connection, site: &SiteId, id: &CommentId) -> Result<Option<Comment>, StoreError> {
    one_doc(db, "SELECT doc FROM comments WHERE site = ?1 AND id = ?2", [site.as_str(), id.as_str()])
}

pub(super) fn get_many(db: &Connection, site: &SiteId, ids: &[CommentId]) -> Result<Vec<Comment>, StoreError> {
    ids.iter().filter_map(|id| get(db, site, id).transpose()).collect()
}

pub(super) fn admit(db: &Connection, change: &Change) -> Result<Admission, StoreError> {
    if let Some(found) = get(db, &change.comment.site, &change.comment.id)? {
        return Ok(Admission::Exists(Box::new(found)));
    }
    if retention::was_erased(db, &change.comment)? {
        return Ok(Admission::Erased);
    }
    write(db, change)?;
    Ok(Admission::New)
}

pub(super) fn advance(
    db: &Connection,
    change: &Change,
    lease: &Lease,
    now: Timestamp,
) -> Result<Result<(), Conflict>, StoreError> {
    if let Some(conflict) = stale(db, change)? {
        return Ok(Err(conflict));
    }
    if let Some(conflict) = lease::conflict(db, &change.comment.site, &change.comment.id, lease, now)? {
        return Ok(Err(conflict));
    }
    write(db, change)?;
    Ok(Ok(()))
}

pub(super) fn report(
    db: &Connection,
    report: &Report,
    limit: u32,
    escalation: &Change,
) -> Result<Result<ReportOutcome, Conflict>, StoreError> {
    if let Some(conflict) = stale(db, escalation)? {
        return Ok(Err(conflict));
    }
    db.prepare_cached(
        "INSERT OR IGNORE INTO reports (site, comment_id, reporter, reason, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        report.site.as_str(),
        report.comment.as_str(),
        report.reporter,
        report.reason,
        report.at.as_millisecond()
    ])?;
    reported::note(db, report.site.as_str(), report.comment.as_str())?;
    let distinct: u32 = db
        .prepare_cached("SELECT count(*) FROM reports WHERE site = ?1 AND comment_id = ?2")?
        .query_row([report.site.as_str(), report.comment.as_str()], |row| row.get(0))?;
    let escalated = distinct >= limit;
    if escalated {
        write(db, escalation)?;
    }
    Ok(Ok(ReportOutcome { distinct, escalated }))
}

/// Why a step can't follow what the store holds, if it can't.
fn stale(db: &Connection, change: &Change) -> Result<Option<Conflict>, StoreError> {
    Ok(match get(db, &change.comment.site, &change.comment.id)? {
        None => Some(Conflict::Missing),
        Some(found) if found.version != change.expected_version => Some(Conflict::Stale(Box::new(found))),
        Some(_) => None,
    })
}

/// How long an idempotency key stays tied: two days, so that a day holds whatever the clocks say.
const BINDING_MS: i64 = 2 * 24 * 60 * 60 * 1000;

pub(super) fn bind(
    db: &Connection,
    site: &SiteId,
    key: &str,
    id: &CommentId,
    now: Timestamp,
) -> Result<Binding, StoreError> {
    let ended = now.as_millisecond() - BINDING_MS;
    db.prepare_cached("DELETE FROM bindings WHERE at_ms < ?1")?.execute([ended])?;
    db.prepare_cached("INSERT OR IGNORE INTO bindings (site, key, comment_id, at_ms) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![site.as_str(), key, id.as_str(), now.as_millisecond()])?;
    let comment: String = db
        .prepare_cached("SELECT comment_id FROM bindings WHERE site = ?1 AND key = ?2")?
        .query_row([site.as_str(), key], |row| row.get(0))?;
    let comment = CommentId::parse(comment).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    Ok(Binding { comment })
}
