//! How the policy stands: for editors, probes and whoever runs ombud.

use super::Mistake;
use crate::comment::Timestamp;
use crate::policy::{Policy, PolicyFiles, PublishedPolicy, ReplicaPolicy};
use crate::service::{Ombud, ServiceError};
use std::sync::Arc;

/// The policy in force here, and what all replicas judge by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyStanding {
    pub revision: String,
    /// `None` where it was never agreed on.
    pub published: Option<PublishedPolicy>,
    /// Since when this process judges by it.
    pub since: Timestamp,
    /// Names this process among the replicas.
    pub replica: String,
    /// All that serve from this store, by name.
    pub replicas: Vec<ReplicaPolicy>,
    pub alerts: Vec<PolicyAlert>,
}

/// Something about the policy that an editor, or whoever runs ombud, should look at. Comments are judged meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyAlert {
    /// One of [`PolicyAlert::CODES`].
    pub code: &'static str,
    /// Where in which file.
    pub place: Option<PolicyPlace>,
    /// What it is, for editors: it may quote the files.
    pub message: String,
    pub since: Timestamp,
}

impl PolicyAlert {
    /// The files are no policy, or another than the one in force; or that one can't be read by this release.
    pub const CODES: [&'static str; 3] = ["policy_files_invalid", "policy_files_differ", "policy_unreadable"];
}

/// Where something is wrong, as [`crate::policy::PolicyError`] has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyPlace {
    pub file: &'static str,
    pub line: usize,
    pub column: usize,
}

impl Ombud {
    /// What is to be looked at about the policy.
    #[must_use]
    pub fn policy_alerts(&self) -> Vec<PolicyAlert> {
        let in_force = self.policy();
        let known = self.in_force.known();
        let mut alerts = Vec::new();
        if let Some((policy, error, since)) = &known.unreadable {
            alerts.push(PolicyAlert {
                code: "policy_unreadable",
                place: None,
                message: format!(
                    "this release of ombud can't read the policy in force ({}): {error}. The one before judges on here.",
                    policy.revision
                ),
                since: *since,
            });
        }
        match (&known.mistake, known.differ_since) {
            (Some((mistake, since)), _) => alerts.push(PolicyAlert {
                code: "policy_files_invalid",
                place: match mistake {
                    Mistake::Policy(at) => Some(PolicyPlace { file: at.file, line: at.line, column: at.column }),
                    Mistake::Unreadable(_) => None,
                },
                message: format!("{mistake}. The policy in force stays as it was."),
                since: *since,
            }),
            (None, Some(since)) => alerts.push(PolicyAlert {
                code: "policy_files_differ",
                place: None,
                message: format!(
                    "the files beside this ombud are another policy ({}) than the one in force ({}).",
                    known.files.as_deref().unwrap_or_default(),
                    in_force.revision()
                ),
                since,
            }),
            (None, None) => {}
        }
        alerts
    }

    /// How the policy stands, here and at the other replicas.
    ///
    /// # Errors
    /// The store can't be asked.
    pub async fn policy_standing(&self) -> Result<PolicyStanding, ServiceError> {
        let (live, now) = (self.in_force.live(), self.now());
        Ok(PolicyStanding {
            revision: live.policy.revision().to_owned(),
            since: live.since,
            published: live.published,
            replica: self.in_force.replica.clone(),
            replicas: self.store.replicas(now).await?,
            alerts: self.policy_alerts(),
        })
    }

    /// The policies published, newest first, from the number before `before` on.
    ///
    /// # Errors
    /// The store can't be asked.
    pub async fn published_policies(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<PublishedPolicy>, ServiceError> {
        Ok(self.store.published_policies(before, limit).await?)
    }

    /// The files of a policy that was published.
    ///
    /// # Errors
    /// The store can't be asked.
    pub async fn policy_files(&self, revision: &str) -> Result<Option<PolicyFiles>, ServiceError> {
        Ok(self.store.policy_files(revision).await?)
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        self.in_force.policy()
    }

    /// How the policy in force was published; `None` where it was never agreed on with anybody.
    #[must_use]
    pub fn policy_published(&self) -> Option<PublishedPolicy> {
        self.in_force.live().published
    }

    /// Since when the policy is in force: since it was published, or this process has it.
    #[must_use]
    pub fn policy_since(&self) -> Timestamp {
        let live = self.in_force.live();
        live.published.map_or(live.since, |published| published.at)
    }
}
