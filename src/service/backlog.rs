//! How the store and its queues stand, for whoever watches ombud.
//!
//! Watchers come every few seconds and to every replica, so the store is asked at most every five seconds, for so
//! many sites, and not for long: watching must not be what makes a slow store slower.

use super::Ombud;
use super::metric::since;
use crate::comment::SiteId;
use crate::policy::AuditFigures;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long an answer is given again.
pub(super) const TRUST: Duration = Duration::from_secs(5);

/// How long the store may take for all of it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Most sites whose queues are read.
const MAX_SITES: usize = 100;

/// A site's queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteQueue {
    pub site: SiteId,
    pub depth: u64,
    /// Of these, how many somebody holds.
    pub claimed: u64,
    /// How long the oldest has waited; nothing if none waits.
    pub oldest_age: Duration,
}

/// All queues that could be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Backlog {
    /// Whether the store takes writes.
    pub ready: bool,
    /// By site.
    pub queues: Vec<SiteQueue>,
    /// How often the machine was wrong on them, as far as there was time to read that.
    pub audits: Vec<(SiteId, Arc<AuditFigures>)>,
    /// Sites whose queue was not read: there are too many, or the store is too slow.
    pub unread: usize,
}

impl Ombud {
    /// How things stand, or stood up to five seconds ago.
    pub async fn backlog(&self) -> Arc<Backlog> {
        self.backlogs.get_with((), async { Arc::new(self.read_backlog().await) }).await
    }

    async fn read_backlog(&self) -> Backlog {
        let end = Instant::now() + PATIENCE;
        let ready = matches!(timeout_at(end, self.store.durability()).await, Ok(Ok(_)));
        let mut backlog = Backlog { ready, ..Backlog::default() };
        let Ok(Ok(sites)) = timeout_at(end, self.store.sites()).await else { return backlog };
        let now = self.clock.now();
        for site in sites.iter().take(MAX_SITES) {
            // One that can't be read says nothing of the next, but time that is over is over.
            let Ok(read) = timeout_at(end, self.store.queue(&site.id, now)).await else { break };
            if let Ok(queue) = read {
                let oldest_age = queue.oldest_queued_at.map(|at| since(at, now)).unwrap_or_default();
                let site = site.id.clone();
                backlog.queues.push(SiteQueue { site, depth: queue.depth, claimed: queue.claimed, oldest_age });
            }
        }
        backlog.unread = sites.len() - backlog.queues.len();
        for site in sites.iter().take(MAX_SITES) {
            let Ok(read) = timeout_at(end, self.audit_figures(&site.id)).await else { break };
            backlog.audits.extend(read.ok().map(|figures| (site.id.clone(), figures)));
        }
        backlog
    }
}
