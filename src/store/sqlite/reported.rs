//! Which comments readers ever reported.

use super::SqliteStore;
use crate::comment::{AuthorId, CommentId, SiteId};
use crate::store::{Reported, StoreError};
use async_trait::async_trait;
use rusqlite::Connection;

#[async_trait]
impl Reported for SqliteStore {
    async fn reported_of(&self, site: &SiteId, author: &AuthorId, but: &CommentId) -> Result<u64, StoreError> {
        let (site, author, but) = (site.clone(), author.clone(), but.clone());
        self.readers.run(move |db| count(db, &site, &author, &but)).await
    }
}

fn count(db: &Connection, site: &SiteId, author: &AuthorId, but: &CommentId) -> Result<u64, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT count(*) FROM comments INDEXED BY reported_of_author
             WHERE site = ?1 AND author_id = ?2 AND reported = 1 AND id <> ?3",
        )?
        .query_row([site.as_str(), author.as_str(), but.as_str()], |row| row.get(0))?)
}

/// Notes that a reader reported a comment; most of the time it is noted already.
pub(super) fn note(db: &Connection, site: &str, comment: &str) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE comments SET reported = 1 WHERE site = ?1 AND id = ?2 AND reported = 0")?
        .execute([site, comment])?;
    Ok(())
}

/// Whether readers ever reported a comment.
pub(super) fn was(db: &Connection, site: &str, comment: &str) -> Result<bool, StoreError> {
    Ok(db
        .prepare_cached("SELECT reported FROM comments WHERE site = ?1 AND id = ?2")?
        .query_row([site, comment], |row| row.get(0))?)
}
