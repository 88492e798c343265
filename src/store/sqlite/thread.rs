//! The published thread, a page of conversations at a time.

use super::index::docs;
use crate::comment::{ArticleId, Comment, SiteId};
use crate::store::{StoreError, ThreadPage};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, params};

/// A conversation's place among those of its article: by the time of its first comment, then by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Position {
    root_created_ms: i64,
    root_id: String,
}

impl Position {
    /// Reads a cursor that [`Position::cursor`] wrote.
    pub(super) fn parse(cursor: &str) -> Result<Self, StoreError> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::UnknownCursor)?;
        let text = String::from_utf8(bytes).map_err(|_| StoreError::UnknownCursor)?;
        let (ms, root_id) = text.split_once(':').ok_or(StoreError::UnknownCursor)?;
        let root_created_ms = ms.parse().map_err(|_| StoreError::UnknownCursor)?;
        Ok(Self { root_created_ms, root_id: root_id.to_owned() })
    }

    fn cursor(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.root_created_ms, self.root_id))
    }
}

/// Which conversation comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Oldest,
    Newest,
}

pub(super) fn page(
    db: &Connection,
    site: &SiteId,
    article: &ArticleId,
    direction: Direction,
    after: Option<&Position>,
    limit: usize,
) -> Result<ThreadPage, StoreError> {
    let mut roots = conversations(db, site, article, direction, after, limit.saturating_add(1))?;
    let more = roots.len() > limit;
    roots.truncate(limit);
    let mut comments: Vec<Comment> = Vec::new();
    for root in &roots {
        comments.extend(docs::<Comment>(
            db,
            // Left to itself, SQLite takes the index that has the order, and reads all of the article for each conversation.
            "SELECT doc FROM comments INDEXED BY conversations
             WHERE site = ?1 AND article_id = ?2 AND state = 'published' AND root_created_ms = ?3 AND root_id = ?4
             ORDER BY created_ms, id",
            params![site.as_str(), article.as_str(), root.root_created_ms, root.root_id],
        )?);
    }
    let next = if more { roots.last().map(Position::cursor) } else { None };
    Ok(ThreadPage { comments, next })
}

fn conversations(
    db: &Connection,
    site: &SiteId,
    article: &ArticleId,
    direction: Direction,
    after: Option<&Position>,
    limit: usize,
) -> Result<Vec<Position>, StoreError> {
    let (sql, beginning) = match direction {
        Direction::Oldest => (
            "SELECT DISTINCT root_created_ms, root_id FROM comments
             WHERE site = ?1 AND article_id = ?2 AND state = 'published' AND (root_created_ms, root_id) > (?3, ?4)
             ORDER BY root_created_ms, root_id LIMIT ?5",
            i64::MIN,
        ),
        Direction::Newest => (
            "SELECT DISTINCT root_created_ms, root_id FROM comments
             WHERE site = ?1 AND article_id = ?2 AND state = 'published' AND (root_created_ms, root_id) < (?3, ?4)
             ORDER BY root_created_ms DESC, root_id DESC LIMIT ?5",
            i64::MAX,
        ),
    };
    let mut statement = db.prepare_cached(sql)?;
    let (ms, id) = after.map_or((beginning, ""), |p| (p.root_created_ms, p.root_id.as_str()));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![site.as_str(), article.as_str(), ms, id, limit], |row| {
        Ok(Position { root_created_ms: row.get(0)?, root_id: row.get(1)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
