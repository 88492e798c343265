//! The use-cases: the only place where the pure core and the ports meet.
//!
//! One file a use-case, each an `impl` block of [`Ombud`]. What goes wrong is a [`ServiceError`], which
//! knows nothing of HTTP.

mod access;
mod analyze;
mod appeal;
pub mod archive;
mod article;
mod audits;
mod backlog;
mod bulk;
mod caller;
mod clock;
mod correct;
mod decide;
mod desk;
mod edit;
mod erase;
mod error;
mod event;
mod evidence;
mod explain;
mod fetch;
mod glance;
mod hand_on;
mod health;
mod held;
mod judge;
mod judged;
mod learning;
mod metric;
mod models;
mod passages;
mod password;
mod people;
mod policy;
mod queue;
mod reader;
mod replay;
mod report;
mod retention;
mod schedule;
mod score;
mod search;
pub mod seed;
mod selection;
mod shadow;
mod sign_in;
mod submit;
mod teach;
mod thread;
pub mod transparency;
mod unnamed;
mod webhook;

pub use access::NewKey;
pub use analyze::{Analyst, Around};
pub use audits::{AUDITED_DAYS, Judgement, ToJudge};
pub use backlog::{Backlog, SiteQueue};
pub use bulk::{BulkDecision, BulkOutcome, BulkPreview, LeftAlone};
pub use caller::{Caller, KeyHolder};
pub use clock::{Clock, ManualClock};
pub use correct::NewCorrection;
pub use decide::{Decided, ModeratorDecision, Verb};
pub use desk::{PendingScores, Surrounding};
pub use erase::Erasure;
pub use error::ServiceError;
pub use explain::{Explanation, Outcome as ExplanationOutcome};
pub use glance::{Among, Appeals, BesideMachine, Figures, Glance, Histogram, Histograms, Outcome, PolicyUse, Standing};
pub use hand_on::{HandOn, Receiver};
pub use health::Readiness;
pub use judged::{JudgedComments, JudgedError};
pub use learning::{LearningError, Learnt, Then};
pub use models::ModelStanding;
pub use password::{MIN_PASSWORD_CHARACTERS, Password, WeakPassword};
pub use people::PeopleError;
pub use policy::{
    AtStart, CANDIDATES_KEPT, CandidateError, LONGEST_NOTE, Mistake, PolicyAlert, PolicyDraft, PolicyPlace,
    PolicyStanding, Publication, PublishError, difference,
};
pub use queue::{ClaimQuery, Claimed};
pub use reader::{Form, InvalidForm, TokenSecretError, Written};
pub use replay::{PolicyReplay, ReplayScope, ReplaySummary};
pub use retention::{Dropped, Periods};
pub use schedule::{Promotion, Schedule};
pub use score::{ScoreRequest, Scored};
pub use search::{Findings, History, Sought};
pub use shadow::{BesidePeople, ShadowReport};
pub use sign_in::{SignIn, SignInError, SignedIn};
pub use submit::{Submission, Submitted};
pub use thread::{Entry, Thread};
pub use unnamed::Unnamed;
pub use webhook::{Alert, WebhookError, WebhookReport};

pub use crate::store::{
    ClaimFilter, DeadLetter, DecidedComment, DecidedPage, EventPage, LeaseError, ModelVersion, OutboxStatus,
    QueueOverview, Replay, ReportOutcome, ShadowCount,
};

use crate::classifier::Classifier;
use crate::comment::SessionTerms;
use crate::delivery::webhook::Webhooks;
use crate::policy::{Policy, ReplayedEffect};
use crate::store::Store;
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

/// How long a key or a site that was looked up is trusted: a revoked one stops working within this time.
const KEY_TRUST: Duration = Duration::from_secs(2);

