//! An article's published conversations, page by page.

use super::RedisStore;
use super::comment::comment;
use super::place::{id_of, time_of};
use super::script::{Call, THREAD};
use crate::comment::{ArticleId, Comment, SiteId};
use crate::store::{StoreError, ThreadPage};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Which conversation comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Oldest,
    Newest,
}

pub(super) async fn page(
    store: &RedisStore,
    site: &SiteId,
    article: &ArticleId,
    direction: Direction,
    after: Option<&str>,
    limit: usize,
) -> Result<ThreadPage, StoreError> {
    let after = after.map(read_cursor).transpose()?.unwrap_or_default();
    let partition = store.keys.partition(site, article);
    let keys = [partition.conversations(article), partition.published(article), partition.guard()];
    let call = Call::script(&THREAD, &keys).arg(partition.comments()).arg(after).arg(limit.max(1));
    let call = call.arg(if direction == Direction::Newest { "newest" } else { "oldest" });
    let reply: Vec<String> = store.connection.one(call).await?;
    let (last, docs) = reply.split_first().ok_or_else(|| StoreError::Corrupt("a page of nothing".to_owned()))?;
    let mut comments = docs.iter().map(|doc| comment(doc)).collect::<Result<Vec<Comment>, StoreError>>()?;
    if direction == Direction::Newest {
        // Stable: within a conversation the order stays.
        comments.sort_by(|a, b| (b.root_created_at, &b.root_id).cmp(&(a.root_created_at, &a.root_id)));
    }
    Ok(ThreadPage { comments, next: (!last.is_empty()).then(|| URL_SAFE_NO_PAD.encode(last)) })
}

/// A cursor is the last conversation's place in the index, `TIME ROOT_ID`.
fn read_cursor(cursor: &str) -> Result<String, StoreError> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::UnknownCursor)?;
    let member = String::from_utf8(bytes).map_err(|_| StoreError::UnknownCursor)?;
    let parts = member.split(' ').count();
    if parts != 2 || time_of(&member).is_none() || id_of(&member).is_err() {
        return Err(StoreError::UnknownCursor);
    }
    Ok(member)
}
