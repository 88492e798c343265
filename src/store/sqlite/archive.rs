//! Reading a site whole, and writing it into this store.

use super::index::{docs, to_doc, write_comment};
use super::lease::from_ms;
use super::{SqliteStore, comment, held, log, model, near, reported, search, waiting};
use crate::comment::{Article, ArticleId, Comment, CommentId, Event, SiteId, SiteModels};
use crate::store::search::decided_in;
use crate::store::{Archive, ArchivedComment, ArchivedReport, HeldEvent, Import, StoreError};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};

#[async_trait]
impl Archive for SqliteStore {
    async fn articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleId>,
        limit: usize,
    ) -> Result<Vec<Article>, StoreError> {
        let (site, after) = (site.clone(), after.map_or_else(String::new, ToString::to_string));
        let sql = "SELECT doc FROM articles WHERE site = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
        self.readers.run(move |db| docs(db, sql, params![site.as_str(), after, most(limit)])).await
    }

    async fn archived(
        &self,
        site: &SiteId,
        after: Option<&CommentId>,
        limit: usize,
    ) -> Result<Vec<ArchivedComment>, StoreError> {
        let (site, after) = (site.clone(), after.map_or_else(String::new, ToString::to_string));
        let sql = "SELECT doc FROM comments WHERE site = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
        let read = move |db: &Connection| {
            let comments: Vec<Comment> = docs(db, sql, params![site.as_str(), after, most(limit)])?;
            comments.into_iter().map(|comment| whole(db, comment)).collect()
        };
        self.readers.run(read).await
    }

    async fn begin_import(&self, site: &SiteId, name: &str) -> Result<Import, StoreError> {
        let (site, name) = (site.clone(), name.to_owned());
        self.writer.run(move |db| begin(db, &site, &name)).await
    }

    async fn restore_comment(&self, archived: &ArchivedComment) -> Result<(), StoreError> {
        let archived = archived.clone();
        self.writer.run(move |db| restore(db, &archived)).await
    }

    async fn restore_events(&self, site: &SiteId, first: u64, events: &[Event]) -> Result<(), StoreError> {
        let (site, events) = (site.clone(), events.to_vec());
        self.writer.run(move |db| restore_events(db, &site, first, &events)).await
    }

    async fn restore_models(&self, site: &SiteId, models: &SiteModels) -> Result<(), StoreError> {
        let (site, doc) = (site.clone(), to_doc(models)?);
        let write = move |db: &Connection| {
            db.prepare_cached("INSERT OR REPLACE INTO site_models (site, doc) VALUES (?1, ?2)")?
                .execute([site.as_str(), &doc])?;
            Ok(())
        };
        self.writer.run(write).await
    }

    async fn end_import(&self, site: &SiteId) -> Result<(), StoreError> {
        let site = site.clone();
        let delete = move |db: &Connection| {
            db.prepare_cached("DELETE FROM imports WHERE site = ?1")?.execute([site.as_str()])?;
            Ok(())
        };
        self.writer.run(delete).await
    }
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A comment with what lies beside it.
fn whole(db: &Connection, comment: Comment) -> Result<ArchivedComment, StoreError> {
    let key = [comment.site.as_str(), comment.id.as_str()];
    let mut reports = Vec::new();
    let mut statement = db.prepare_cached(
        "SELECT reporter, reason, at_ms FROM reports WHERE site = ?1 AND comment_id = ?2 ORDER BY reporter",
    )?;
    let mut rows = statement.query(key)?;
    while let Some(row) = rows.next()? {
        reports.push(ArchivedReport { reporter: row.get(0)?, reason: row.get(1)?, at: from_ms(row.get(2)?)? });
    }
    let held: Option<(i64, String)> = db
        .prepare_cached("SELECT due_ms, doc FROM held_events WHERE site = ?1 AND comment_id = ?2")?
        .query_row(key, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let held = held
        .map(|(due, doc)| Ok::<_, StoreError>(HeldEvent { due_at: from_ms(due)?, event: serde_json::from_str(&doc)? }));
    let (audit, held) = (log::audit(db, &comment.site, &comment.id)?, held.transpose()?);
    let reported = reported::was(db, key[0], key[1])?;
    Ok(ArchivedComment { comment, audit, reports, reported, held })
}

fn begin(db: &Connection, site: &SiteId, name: &str) -> Result<Import, StoreError> {
    db.prepare_cached("INSERT OR IGNORE INTO imports (site, name, events) VALUES (?1, ?2, 0)")?
        .execute([site.as_str(), name])?;
    let found: String =
        db.prepare_cached("SELECT name FROM imports WHERE site = ?1")?.query_row([site.as_str()], |row| row.get(0))?;
    Ok(if found == name { Import::Open } else { Import::Other })
}

fn restore(db: &Connection, archived: &ArchivedComment) -> Result<(), StoreError> {
    let comment = &archived.comment;
    let (site, id) = (comment.site.as_str(), comment.id.as_str());
    if comment::get(db, &comment.site, &comment.id)?.is_some() {
        return Ok(());
    }
    near::write(db, comment)?;
    write_comment(db, comment)?;
    waiting::write(db, comment, true)?;
    model::write_shadow(db, comment)?;
    let mut audit = db.prepare_cached("INSERT INTO audit (site, comment_id, doc) VALUES (?1, ?2, ?3)")?;
    for entry in &archived.audit {
        audit.execute([site, id, &to_doc(entry)?])?;
    }
    for (moderator, at) in decided_in(&archived.audit) {
        search::write_decided(db, comment, moderator, Some(at))?;
    }
    let mut report = db.prepare_cached(
        "INSERT INTO reports (site, comment_id, reporter, reason, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for one in &archived.reports {
        report.execute(params![site, id, one.reporter, one.reason, one.at.as_millisecond()])?;
    }
    if archived.was_reported() {
        reported::note(db, site, id)?;
    }
    if let Some(held) = &archived.held {
        db.prepare_cached("INSERT INTO held_events (site, comment_id, due_ms, doc) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![site, id, held.due_at.as_millisecond(), to_doc(&held.event)?])?;
    }
    Ok(())
}

fn restore_events(db: &Connection, site: &SiteId, first: u64, events: &[Event]) -> Result<(), StoreError> {
    let done: u64 = db
        .prepare_cached("SELECT events FROM imports WHERE site = ?1")?
        .query_row([site.as_str()], |row| row.get(0))?;
    let mut last = done;
    for (place, event) in (first..).zip(events).filter(|(place, _)| *place > done) {
        held::tell(db, site.as_str(), &to_doc(event)?)?;
        last = place;
    }
    db.prepare_cached("UPDATE imports SET events = ?2 WHERE site = ?1")?
        .execute(params![site.as_str(), last.cast_signed()])?;
    Ok(())
}
