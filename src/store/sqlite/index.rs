//! Documents and the rows that index them.

use super::{held, model, near, search, waiting};
use crate::comment::{Change, Comment, Step};
use crate::store::StoreError;
use crate::store::retention::shelf_of;
use rusqlite::{Connection, OptionalExtension as _, Params, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) fn to_doc<T: Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}

/// The documents that a query selects as its only column.
pub(super) fn docs<T: DeserializeOwned>(db: &Connection, sql: &str, params: impl Params) -> Result<Vec<T>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?);
    }
    Ok(found)
}

/// The first document that a query selects.
pub(super) fn one_doc<T: DeserializeOwned>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> = db.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// Writes everything a step changes: the comment and its indexes, the audit entry, the event.
pub(super) fn write(db: &Connection, change: &Change) -> Result<(), StoreError> {
    let comment = &change.comment;
    near::write(db, comment)?;
    write_comment(db, comment)?;
    // A new comment has nothing to take out.
    waiting::write(db, comment, change.expected_version == 0)?;
    if change.expected_version > 0 || comment.shadowed.is_some() {
        model::write_shadow(db, comment)?;
    }
    let key = params![comment.site.as_str(), comment.id.as_str()];
    db.prepare_cached("DELETE FROM leases WHERE site = ?1 AND comment_id = ?2")?.execute(key)?;
    if let Some((moderator, at)) = change.decided_by() {
        search::write_decided(db, comment, moderator, at)?;
    }
    if change.forgets.is_some() {
        db.prepare_cached("DELETE FROM bindings WHERE site = ?1 AND comment_id = ?2")?.execute(key)?;
    }
    if change.event.step == Step::Decided || change.forgets.is_some() {
        db.prepare_cached("DELETE FROM reports WHERE site = ?1 AND comment_id = ?2")?.execute(key)?;
    }
    db.prepare_cached("INSERT INTO audit (site, comment_id, doc) VALUES (?1, ?2, ?3)")?.execute(params![
        comment.site.as_str(),
        comment.id.as_str(),
        to_doc(&change.audit)?
    ])?;
    held::write(db, change)
}

pub(super) fn write_comment(db: &Connection, comment: &Comment) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO comments (site, id, version, state, article_id, root_id, root_created_ms, author_id,
                               created_ms, updated_ms, exact, near, words, doc, moderated)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT (site, id) DO UPDATE SET
             version = ?3, state = ?4, author_id = ?8, updated_ms = ?10, exact = ?11, near = ?12, words = ?13,
             doc = ?14, moderated = ?15",
    )?
    .execute(params![
        comment.site.as_str(),
        comment.id.as_str(),
        comment.version.cast_signed(),
        shelf_of(comment),
        comment.article_id.as_str(),
        comment.root_id.as_str(),
        comment.root_created_at.as_millisecond(),
        comment.author().map_or("", |author| author.id.as_str()),
        comment.created_at.as_millisecond(),
        comment.updated_at.as_millisecond(),
        comment.fingerprint.exact.cast_signed(),
        comment.fingerprint.near.cast_signed(),
        comment.fingerprint.words,
        to_doc(comment)?,
        comment.moderated(),
    ])?;
    Ok(())
}
