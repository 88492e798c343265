//! Comments by their last step, and those that a person decided on.

use super::lease::from_ms;
use super::{SqliteStore, comment};
use crate::comment::{ArticleId, AuthorId, Comment, CommentId, SiteId, Timestamp};
use crate::store::retention::shelf;
use crate::store::search::Position;
use crate::store::{DecidedComment, DecidedPage, Search, SearchPage, SearchQuery, StoreError};
use async_trait::async_trait;
use rusqlite::{Connection, params};

#[async_trait]
impl Search for SqliteStore {
    async fn newest(&self, query: &SearchQuery) -> Result<SearchPage, StoreError> {
        let query = query.clone();
        self.readers.run(move |db| newest(db, &query)).await
    }

    async fn decided_by(
        &self,
        site: &SiteId,
        moderator: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DecidedPage, StoreError> {
        let (site, moderator) = (site.clone(), moderator.to_owned());
        let after = after.map(Position::parse).transpose()?;
        self.readers.run(move |db| decided_by(db, &site, &moderator, after, limit)).await
    }

    async fn decided_count(&self, site: &SiteId, moderator: &str, since: Timestamp) -> Result<u64, StoreError> {
        let (site, moderator, since) = (site.clone(), moderator.to_owned(), since.as_millisecond());
        let count = move |db: &Connection| {
            let count = "SELECT count(*) FROM decided WHERE site = ?1 AND moderator = ?2 AND at_ms >= ?3";
            Ok(db.prepare_cached(count)?.query_row(params![site.as_str(), moderator, since], |row| row.get(0))?)
        };
        self.readers.run(count).await
    }
}

/// The newest of each shelf, merged. A shelf's own index has its order; of one author's comments, or one article's,
/// those are looked at that are on the shelf.
fn newest(db: &Connection, query: &SearchQuery) -> Result<SearchPage, StoreError> {
    let author = query.author.as_ref().map(AuthorId::as_str);
    let article = query.article.as_ref().map(ArticleId::as_str);
    let index = match (author, article) {
        (Some(_), _) => "by_author_state",
        (None, Some(_)) => "recent_in_article",
        (None, None) => "by_shelf",
    };
    // Both are named in any case, so that the query has as many values whatever is asked.
    let of_author = if author.is_some() { "author_id = ?8" } else { "?8 IS NULL" };
    let of_article = if article.is_some() { "article_id = ?9" } else { "?9 IS NULL" };
    let mut on_shelf = db.prepare_cached(&format!(
        "SELECT updated_ms, id FROM comments INDEXED BY {index}
         WHERE site = ?1 AND state = ?2 AND updated_ms BETWEEN ?3 AND ?4 AND (updated_ms, id) < (?5, ?6)
             AND {of_author} AND {of_article}
         ORDER BY updated_ms DESC, id DESC LIMIT ?7"
    ))?;
    let (from_ms, to_ms) = query.bounds_ms();
    let (before_ms, before_id) = before(query.after.as_deref().map(Position::parse).transpose()?);
    let mut found = Vec::new();
    for state in query.states() {
        for kept in [true, false] {
            let mut rows = on_shelf.query(params![
                query.site.as_str(),
                shelf(state, kept),
                from_ms,
                to_ms.min(before_ms),
                before_ms,
                before_id,
                one_more(query.limit),
                author,
                article,
            ])?;
            while let Some(row) = rows.next()? {
                found.push(Position { ms: row.get(0)?, id: row.get(1)? });
            }
        }
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    let more = found.len() > query.limit;
    found.truncate(query.limit);
    let next = found.last().filter(|_| more).map(ToString::to_string);
    let comments = found.iter().map(|position| named(db, &query.site, &position.id));
    let comments: Vec<Comment> = comments.collect::<Result<_, _>>()?;
    let reached = comments.last().map(|comment| comment.updated_at);
    Ok(SearchPage { looked_at: comments.len(), reached, comments, next })
}

fn decided_by(
    db: &Connection,
    site: &SiteId,
    moderator: &str,
    after: Option<Position>,
    limit: usize,
) -> Result<DecidedPage, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT at_ms, comment_id FROM decided
         WHERE site = ?1 AND moderator = ?2 AND (at_ms, comment_id) < (?3, ?4)
         ORDER BY at_ms DESC, comment_id DESC LIMIT ?5",
    )?;
    let (before_ms, before_id) = before(after);
    let mut rows = statement.query(params![site.as_str(), moderator, before_ms, before_id, one_more(limit)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Position { ms: row.get(0)?, id: row.get(1)? });
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(ToString::to_string);
    let decided = |Position { ms, id }| Ok(DecidedComment { at: from_ms(ms)?, comment: named(db, site, &id)? });
    Ok(DecidedPage { decided: found.into_iter().map(decided).collect::<Result<_, StoreError>>()?, next })
}

/// Notes when a person decided on a comment, or that she took it back.
pub(super) fn write_decided(
    db: &Connection,
    comment: &Comment,
    moderator: &str,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let (site, id) = (comment.site.as_str(), comment.id.as_str());
    match at {
        Some(at) => db
            .prepare_cached(
                "INSERT OR REPLACE INTO decided (site, moderator, comment_id, at_ms) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![site, moderator, id, at.as_millisecond()])?,
        None => db
            .prepare_cached("DELETE FROM decided WHERE site = ?1 AND moderator = ?2 AND comment_id = ?3")?
            .execute([site, moderator, id])?,
    };
    Ok(())
}

/// What a page is to lie before; without a place, everything does.
fn before(after: Option<Position>) -> (i64, String) {
    after.map_or((i64::MAX, String::new()), |Position { ms, id }| (ms, id))
}

/// One more than asked for tells whether there are more.
fn one_more(limit: usize) -> i64 {
    i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX)
}

/// A comment that an index names.
fn named(db: &Connection, site: &SiteId, id: &str) -> Result<Comment, StoreError> {
    let missing = || StoreError::Corrupt("an index names a comment that is missing".to_owned());
    let id = CommentId::parse(id).map_err(|_| missing())?;
    comment::get(db, site, &id)?.ok_or_else(missing)
}
