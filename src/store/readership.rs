//! What the readers' pages need of a store.

use super::{StoreError, ThreadPage};
use crate::comment::{ArticleId, ReaderKeys, SiteId};
use async_trait::async_trait;

/// A site's secrets for its readers, and its threads from the newest end.
#[async_trait]
pub trait Readership: Send + Sync {
    /// A site's secrets for its readers; `None` for a site that never needed any.
    async fn reader_keys(&self, site: &SiteId) -> Result<Option<ReaderKeys>, StoreError>;
    /// Writes them, if they still stand at the version before (none is version 0); answers whether they did.
    async fn put_reader_keys(&self, site: &SiteId, keys: &ReaderKeys) -> Result<bool, StoreError>;
    /// As [`super::Store::thread`], newest conversation first; each conversation's comments still by time and id. A
    /// cursor belongs to the direction that gave it out.
    async fn newest_thread(
        &self,
        site: &SiteId,
        article: &ArticleId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ThreadPage, StoreError>;
}
