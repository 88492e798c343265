//! Decisions of the machine's that were drawn to be judged by people.

use super::StoreError;
use crate::comment::{Audit, AuditId, AuditOutcome, CommentId, SiteId, Timestamp};
use async_trait::async_trait;

/// How many audits of a site are kept; of more, those drawn first make way.
pub const AUDITS_KEPT: usize = 100_000;

/// A moderator asks for an audit to judge.
#[derive(Debug, Clone)]
pub struct AuditClaim {
    pub site: SiteId,
    pub holder: String,
    /// Only decisions that were made then or earlier.
    pub until: Timestamp,
    pub now: Timestamp,
    pub expires_at: Timestamp,
}

/// How long audits are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditTerm {
    /// Those of decisions before this time go.
    pub before: Timestamp,
    /// So do those that still wait, of decisions before this time.
    pub waiting_before: Timestamp,
    /// Of more than so many, the first.
    pub keep: usize,
}

/// What became of an attempt to settle an audit.
#[derive(Debug, Clone, PartialEq)]
pub enum AuditSettled {
    Done,
    /// It was settled before, and so.
    Before(AuditOutcome),
    /// It is not kept, or not any longer.
    Unknown,
}

/// A page of audits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditPage {
    pub audits: Vec<Audit>,
    /// `None` if these are the last.
    pub next: Option<String>,
}

/// What audits need of a store. None is in an export: they are about the machine of one place, and draws about its secret.
#[async_trait]
pub trait Audits: Send + Sync {
    /// Keeps an audit; one that is there is left alone. It is written after the step that it is about, so that one may be
    /// lost in a crash: which one does not depend on what the comment says.
    async fn put_audit(&self, site: &SiteId, audit: &Audit) -> Result<(), StoreError>;
    async fn audit_named(&self, site: &SiteId, id: &AuditId) -> Result<Option<Audit>, StoreError>;
    /// Leases the one with the lowest number of those that wait, that nobody else holds and that the holder has not passed
    /// over: so whatever was judged by any moment is a random part of what was drawn. What she holds she may be given again.
    async fn claim_audit(&self, claim: &AuditClaim) -> Result<Option<Audit>, StoreError>;
    /// Gives an audit back, which its holder is not given again until then.
    async fn pass_audit(
        &self,
        site: &SiteId,
        id: &AuditId,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Says what became of an audit, if nobody has; the same again is done already.
    async fn settle_audit(
        &self,
        site: &SiteId,
        id: &AuditId,
        outcome: &AuditOutcome,
    ) -> Result<AuditSettled, StoreError>;
    /// Audits of decisions from then on, the earliest first, `limit` a page. `after` is the `next` of the page before.
    async fn audits(
        &self,
        site: &SiteId,
        from: Timestamp,
        after: Option<&str>,
        limit: usize,
    ) -> Result<AuditPage, StoreError>;
    /// How many wait to be judged.
    async fn audits_waiting(&self, site: &SiteId) -> Result<u64, StoreError>;
    /// Drops what waits of a comment, up to a version of it; answers how many.
    async fn forget_audits(&self, site: &SiteId, comment: &CommentId, version: u64) -> Result<u64, StoreError>;
    /// Drops what a term says, up to `limit` of each kind; answers how many that were.
    async fn trim_audits(&self, site: &SiteId, term: &AuditTerm, limit: usize) -> Result<u64, StoreError>;
}
