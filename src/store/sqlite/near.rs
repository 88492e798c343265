//! The index of nearly the same texts, see [`crate::store::near`].

use crate::comment::{Comment, Fingerprint};
use crate::store::near::{Count, KEPT, bands, is_kept};
use crate::store::{FactsQuery, StoreError};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// One comment in so many trims its bands.
const TRIMMED_BY: u64 = 16;

/// Moves a comment to where its text now belongs. To be called before its row is written: that row says
/// where it was.
pub(super) fn write(db: &Connection, comment: &Comment) -> Result<(), StoreError> {
    let (site, id) = (comment.site.as_str(), comment.id.as_str());
    let before: Option<Fingerprint> = db
        .prepare_cached("SELECT near, words FROM comments WHERE site = ?1 AND id = ?2")?
        .query_row([site, id], |row| {
            Ok(Fingerprint { exact: 0, near: row.get::<_, i64>(0)?.cast_unsigned(), words: row.get(1)? })
        })
        .optional()?;
    let after = Fingerprint { exact: 0, ..comment.fingerprint };
    if before == Some(after) {
        return Ok(());
    }
    let created_ms = comment.created_at.as_millisecond();
    if let Some(before) = before.filter(|before| is_kept(*before)) {
        let mut delete = db.prepare_cached(
            "DELETE FROM near_texts WHERE site = ?1 AND band = ?2 AND created_ms = ?3 AND comment_id = ?4",
        )?;
        for band in bands(before.near) {
            delete.execute(params![site, number(band), created_ms, id])?;
        }
    }
    if is_kept(after) {
        let mut insert = db.prepare_cached(
            "INSERT OR REPLACE INTO near_texts (site, band, created_ms, comment_id, near, words)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        // The newest stay: all that are older than the last of them go. To find that one takes a walk along a hundred, so it is
        // done for some comments only; what stands there longer is not looked at.
        let mut trim = db.prepare_cached(
            "DELETE FROM near_texts WHERE site = ?1 AND band = ?2 AND created_ms <
                 (SELECT created_ms FROM near_texts WHERE site = ?1 AND band = ?2
                  ORDER BY created_ms DESC, comment_id DESC LIMIT 1 OFFSET ?3)",
        )?;
        let trims = trims(id);
        for band in bands(after.near) {
            insert.execute(params![site, number(band), created_ms, id, after.near.cast_signed(), after.words])?;
            if trims {
                trim.execute(params![site, number(band), i64::try_from(KEPT - 1).unwrap_or(i64::MAX)])?;
            }
        }
    }
    Ok(())
}

/// Whether a comment's bands are trimmed as it comes: for one in [`TRIMMED_BY`], drawn from its id, so that nobody who sends the
/// same text again and again can keep them from it.
fn trims(id: &str) -> bool {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish().is_multiple_of(TRIMMED_BY)
}

/// How many comments have nearly the text asked about.
pub(super) fn count(db: &Connection, query: &FactsQuery) -> Result<u64, StoreError> {
    let Some(nearness) = query.near.filter(|near| query.fingerprint.words >= near.min_words) else { return Ok(0) };
    let mut count = Count::new(query.fingerprint, nearness, &query.comment);
    let mut statement = db.prepare_cached(
        "SELECT comment_id, near, words FROM near_texts
         WHERE site = ?1 AND band = ?2 AND created_ms > ?3 AND created_ms <= ?4
         ORDER BY created_ms DESC, comment_id DESC LIMIT ?5",
    )?;
    let until = query.created_at.as_millisecond();
    let from = until - FactsQuery::SAME_TEXT_WINDOW_MS;
    let limit = i64::try_from(KEPT).unwrap_or(i64::MAX);
    for band in bands(query.fingerprint.near) {
        let mut rows = statement.query(params![query.site.as_str(), number(band), from, until, limit])?;
        while let Some(row) = rows.next()? {
            let id = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            count.look_at(id, row.get::<_, i64>(1)?.cast_unsigned(), row.get(2)?);
        }
    }
    Ok(count.total())
}

/// A band and its value as one number.
fn number((band, value): (u8, u8)) -> u16 {
    u16::from_be_bytes([band, value])
}
