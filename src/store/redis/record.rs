//! What the policy knows of authors and of repeated texts: brought up to date after each step.
//!
//! These records lie in hash slots of their own, so the step's script can't write them. They follow in
//! a second script per record, guarded by the comment's version: repeats and late comers change
//! nothing. If that fails, the step stands and is answered as taken: the next step of the comment, or
//! the platform's re-submission of it, catches up. Until then a decision may miss one fact of history.

use super::RedisStore;
use super::connection::parsed;
use super::key::AuthorKeys;
use super::near;
use super::script::{AUTHOR_FORGET, AUTHOR_NOTE, AUTHOR_REPORTED, Call, TEXT_NOTE};
use crate::comment::{AuthorId, Comment, CommentId, Fingerprint, SiteId, State};
use crate::store::{FactsQuery, Reported, StoreError};
use async_trait::async_trait;

/// How many submissions are kept of an author: one more than is asked for, because the one being
/// judged doesn't count.
const SUBMISSIONS_KEPT: usize = FactsQuery::SUBMISSIONS + 1;

/// How long a text is remembered after it was last seen, in milliseconds: two days, twice the window.
const TEXT_LIFETIME_MS: i64 = 2 * FactsQuery::SAME_TEXT_WINDOW_MS;

/// Comments with a text that are this much older than the newest are dropped, in milliseconds: a week,
/// so that a back-fill that isn't quite in order still counts right.
const TEXT_KEPT_MS: i64 = 7 * FactsQuery::SAME_TEXT_WINDOW_MS;

/// Brings the records up to this version of a comment. `exact_before` is its exact fingerprint before
/// the step; `reported`, whether readers ever reported it, as far as the step tells.
pub(super) async fn note(store: &RedisStore, comment: &Comment, exact_before: Option<u64>, reported: bool) {
    let exact = comment.fingerprint.exact;
    let has = comment.author().map(|by| [author(store, comment, &by.id), text(store, comment, exact, "has")]);
    let mut calls: Vec<Call> = has.into_iter().flatten().collect();
    if let Some(before) = exact_before.filter(|before| *before != exact || comment.author().is_none()) {
        calls.push(text(store, comment, before, "had"));
    }
    calls.push(near::note(&store.keys, comment));
    calls.extend(report(store, comment).filter(|_| reported));
    if let Err(error) = store.connection.each(calls).await {
        let error: StoreError = error;
        tracing::warn!(%error, "a step was taken, but the records of its author and text lag behind");
    }
}

/// After readers reported a comment that took no step by it.
pub(super) async fn reported(store: &RedisStore, comment: &Comment) {
    let Some(call) = report(store, comment) else { return };
    if let Err(error) = store.connection.one::<i64>(call).await {
        tracing::warn!(%error, "a comment was reported, but the record of its author lags behind");
    }
}

fn report(store: &RedisStore, comment: &Comment) -> Option<Call> {
    let keys = store.keys.author(&comment.site, &comment.author()?.id);
    Some(Call::script(&AUTHOR_REPORTED, &[keys.reported, keys.comments]).arg(comment.id.as_str()))
}

#[async_trait]
impl Reported for RedisStore {
    async fn reported_of(&self, site: &SiteId, author: &AuthorId, but: &CommentId) -> Result<u64, StoreError> {
        let key = self.keys.author(site, author).reported;
        let count = Call::command("SCARD").arg(&key);
        let known = Call::command("SISMEMBER").arg(&key).arg(but.as_str());
        let [count, known] = self.connection.all([count, known]).await?;
        Ok(parsed::<u64>(count)?.saturating_sub(parsed::<u64>(known)?))
    }
}

/// After a comment's body was dropped: it is none of its author's any more. If ombud dies in between, a hash of the
/// author's id leads to the comment's id, until [`crate::store::Retention::authored`] comes across it.
pub(super) async fn forget(store: &RedisStore, author: &AuthorId, comment: &Comment) {
    let call = forgetting(&store.keys.author(&comment.site, author), std::slice::from_ref(&comment.id));
    if let Err(error) = store.connection.one::<i64>(call).await {
        tracing::warn!(%error, "a body was dropped, but the record of its author lags behind");
    }
}

/// Takes comments out of what is known of an author.
pub(super) fn forgetting(keys: &AuthorKeys, ids: &[CommentId]) -> Call {
    let AuthorKeys { versions, published, rejected, reported, submitted, submissions, comments, .. } = keys;
    let keys = [versions, published, rejected, submitted, submissions, comments, reported].map(Clone::clone);
    ids.iter().fold(Call::script(&AUTHOR_FORGET, &keys), |call, id| call.arg(id.as_str()))
}

fn author(store: &RedisStore, comment: &Comment, author: &AuthorId) -> Call {
    let keys = store.keys.author(&comment.site, author);
    let keys = [keys.versions, keys.published, keys.rejected, keys.submitted, keys.submissions, keys.erased];
    Call::script(&AUTHOR_NOTE, &keys)
        .arg(comment.id.as_str())
        .arg(comment.version)
        .arg(u8::from(comment.state == State::Published))
        .arg(u8::from(comment.state == State::Rejected))
        .arg(comment.updated_at.as_millisecond())
        .arg(comment.created_at.as_millisecond())
        .arg(written(comment.fingerprint))
        .arg(SUBMISSIONS_KEPT)
        .arg(comment.received_at.as_millisecond())
}

fn text(store: &RedisStore, comment: &Comment, exact: u64, has: &str) -> Call {
    let keys = store.keys.text(&comment.site, exact);
    let created_at_ms = comment.created_at.as_millisecond();
    Call::script(&TEXT_NOTE, &[keys.versions, keys.seen])
        .arg(comment.id.as_str())
        .arg(comment.version)
        .arg(has)
        .arg(created_at_ms)
        .arg(created_at_ms - TEXT_KEPT_MS)
        .arg(TEXT_LIFETIME_MS)
}

fn written(fingerprint: Fingerprint) -> String {
    format!("{} {} {}", fingerprint.exact, fingerprint.near, fingerprint.words)
}

/// Reads what [`written`] wrote.
pub(super) fn fingerprint(written: &str) -> Result<Fingerprint, StoreError> {
    let mut parts = written.split(' ');
    let mut read = || {
        Some(Fingerprint {
            exact: parts.next()?.parse().ok()?,
            near: parts.next()?.parse().ok()?,
            words: parts.next()?.parse().ok()?,
        })
    };
    read().ok_or_else(|| StoreError::Corrupt("a submission's fingerprint does not parse".to_owned()))
}
