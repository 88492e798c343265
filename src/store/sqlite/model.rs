//! A site's own models, what their shadows would have decided, and what people decided, to learn from.

use super::index::{docs, one_doc, to_doc};
use crate::comment::{Action, Comment, ModelId, SiteId, SiteModels};
use crate::store::model::{ModelVersion, ShadowCount, packed, unpacked};
use crate::store::{ModeratedPage, StoreError};
use rusqlite::{Connection, OptionalExtension as _, params};

pub(super) fn put(
    db: &Connection,
    site: &SiteId,
    version: &ModelVersion,
    file: Option<&[u8]>,
) -> Result<(), StoreError> {
    let file = file.map(packed).transpose()?;
    db.prepare_cached("INSERT OR IGNORE INTO models (site, id, made_ms, doc, file) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            site.as_str(),
            version.id.as_str(),
            version.made_at.as_millisecond(),
            to_doc(version)?,
            file
        ])?;
    Ok(())
}

pub(super) fn all(db: &Connection, site: &SiteId) -> Result<Vec<ModelVersion>, StoreError> {
    docs(db, "SELECT doc FROM models WHERE site = ?1 ORDER BY made_ms, id", [site.as_str()])
}

pub(super) fn file(db: &Connection, site: &SiteId, id: &ModelId) -> Result<Option<Vec<u8>>, StoreError> {
    let bytes: Option<Option<Vec<u8>>> = db
        .prepare_cached("SELECT file FROM models WHERE site = ?1 AND id = ?2")?
        .query_row([site.as_str(), id.as_str()], |row| row.get(0))
        .optional()?;
    bytes.flatten().map(|bytes| unpacked(&bytes)).transpose()
}

pub(super) fn standing(db: &Connection, site: &SiteId) -> Result<SiteModels, StoreError> {
    let found = one_doc(db, "SELECT doc FROM site_models WHERE site = ?1", [site.as_str()])?;
    Ok(found.unwrap_or_default())
}

pub(super) fn put_standing(db: &Connection, site: &SiteId, models: &SiteModels) -> Result<bool, StoreError> {
    if standing(db, site)?.version + 1 != models.version {
        return Ok(false);
    }
    db.prepare_cached("INSERT OR REPLACE INTO site_models (site, doc) VALUES (?1, ?2)")?
        .execute(params![site.as_str(), to_doc(models)?])?;
    Ok(true)
}

/// Notes what a shadow would have decided about a comment, in place of what was noted before.
pub(super) fn write_shadow(db: &Connection, comment: &Comment) -> Result<(), StoreError> {
    let Some(shadowed) = comment.counted_shadow() else {
        db.prepare_cached("DELETE FROM shadows WHERE site = ?1 AND comment_id = ?2")?
            .execute(params![comment.site.as_str(), comment.id.as_str()])?;
        return Ok(());
    };
    db.prepare_cached(
        "INSERT OR REPLACE INTO shadows (site, comment_id, model, live, shadow) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        comment.site.as_str(),
        comment.id.as_str(),
        shadowed.model.as_str(),
        shadowed.live.name(),
        shadowed.shadow.name(),
    ])?;
    Ok(())
}

pub(super) fn shadow_counts(db: &Connection, site: &SiteId, id: &ModelId) -> Result<Vec<ShadowCount>, StoreError> {
    let mut count =
        db.prepare_cached("SELECT count(*) FROM shadows WHERE site = ?1 AND model = ?2 AND live = ?3 AND shadow = ?4")?;
    let mut counts = Vec::new();
    for (live, shadow) in Action::pairs() {
        let comments =
            count.query_row(params![site.as_str(), id.as_str(), live.name(), shadow.name()], |row| row.get(0))?;
        counts.push(ShadowCount { live, shadow, comments });
    }
    Ok(counts)
}

/// A cursor is the row number of the last comment read.
pub(super) fn moderated(
    db: &Connection,
    site: &SiteId,
    after: Option<&str>,
    limit: usize,
) -> Result<ModeratedPage, StoreError> {
    let after: i64 = after.map_or(Ok(0), |after| after.parse().map_err(|_| StoreError::UnknownCursor))?;
    let mut statement = db.prepare_cached(
        "SELECT rowid, doc FROM comments WHERE site = ?1 AND rowid > ?2 AND moderated = 1 ORDER BY rowid LIMIT ?3",
    )?;
    let mut rows = statement.query(params![site.as_str(), after, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let (mut comments, mut last): (Vec<Comment>, i64) = (Vec::new(), after);
    while let Some(row) = rows.next()? {
        last = row.get(0)?;
        comments.push(serde_json::from_str(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?);
    }
    let next = (comments.len() == limit).then(|| last.to_string());
    Ok(ModeratedPage { comments, next })
}
