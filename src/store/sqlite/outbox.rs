//! What webhook endpoints have been told, and what they wait for.

use super::SqliteStore;
use super::index::to_doc;
use super::lease::from_ms;
use crate::comment::Timestamp;
use crate::store::{
    DeadLetter, DeadLetterPage, Delivery, DuePage, Outbox, OutboxId, OutboxLease, OutboxStanding, OutboxState, Replay,
    Settlement, StoreError,
};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};

#[async_trait]
impl Outbox for SqliteStore {
    async fn take_outbox(
        &self,
        lease: &OutboxLease,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Result<(), Timestamp>, StoreError> {
        let lease = lease.clone();
        self.writer.run(move |db| take(db, &lease, expires_at, now)).await
    }

    async fn keep_outbox(&self, lease: &OutboxLease, expires_at: Timestamp) -> Result<bool, StoreError> {
        let lease = lease.clone();
        self.writer.run(move |db| keep(db, &lease, Some(expires_at))).await
    }

    async fn leave_outbox(&self, lease: &OutboxLease) -> Result<(), StoreError> {
        let lease = lease.clone();
        self.writer.run(move |db| keep(db, &lease, None).map(drop)).await
    }

    async fn outbox(&self, id: &OutboxId) -> Result<OutboxState, StoreError> {
        let id = id.clone();
        self.readers.run(move |db| state(db, &id)).await
    }

    async fn settle(&self, lease: &OutboxLease, settlement: &Settlement) -> Result<bool, StoreError> {
        let (lease, settlement) = (lease.clone(), settlement.clone());
        self.writer.run(move |db| settle(db, &lease, &settlement)).await
    }

    async fn due(&self, id: &OutboxId, now: Timestamp, limit: usize) -> Result<DuePage, StoreError> {
        let id = id.clone();
        self.readers.run(move |db| due(db, &id, now, limit)).await
    }

    async fn dead_letters(
        &self,
        id: &OutboxId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DeadLetterPage, StoreError> {
        let id = id.clone();
        let after = after.map(read_cursor).transpose()?;
        self.readers.run(move |db| dead_letters(db, &id, after, limit)).await
    }

    async fn replay(&self, id: &OutboxId, which: &Replay, now: Timestamp) -> Result<u64, StoreError> {
        let (id, which) = (id.clone(), which.clone());
        self.writer.run(move |db| replay(db, &id, &which, now)).await
    }

    async fn put_outbox_standing(&self, id: &OutboxId, standing: &OutboxStanding) -> Result<bool, StoreError> {
        let (id, standing) = (id.clone(), standing.clone());
        self.writer.run(move |db| put_standing(db, &id, &standing)).await
    }
}

fn take(
    db: &Connection,
    lease: &OutboxLease,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Result<(), Timestamp>, StoreError> {
    let id = &lease.outbox;
    db.prepare_cached("INSERT OR IGNORE INTO outboxes (site, endpoint) VALUES (?1, ?2)")?
        .execute([id.site.as_str(), id.endpoint.as_str()])?;
    let taken = db
        .prepare_cached(
            "UPDATE outboxes SET token = ?3, expires_ms = ?4
             WHERE site = ?1 AND endpoint = ?2 AND (token IS NULL OR token = ?3 OR expires_ms <= ?5)",
        )?
        .execute(params![
            id.site.as_str(),
            id.endpoint.as_str(),
            lease.token.to_string(),
            expires_at.as_millisecond(),
            now.as_millisecond()
        ])?;
    if taken > 0 {
        return Ok(Ok(()));
    }
    let until = db
        .prepare_cached("SELECT expires_ms FROM outboxes WHERE site = ?1 AND endpoint = ?2")?
        .query_row([id.site.as_str(), id.endpoint.as_str()], |row| row.get(0))?;
    Ok(Err(from_ms(until)?))
}

/// Writes until when a lease lasts, `None`: it is over; answers whether it was still this one.
fn keep(db: &Connection, lease: &OutboxLease, expires_at: Option<Timestamp>) -> Result<bool, StoreError> {
    let (id, token) = (&lease.outbox, lease.token.to_string());
    let kept = db
        .prepare_cached(
            "UPDATE outboxes SET token = iif(?4 IS NULL, NULL, token), expires_ms = ?4
             WHERE site = ?1 AND endpoint = ?2 AND token = ?3",
        )?
        .execute(params![id.site.as_str(), id.endpoint.as_str(), token, expires_at.map(Timestamp::as_millisecond)])?;
    Ok(kept > 0)
}

fn state(db: &Connection, id: &OutboxId) -> Result<OutboxState, StoreError> {
    let key = [id.site.as_str(), id.endpoint.as_str()];
    let row = db
        .prepare_cached("SELECT cursor, standing, expires_ms FROM outboxes WHERE site = ?1 AND endpoint = ?2")?
        .query_row(key, |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<i64>>(2)?)))
        .optional()?;
    let (cursor, standing, expires_ms) = row.unwrap_or_default();
    let (waiting, oldest): (u64, Option<i64>) = db
        .prepare_cached("SELECT count(*), min(happened_ms) FROM deliveries WHERE site = ?1 AND endpoint = ?2")?
        .query_row(key, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let dead = db
        .prepare_cached("SELECT count(*) FROM dead_letters WHERE site = ?1 AND endpoint = ?2")?
        .query_row(key, |row| row.get(0))?;
    Ok(OutboxState {
        cursor,
        standing: standing.map(|doc| serde_json::from_str(&doc)).transpose()?.unwrap_or_default(),
        waiting,
        oldest_waiting: oldest.map(from_ms).transpose()?,
        dead,
        leased_until: expires_ms.map(from_ms).transpose()?,
    })
}

fn settle(db: &Connection, lease: &OutboxLease, settlement: &Settlement) -> Result<bool, StoreError> {
    let id = &lease.outbox;
    let held = db
        .prepare_cached("SELECT 1 FROM outboxes WHERE site = ?1 AND endpoint = ?2 AND token = ?3")?
        .exists([id.site.as_str(), id.endpoint.as_str(), &lease.token.to_string()])?;
    if !held {
        return Ok(false);
    }
    if let Some(cursor) = &settlement.cursor {
        db.prepare_cached("UPDATE outboxes SET cursor = ?3 WHERE site = ?1 AND endpoint = ?2")?.execute([
            id.site.as_str(),
            id.endpoint.as_str(),
            cursor,
        ])?;
    }
    for delivery in &settlement.waiting {
        put(db, id, delivery)?;
    }
    for over in settlement.delivered.iter().chain(settlement.dead.iter().map(|letter| &letter.delivery)) {
        db.prepare_cached(
            "DELETE FROM deliveries WHERE site = ?1 AND endpoint = ?2 AND comment_id = ?3 AND version = ?4",
        )?
        .execute(params![id.site.as_str(), id.endpoint.as_str(), over.comment.as_str(), over.version])?;
    }
    if !settlement.dead.is_empty() {
        bury(db, id, settlement)?;
    }
    if let Some(standing) = &settlement.standing {
        put_standing(db, id, standing)?;
    }
    Ok(true)
}

fn put(db: &Connection, id: &OutboxId, delivery: &Delivery) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO deliveries (site, endpoint, comment_id, version, due_ms, happened_ms, doc)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        id.site.as_str(),
        id.endpoint.as_str(),
        delivery.comment.as_str(),
        delivery.version,
        delivery.due_at.as_millisecond(),
        delivery.happened_at.as_millisecond(),
        to_doc(delivery)?
    ])?;
    Ok(())
}