/// The service: a store, models, a policy and a clock. Cheap to clone.
#[derive(Clone)]
pub struct Ombud {
    store: Arc<dyn Store>,
    models: Arc<models::Models>,
    in_force: Arc<policy::InForce>,
    clock: Clock,
    callers: Cache<crate::comment::KeyHash, KeyHolder>,
    /// Sites that were looked up of late, and whether they answer.
    served: Cache<crate::comment::SiteId, bool>,
    /// What sites seal and sign with for their readers.
    reader_keys: Cache<crate::comment::SiteId, Arc<crate::comment::ReaderKeys>>,
    passages: Arc<passages::Passages>,
    /// `None`: nothing is fetched.
    fetching: Option<fetch::Fetching>,
    measures: Arc<metric::Measures>,
    backlogs: Cache<(), Arc<Backlog>>,
    /// How sites did, as read of late.
    glances: Cache<glance::Key, Arc<Glance>>,
    /// How often the machine was wrong on sites, as read of late.
    audit_figures: Cache<crate::comment::SiteId, Arc<crate::policy::AuditFigures>>,
    /// One replay at a time.
    replaying: Arc<Semaphore>,
    /// What replays found of late.
    effects: Cache<policy::EffectKey, Arc<ReplayedEffect>>,
    /// Rings when this replica holds an event back.
    held: Arc<Notify>,
    webhooks: Arc<Webhooks>,
    passwords: Arc<password::Passwords>,
    /// How long people stay signed in.
    terms: SessionTerms,
}

impl Ombud {
    /// `classifier`: the models of every site that has none of its own.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, classifier: Arc<Classifier>, policy: Policy, clock: Clock) -> Self {
        Self::reading_models(store, move || classifier, policy, clock)
    }

    /// The same, whose models are read when they are needed first; that takes some time then, and no other work does.
    #[must_use]
    pub fn reading_models(
        store: Arc<dyn Store>,
        read: impl FnOnce() -> Arc<Classifier> + Send + 'static,
        policy: Policy,
        clock: Clock,
    ) -> Self {
        let callers = Cache::builder().max_capacity(10_000).time_to_live(KEY_TRUST).build();
        let served = Cache::builder().max_capacity(10_000).time_to_live(KEY_TRUST).build();
        let reader_keys = Cache::builder().max_capacity(10_000).time_to_live(KEY_TRUST).build();
        let passages = Arc::new(passages::Passages::new());
        let models = Arc::new(models::Models::new(models::Base::new(Box::new(read)), Arc::clone(&store)));
        let measures = Arc::new(metric::Measures::new());
        let backlogs = Cache::builder().max_capacity(1).time_to_live(backlog::TRUST).build();
        let effects = Cache::builder().max_capacity(100).time_to_live(policy::EFFECT_KEPT).build();
        let glances = Cache::builder().max_capacity(100).time_to_live(glance::KEPT).build();
        let audit_figures = Cache::builder().max_capacity(1_000).time_to_live(audits::TRUST).build();
        let in_force = Arc::new(policy::InForce::new(policy, clock.now()));
        let held = Arc::new(Notify::new());
        Self {
            store,
            models,
            in_force,
            clock,
            callers,
            served,
            reader_keys,
            passages,
            fetching: None,
            measures,
            backlogs,
            glances,
            audit_figures,
            replaying: Arc::new(Semaphore::new(1)),
            effects,
            held,
            webhooks: Arc::default(),
            passwords: password::Passwords::new(),
            terms: SessionTerms::default(),
        }
    }

    /// The same service, in which people stay signed in for so long.
    #[must_use]
    pub fn keeping_sessions(self, terms: SessionTerms) -> Self {
        Self { terms, ..self }
    }

    /// What time it is to this service.
    #[must_use]
    pub fn now(&self) -> crate::comment::Timestamp {
        self.clock.now()
    }

    /// Names the models that score a site's comments.
    pub async fn model_revision(&self, site: &crate::comment::SiteId) -> String {
        self.models.of(site).await.in_force.revision().to_owned()
    }
}
