//! The rows of a pending comment, reading them page by page, and passing a comment over.

use super::select::{Select, text};
use super::{SqliteStore, comment, lease};
use crate::comment::{Claim, ClaimId, Comment, CommentId, QueueOrder, Role, SiteId, State, Timestamp};
use crate::store::{LeaseError, StoreError, Waiting, WaitingComment, WaitingPage, WaitingQuery};
use async_trait::async_trait;
use rusqlite::types::Value;
use rusqlite::{Connection, params};

#[async_trait]
impl Waiting for SqliteStore {
    async fn waiting(&self, query: &WaitingQuery) -> Result<WaitingPage, StoreError> {
        let query = query.clone();
        self.readers.run(move |db| page(db, &query)).await
    }

    async fn claims_of(
        &self,
        site: &SiteId,
        holder: &str,
        now: Timestamp,
    ) -> Result<Vec<(Claim, Comment)>, StoreError> {
        let (site, holder) = (site.clone(), holder.to_owned());
        self.readers.run(move |db| claims_of(db, &site, &holder, now)).await
    }

    async fn skip(
        &self,
        site: &SiteId,
        id: &ClaimId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Result<(), LeaseError>, StoreError> {
        let (site, id) = (site.clone(), id.clone());
        self.writer.run(move |db| skip(db, &site, &id, until, now)).await
    }
}

/// Puts a pending comment into the queue as it now is, and takes any other out.
pub(super) fn write(db: &Connection, comment: &Comment, new: bool) -> Result<(), StoreError> {
    let (site, id) = (comment.site.as_str(), comment.id.as_str());
    let entry = comment.queue_entry().filter(|_| comment.state == State::Pending);
    if !new {
        for table in ["queue", "queue_reasons", "queue_scores", "queue_votes"] {
            db.prepare_cached(&format!("DELETE FROM {table} WHERE site = ?1 AND comment_id = ?2"))?
                .execute([site, id])?;
        }
        if entry.is_none() {
            db.prepare_cached("DELETE FROM queue_skips WHERE site = ?1 AND comment_id = ?2")?.execute([site, id])?;
        }
    }
    let Some(entry) = entry else { return Ok(()) };
    db.prepare_cached(
        "INSERT INTO queue (site, comment_id, article_id, section, queued_ms, uncertain, harmful, language, role)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        site,
        id,
        comment.article_id.as_str(),
        entry.section,
        entry.queued_at.as_millisecond(),
        entry.priority.uncertain,
        entry.priority.harmful,
        entry.language,
        entry.role.as_ref().map_or("", Role::as_str),
    ])?;
    let mut reason =
        db.prepare_cached("INSERT OR IGNORE INTO queue_reasons (site, comment_id, code) VALUES (?1, ?2, ?3)")?;
    for code in &entry.reasons {
        reason.execute([site, id, code])?;
    }
    let mut kept =
        db.prepare_cached("INSERT INTO queue_scores (site, comment_id, attribute, score) VALUES (?1, ?2, ?3, ?4)")?;
    for (attribute, score) in comment.scores.iter() {
        if let Some(score) = score {
            kept.execute(params![site, id, attribute.name(), score])?;
        }
    }
    let mut voted = db.prepare_cached("INSERT INTO queue_votes (site, comment_id, holder) VALUES (?1, ?2, ?3)")?;
    for vote in &comment.votes {
        voted.execute([site, id, &vote.moderator])?;
    }
    Ok(())
}

fn page(db: &Connection, query: &WaitingQuery) -> Result<WaitingPage, StoreError> {
    let mut select = Select::through(db, &query.site, &query.filter, QueueOrder::Oldest)?;
    if let Some(after) = &query.after {
        let (queued_ms, id) = position(after)?;
        select.only("(q.queued_ms, q.comment_id) > (?, ?)", [Value::Integer(queued_ms), text(id)]);
    }
    // One more than asked for tells whether there are more.
    let mut found = select.run(db, query.limit.saturating_add(1))?;
    let more = found.len() > query.limit;
    found.truncate(query.limit);
    let next = found.last().filter(|_| more).map(|(id, queued_ms)| format!("{queued_ms} {id}"));
    let mut waiting = Vec::with_capacity(found.len());
    for (id, _) in found {
        let missing = || StoreError::Corrupt(format!("the queue names {id}, which is missing"));
        let comment = comment::get(db, &query.site, &id)?.ok_or_else(missing)?;
        let claim = lease::find(db, &query.site, &id)?.filter(|claim| claim.expires_at > query.now);
        waiting.push(WaitingComment { comment, claim });
    }
    Ok(WaitingPage { waiting, next })
}

/// Leases are few: one for each comment that somebody reads.
fn claims_of(
    db: &Connection,
    site: &SiteId,
    holder: &str,
    now: Timestamp,
) -> Result<Vec<(Claim, Comment)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT comment_id FROM leases WHERE site = ?1 AND holder = ?2 AND expires_ms > ?3 ORDER BY claimed_ms, token",
    )?;
    let ids = statement
        .query_map(params![site.as_str(), holder, now.as_millisecond()], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    let mut held = Vec::with_capacity(ids.len());
    for id in ids {
        let id = CommentId::parse(id).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        held.extend(lease::find(db, site, &id)?.zip(comment::get(db, site, &id)?));
    }
    Ok(held)
}

/// A place in the queue: since when a comment waits, and its id.
fn position(after: &str) -> Result<(i64, &str), StoreError> {
    let read = || {
        let (queued_ms, id) = after.split_once(' ')?;
        Some((queued_ms.parse().ok()?, id))
    };
    read().ok_or(StoreError::UnknownCursor)
}

fn skip(
    db: &Connection,
    site: &SiteId,
    id: &ClaimId,
    until: Timestamp,
    now: Timestamp,
) -> Result<Result<(), LeaseError>, StoreError> {
    let claim = match lease::named(id, lease::find(db, site, id.comment())?, now) {
        Ok(claim) => claim,
        Err(error) => return Ok(Err(error)),
    };
    lease::release(db, site, id)?;
    db.prepare_cached("DELETE FROM queue_skips WHERE until_ms <= ?1")?.execute([now.as_millisecond()])?;
    db.prepare_cached(
        "INSERT OR REPLACE INTO queue_skips (site, comment_id, holder, until_ms) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![site.as_str(), id.comment().as_str(), claim.holder, until.as_millisecond()])?;
    Ok(Ok(()))
}
