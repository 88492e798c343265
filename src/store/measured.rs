//! A store that says how long it takes, and counts the events it writes. All of ombud works on one of these.
//!
//! A new method of a port is one line here.

use super::{
    Admission, Archive, ArchivedComment, AuditClaim, AuditPage, AuditSettled, AuditTerm, Audits, Binding, Candidates,
    ClaimRequest, Conflict, CorrectionPage, DeadLetterPage, DecidedPage, DuePage, Durability, EventPage, FactsQuery,
    HeldEvents, Import, Lease, LeaseError, ModelVersion, ModeratedPage, Moderators, Outbox, OutboxId, OutboxLease,
    OutboxStanding, OutboxState, Policies, QueueOverview, Readership, Replay, Report, ReportOutcome, Reported,
    Retention, Search, SearchPage, SearchQuery, Settlement, ShadowCount, StateCount, Store, StoreError, ThreadPage,
    Waiting, WaitingPage, WaitingQuery,
};
use crate::comment::{
    ApiKey, Article, ArticleId, AttemptSubject, Audit, AuditEntry, AuditId, AuditOutcome, AuthorId, Change, Claim,
    ClaimId, Comment, CommentId, Correction, CorrectionId, Event, KeyHash, KeyId, ModelId, Moderator, ModeratorName,
    ReaderKeys, Session, SessionHash, Site, SiteId, SiteModels, State, Step, Timestamp,
};
use crate::policy::{CandidateId, CandidatePolicy, Facts, PolicyFiles, PublishedPolicy, ReplicaPolicy};
use crate::telemetry::metric::{EVENTS, STORE_DURATION};
use async_trait::async_trait;
use metrics::{Counter, Histogram};
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use tokio::sync::watch;
use tracing::Instrument as _;

/// How a call of the store ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Answered, be it that something is not there or moved on.
    Ok,
    Unavailable,
    /// What is kept can't be read.
    Failed,
    /// Nobody waited for the end.
    Abandoned,
}

impl Outcome {
    const COUNT: usize = 4;

    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unavailable => "unavailable",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
        }
    }

    fn of<T>(answer: &Result<T, StoreError>) -> Self {
        match answer {
            Ok(_) | Err(StoreError::UnknownCursor | StoreError::CursorExpired) => Self::Ok,
            Err(StoreError::Unavailable(_)) => Self::Unavailable,
            Err(StoreError::Corrupt(_) | StoreError::Layout(_)) => Self::Failed,
        }
    }
}

/// The histograms of one operation, each made when it is needed first.
struct Operation {
    name: &'static str,
    durations: [OnceLock<Histogram>; Outcome::COUNT],
}

impl Operation {
    const fn new(name: &'static str) -> Self {
        Self { name, durations: [const { OnceLock::new() }; Outcome::COUNT] }
    }

    /// Runs the operation to its end, and says how long that took.
    async fn timed<T>(&'static self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let mut running = Running { operation: self, started: Instant::now(), outcome: Outcome::Abandoned };
        let answer = work.instrument(tracing::debug_span!("store", operation = self.name)).await;
        running.outcome = Outcome::of(&answer);
        answer
    }
}

/// An operation under way; says how it ended also if its future is dropped.
struct Running {
    operation: &'static Operation,
    started: Instant,
    outcome: Outcome,
}

impl Drop for Running {
    fn drop(&mut self) {
        let Self { operation, started, outcome } = self;
        let duration = operation.durations[*outcome as usize]
            .get_or_init(|| STORE_DURATION.histogram(&[("operation", operation.name), ("outcome", outcome.name())]));
        duration.record(started.elapsed());
    }
}

/// A store, measured.
pub struct Measured {
    store: Arc<dyn Store>,
    /// By [`Step`].
    events: [Counter; Step::ALL.len()],
}

impl Measured {
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Arc<Self> {
        let events = Step::ALL.map(|step| EVENTS.counter(&[("step", step.name())]));
        Arc::new(Self { store, events })
    }

    fn written(&self, step: Step) {
        self.events[step as usize].increment(1);
    }
}

