//! What a decision rests on, gathered on one snapshot.

use super::index::docs;
use super::{article, comment, lease, near};
use crate::comment::{Comment, CommentId, Fingerprint, State, Timestamp};
use crate::policy::{AuthorRecord, Facts, Submission, ThreadEntry};
use crate::store::{FactsQuery, StoreError};
use rusqlite::{Connection, params};

pub(super) fn gather(db: &Connection, query: &FactsQuery) -> Result<Facts, StoreError> {
    let parent = match &query.parent {
        Some(id) => comment::get(db, &query.site, id)?,
        None => None,
    };
    Ok(Facts {
        article: article::get(db, &query.site, &query.article)?,
        parent,
        thread: thread(db, query)?,
        author: author(db, query)?,
        same_text: same_text(db, query)?,
        near_text: near::count(db, query)?,
        missing: Vec::new(),
    })
}

fn thread(db: &Connection, query: &FactsQuery) -> Result<Vec<ThreadEntry>, StoreError> {
    let recent: Vec<Comment> = docs(
        db,
        "SELECT doc FROM comments
         WHERE site = ?1 AND article_id = ?2 AND state = 'published' AND id <> ?3
         ORDER BY created_ms DESC LIMIT ?4",
        params![query.site.as_str(), query.article.as_str(), query.comment.as_str(), limit(FactsQuery::THREAD)],
    )?;
    Ok(recent.into_iter().filter_map(ThreadEntry::of).collect())
}

fn author(db: &Connection, query: &FactsQuery) -> Result<AuthorRecord, StoreError> {
    Ok(AuthorRecord {
        published: in_state(db, query, State::Published)?,
        rejected: in_state(db, query, State::Rejected)?,
        rejections: rejections(db, query)?,
        submissions: submissions(db, query)?,
    })
}

fn submissions(db: &Connection, query: &FactsQuery) -> Result<Vec<Submission>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, created_ms, exact, near, words FROM comments
         WHERE site = ?1 AND author_id = ?2 AND id <> ?3 ORDER BY created_ms DESC LIMIT ?4",
    )?;
    let key = [query.site.as_str(), query.author.as_str(), query.comment.as_str()];
    let mut rows = statement.query(params![key[0], key[1], key[2], limit(FactsQuery::SUBMISSIONS)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Submission {
            comment_id: CommentId::parse(row.get::<_, String>(0)?).map_err(|e| StoreError::Corrupt(e.to_string()))?,
            created_at: lease::from_ms(row.get(1)?)?,
            fingerprint: Fingerprint {
                exact: row.get::<_, i64>(2)?.cast_unsigned(),
                near: row.get::<_, i64>(3)?.cast_unsigned(),
                words: row.get(4)?,
            },
        });
    }
    Ok(found)
}

fn in_state(db: &Connection, query: &FactsQuery, state: State) -> Result<u64, StoreError> {
    Ok(db
        .prepare_cached("SELECT count(*) FROM comments WHERE site = ?1 AND author_id = ?2 AND state = ?3 AND id <> ?4")?
        .query_row([query.site.as_str(), query.author.as_str(), state.name(), query.comment.as_str()], |row| {
            row.get(0)
        })?)
}

fn rejections(db: &Connection, query: &FactsQuery) -> Result<Vec<Timestamp>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT updated_ms FROM comments WHERE site = ?1 AND author_id = ?2 AND state = 'rejected' AND id <> ?3
         ORDER BY updated_ms DESC LIMIT ?4",
    )?;
    let rows = statement.query_map(
        params![query.site.as_str(), query.author.as_str(), query.comment.as_str(), limit(FactsQuery::REJECTIONS)],
        |row| row.get(0),
    )?;
    rows.map(|ms| lease::from_ms(ms?)).collect()
}

fn same_text(db: &Connection, query: &FactsQuery) -> Result<u64, StoreError> {
    let until = query.created_at.as_millisecond();
    Ok(db
        .prepare_cached(
            "SELECT count(*) FROM comments
             WHERE site = ?1 AND exact = ?2 AND created_ms > ?3 AND created_ms <= ?4 AND id <> ?5 AND author_id <> ''",
        )?
        .query_row(
            params![
                query.site.as_str(),
                query.fingerprint.exact.cast_signed(),
                until - FactsQuery::SAME_TEXT_WINDOW_MS,
                until,
                query.comment.as_str()
            ],
            |row| row.get(0),
        )?)
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
