//! Decisions of the machine's that were drawn to be judged by people.

use super::SqliteStore;
use super::index::{docs, one_doc, to_doc};
use crate::comment::{Audit, AuditId, AuditOutcome, CommentId, SiteId, Timestamp};
use crate::store::StoreError;
use crate::store::audits::{AuditClaim, AuditPage, AuditSettled, AuditTerm, Audits};
use async_trait::async_trait;
use rusqlite::{Connection, params};

#[async_trait]
impl Audits for SqliteStore {
    async fn put_audit(&self, site: &SiteId, audit: &Audit) -> Result<(), StoreError> {
        let (site, audit) = (site.clone(), audit.clone());
        self.writer.run(move |db| put(db, &site, &audit)).await
    }

    async fn audit_named(&self, site: &SiteId, id: &AuditId) -> Result<Option<Audit>, StoreError> {
        let (site, id) = (site.clone(), id.clone());
        self.readers.run(move |db| named(db, &site, &id)).await
    }

    async fn claim_audit(&self, claim: &AuditClaim) -> Result<Option<Audit>, StoreError> {
        let of = claim.clone();
        // Looking costs no commit; mostly there is nothing to hand out.
        if self.readers.run(move |db| next(db, &of)).await?.is_none() {
            return Ok(None);
        }
        let claim = claim.clone();
        self.writer.run(move |db| lease(db, &claim)).await
    }

    async fn pass_audit(
        &self,
        site: &SiteId,
        id: &AuditId,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (site, id, holder) = (site.clone(), id.clone(), holder.to_owned());
        self.writer.run(move |db| pass(db, &site, &id, &holder, until, now)).await
    }

    async fn settle_audit(
        &self,
        site: &SiteId,
        id: &AuditId,
        outcome: &AuditOutcome,
    ) -> Result<AuditSettled, StoreError> {
        let (site, id, outcome) = (site.clone(), id.clone(), outcome.clone());
        self.writer.run(move |db| settle(db, &site, &id, outcome)).await
    }

    async fn audits(
        &self,
        site: &SiteId,
        from: Timestamp,
        after: Option<&str>,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        let (site, after) = (site.clone(), after.map(position).transpose()?);
        self.readers.run(move |db| page(db, &site, from, after, limit)).await
    }

    async fn audits_waiting(&self, site: &SiteId) -> Result<u64, StoreError> {
        let site = site.clone();
        let count = move |db: &Connection| {
            let mut statement = db.prepare_cached("SELECT count(*) FROM audits WHERE site = ?1 AND waits = 1")?;
            Ok(statement.query_row([site.as_str()], |row| row.get(0))?)
        };
        self.readers.run(count).await
    }

    async fn forget_audits(&self, site: &SiteId, comment: &CommentId, version: u64) -> Result<u64, StoreError> {
        let (site, comment) = (site.clone(), comment.clone());
        let delete = move |db: &Connection| {
            let of = params![site.as_str(), comment.as_str(), version.cast_signed()];
            db.prepare_cached("DELETE FROM audit_skips WHERE site = ?1 AND comment_id = ?2 AND version <= ?3")?
                .execute(of)?;
            let waiting = "DELETE FROM audits WHERE site = ?1 AND comment_id = ?2 AND version <= ?3 AND waits = 1";
            Ok(db.prepare_cached(waiting)?.execute(of)? as u64)
        };
        self.writer.run(delete).await
    }

    async fn trim_audits(&self, site: &SiteId, term: &AuditTerm, limit: usize) -> Result<u64, StoreError> {
        let (of, term) = (site.clone(), *term);
        let goes = move |db: &Connection| {
            let mut statement = db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM audits WHERE site = ?1 AND at_ms < ?2)
                     OR EXISTS (SELECT 1 FROM audits WHERE site = ?1 AND waits = 1 AND at_ms < ?3)
                     OR (SELECT count(*) FROM audits WHERE site = ?1) > ?4",
            )?;
            let (before, waiting) = (term.before.as_millisecond(), term.waiting_before.as_millisecond());
            Ok(statement.query_row(params![of.as_str(), before, waiting, whole(term.keep)], |row| row.get(0))?)
        };
        // Looking costs no commit; mostly there is nothing to do.
        let some: bool = self.readers.run(goes).await?;
        if !some {
            return Ok(0);
        }
        let site = site.clone();
        self.writer.run(move |db| trim(db, &site, &term, limit)).await
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn put(db: &Connection, site: &SiteId, audit: &Audit) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO audits (site, comment_id, version, draw, at_ms, waits, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        site.as_str(),
        audit.comment_id.as_str(),
        audit.version.cast_signed(),
        audit.draw,
        audit.at.as_millisecond(),
        audit.outcome.is_none(),
        to_doc(audit)?,
    ])?;
    Ok(())
}

fn named(db: &Connection, site: &SiteId, id: &AuditId) -> Result<Option<Audit>, StoreError> {
    let sql = "SELECT doc FROM audits WHERE site = ?1 AND comment_id = ?2 AND version = ?3";
    one_doc(db, sql, params![site.as_str(), id.comment.as_str(), id.version.cast_signed()])
}

/// The next one for a holder, if there is any.
fn next(db: &Connection, claim: &AuditClaim) -> Result<Option<Audit>, StoreError> {
    let sql = "SELECT doc FROM audits AS a
        WHERE site = ?1 AND waits = 1 AND at_ms <= ?2 AND (holder IS NULL OR holder = ?3 OR expires_ms <= ?4)
          AND NOT EXISTS (SELECT 1 FROM audit_skips AS s WHERE s.site = a.site AND s.comment_id = a.comment_id
                          AND s.version = a.version AND s.holder = ?3 AND s.until_ms > ?4)
        ORDER BY draw, comment_id, version LIMIT 1";
    let (until, now) = (claim.until.as_millisecond(), claim.now.as_millisecond());
    one_doc(db, sql, params![claim.site.as_str(), until, claim.holder, now])
}

