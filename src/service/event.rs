//! Events: what happened, for whoever listens.

use super::{Ombud, ServiceError};
use crate::comment::SiteId;
use crate::delivery::stream::{self, Heard};
use crate::store::EventPage;
use futures_util::Stream;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

impl Ombud {
    /// Events after a cursor, or from the beginning.
    ///
    /// # Errors
    /// [`ServiceError::UnknownCursor`] for a cursor this store never gave out, [`ServiceError::CursorExpired`] for one after
    /// which events are no longer kept.
    pub async fn events(&self, site: &SiteId, after: Option<&str>, limit: usize) -> Result<EventPage, ServiceError> {
        Ok(self.store.events(site, after, limit).await?)
    }

    /// Events as they happen, after a cursor or from now on, until `end`.
    ///
    /// # Errors
    /// [`ServiceError::UnknownCursor`] for a cursor this store never gave out.
    pub async fn listen(
        &self,
        site: &SiteId,
        after: Option<String>,
        end: CancellationToken,
    ) -> Result<impl Stream<Item = Heard> + Unpin + use<>, ServiceError> {
        Ok(stream::open(Arc::clone(&self.store), site.clone(), after, end, stream::PATIENCE).await?)
    }
}
