//! Who is told of events, and how.

use super::secret_file::SecretFile;
use crate::comment::{EndpointId, SiteId, State};
use crate::delivery::outward::Reach;
use crate::store::OutboxId;
use rustls::RootCertStore;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Where an endpoint that was never seen before begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Beginning {
    /// At what happens from now on.
    #[default]
    Now,
    /// At the first event that the site has.
    FirstEvent,
}

/// A place that a site's events are sent to. Whatever is sent there, redirects are not followed.
#[derive(Debug)]
pub struct Endpoint {
    pub id: EndpointId,
    pub site: SiteId,
    /// HTTP or HTTPS, without a user.
    pub url: Url,
    /// Which kinds of events it hears of; `None`: all.
    pub events: Option<BTreeSet<String>>,
    pub secrets: SecretFile,
    /// Within which it has to have answered.
    pub timeout: Duration,
    /// How many deliveries may be under way at a time; at least 1.
    pub concurrency: usize,
    /// Which addresses its host may lead to.
    pub reach: Reach,
    /// Certificate authorities that are trusted in place of the public ones.
    pub authorities: Option<Arc<RootCertStore>>,
    pub beginning: Beginning,
}

impl Endpoint {
    /// The kinds of events that there are.
    #[must_use]
    pub fn kinds() -> Vec<String> {
        State::ALL.iter().map(|state| format!("comment.{state}")).collect()
    }

    /// Whether it hears of events of this kind.
    #[must_use]
    pub fn hears(&self, kind: &str) -> bool {
        self.events.as_ref().is_none_or(|events| events.contains(kind))
    }

    #[must_use]
    pub fn outbox(&self) -> OutboxId {
        OutboxId { site: self.site.clone(), endpoint: self.id.clone() }
    }
}

/// What goes for every endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// After how many failures in a row an endpoint is paused; at least 1.
    pub pause_after: u32,
    /// How many dead letters an endpoint keeps.
    pub keep_dead: u32,
    /// For how long it keeps them.
    pub keep_dead_for: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self { pause_after: 20, keep_dead: 10_000, keep_dead_for: Duration::from_hours(30 * 24) }
    }
}

/// All endpoints, and the rules for them. By default there is none.
#[derive(Debug, Clone, Default)]
pub struct Webhooks {
    pub endpoints: Vec<Arc<Endpoint>>,
    pub rules: Rules,
}

impl Webhooks {
    #[must_use]
    pub fn endpoint(&self, id: &EndpointId) -> Option<&Arc<Endpoint>> {
        self.endpoints.iter().find(|endpoint| endpoint.id == *id)
    }
}
