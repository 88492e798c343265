//! Where comments are kept: the port, and its adapters.
//!
//! The port speaks use-cases, so that atomicity is the adapter's: [`Store::admit`] writes the comment,
//! its place in thread or queue, the audit entry and the event in one step, or none of them. The author's
//! record and the count of repeated texts are facts for the policy, not state: an adapter may bring them up
//! to date right after (Redis does, as they lie in other hash slots). `tests/it/store/` holds one suite that every adapter passes.

pub mod address;
mod answer;
mod archive;
mod audits;
mod candidates;
mod error;
mod held;
mod measured;
mod model;
mod moderator;
mod near;
mod outbox;
mod policies;
mod readership;
pub mod redis;
mod reported;
mod retention;
mod search;
pub mod sqlite;
mod waiting;

pub use address::{InvalidStoreUrl, RedisAddress, StoreUrl};
pub use answer::{
    Admission, Binding, ClaimFilter, ClaimRequest, Conflict, CorrectionPage, Durability, EventPage, FactsQuery, Lease,
    LeaseError, ModeratedPage, QueueOverview, Report, ReportOutcome, ServerDurability, ThreadPage,
};
pub use archive::{Archive, ArchivedComment, ArchivedReport, HeldEvent, Import};
pub use audits::{AUDITS_KEPT, AuditClaim, AuditPage, AuditSettled, AuditTerm, Audits};
pub use candidates::Candidates;
pub use error::StoreError;
pub use held::{HeldEvents, LONGEST_HOLD};
pub use measured::Measured;
pub use model::{ModelVersion, ShadowCount};
pub use moderator::{MAX_SESSIONS, Moderators};
pub use outbox::{
    DeadLetter, DeadLetterPage, Delivery, DuePage, Outbox, OutboxId, OutboxLease, OutboxStanding, OutboxState,
    OutboxStatus, Replay, Settlement,
};
pub use policies::Policies;
pub use readership::Readership;
pub use reported::Reported;
pub use retention::{ERASURE_MEMORY, Retention, StateCount};
pub use search::{DECISIONS_KEPT, DecidedComment, DecidedPage, Search, SearchPage, SearchQuery};
pub use waiting::{Waiting, WaitingComment, WaitingPage, WaitingQuery};

use crate::comment::{
    ApiKey, Article, ArticleId, AuditEntry, Change, Claim, ClaimId, Comment, CommentId, Correction, KeyHash, KeyId,
    ModelId, Site, SiteId, SiteModels, Timestamp,
};
use crate::policy::Facts;
use async_trait::async_trait;
use tokio::sync::watch;

