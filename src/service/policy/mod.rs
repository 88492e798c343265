//! Which policy judges, and how all that serve from one store come to the same.
//!
//! The store has the policies published, each with a number; the last is in force. Every ombud looks for it each second and
//! judges by it from then on, whole: a request that began with one policy ends with it. Files that are changed beside a
//! running ombud are published; files that are not well formed, or that it only starts with while another policy is in
//! force, change nothing and are said. Editors write candidates in the console, which somebody else puts in force.

mod candidate;
mod difference;
mod publish;
mod standing;

pub use candidate::{CANDIDATES_KEPT, CandidateError, LONGEST_NOTE, PolicyDraft};
pub(super) use candidate::{EFFECT_KEPT, EffectKey};
pub use difference::difference;
pub use publish::{AtStart, Publication, PublishError};
pub use standing::{PolicyAlert, PolicyPlace, PolicyStanding};

use crate::comment::Timestamp;
use crate::policy::{Policy, PolicyError, PublishedPolicy};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

/// For how long what a replica says of itself is kept.
pub(super) const REPLICA_KEPT: Duration = Duration::from_secs(20);

/// The policy that this process judges by.
#[derive(Clone)]
pub(super) struct Live {
    pub policy: Arc<Policy>,
    /// `None`: it was not agreed on with anybody, as in tests of parts.
    pub published: Option<PublishedPolicy>,
    /// Since when this process judges by it.
    pub since: Timestamp,
}

/// What this process knows of its own files and of policies that it can't use.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Of its own files, as they last were well formed.
    pub files: Option<String>,
    /// Since when its own files are another policy than that in force.
    pub differ_since: Option<Timestamp>,
    /// What is wrong with its own files now.
    pub mistake: Option<(Mistake, Timestamp)>,
    /// A policy in force that this release can't read, so that an earlier one still judges here.
    pub unreadable: Option<(PublishedPolicy, PolicyError, Timestamp)>,
}

/// What is wrong with files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// They say something that is no policy.
    Policy(PolicyError),
    /// They can't be read.
    Unreadable(String),
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Policy(error) => error.fmt(f),
            Self::Unreadable(error) => f.write_str(error),
        }
    }
}

/// The policy in force here. Shared by all clones of the service.
pub(super) struct InForce {
    live: RwLock<Live>,
    known: Mutex<Known>,
    /// Names this process among those that serve from the store.
    pub replica: String,
}

impl InForce {
    pub(super) fn new(policy: Policy, now: Timestamp) -> Self {
        let live = Live { policy: Arc::new(policy), published: None, since: now };
        let replica = uuid::Uuid::new_v4().simple().to_string()[..8].to_owned();
        Self { live: RwLock::new(live), known: Mutex::default(), replica }
    }

    pub(super) fn live(&self) -> Live {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner).policy)
    }

    /// Judges by another policy from now on.
    fn take_up(&self, policy: Policy, published: PublishedPolicy, now: Timestamp) {
        let live = Live { policy: Arc::new(policy), published: Some(published), since: now };
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = live;
        self.known().unreadable = None;
        self.compare(now);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes whether the own files are the policy in force.
    fn compare(&self, now: Timestamp) {
        let in_force = self.policy();
        let mut known = self.known();
        let differ = known.files.as_deref().is_some_and(|files| files != in_force.revision());
        known.differ_since = differ.then(|| known.differ_since.unwrap_or(now));
    }
}
