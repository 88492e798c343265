//! Gathering what a decision rests on.

use super::RedisStore;
use super::comment::{Locator, comment, get};
use super::connection::parsed;
use super::record::fingerprint;
use super::script::{AUTHOR, Call, TEXT};
use super::{article, key::Keys, near};
use crate::comment::{CommentId, Timestamp};
use crate::policy::{AuthorRecord, Facts, Submission};
use crate::store::{FactsQuery, StoreError};
use redis::Value;

/// Gathers all facts in one round trip. The parent is looked for under the article, where it is unless the platform
/// errs; as a comment is admitted under one article at most, what is found there is all there is. One that is elsewhere
/// takes a second round trip.
pub(super) async fn gather(store: &RedisStore, query: &FactsQuery) -> Result<Facts, StoreError> {
    let (recent, asked) = store.recent.ask(&store.keys, query);
    let mut calls = vec![
        article::get(store, &query.site, &query.article),
        recent,
        author(&store.keys, query),
        same_text(&store.keys, query),
    ];
    let candidates = near::candidates(&store.keys, query);
    let bands = candidates.len();
    calls.extend(candidates);
    if let Some(parent) = &query.parent {
        calls.push(get(store, &query.site, &query.article, parent));
        calls.push(Call::command("GET").arg(store.keys.locator(&query.site, parent)));
    }
    let mut replies = store.connection.each(calls).await?.into_iter();
    let mut next = || replies.next().unwrap_or(Value::Nil);
    let article: Option<String> = parsed(next())?;
    let thread = store.recent.read(asked, next())?;
    let author = author_record(next())?;
    let same_text = parsed(next())?;
    let near_text = near::count(query, (0..bands).map(|_| next()).collect())?;
    let (under_article, locator): (Option<String>, Option<String>) = (parsed(next())?, parsed(next())?);
    let parent = match (under_article, locator, &query.parent) {
        (None, Some(locator), Some(parent)) => elsewhere(store, query, parent, &locator.parse()?).await?,
        (found, ..) => found,
    };
    Ok(Facts {
        article: article.map(|doc| serde_json::from_str(&doc)).transpose()?,
        parent: parent.map(|doc| comment(&doc)).transpose()?,
        thread,
        author,
        same_text,
        near_text,
        missing: Vec::new(),
    })
}

/// A parent that is not under the article.
async fn elsewhere(
    store: &RedisStore,
    query: &FactsQuery,
    parent: &CommentId,
    locator: &Locator,
) -> Result<Option<String>, StoreError> {
    if locator.article == query.article {
        // About to be admitted there, and not yet.
        return Ok(None);
    }
    store.connection.one(get(store, &query.site, &locator.article, parent)).await
}

fn author(keys: &Keys, query: &FactsQuery) -> Call {
    let author = keys.author(&query.site, &query.author);
    Call::script(&AUTHOR, &[author.published, author.rejected, author.submitted, author.submissions])
        .arg(query.comment.as_str())
        .arg(FactsQuery::REJECTIONS)
        .arg(FactsQuery::SUBMISSIONS)
}

/// Published, rejected, when each rejection was decided, and each submission: id, when, fingerprint.
type Record = (u64, u64, Vec<f64>, Vec<(String, f64, String)>);

fn author_record(reply: Value) -> Result<AuthorRecord, StoreError> {
    let (published, rejected, rejections, submissions): Record = parsed(reply)?;
    let submission = |(id, created_at_ms, written): (String, f64, String)| {
        Ok(Submission {
            comment_id: CommentId::parse(id)
                .map_err(|_| StoreError::Corrupt("a submission names no comment".to_owned()))?,
            created_at: time(created_at_ms)?,
            fingerprint: fingerprint(&written)?,
        })
    };
    Ok(AuthorRecord {
        published,
        rejected,
        rejections: rejections.into_iter().map(time).collect::<Result<_, StoreError>>()?,
        submissions: submissions.into_iter().map(submission).collect::<Result<_, StoreError>>()?,
    })
}

/// A ZSET's score as a time. Scores are doubles, which hold milliseconds exactly.
fn time(score: f64) -> Result<Timestamp, StoreError> {
    #[expect(clippy::cast_possible_truncation, reason = "a double that is out of range becomes a time out of range")]
    let ms = score as i64;
    Timestamp::from_millisecond(ms).map_err(|_| StoreError::Corrupt("an index holds no time".to_owned()))
}

fn same_text(keys: &Keys, query: &FactsQuery) -> Call {
    let created_at_ms = query.created_at.as_millisecond();
    Call::script(&TEXT, &[keys.text(&query.site, query.fingerprint.exact).seen])
        .arg(query.comment.as_str())
        .arg(created_at_ms - FactsQuery::SAME_TEXT_WINDOW_MS)
        .arg(created_at_ms)
}
