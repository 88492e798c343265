//! The comments that wait, beyond claiming them one by one.

use super::{ClaimFilter, LeaseError, StoreError};
use crate::comment::{Claim, ClaimId, Comment, SiteId, Timestamp};
use async_trait::async_trait;

/// Asks for pending comments, the longest wait first.
#[derive(Debug, Clone)]
pub struct WaitingQuery {
    pub site: SiteId,
    /// As of a claim: without a role, those that wait for anybody.
    pub filter: ClaimFilter,
    /// The `next` of the page before.
    pub after: Option<String>,
    pub limit: usize,
    pub now: Timestamp,
}

/// A pending comment, and who holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitingComment {
    pub comment: Comment,
    /// A live claim.
    pub claim: Option<Claim>,
}

/// One page of pending comments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WaitingPage {
    pub waiting: Vec<WaitingComment>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// What a store knows of the queue beside what [`super::Store::claim`] hands out.
#[async_trait]
pub trait Waiting: Send + Sync {
    /// Pending comments that a filter lets through, held ones included, the longest wait first, each once. A comment
    /// that comes into the queue or leaves it while the pages are read may be missing.
    async fn waiting(&self, query: &WaitingQuery) -> Result<WaitingPage, StoreError>;
    /// What somebody holds: her live claims, the one made first coming first.
    async fn claims_of(&self, site: &SiteId, holder: &str, now: Timestamp)
    -> Result<Vec<(Claim, Comment)>, StoreError>;
    /// Gives a leased comment back, and does not hand it to its holder again until then.
    async fn skip(
        &self,
        site: &SiteId,
        id: &ClaimId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Result<(), LeaseError>, StoreError>;
}
