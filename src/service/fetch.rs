//! Articles that a platform names by their address alone: read there once, in the background.

use super::Ombud;
use super::metric::Fetched;
use crate::comment::{Article, ArticleId, SiteId};
use crate::delivery::fetch::Fetcher;
use crate::telemetry::carried;
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// How long an article is left alone after it was tried, whatever came of it.
const REST: Duration = Duration::from_hours(1);
/// How many articles tried are remembered.
const REMEMBERED: u64 = 10_000;
/// How many are fetched at a time.
const AT_A_TIME: usize = 4;
/// Longest address that an article keeps, in bytes.
const MAX_URL: usize = 2_000;

/// The fetcher, and what it was asked for of late.
#[derive(Clone)]
pub(super) struct Fetching {
    fetcher: Fetcher,
    tried: Cache<(SiteId, ArticleId), ()>,
    free: Arc<Semaphore>,
}

impl Ombud {
    /// The same service, reading unknown articles where they are published.
    #[must_use]
    pub fn fetching(self, fetcher: Fetcher) -> Self {
        let tried = Cache::builder().max_capacity(REMEMBERED).time_to_live(REST).build();
        let free = Arc::new(Semaphore::new(AT_A_TIME));
        Self { fetching: Some(Fetching { fetcher, tried, free }), ..self }
    }

    /// Begins to fetch an article, and puts it in the store unless there is one of its id by then. `None`, and
    /// nothing is done, where fetching is off, the article was tried within the hour, or others are under way.
    #[must_use]
    pub fn fetch_article(&self, site: &SiteId, id: &ArticleId, url: &str) -> Option<JoinHandle<()>> {
        let Fetching { fetcher, tried, free } = self.fetching.clone()?;
        let key = (site.clone(), id.clone());
        if url.len() > MAX_URL || !tried.entry(key.clone()).or_insert(()).is_fresh() {
            return None;
        }
        let Ok(turn) = free.try_acquire_owned() else {
            tried.invalidate(&key);
            return None;
        };
        let (ombud, (site, id), url) = (self.clone(), key, url.to_owned());
        Some(tokio::spawn(carried(async move {
            let fetched = ombud.fetch_into_store(&fetcher, &site, &id, url).await.unwrap_or_else(|why| {
                tracing::info!(%site, article = %id, why, "the article can't be fetched");
                Fetched::Failed
            });
            ombud.measures.fetched(fetched);
            drop(turn);
        })))
    }

    async fn fetch_into_store(
        &self,
        fetcher: &Fetcher,
        site: &SiteId,
        id: &ArticleId,
        url: String,
    ) -> Result<Fetched, String> {
        if self.store.article(site, id).await.map_err(|e| e.to_string())?.is_some() {
            return Ok(Fetched::Known);
        }
        let read = fetcher.fetch(&url).await.map_err(|e| e.to_string())?;
        let article = Article {
            site: site.clone(),
            id: id.clone(),
            title: read.title,
            url: Some(url),
            section: None,
            body: Some(read.body),
            comments_open: true,
            updated_at: self.now(),
        };
        let article = article.checked().map_err(|e| e.to_string())?;
        let new = self.store.put_new_article(&article).await.map_err(|e| e.to_string())?;
        tracing::info!(%site, article = %id, new, "an article was fetched");
        Ok(if new { Fetched::Stored } else { Fetched::Known })
    }
}
