//! What platforms say that scores should have been.

use super::index::to_doc;
use super::log::parse_cursor;
use crate::comment::{Correction, SiteId};
use crate::store::{CorrectionPage, StoreError};
use rusqlite::{Connection, OptionalExtension as _, params};

pub(super) fn put(db: &Connection, site: &SiteId, correction: &Correction, keep: u32) -> Result<(), StoreError> {
    let key = params![site.as_str(), correction.id.as_str()];
    let before: Option<String> = db
        .prepare_cached("SELECT doc FROM corrections WHERE site = ?1 AND id = ?2")?
        .query_row(key, |row| row.get(0))
        .optional()?;
    if let Some(before) = before {
        let doc = to_doc(&correction.over(&serde_json::from_str(&before)?))?;
        db.prepare_cached("UPDATE corrections SET doc = ?3 WHERE site = ?1 AND id = ?2")?.execute(params![
            site.as_str(),
            correction.id.as_str(),
            doc
        ])?;
        return Ok(());
    }
    let last: i64 = db
        .prepare_cached("SELECT coalesce(max(place), 0) FROM corrections WHERE site = ?1")?
        .query_row([site.as_str()], |row| row.get(0))?;
    db.prepare_cached("INSERT INTO corrections (site, place, id, doc) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        site.as_str(),
        last + 1,
        correction.id.as_str(),
        to_doc(correction)?
    ])?;
    // Places have no gaps but at the front, so nobody needs to count.
    db.prepare_cached("DELETE FROM corrections WHERE site = ?1 AND place <= ?2")?
        .execute(params![site.as_str(), last + 1 - i64::from(keep)])?;
    Ok(())
}

/// A cursor is the place of the last correction read.
pub(super) fn page(
    db: &Connection,
    site: &SiteId,
    after: Option<&str>,
    limit: usize,
) -> Result<CorrectionPage, StoreError> {
    let after = after.map_or(Ok(0), parse_cursor)?;
    let mut statement =
        db.prepare_cached("SELECT place, doc FROM corrections WHERE site = ?1 AND place > ?2 ORDER BY place LIMIT ?3")?;
    let mut rows = statement.query(params![site.as_str(), after, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let (mut corrections, mut last): (Vec<Correction>, i64) = (Vec::new(), after);
    while let Some(row) = rows.next()? {
        last = row.get(0)?;
        corrections.push(serde_json::from_str(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?);
    }
    let next = (corrections.len() == limit).then(|| last.to_string());
    Ok(CorrectionPage { corrections, next })
}
