//! Articles, and what idempotency keys are tied to.

use super::RedisStore;
use super::connection::parsed;
use super::key::suffix;
use super::script::Call;
use crate::comment::{Article, ArticleId, CommentId, SiteId};
use crate::store::{Binding, StoreError};

/// How long an idempotency key stays tied, in milliseconds: two days.
const BINDING_MS: u64 = 2 * 24 * 60 * 60 * 1000;

pub(super) async fn put(store: &RedisStore, article: &Article) -> Result<(), StoreError> {
    let key = store.keys.partition(&article.site, &article.id).article(&article.id);
    let set = Call::command("SET").arg(key).arg(serde_json::to_string(article)?);
    store.connection.all([listed(store, article), set]).await?;
    Ok(())
}

pub(super) async fn put_new(store: &RedisStore, article: &Article) -> Result<bool, StoreError> {
    let key = store.keys.partition(&article.site, &article.id).article(&article.id);
    let doc = serde_json::to_string(article)?;
    let _: i64 = store.connection.one(listed(store, article)).await?;
    let put = Call::command("SET").arg(key).arg(&doc).arg("NX").arg("GET");
    let (before, repeated): (Option<String>, bool) = store.connection.told(put).await?;
    // The reply to the first attempt may have been lost.
    Ok(before.is_none_or(|before| repeated && before == doc))
}

/// Lists an article among all of its partition.
fn listed(store: &RedisStore, article: &Article) -> Call {
    let articles = store.keys.partition(&article.site, &article.id).at(suffix::ARTICLES);
    Call::command("ZADD").arg(articles).arg(0).arg(article.id.as_str())
}

pub(super) fn get(store: &RedisStore, site: &SiteId, id: &ArticleId) -> Call {
    Call::command("GET").arg(store.keys.partition(site, id).article(id))
}

pub(super) async fn read(store: &RedisStore, site: &SiteId, id: &ArticleId) -> Result<Option<Article>, StoreError> {
    let doc: Option<String> = store.connection.one(get(store, site, id)).await?;
    Ok(doc.map(|doc| serde_json::from_str(&doc)).transpose()?)
}

pub(super) async fn bind(store: &RedisStore, site: &SiteId, key: &str, id: &CommentId) -> Result<Binding, StoreError> {
    let key = store.keys.binding(site, key);
    let set = Call::command("SET").arg(&key).arg(id.as_str()).arg("NX").arg("PX").arg(BINDING_MS);
    let [_, tied] = store.connection.all([set, Call::command("GET").arg(&key)]).await?;
    // Expired between the two commands: as good as tied just now.
    let tied: Option<String> = parsed(tied)?;
    let comment = match tied {
        Some(tied) => {
            CommentId::parse(tied).map_err(|_| StoreError::Corrupt("a binding names no comment".to_owned()))?
        }
        None => id.clone(),
    };
    Ok(Binding { comment })
}
