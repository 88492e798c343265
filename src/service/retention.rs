//! Dropping what was kept long enough.

use super::{Ombud, ServiceError};
use crate::comment::{SiteId, State, Timestamp};
use crate::delivery::webhook::Beginning;
use crate::store::{Conflict, Lease};
use std::time::Duration;

/// Comments dropped, or events trimmed, at a time.
const BATCH: usize = 200;
/// Most batches of one kind in one pass: the next pass goes on.
const BATCHES: usize = 50;

/// How long what is personal is kept, in days; 0 is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    /// Text and author of a comment, from its last step on, while it is published.
    pub published_days: u32,
    pub rejected_days: u32,
    pub withdrawn_days: u32,
    /// Events of the log.
    pub events_days: u32,
}

impl Default for Periods {
    /// Comments for ever, events for 30 days.
    fn default() -> Self {
        Self { published_days: 0, rejected_days: 0, withdrawn_days: 0, events_days: 30 }
    }
}

/// What a pass dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Comments of which text and author were dropped.
    pub bodies: u64,
    pub events: u64,
}

impl Ombud {
    /// Drops on every site what is older than the periods. Any number of replicas may do so at once; each body is
    /// dropped once.
    ///
    /// # Errors
    /// Fails if the store does; what was dropped by then is.
    pub async fn apply_retention(&self, periods: &Periods) -> Result<Dropped, ServiceError> {
        let states = [
            (State::Published, periods.published_days),
            (State::Rejected, periods.rejected_days),
            (State::Withdrawn, periods.withdrawn_days),
        ];
        let mut dropped = Dropped::default();
        for site in self.store.sites().await? {
            self.trim_audits(&site.id).await?;
            for (state, days) in states {
                if let Some(before) = self.before(days) {
                    dropped.bodies += self.drop_bodies(&site.id, state, before).await?;
                }
            }
            if let Some(before) = self.before(periods.events_days) {
                dropped.events += self.trim_events(&site.id, before).await?;
            }
        }
        if dropped.bodies > 0 {
            self.store.scrub().await?;
        }
        if dropped != Dropped::default() {
            tracing::info!(bodies = dropped.bodies, events = dropped.events, "dropped what was kept long enough");
        }
        Ok(dropped)
    }

    /// What is older goes; `None` where nothing does.
    fn before(&self, days: u32) -> Option<Timestamp> {
        let period = Duration::from_hours(24 * u64::from(days));
        (days > 0).then(|| self.clock.now().saturating_sub(period).unwrap_or(Timestamp::MIN))
    }

    async fn drop_bodies(&self, site: &SiteId, state: State, before: Timestamp) -> Result<u64, ServiceError> {
        let mut count = 0;
        for _ in 0..BATCHES {
            let aged = self.store.aged(site, state, before, BATCH).await?;
            let last = aged.len() < BATCH;
            for comment in aged {
                // Another replica may have dropped it just now.
                let Ok(change) = comment.drop_body(self.clock.now()) else { continue };
                match self.store.advance(&change, &Lease::Free, change.audit.at).await? {
                    Ok(()) => count += 1,
                    // It was faster, or the comment moved on: then its time begins anew.
                    Err(Conflict::Stale(_)) => {}
                    Err(conflict) => return Err(ServiceError::conflict(conflict, &change.comment.id)),
                }
                if let Some(text) = comment.text() {
                    self.passages.forget(text.as_str());
                }
            }
            if last {
                break;
            }
        }
        Ok(count)
    }

    /// How far the webhook endpoints of a site have taken in its events; `None` if one is to have them all, and has not
    /// begun.
    async fn webhooks_have(&self, site: &SiteId) -> Result<Option<Vec<String>>, ServiceError> {
        let mut cursors = Vec::new();
        for endpoint in self.webhooks.endpoints.iter().filter(|endpoint| endpoint.site == *site) {
            match self.store.outbox(&endpoint.outbox()).await?.cursor {
                Some(cursor) => cursors.push(cursor),
                None if endpoint.beginning == Beginning::FirstEvent => return Ok(None),
                None => {}
            }
        }
        Ok(Some(cursors))
    }

    async fn trim_events(&self, site: &SiteId, before: Timestamp) -> Result<u64, ServiceError> {
        let Some(not_after) = self.webhooks_have(site).await? else { return Ok(0) };
        let mut count = 0;
        for _ in 0..BATCHES {
            let trimmed = self.store.trim_events(site, before, &not_after, BATCH).await?;
            count += trimmed;
            if trimmed < BATCH as u64 {
                break;
            }
        }
        Ok(count)
    }
}
