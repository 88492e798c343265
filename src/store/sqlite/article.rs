//! Articles.

use super::index::{one_doc, to_doc};
use crate::comment::{Article, ArticleId, SiteId};
use crate::store::StoreError;
use rusqlite::{Connection, params};

pub(super) fn put(db: &Connection, article: &Article) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR REPLACE INTO articles (site, id, doc) VALUES (?1, ?2, ?3)")?.execute(params![
        article.site.as_str(),
        article.id.as_str(),
        to_doc(article)?
    ])?;
    Ok(())
}

pub(super) fn put_new(db: &Connection, article: &Article) -> Result<bool, StoreError> {
    let written = db
        .prepare_cached("INSERT OR IGNORE INTO articles (site, id, doc) VALUES (?1, ?2, ?3)")?
        .execute(params![article.site.as_str(), article.id.as_str(), to_doc(article)?])?;
    Ok(written > 0)
}

pub(super) fn get(db: &Connection, site: &SiteId, id: &ArticleId) -> Result<Option<Article>, StoreError> {
    one_doc(db, "SELECT doc FROM articles WHERE site = ?1 AND id = ?2", [site.as_str(), id.as_str()])
}
