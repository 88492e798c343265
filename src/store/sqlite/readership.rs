//! A site's secrets for its readers, and its threads from the newest end.

use super::SqliteStore;
use super::index::{one_doc, to_doc};
use super::thread::{self, Direction, Position};
use crate::comment::{ArticleId, ReaderKeys, SiteId};
use crate::store::{Readership, StoreError, ThreadPage};
use async_trait::async_trait;
use rusqlite::{Connection, params};

#[async_trait]
impl Readership for SqliteStore {
    async fn reader_keys(&self, site: &SiteId) -> Result<Option<ReaderKeys>, StoreError> {
        let site = site.clone();
        self.readers.run(move |db| keys(db, &site)).await
    }

    async fn put_reader_keys(&self, site: &SiteId, keys: &ReaderKeys) -> Result<bool, StoreError> {
        let (site, keys) = (site.clone(), keys.clone());
        self.writer.run(move |db| put_keys(db, &site, &keys)).await
    }

    async fn newest_thread(
        &self,
        site: &SiteId,
        article: &ArticleId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ThreadPage, StoreError> {
        let (site, article) = (site.clone(), article.clone());
        let after = after.map(Position::parse).transpose()?;
        self.readers.run(move |db| thread::page(db, &site, &article, Direction::Newest, after.as_ref(), limit)).await
    }
}

fn keys(db: &Connection, site: &SiteId) -> Result<Option<ReaderKeys>, StoreError> {
    one_doc(db, "SELECT doc FROM reader_keys WHERE site = ?1", [site.as_str()])
}

fn put_keys(db: &Connection, site: &SiteId, new: &ReaderKeys) -> Result<bool, StoreError> {
    if keys(db, site)?.map_or(0, |found| found.version) + 1 != new.version {
        return Ok(false);
    }
    db.prepare_cached("INSERT OR REPLACE INTO reader_keys (site, doc) VALUES (?1, ?2)")?
        .execute(params![site.as_str(), to_doc(new)?])?;
    Ok(true)
}