/// Implements a port: each method named is timed and handed on; what follows `also` is written out.
macro_rules! measured {
    (
        impl $port:ident {
            $(async fn $name:ident(&self $(, $argument:ident: $type:ty)* $(,)?) -> $answer:ty;)*
        }
        also { $($written:tt)* }
    ) => {
        #[async_trait]
        impl $port for Measured {
            $(async fn $name(&self $(, $argument: $type)*) -> Result<$answer, StoreError> {
                static OPERATION: Operation = Operation::new(stringify!($name));
                OPERATION.timed(self.store.$name($($argument),*)).await
            })*
            $($written)*
        }
    };
}

measured! {
    impl Store {
        async fn put_site(&self, site: &Site) -> ();
        async fn sites(&self) -> Vec<Site>;
        async fn site(&self, site: &SiteId) -> Option<Site>;
        async fn put_key(&self, key: &ApiKey) -> ();
        async fn keys(&self, site: &SiteId) -> Vec<ApiKey>;
        async fn key(&self, site: &SiteId, id: &KeyId) -> Option<ApiKey>;
        async fn key_by_hash(&self, hash: &KeyHash) -> Option<ApiKey>;
        async fn put_article(&self, article: &Article) -> ();
        async fn put_new_article(&self, article: &Article) -> bool;
        async fn article(&self, site: &SiteId, id: &ArticleId) -> Option<Article>;
        async fn facts(&self, query: &FactsQuery) -> Facts;
        async fn comment(&self, site: &SiteId, id: &CommentId) -> Option<Comment>;
        async fn comments(&self, site: &SiteId, ids: &[CommentId]) -> Vec<Comment>;
        async fn thread(
            &self,
            site: &SiteId,
            article: &ArticleId,
            after: Option<&str>,
            limit: usize,
        ) -> ThreadPage;
        async fn bind(&self, site: &SiteId, key: &str, id: &CommentId, now: Timestamp) -> Binding;
        async fn queue(&self, site: &SiteId, now: Timestamp) -> QueueOverview;
        async fn claim(&self, request: &ClaimRequest) -> Vec<(Claim, Comment)>;
        async fn heartbeat(
            &self,
            site: &SiteId,
            id: &ClaimId,
            expires_at: Timestamp,
            now: Timestamp,
        ) -> Result<Claim, LeaseError>;
        async fn release(&self, site: &SiteId, id: &ClaimId) -> ();
        async fn moderated(&self, site: &SiteId, after: Option<&str>, limit: usize) -> ModeratedPage;
        async fn put_correction(&self, site: &SiteId, correction: &Correction, keep: u32) -> ();
        async fn corrections(&self, site: &SiteId, after: Option<&str>, limit: usize) -> CorrectionPage;
        async fn put_model(&self, site: &SiteId, version: &ModelVersion, file: Option<&[u8]>) -> ();
        async fn models(&self, site: &SiteId) -> Vec<ModelVersion>;
        async fn model_file(&self, site: &SiteId, id: &ModelId) -> Option<Vec<u8>>;
        async fn site_models(&self, site: &SiteId) -> SiteModels;
        async fn put_site_models(&self, site: &SiteId, models: &SiteModels) -> bool;
        async fn shadow_counts(&self, site: &SiteId, model: &ModelId) -> Vec<ShadowCount>;
        async fn events(&self, site: &SiteId, after: Option<&str>, limit: usize) -> EventPage;
        async fn latest_cursor(&self, site: &SiteId) -> String;
        async fn audit(&self, site: &SiteId, id: &CommentId) -> Vec<AuditEntry>;
        async fn durability(&self) -> Durability;
    }
    also {
        async fn admit(&self, change: &Change) -> Result<Admission, StoreError> {
            static OPERATION: Operation = Operation::new("admit");
            let admission = OPERATION.timed(self.store.admit(change)).await?;
            if matches!(admission, Admission::New) {
                self.written(change.event.step);
            }
            Ok(admission)
        }

        async fn advance(
            &self,
            change: &Change,
            lease: &Lease,
            now: Timestamp,
        ) -> Result<Result<(), Conflict>, StoreError> {
            static OPERATION: Operation = Operation::new("advance");
            let advanced = OPERATION.timed(self.store.advance(change, lease, now)).await?;
            if advanced.is_ok() {
                self.written(change.event.step);
            }
            Ok(advanced)
        }

        async fn report(
            &self,
            report: &Report,
            limit: u32,
            escalation: &Change,
        ) -> Result<Result<ReportOutcome, Conflict>, StoreError> {
            static OPERATION: Operation = Operation::new("report");
            let reported = OPERATION.timed(self.store.report(report, limit, escalation)).await?;
            if reported.as_ref().is_ok_and(|outcome| outcome.escalated) {
                self.written(escalation.event.step);
            }
            Ok(reported)
        }

        fn news(&self) -> watch::Receiver<u64> {
            self.store.news()
        }
    }
}