/// What every adapter can do. Cheap to share behind an `Arc`.
///
/// Every method may fail with [`StoreError::Unavailable`]; nothing is half-written then, and the call
/// may be repeated: steps are idempotent by id and version.
#[async_trait]
pub trait Store:
    Archive
    + Candidates
    + Audits
    + HeldEvents
    + Moderators
    + Outbox
    + Policies
    + Readership
    + Reported
    + Retention
    + Search
    + Waiting
    + Send
    + Sync
    + 'static
{
    // Sites and keys.

    /// Writes a site, replacing the one of the same id.
    async fn put_site(&self, site: &Site) -> Result<(), StoreError>;
    /// All sites, by id.
    async fn sites(&self) -> Result<Vec<Site>, StoreError>;
    async fn site(&self, site: &SiteId) -> Result<Option<Site>, StoreError>;
    /// Writes a key, replacing the one of the same site and id (so that it can be revoked).
    async fn put_key(&self, key: &ApiKey) -> Result<(), StoreError>;
    /// A site's keys, by id.
    async fn keys(&self, site: &SiteId) -> Result<Vec<ApiKey>, StoreError>;
    async fn key(&self, site: &SiteId, id: &KeyId) -> Result<Option<ApiKey>, StoreError> {
        Ok(self.keys(site).await?.into_iter().find(|k| k.id == *id))
    }
    /// The key with this secret's hash, revoked or not.
    async fn key_by_hash(&self, hash: &KeyHash) -> Result<Option<ApiKey>, StoreError>;

    // Articles.

    /// Writes an article, replacing the one of the same id.
    async fn put_article(&self, article: &Article) -> Result<(), StoreError>;
    /// Writes an article unless there is one of the same id; answers whether it did.
    async fn put_new_article(&self, article: &Article) -> Result<bool, StoreError>;
    async fn article(&self, site: &SiteId, id: &ArticleId) -> Result<Option<Article>, StoreError>;

    // Comments.

    /// Gathers what a decision rests on. A parent that is unknown is simply absent.
    async fn facts(&self, query: &FactsQuery) -> Result<Facts, StoreError>;
    async fn comment(&self, site: &SiteId, id: &CommentId) -> Result<Option<Comment>, StoreError>;
    /// The comments that exist of those named, in any order.
    async fn comments(&self, site: &SiteId, ids: &[CommentId]) -> Result<Vec<Comment>, StoreError>;
    /// Takes in a new comment. One that is there already is answered as it stands and left alone; one whose author was
    /// erased after it was received is not taken in, see [`Retention::begin_erasure`].
    async fn admit(&self, change: &Change) -> Result<Admission, StoreError>;
    /// Takes a step, if the comment still is at the version the change expects and, where a lease is
    /// named or somebody else holds one, the lease allows it. Ends the comment's lease. Its event is told at once or
    /// held back, see [`HeldEvents`].
    async fn advance(&self, change: &Change, lease: &Lease, now: Timestamp)
    -> Result<Result<(), Conflict>, StoreError>;
    /// Records a reader's report. Once `limit` distinct readers have reported a comment since a moderator
    /// last decided on it, `escalation` is applied in the same step.
    async fn report(
        &self,
        report: &Report,
        limit: u32,
        escalation: &Change,
    ) -> Result<Result<ReportOutcome, Conflict>, StoreError>;
    /// The conversations of an article that hold a published comment, oldest first: all their published
    /// comments, `limit` conversations a page. `after` is the `next` of the page before.
    async fn thread(
        &self,
        site: &SiteId,
        article: &ArticleId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ThreadPage, StoreError>;
    /// Ties an idempotency key to a comment's id; answers what it is tied to from now on. Ties last a day
    /// at least.
    async fn bind(&self, site: &SiteId, key: &str, id: &CommentId, now: Timestamp) -> Result<Binding, StoreError>;

    // The queue.

    async fn queue(&self, site: &SiteId, now: Timestamp) -> Result<QueueOverview, StoreError>;
    /// Leases up to `limit` pending comments that nobody holds, in the order asked for; none that the holder skipped
    /// of late or has given an opinion on.
    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<(Claim, Comment)>, StoreError>;
    /// Extends a live lease.
    async fn heartbeat(
        &self,
        site: &SiteId,
        id: &ClaimId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Result<Claim, LeaseError>, StoreError>;
    /// Gives a leased comment back. Releasing twice is no error.
    async fn release(&self, site: &SiteId, id: &ClaimId) -> Result<(), StoreError>;

    // What a site learns, and its models.

    /// Comments on which a person's decision stands, `limit` a page, each once. `after` is the `next` of the page
    /// before. What is decided while the pages are read may be missing.
    async fn moderated(&self, site: &SiteId, after: Option<&str>, limit: usize) -> Result<ModeratedPage, StoreError>;
    /// Keeps a correction. What the same key said of the same text before is amended in the same step, as
    /// [`Correction::over`] says, and keeps its place. A new one takes the last place, and of more than `keep` on the
    /// site those said first make way. The same again changes nothing.
    async fn put_correction(&self, site: &SiteId, correction: &Correction, keep: u32) -> Result<(), StoreError>;
    /// A site's corrections in the order in which each was first said, `limit` a page, each once. `after` is the
    /// `next` of the page before.
    async fn corrections(&self, site: &SiteId, after: Option<&str>, limit: usize)
    -> Result<CorrectionPage, StoreError>;
    /// Keeps a model and, if there is one, its file. The same again changes nothing.
    async fn put_model(&self, site: &SiteId, version: &ModelVersion, file: Option<&[u8]>) -> Result<(), StoreError>;
    /// A site's models, oldest first.
    async fn models(&self, site: &SiteId) -> Result<Vec<ModelVersion>, StoreError>;
    async fn model_file(&self, site: &SiteId, id: &ModelId) -> Result<Option<Vec<u8>>, StoreError>;
    /// How a site's models stand; [`SiteModels::default`] for one that has none.
    async fn site_models(&self, site: &SiteId) -> Result<SiteModels, StoreError>;
    /// Writes how a site's models stand, if they still stand at the version before; answers whether they did.
    async fn put_site_models(&self, site: &SiteId, models: &SiteModels) -> Result<bool, StoreError>;
    /// What a model in shadow would have made of comments, beside what was decided: a count for every two actions.
    async fn shadow_counts(&self, site: &SiteId, model: &ModelId) -> Result<Vec<ShadowCount>, StoreError>;

    // The log.

    /// Events after a cursor (from the beginning without one), in order per comment.
    async fn events(&self, site: &SiteId, after: Option<&str>, limit: usize) -> Result<EventPage, StoreError>;
    /// The cursor after the newest event.
    async fn latest_cursor(&self, site: &SiteId) -> Result<String, StoreError>;
    /// A comment's audit trail, oldest first.
    async fn audit(&self, site: &SiteId, id: &CommentId) -> Result<Vec<AuditEntry>, StoreError>;
    /// Changes whenever there may be new events, on any replica. A hint: readers ask [`Store::events`].
    fn news(&self) -> watch::Receiver<u64>;

    // The store itself.

    /// Answers if the store can take a comment now, and what it promises about those it took.
    async fn durability(&self) -> Result<Durability, StoreError>;
}
