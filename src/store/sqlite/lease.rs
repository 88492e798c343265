//! Leases on pending comments.

use crate::comment::{Claim, ClaimId, CommentId, SiteId, Timestamp};
use crate::store::{Conflict, Lease, LeaseError, StoreError};
use crate::telemetry::metric::LEASES_EXPIRED;
use rusqlite::{Connection, OptionalExtension as _, params};

/// The lease on a comment, live or expired.
pub(super) fn find(db: &Connection, site: &SiteId, comment: &CommentId) -> Result<Option<Claim>, StoreError> {
    let row = db
        .prepare_cached("SELECT token, holder, claimed_ms, expires_ms FROM leases WHERE site = ?1 AND comment_id = ?2")?
        .query_row([site.as_str(), comment.as_str()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((token, holder, claimed_ms, expires_ms)) = row else { return Ok(None) };
    let token = uuid::Uuid::parse_str(&token).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    Ok(Some(Claim {
        id: ClaimId::new(token, comment.clone()),
        holder,
        claimed_at: from_ms(claimed_ms)?,
        expires_at: from_ms(expires_ms)?,
    }))
}

pub(super) fn from_ms(ms: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(|e| StoreError::Corrupt(e.to_string()))
}

/// Why the lease forbids a step, if it does.
pub(super) fn conflict(
    db: &Connection,
    site: &SiteId,
    comment: &CommentId,
    lease: &Lease,
    now: Timestamp,
) -> Result<Option<Conflict>, StoreError> {
    let Lease::Held { holder, claim } = lease else { return Ok(None) };
    let found = find(db, site, comment)?;
    Ok(match (claim, found) {
        (Some(claim), found) => named(claim, found, now).err().map(Conflict::Lease),
        (None, Some(found)) if found.holder != *holder && found.expires_at > now => Some(Conflict::Held(found)),
        (None, _) => None,
    })
}

/// The lease a claim names, if it is live.
pub(super) fn named(claim: &ClaimId, found: Option<Claim>, now: Timestamp) -> Result<Claim, LeaseError> {
    match found {
        Some(found) if found.id == *claim && found.expires_at > now => Ok(found),
        Some(found) if found.id == *claim => Err(LeaseError::Expired),
        _ => Err(LeaseError::Unknown),
    }
}

/// Leases a comment that nobody holds; a lease on it that is still there has run out.
pub(super) fn grant(db: &Connection, site: &SiteId, claim: &Claim) -> Result<(), StoreError> {
    if find(db, site, claim.id.comment())?.is_some() {
        LEASES_EXPIRED.counter(&[]).increment(1);
    }
    put(db, site, claim)
}

fn put(db: &Connection, site: &SiteId, claim: &Claim) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO leases (site, comment_id, token, holder, claimed_ms, expires_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        site.as_str(),
        claim.id.comment().as_str(),
        claim.id.token(),
        claim.holder,
        claim.claimed_at.as_millisecond(),
        claim.expires_at.as_millisecond()
    ])?;
    Ok(())
}

pub(super) fn extend(
    db: &Connection,
    site: &SiteId,
    id: &ClaimId,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Result<Claim, LeaseError>, StoreError> {
    match named(id, find(db, site, id.comment())?, now) {
        Err(error) => Ok(Err(error)),
        Ok(claim) => {
            let claim = Claim { expires_at, ..claim };
            put(db, site, &claim)?;
            Ok(Ok(claim))
        }
    }
}

pub(super) fn release(db: &Connection, site: &SiteId, id: &ClaimId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM leases WHERE site = ?1 AND comment_id = ?2 AND token = ?3")?.execute([
        site.as_str(),
        id.comment().as_str(),
        id.token(),
    ])?;
    Ok(())
}