fn lease(db: &Connection, claim: &AuditClaim) -> Result<Option<Audit>, StoreError> {
    let Some(audit) = next(db, claim)? else { return Ok(None) };
    db.prepare_cached(
        "UPDATE audits SET holder = ?4, expires_ms = ?5 WHERE site = ?1 AND comment_id = ?2 AND version = ?3",
    )?
    .execute(params![
        claim.site.as_str(),
        audit.comment_id.as_str(),
        audit.version.cast_signed(),
        claim.holder,
        claim.expires_at.as_millisecond()
    ])?;
    Ok(Some(audit))
}

fn pass(
    db: &Connection,
    site: &SiteId,
    id: &AuditId,
    holder: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (comment, version) = (id.comment.as_str(), id.version.cast_signed());
    db.prepare_cached("DELETE FROM audit_skips WHERE until_ms <= ?1")?.execute([now.as_millisecond()])?;
    db.prepare_cached(
        "INSERT OR REPLACE INTO audit_skips (site, comment_id, version, holder, until_ms)
         SELECT site, comment_id, version, ?4, ?5 FROM audits
         WHERE site = ?1 AND comment_id = ?2 AND version = ?3 AND waits = 1",
    )?
    .execute(params![site.as_str(), comment, version, holder, until.as_millisecond()])?;
    db.prepare_cached(
        "UPDATE audits SET holder = NULL, expires_ms = NULL
         WHERE site = ?1 AND comment_id = ?2 AND version = ?3 AND holder = ?4",
    )?
    .execute(params![site.as_str(), comment, version, holder])?;
    Ok(())
}

fn settle(db: &Connection, site: &SiteId, id: &AuditId, outcome: AuditOutcome) -> Result<AuditSettled, StoreError> {
    let Some(audit) = named(db, site, id)? else { return Ok(AuditSettled::Unknown) };
    match audit.outcome {
        Some(before) if before == outcome => return Ok(AuditSettled::Done),
        Some(before) => return Ok(AuditSettled::Before(before)),
        None => {}
    }
    let doc = to_doc(&Audit { outcome: Some(outcome), ..audit })?;
    let of = params![site.as_str(), id.comment.as_str(), id.version.cast_signed(), doc];
    db.prepare_cached(
        "UPDATE audits SET doc = ?4, waits = 0, holder = NULL, expires_ms = NULL
         WHERE site = ?1 AND comment_id = ?2 AND version = ?3",
    )?
    .execute(of)?;
    db.prepare_cached("DELETE FROM audit_skips WHERE site = ?1 AND comment_id = ?2 AND version = ?3")?
        .execute(params![site.as_str(), id.comment.as_str(), id.version.cast_signed()])?;
    Ok(AuditSettled::Done)
}

/// A cursor says when the last decision read was made, and names it.
type Position = (i64, AuditId);

fn position(after: &str) -> Result<Position, StoreError> {
    let read = || {
        let (at_ms, id) = after.split_once(' ')?;
        Some((at_ms.parse().ok()?, AuditId::parse(id).ok()?))
    };
    read().ok_or(StoreError::UnknownCursor)
}

fn page(
    db: &Connection,
    site: &SiteId,
    from: Timestamp,
    after: Option<Position>,
    limit: usize,
) -> Result<AuditPage, StoreError> {
    // Before every comment's id stands the empty one.
    let (at_ms, comment, version) = match after {
        Some((at_ms, id)) => (at_ms, id.comment.to_string(), id.version.cast_signed()),
        None => (from.as_millisecond(), String::new(), 0),
    };
    let sql = "SELECT doc FROM audits WHERE site = ?1 AND (at_ms, comment_id, version) > (?2, ?3, ?4)
        ORDER BY at_ms, comment_id, version LIMIT ?5";
    let audits: Vec<Audit> = docs(db, sql, params![site.as_str(), at_ms, comment, version, whole(limit)])?;
    let last = audits.last().filter(|_| audits.len() == limit);
    let next = last.map(|audit| format!("{} {}", audit.at.as_millisecond(), audit.id()));
    Ok(AuditPage { audits, next })
}

fn trim(db: &Connection, site: &SiteId, term: &AuditTerm, limit: usize) -> Result<u64, StoreError> {
    let drop = |which: &str, before_ms: i64, most: i64| -> Result<u64, StoreError> {
        let delete = format!(
            "DELETE FROM audits WHERE rowid IN
                 (SELECT rowid FROM audits WHERE site = ?1 AND at_ms < ?2 {which} ORDER BY at_ms, comment_id, version LIMIT ?3)"
        );
        Ok(db.prepare_cached(&delete)?.execute(params![site.as_str(), before_ms, most])? as u64)
    };
    let mut gone = drop("", term.before.as_millisecond(), whole(limit))?;
    gone += drop("AND waits = 1", term.waiting_before.as_millisecond(), whole(limit))?;
    let count = "SELECT count(*) FROM audits WHERE site = ?1";
    let kept: i64 = db.prepare_cached(count)?.query_row([site.as_str()], |row| row.get(0))?;
    gone += drop("", i64::MAX, (kept - whole(term.keep)).clamp(0, whole(limit)))?;
    Ok(gone)
}
