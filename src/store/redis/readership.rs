//! A site's secrets for its readers, and its threads from the newest end.

use super::RedisStore;
use super::script::{Call, STANDING};
use super::thread::{self, Direction};
use crate::comment::{ArticleId, ReaderKeys, SiteId};
use crate::store::{Readership, StoreError, ThreadPage};
use async_trait::async_trait;

#[async_trait]
impl Readership for RedisStore {
    async fn reader_keys(&self, site: &SiteId) -> Result<Option<ReaderKeys>, StoreError> {
        let get = Call::command("HGET").arg(self.keys.reader_keys(site)).arg("doc");
        let doc: Option<String> = self.connection.one(get).await?;
        Ok(doc.map(|doc| serde_json::from_str(&doc)).transpose()?)
    }

    async fn put_reader_keys(&self, site: &SiteId, keys: &ReaderKeys) -> Result<bool, StoreError> {
        let call = Call::script(&STANDING, &[self.keys.reader_keys(site)])
            .arg(keys.version.saturating_sub(1))
            .arg(keys.version)
            .arg(serde_json::to_string(keys)?);
        let (written, repeated): (bool, bool) = self.connection.told(call).await?;
        // The reply to the first attempt may have been lost.
        Ok(written || (repeated && self.reader_keys(site).await?.as_ref() == Some(keys)))
    }

    async fn newest_thread(
        &self,
        site: &SiteId,
        article: &ArticleId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ThreadPage, StoreError> {
        thread::page(self, site, article, Direction::Newest, after, limit).await
    }
}
