//! Webhooks: who is told, how that goes, and what an operator does about it.

use super::{Ombud, ServiceError};
use crate::comment::{EndpointId, Timestamp};
use crate::delivery::Time;
use crate::delivery::webhook::{Answer, Deliveries, Endpoint, Sender, Webhooks, message_id, test_body};
use crate::store::{DeadLetterPage, OutboxStanding, OutboxState, OutboxStatus, Replay, StoreError};
use jiff::SignedDuration;
use std::sync::Arc;

/// How often a standing is written anew when a deliverer was faster.
const ATTEMPTS: usize = 20;

/// Why something could not be done about a webhook endpoint.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error("webhooks.toml has no endpoint \"{0}\"")]
    UnknownEndpoint(EndpointId),
    #[error("no HTTP client: {0}")]
    Client(String),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for WebhookError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// How an endpoint stands.
#[derive(Debug, Clone)]
pub struct WebhookReport {
    pub endpoint: Arc<Endpoint>,
    pub state: OutboxState,
    /// The age of the oldest event that it was not given yet; `None` where it has all.
    pub lag: Option<SignedDuration>,
}

/// Something that whoever runs ombud should look at, though ombud works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// `webhook_paused` or `webhook_disabled`.
    pub code: &'static str,
    /// Which endpoint.
    pub endpoint: EndpointId,
    pub since: Timestamp,
}

impl Ombud {
    /// The same service, telling these endpoints of events.
    #[must_use]
    pub fn announcing(self, webhooks: Webhooks) -> Self {
        Self { webhooks: Arc::new(webhooks), ..self }
    }

    /// What delivers to the endpoints, once it is run.
    ///
    /// # Errors
    /// [`WebhookError::Client`] if there can be no HTTP client.
    pub fn deliveries(&self) -> Result<Deliveries, WebhookError> {
        let time: Arc<dyn Time> = Arc::new(self.clock.clone());
        Deliveries::new(&self.store, &time, &self.webhooks).map_err(WebhookError::Client)
    }

    /// How every endpoint stands, in the order of the file.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn webhooks(&self) -> Result<Vec<WebhookReport>, WebhookError> {
        let mut reports = Vec::new();
        for endpoint in &self.webhooks.endpoints {
            let state = self.store.outbox(&endpoint.outbox()).await?;
            let oldest = match (state.oldest_waiting, &state.cursor) {
                (Some(oldest), _) => Some(oldest),
                (None, Some(cursor)) => {
                    let page = self.store.events(&endpoint.site, Some(cursor), 1).await?;
                    page.events.first().map(|(_, event)| event.at)
                }
                (None, None) => None,
            };
            let lag = oldest.map(|oldest| self.now().duration_since(oldest));
            reports.push(WebhookReport { endpoint: Arc::clone(endpoint), state, lag });
        }
        Ok(reports)
    }

    /// What was given up for an endpoint, oldest first.
    ///
    /// # Errors
    /// [`WebhookError::UnknownEndpoint`], or the store fails.
    pub async fn dead_letters(
        &self,
        endpoint: &EndpointId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DeadLetterPage, WebhookError> {
        Ok(self.store.dead_letters(&self.endpoint(endpoint)?.outbox(), after, limit).await?)
    }

    /// Sends again what was given up; answers how many.
    ///
    /// # Errors
    /// [`WebhookError::UnknownEndpoint`], or the store fails.
    pub async fn replay(&self, endpoint: &EndpointId, which: &Replay) -> Result<u64, WebhookError> {
        Ok(self.store.replay(&self.endpoint(endpoint)?.outbox(), which, self.now()).await?)
    }

    /// Takes up an endpoint again that is paused, disabled, or asked to be left alone.
    ///
    /// # Errors
    /// [`WebhookError::UnknownEndpoint`], or the store fails.
    pub async fn enable_webhook(&self, endpoint: &EndpointId) -> Result<(), WebhookError> {
        let outbox = self.endpoint(endpoint)?.outbox();
        for _ in 0..ATTEMPTS {
            let OutboxStanding { revision, delivered_at, .. } = self.store.outbox(&outbox).await?.standing;
            let standing = OutboxStanding { revision: revision + 1, delivered_at, ..OutboxStanding::default() };
            if self.store.put_outbox_standing(&outbox, &standing).await? {
                return Ok(());
            }
        }
        Err(ServiceError::Unavailable("the endpoint's standing keeps changing".to_owned()).into())
    }

    /// Sends an endpoint a message that tells nothing, whatever its standing.
    ///
    /// # Errors
    /// [`WebhookError::UnknownEndpoint`], or there can be no HTTP client.
    pub async fn test_webhook(&self, endpoint: &EndpointId) -> Result<Answer, WebhookError> {
        let endpoint = self.endpoint(endpoint)?;
        let sender = Sender::new(Arc::clone(endpoint)).map_err(WebhookError::Client)?;
        let now = self.now();
        // Another message each time: receivers drop what they have seen.
        let id = message_id(&endpoint.site, &format!("test {now}"));
        Ok(sender.send(&id, &test_body(&endpoint.site, now), now).await)
    }

    /// What to look at.
    pub(super) async fn alerts(&self) -> Result<Vec<Alert>, ServiceError> {
        let mut alerts = Vec::new();
        for endpoint in &self.webhooks.endpoints {
            let (code, since) = match self.store.outbox(&endpoint.outbox()).await?.standing.status {
                OutboxStatus::Active => continue,
                OutboxStatus::Paused { since, .. } => ("webhook_paused", since),
                OutboxStatus::Disabled { since } => ("webhook_disabled", since),
            };
            alerts.push(Alert { code, endpoint: endpoint.id.clone(), since });
        }
        Ok(alerts)
    }

    fn endpoint(&self, id: &EndpointId) -> Result<&Arc<Endpoint>, WebhookError> {
        self.webhooks.endpoint(id).ok_or_else(|| WebhookError::UnknownEndpoint(id.clone()))
    }
}
