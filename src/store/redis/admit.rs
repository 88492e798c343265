//! Taking in a new comment: its locator first, then the comment.
//!
//! The locator makes an id unique over a site; but a crash between the two writes leaves a locator
//! that leads to nothing. If the comment comes again under the same article, it is simply admitted. If
//! it comes under *another* article, the locator must move, and an admission under the old article may
//! still be on its way. So a locator has a generation, and moves in this order:
//!
//! 1. *Fence* in the old article's partition: one script that answers the comment, if it is there, and
//!    else forbids every admission of it there under this generation or an older one, for ever.
//! 2. Move the locator to the new article and the next generation, if it still is as it was seen.
//! 3. Admit under the new generation.
//!
//! Before the fence the other admission gets a moment to come through: it is far more likely under way
//! than dead, and two that fence each other off in turn would both get nowhere.
//!
//! Each generation names one article. A next generation exists only once the one before was fenced
//! off with nothing admitted; and where something was admitted no fence goes up. So a comment is
//! admitted under one generation at most, hence under one article.

use super::RedisStore;
use super::advance::{step, was_taken};
use super::comment::{Locator, comment, get, read};
use super::connection::parsed;
use super::record;
use super::script::{ADMIT, AUTHOR_ENTER, Call, FENCE, RELOCATE};
use crate::comment::{ArticleId, Change, Comment, CommentId, SiteId};
use crate::store::{Admission, StoreError};
use std::time::Duration;

/// How often an admission starts over because others move the same id's locator under its hands.
const ATTEMPTS: usize = 8;
/// How long an admission under another article may take before it is fenced off.
const GRACE: Duration = Duration::from_millis(50);

pub(super) async fn admit(store: &RedisStore, change: &Change) -> Result<Admission, StoreError> {
    let new = &change.comment;
    let mut waited_for = None;
    for _ in 0..ATTEMPTS {
        let Some(locator) = take_locator(store, new).await? else { return refused(store, new).await };
        let ours = locator.article == new.article_id;
        let (reply, repeated): (Vec<String>, bool) = if ours {
            let fence = store.keys.partition(&new.site, &new.article_id).fence(&new.id);
            store.connection.told(step(store, &ADMIT, change, Some(fence))?.arg(locator.generation)).await?
        } else {
            (stand_by_or_fence(store, &new.site, &new.id, &locator, &mut waited_for).await?, false)
        };
        match reply.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["new"] => {
                record::note(store, new, None, false).await;
                return Ok(Admission::New);
            }
            ["exists", doc] => {
                let standing = comment(doc)?;
                // The first call may have failed between the step and its records.
                record::note(store, &standing, None, false).await;
                if repeated && was_taken(store, change).await? {
                    return Ok(Admission::New);
                }
                let standing_author = standing.author().map(|author| &author.id);
                if let Some(author) = new.author().filter(|author| Some(&author.id) != standing_author) {
                    // It is another's, or nobody's any more, and never will be this author's.
                    record::forget(store, &author.id, new).await;
                }
                return Ok(Admission::Exists(Box::new(standing)));
            }
            ["fenced"] if !ours => relocate(store, &new.site, &new.id, &locator, &new.article_id).await?,
            ["fenced" | "waited"] => {}
            _ => return Err(StoreError::Corrupt("an admission was answered by something else".to_owned())),
        }
    }
    Err(StoreError::Unavailable("the comment's id is being taken under several articles at once".to_owned()))
}

/// What a comment is answered whose author was erased: the same one sent again stands as it stood.
async fn refused(store: &RedisStore, new: &Comment) -> Result<Admission, StoreError> {
    let standing = read(store, &new.site, std::slice::from_ref(&new.id)).await?.pop();
    Ok(standing.map_or(Admission::Erased, |standing| Admission::Exists(Box::new(standing))))
}

/// Puts a locator up for the comment's article, unless there is one, and enters the comment among its author's;
/// answers what stands, `None` if the author was erased after the comment was received.
pub(super) async fn take_locator(store: &RedisStore, new: &Comment) -> Result<Option<Locator>, StoreError> {
    let key = store.keys.locator(&new.site, &new.id);
    let first = Locator { generation: 1, article: new.article_id.clone() };
    let set = Call::command("SET").arg(&key).arg(first.to_string()).arg("NX");
    let get = Call::command("GET").arg(&key);
    let Some(author) = new.author() else {
        let [_, standing] = store.connection.all([set, get]).await?;
        return parsed::<String>(standing)?.parse().map(Some);
    };
    let author = store.keys.author(&new.site, &author.id);
    let enter = Call::script(&AUTHOR_ENTER, &[author.erased, author.comments])
        .arg(new.id.as_str())
        .arg(new.received_at.as_millisecond());
    let [_, standing, entered] = store.connection.all([set, get, enter]).await?;
    let locator = parsed::<String>(standing)?.parse()?;
    Ok(parsed::<bool>(entered)?.then_some(locator))
}

/// The locator leads elsewhere: answers the comment there, waits for it once, or fences it off.
async fn stand_by_or_fence(
    store: &RedisStore,
    site: &SiteId,
    id: &CommentId,
    locator: &Locator,
    waited_for: &mut Option<Locator>,
) -> Result<Vec<String>, StoreError> {
    if waited_for.as_ref() == Some(locator) {
        let partition = store.keys.partition(site, &locator.article);
        let keys = [partition.comment(id), partition.fence(id)];
        return store.connection.one(Call::script(&FENCE, &keys).arg(locator.generation)).await;
    }
    let doc: Option<String> = store.connection.one(get(store, site, &locator.article, id)).await?;
    if let Some(doc) = doc {
        return Ok(vec!["exists".to_owned(), doc]);
    }
    *waited_for = Some(locator.clone());
    tokio::time::sleep(GRACE).await;
    Ok(vec!["waited".to_owned()])
}

/// Moves a locator on to its next generation, unless somebody did.
pub(super) async fn relocate(
    store: &RedisStore,
    site: &SiteId,
    id: &CommentId,
    seen: &Locator,
    article: &ArticleId,
) -> Result<(), StoreError> {
    let next = Locator { generation: seen.generation + 1, article: article.clone() };
    let keys = [store.keys.locator(site, id)];
    store.connection.one(Call::script(&RELOCATE, &keys).arg(seen.to_string()).arg(next.to_string())).await
}
