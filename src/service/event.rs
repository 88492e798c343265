//! Events: what happened, for whoever listens.

use super::{Ombud, ServiceError};
use crate::comment::SiteId;
use crate::store::EventPage;
use tokio::sync::watch;

impl Ombud {
    /// Events after a cursor, or from the beginning.
    ///
    /// # Errors
    /// [`ServiceError::UnknownCursor`] for a cursor this store never gave out.
    pub async fn events(&self, site: &SiteId, after: Option<&str>, limit: usize) -> Result<EventPage, ServiceError> {
        Ok(self.store.events(site, after, limit).await?)
    }

    /// The cursor after the newest event.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn latest_cursor(&self, site: &SiteId) -> Result<String, ServiceError> {
        Ok(self.store.latest_cursor(site).await?)
    }

    /// Changes whenever there may be new events.
    #[must_use]
    pub fn news(&self) -> watch::Receiver<u64> {
        self.store.news()
    }
}