measured! {
    impl HeldEvents {
        async fn release_due(&self, now: Timestamp, limit: usize) -> Option<Timestamp>;
    }
    also {}
}

measured! {
    impl Waiting {
        async fn waiting(&self, query: &WaitingQuery) -> WaitingPage;
        async fn claims_of(&self, site: &SiteId, holder: &str, now: Timestamp) -> Vec<(Claim, Comment)>;
        async fn skip(&self, site: &SiteId, id: &ClaimId, until: Timestamp, now: Timestamp) -> Result<(), LeaseError>;
    }
    also {}
}

measured! {
    impl Moderators {
        async fn put_moderator(&self, moderator: &Moderator) -> bool;
        async fn moderator(&self, site: &SiteId, name: &ModeratorName) -> Option<Moderator>;
        async fn moderators(&self, site: &SiteId) -> Vec<Moderator>;
        async fn put_session(&self, session: &Session, now: Timestamp) -> ();
        async fn touch_session(&self, session: &Session) -> bool;
        async fn session(&self, site: &SiteId, hash: &SessionHash) -> Option<Session>;
        async fn sessions(&self, site: &SiteId, name: &ModeratorName) -> Vec<Session>;
        async fn end_session(&self, site: &SiteId, hash: &SessionHash) -> bool;
        async fn begin_attempt(&self, site: &SiteId, subjects: &[AttemptSubject], now: Timestamp) -> Option<Timestamp>;
        async fn forget_attempts(&self, site: &SiteId, subject: &AttemptSubject) -> ();
    }
    also {}
}

measured! {
    impl Outbox {
        async fn take_outbox(
            &self,
            lease: &OutboxLease,
            expires_at: Timestamp,
            now: Timestamp,
        ) -> Result<(), Timestamp>;
        async fn keep_outbox(&self, lease: &OutboxLease, expires_at: Timestamp) -> bool;
        async fn leave_outbox(&self, lease: &OutboxLease) -> ();
        async fn outbox(&self, id: &OutboxId) -> OutboxState;
        async fn settle(&self, lease: &OutboxLease, settlement: &Settlement) -> bool;
        async fn due(&self, id: &OutboxId, now: Timestamp, limit: usize) -> DuePage;
        async fn dead_letters(&self, id: &OutboxId, after: Option<&str>, limit: usize) -> DeadLetterPage;
        async fn replay(&self, id: &OutboxId, which: &Replay, now: Timestamp) -> u64;
        async fn put_outbox_standing(&self, id: &OutboxId, standing: &OutboxStanding) -> bool;
    }
    also {}
}

measured! {
    impl Policies {
        async fn policy_in_force(&self) -> Option<PublishedPolicy>;
        async fn publish_policy(&self, policy: &PublishedPolicy, files: &PolicyFiles) -> bool;
        async fn published_policies(&self, before: Option<u64>, limit: usize) -> Vec<PublishedPolicy>;
        async fn policy_files(&self, revision: &str) -> Option<PolicyFiles>;
        async fn put_replica(&self, replica: &ReplicaPolicy, until: Timestamp) -> ();
        async fn replicas(&self, now: Timestamp) -> Vec<ReplicaPolicy>;
    }
    also {}
}

