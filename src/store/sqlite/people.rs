//! Accounts of people, their sessions, and attempts to sign in.

use super::SqliteStore;
use super::index::{docs, one_doc, to_doc};
use super::lease::from_ms;
use crate::comment::{AttemptSubject, Moderator, ModeratorName, Session, SessionHash, SiteId, Timestamp};
use crate::store::StoreError;
use crate::store::moderator::{MAX_SESSIONS, Moderators, waits_until};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};

#[async_trait]
impl Moderators for SqliteStore {
    async fn put_moderator(&self, moderator: &Moderator) -> Result<bool, StoreError> {
        let moderator = moderator.clone();
        self.writer.run(move |db| put_moderator(db, &moderator)).await
    }

    async fn moderator(&self, site: &SiteId, name: &ModeratorName) -> Result<Option<Moderator>, StoreError> {
        let (site, key) = (site.clone(), name.key());
        let sql = "SELECT doc FROM moderators WHERE site = ?1 AND key = ?2";
        self.readers.run(move |db| one_doc(db, sql, [site.as_str(), &key])).await
    }

    async fn moderators(&self, site: &SiteId) -> Result<Vec<Moderator>, StoreError> {
        let site = site.clone();
        let sql = "SELECT doc FROM moderators WHERE site = ?1 ORDER BY key";
        self.readers.run(move |db| docs(db, sql, [site.as_str()])).await
    }

    async fn put_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError> {
        let session = session.clone();
        self.writer.run(move |db| put_session(db, &session, now)).await
    }

    async fn touch_session(&self, session: &Session) -> Result<bool, StoreError> {
        let session = session.clone();
        self.writer.run(move |db| touch_session(db, &session)).await
    }

    async fn session(&self, site: &SiteId, hash: &SessionHash) -> Result<Option<Session>, StoreError> {
        let (site, hash) = (site.clone(), hash.clone());
        let sql = "SELECT doc FROM sessions WHERE site = ?1 AND hash = ?2";
        self.readers.run(move |db| one_doc(db, sql, [site.as_str(), hash.as_str()])).await
    }

    async fn sessions(&self, site: &SiteId, name: &ModeratorName) -> Result<Vec<Session>, StoreError> {
        let (site, key) = (site.clone(), name.key());
        let sql = "SELECT doc FROM sessions WHERE site = ?1 AND moderator = ?2 ORDER BY ends_ms, hash";
        self.readers.run(move |db| docs(db, sql, [site.as_str(), &key])).await
    }

    async fn end_session(&self, site: &SiteId, hash: &SessionHash) -> Result<bool, StoreError> {
        let (site, hash) = (site.clone(), hash.clone());
        let end = move |db: &Connection| {
            let mut delete = db.prepare_cached("DELETE FROM sessions WHERE site = ?1 AND hash = ?2")?;
            Ok(delete.execute([site.as_str(), hash.as_str()])? > 0)
        };
        self.writer.run(end).await
    }

    async fn begin_attempt(
        &self,
        site: &SiteId,
        subjects: &[AttemptSubject],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (site, subjects) = (site.clone(), subjects.to_vec());
        self.writer.run(move |db| begin_attempt(db, &site, &subjects, now)).await
    }

    async fn forget_attempts(&self, site: &SiteId, subject: &AttemptSubject) -> Result<(), StoreError> {
        let (site, subject) = (site.clone(), subject.clone());
        let forget = move |db: &Connection| {
            let mut delete = db.prepare_cached("DELETE FROM attempts WHERE site = ?1 AND subject = ?2")?;
            delete.execute([site.as_str(), subject.as_str()])?;
            Ok(())
        };
        self.writer.run(forget).await
    }
}

fn put_moderator(db: &Connection, moderator: &Moderator) -> Result<bool, StoreError> {
    let (site, key, doc) = (moderator.site.as_str(), moderator.name.key(), to_doc(moderator)?);
    let found: Option<(u64, String)> = db
        .prepare_cached("SELECT version, doc FROM moderators WHERE site = ?1 AND key = ?2")?
        .query_row([site, &key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let version = match found {
        Some((_, standing)) if standing == doc => return Ok(true),
        Some((version, _)) => version,
        None => 0,
    };
    if version + 1 != moderator.version {
        return Ok(false);
    }
    db.prepare_cached("INSERT OR REPLACE INTO moderators (site, key, version, doc) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![site, key, moderator.version, doc])?;
    Ok(true)
}

fn put_session(db: &Connection, session: &Session, now: Timestamp) -> Result<(), StoreError> {
    let (site, moderator) = (session.site.as_str(), session.moderator.key());
    let ends_ms = session.ends_at.as_millisecond();
    db.prepare_cached(
        "INSERT OR REPLACE INTO sessions (site, hash, moderator, ends_ms, doc) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![site, session.hash.as_str(), moderator, ends_ms, to_doc(session)?])?;
    db.prepare_cached(
        "DELETE FROM sessions WHERE site = ?1 AND moderator = ?2 AND (ends_ms <= ?3 OR hash IN
             (SELECT hash FROM sessions WHERE site = ?1 AND moderator = ?2 ORDER BY ends_ms DESC, hash DESC
              LIMIT -1 OFFSET ?4))",
    )?
    .execute(params![site, moderator, now.as_millisecond(), i64::try_from(MAX_SESSIONS).unwrap_or(i64::MAX)])?;
    Ok(())
}

fn touch_session(db: &Connection, session: &Session) -> Result<bool, StoreError> {
    let written = db.prepare_cached("UPDATE sessions SET doc = ?3 WHERE site = ?1 AND hash = ?2")?.execute(params![
        session.site.as_str(),
        session.hash.as_str(),
        to_doc(session)?
    ])?;
    Ok(written > 0)
}

fn begin_attempt(
    db: &Connection,
    site: &SiteId,
    subjects: &[AttemptSubject],
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let now_ms = now.as_millisecond();
    let oldest = now_ms - AttemptSubject::FORGET_MS;
    db.prepare_cached("DELETE FROM attempts WHERE at_ms <= ?1")?.execute([oldest])?;
    let mut waits = None;
    for subject in subjects {
        let found: Option<(u64, i64)> = db
            .prepare_cached("SELECT failures, at_ms FROM attempts WHERE site = ?1 AND subject = ?2")?
            .query_row([site.as_str(), subject.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (failures, last_ms) = found.unwrap_or((0, now_ms));
        waits = waits.max(waits_until(subject, failures, last_ms, now_ms));
    }
    if let Some(until) = waits {
        return Ok(Some(from_ms(until)?));
    }
    for subject in subjects {
        db.prepare_cached(
            "INSERT INTO attempts (site, subject, failures, at_ms) VALUES (?1, ?2, 1, ?3)
             ON CONFLICT (site, subject) DO UPDATE SET failures = failures + 1, at_ms = ?3",
        )?
        .execute(params![site.as_str(), subject.as_str(), now_ms])?;
    }
    Ok(None)
}