/// Keeps dead letters, and forgets those that are too old or too many.
fn bury(db: &Connection, id: &OutboxId, settlement: &Settlement) -> Result<(), StoreError> {
    let key = (id.site.as_str(), id.endpoint.as_str());
    for letter in &settlement.dead {
        db.prepare_cached(
            "INSERT OR REPLACE INTO dead_letters (site, endpoint, died_ms, event_id, doc) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            key.0,
            key.1,
            letter.died_at.as_millisecond(),
            letter.delivery.event_id,
            to_doc(letter)?
        ])?;
    }
    let (newest, since) = settlement.keep_dead;
    db.prepare_cached("DELETE FROM dead_letters WHERE site = ?1 AND endpoint = ?2 AND died_ms < ?3")?
        .execute(params![key.0, key.1, since.as_millisecond()])?;
    db.prepare_cached(
        "DELETE FROM dead_letters WHERE rowid IN (SELECT rowid FROM dead_letters WHERE site = ?1 AND endpoint = ?2
         ORDER BY died_ms DESC, event_id DESC LIMIT -1 OFFSET ?3)",
    )?
    .execute(params![key.0, key.1, newest])?;
    Ok(())
}

fn put_standing(db: &Connection, id: &OutboxId, standing: &OutboxStanding) -> Result<bool, StoreError> {
    let written = db
        .prepare_cached(
            "INSERT INTO outboxes (site, endpoint, standing) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET standing = ?3 WHERE coalesce(json_extract(standing, '$.revision'), 0) = ?4",
        )?
        .execute(params![
            id.site.as_str(),
            id.endpoint.as_str(),
            to_doc(standing)?,
            standing.revision.saturating_sub(1)
        ])?;
    Ok(written > 0)
}