measured! {
    impl Candidates {
        async fn put_candidate(&self, candidate: &CandidatePolicy, files: &PolicyFiles, keep: u32) -> ();
        async fn candidates(&self) -> Vec<CandidatePolicy>;
        async fn candidate(&self, id: &CandidateId) -> Option<(CandidatePolicy, PolicyFiles)>;
        async fn remove_candidate(&self, id: &CandidateId) -> bool;
    }
    also {}
}

measured! {
    impl Readership {
        async fn reader_keys(&self, site: &SiteId) -> Option<ReaderKeys>;
        async fn put_reader_keys(&self, site: &SiteId, keys: &ReaderKeys) -> bool;
        async fn newest_thread(
            &self,
            site: &SiteId,
            article: &ArticleId,
            after: Option<&str>,
            limit: usize,
        ) -> ThreadPage;
    }
    also {}
}

measured! {
    impl Search {
        async fn newest(&self, query: &SearchQuery) -> SearchPage;
        async fn decided_by(
            &self,
            site: &SiteId,
            moderator: &str,
            after: Option<&str>,
            limit: usize,
        ) -> DecidedPage;
        async fn decided_count(&self, site: &SiteId, moderator: &str, since: Timestamp) -> u64;
    }
    also {}
}

measured! {
    impl Reported {
        async fn reported_of(&self, site: &SiteId, author: &AuthorId, but: &CommentId) -> u64;
    }
    also {}
}

measured! {
    impl Audits {
        async fn put_audit(&self, site: &SiteId, audit: &Audit) -> ();
        async fn audit_named(&self, site: &SiteId, id: &AuditId) -> Option<Audit>;
        async fn claim_audit(&self, claim: &AuditClaim) -> Option<Audit>;
        async fn pass_audit(
            &self,
            site: &SiteId,
            id: &AuditId,
            holder: &str,
            until: Timestamp,
            now: Timestamp,
        ) -> ();
        async fn settle_audit(&self, site: &SiteId, id: &AuditId, outcome: &AuditOutcome) -> AuditSettled;
        async fn audits(&self, site: &SiteId, from: Timestamp, after: Option<&str>, limit: usize) -> AuditPage;
        async fn audits_waiting(&self, site: &SiteId) -> u64;
        async fn forget_audits(&self, site: &SiteId, comment: &CommentId, version: u64) -> u64;
        async fn trim_audits(&self, site: &SiteId, term: &AuditTerm, limit: usize) -> u64;
    }
    also {}
}

measured! {
    impl Archive {
        async fn articles(&self, site: &SiteId, after: Option<&ArticleId>, limit: usize) -> Vec<Article>;
        async fn archived(&self, site: &SiteId, after: Option<&CommentId>, limit: usize) -> Vec<ArchivedComment>;
        async fn begin_import(&self, site: &SiteId, name: &str) -> Import;
        async fn restore_comment(&self, archived: &ArchivedComment) -> ();
        async fn restore_events(&self, site: &SiteId, first: u64, events: &[Event]) -> ();
        async fn restore_models(&self, site: &SiteId, models: &SiteModels) -> ();
        async fn end_import(&self, site: &SiteId) -> ();
    }
    also {}
}

measured! {
    impl Retention {
        async fn aged(&self, site: &SiteId, state: State, before: Timestamp, limit: usize) -> Vec<Comment>;
        async fn state_counts(&self, site: &SiteId) -> Vec<StateCount>;
        async fn begin_erasure(&self, site: &SiteId, author: &AuthorId, now: Timestamp) -> Timestamp;
        async fn authored(
            &self,
            site: &SiteId,
            author: &AuthorId,
            until: Timestamp,
            limit: usize,
        ) -> Vec<Comment>;
        async fn forget_reporter(&self, site: &SiteId, reporter: &str) -> u64;
        async fn forget_corrections(&self, site: &SiteId, ids: &[CorrectionId]) -> u64;
        async fn trim_events(
            &self,
            site: &SiteId,
            before: Timestamp,
            not_after: &[String],
            limit: usize,
        ) -> u64;
        async fn scrub(&self) -> ();
    }
    also {}
}
