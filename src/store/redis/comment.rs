//! Comments by id: their locators, and reading them.

use super::RedisStore;
use super::connection::parsed;
use super::script::Call;
use crate::comment::{ArticleId, Comment, CommentId, SiteId};
use crate::store::StoreError;
use std::str::FromStr;

/// What a locator says: under which article a comment is, or is about to be admitted, and how often
/// the locator was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Locator {
    pub(super) generation: u64,
    pub(super) article: ArticleId,
}

impl FromStr for Locator {
    type Err = StoreError;
    fn from_str(value: &str) -> Result<Self, StoreError> {
        let read = || {
            let (generation, article) = value.split_once(' ')?;
            Some(Self { generation: generation.parse().ok()?, article: ArticleId::parse(article).ok()? })
        };
        read().ok_or_else(|| StoreError::Corrupt("a comment's locator does not parse".to_owned()))
    }
}

impl std::fmt::Display for Locator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.generation, self.article)
    }
}

/// Where each of these comments is, in their order.
pub(super) async fn locate(
    store: &RedisStore,
    site: &SiteId,
    ids: &[CommentId],
) -> Result<Vec<Option<Locator>>, StoreError> {
    let gets = ids.iter().map(|id| Call::command("GET").arg(store.keys.locator(site, id))).collect();
    let located = |value| parsed::<Option<String>>(value)?.map(|found| found.parse()).transpose();
    store.connection.each(gets).await?.into_iter().map(located).collect()
}

/// Asks for the JSON of a comment whose article is known.
pub(super) fn get(store: &RedisStore, site: &SiteId, article: &ArticleId, id: &CommentId) -> Call {
    Call::command("HGET").arg(store.keys.partition(site, article).comment(id)).arg("doc")
}

/// The comments that exist of those named, in the order of their names.
pub(super) async fn read(store: &RedisStore, site: &SiteId, ids: &[CommentId]) -> Result<Vec<Comment>, StoreError> {
    let locators = locate(store, site, ids).await?;
    let gets = ids.iter().zip(locators).filter_map(|(id, at)| Some(get(store, site, &at?.article, id))).collect();
    let docs = store.connection.each(gets).await?;
    docs.into_iter().filter_map(|doc| parsed::<Option<String>>(doc).transpose()).map(|doc| comment(&doc?)).collect()
}

/// Reads a comment's JSON.
pub(super) fn comment(doc: &str) -> Result<Comment, StoreError> {
    Ok(serde_json::from_str(doc)?)
}