/// What keeps a delivery from being the first of its comment.
const FIRST: &str = "NOT EXISTS (SELECT 1 FROM deliveries f WHERE f.site = d.site AND f.endpoint = d.endpoint
    AND f.comment_id = d.comment_id AND f.version < d.version)";

fn due(db: &Connection, id: &OutboxId, now: Timestamp, limit: usize) -> Result<DuePage, StoreError> {
    let (site, endpoint, now) = (id.site.as_str(), id.endpoint.as_str(), now.as_millisecond());
    let mut statement = db.prepare_cached(&format!(
        "SELECT doc FROM deliveries d WHERE site = ?1 AND endpoint = ?2 AND due_ms <= ?3 AND {FIRST}
         ORDER BY due_ms, happened_ms, comment_id LIMIT ?4"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![site, endpoint, now, limit])?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        deliveries.push(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?);
    }
    let next: Option<i64> = db
        .prepare_cached(&format!(
            "SELECT due_ms FROM deliveries d WHERE site = ?1 AND endpoint = ?2 AND due_ms > ?3 AND {FIRST}
             ORDER BY due_ms LIMIT 1"
        ))?
        .query_row(params![site, endpoint, now], |row| row.get(0))
        .optional()?;
    Ok(DuePage { deliveries, next: next.map(from_ms).transpose()? })
}

/// A cursor is `DIED_MS EVENT_ID` of the last letter read.
fn read_cursor(cursor: &str) -> Result<(i64, String), StoreError> {
    let (died_ms, event_id) = cursor.split_once(' ').ok_or(StoreError::UnknownCursor)?;
    Ok((died_ms.parse().map_err(|_| StoreError::UnknownCursor)?, event_id.to_owned()))
}

fn dead_letters(
    db: &Connection,
    id: &OutboxId,
    after: Option<(i64, String)>,
    limit: usize,
) -> Result<DeadLetterPage, StoreError> {
    let (died_ms, event_id) = after.unwrap_or((i64::MIN, String::new()));
    let mut statement = db.prepare_cached(
        "SELECT doc FROM dead_letters WHERE site = ?1 AND endpoint = ?2 AND (died_ms, event_id) > (?3, ?4)
         ORDER BY died_ms, event_id LIMIT ?5",
    )?;
    let limit_rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![id.site.as_str(), id.endpoint.as_str(), died_ms, event_id, limit_rows])?;
    let mut dead: Vec<DeadLetter> = Vec::new();
    while let Some(row) = rows.next()? {
        dead.push(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?);
    }
    let last = dead.last().filter(|_| dead.len() == limit);
    let next = last.map(|letter| format!("{} {}", letter.died_at.as_millisecond(), letter.delivery.event_id));
    Ok(DeadLetterPage { dead, next })
}

fn replay(db: &Connection, id: &OutboxId, which: &Replay, now: Timestamp) -> Result<u64, StoreError> {
    let one = match which {
        Replay::All => None,
        Replay::One(event_id) => Some(event_id),
    };
    let mut statement = db.prepare_cached(
        "DELETE FROM dead_letters WHERE site = ?1 AND endpoint = ?2 AND (?3 IS NULL OR event_id = ?3) RETURNING doc",
    )?;
    let docs = statement.query_map(params![id.site.as_str(), id.endpoint.as_str(), one], |row| row.get(0))?;
    let docs = docs.collect::<Result<Vec<String>, _>>()?;
    for doc in &docs {
        put(db, id, &serde_json::from_str::<DeadLetter>(doc)?.again(now))?;
    }
    Ok(docs.len() as u64)
}
