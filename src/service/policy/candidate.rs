//! A policy tried before it is in force: thresholds set by hand, replayed, kept, and put in force by somebody else's word.
//!
//! Two people, because one who is sure is the one who does not look again. Whoever wrote a candidate can't approve it, and an
//! approved one follows the very policy that it was written against, so that nobody approves what she did not see.

use super::publish::{Publication, PublishError};
use crate::comment::{Duty, Moderator, ModeratorName, ModeratorRole, SiteId, Timestamp};
use crate::policy::tuning::{Fault, Moved, draft};
use crate::policy::{CandidateId, CandidatePolicy, Origin, PolicyFiles, PublishedPolicy, ReplayedEffect};
use crate::service::replay::MOST_ON_A_PAGE;
use crate::service::{Ombud, PolicyReplay, ReplayScope, ServiceError};
use crate::store::StoreError;
use std::sync::Arc;
use std::time::Duration;

/// How many candidates are kept; of more, those written first make way.
pub const CANDIDATES_KEPT: u32 = 50;

/// Longest note to a candidate, in characters.
pub const LONGEST_NOTE: usize = 500;

/// How far back a candidate is replayed.
const SPAN: Duration = Duration::from_hours(720);

/// For how long what a replay found is known for the candidate that may be made of it.
pub(in crate::service) const EFFECT_KEPT: Duration = Duration::from_hours(1);

/// Which site, and of which two policies.
pub(in crate::service) type EffectKey = (SiteId, String, String);

/// A policy with other thresholds than the one in force.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyDraft {
    /// The one in force, which it was written against.
    pub base: PublishedPolicy,
    pub files: PolicyFiles,
    /// What is another number than in `base`; never empty.
    pub moved: Vec<Moved>,
}

/// Why a candidate was not made, or nothing was made of it. The policy in force is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CandidateError {
    #[error("{}", .0.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
    #[error("every threshold is as in the policy in force: there is nothing to try")]
    Unchanged,
    #[error("a note has at most {LONGEST_NOTE} characters")]
    LongNote,
    #[error(
        "a policy is for all {0} sites of this store, and here only one of them is seen: publish it with `ombud policy publish`"
    )]
    SeveralSites(usize),
    #[error("{} published number {} meanwhile; it was written against the policy before", .0.by, .0.number)]
    Overtaken(Box<PublishedPolicy>),
    #[error("there is no such candidate: it was approved or withdrawn, or made way for newer ones")]
    Unknown,
    #[error("whoever wrote a candidate can't approve it: another editor or admin has to")]
    Own,
    #[error("only whoever wrote a candidate, or an admin, can withdraw it")]
    NotHers,
    #[error("this is for the role editor")]
    Role,
    #[error("another replay is running; this one can begin when it has ended")]
    Replaying,
    #[error(transparent)]
    Service(ServiceError),
}

impl From<ServiceError> for CandidateError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Replaying => Self::Replaying,
            error => Self::Service(error),
        }
    }
}

impl From<StoreError> for CandidateError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl Ombud {
    /// The policy in force in the store, with its files; a replica may judge by the one before for a second more.
    ///
    /// # Errors
    /// [`CandidateError::SeveralSites`] where the policy is not this site's alone; or the store can't be asked.
    pub async fn policy_to_change(&self) -> Result<(PublishedPolicy, PolicyFiles), CandidateError> {
        self.of_one_site().await?;
        let lost = |what: &str| ServiceError::Internal(format!("the store has no {what} in force"));
        let base = self.store.policy_in_force().await?.ok_or_else(|| lost("policy"))?;
        let files = self.store.policy_files(&base.revision).await?.ok_or_else(|| lost("files of the policy"))?;
        Ok((base, files))
    }

    /// Sets thresholds of the policy in force, by their names and as their numbers were typed. `base` is the number of the
    /// policy that she saw.
    ///
    /// # Errors
    /// As [`CandidateError`] says: what is wrong with the numbers, or another policy is in force than the one she saw.
    pub async fn draft_policy(&self, base: u64, asked: &[(String, String)]) -> Result<PolicyDraft, CandidateError> {
        let (found, files) = self.policy_to_change().await?;
        if found.number != base {
            return Err(CandidateError::Overtaken(Box::new(found)));
        }
        let drafted = draft(&files, asked).map_err(CandidateError::Faults)?;
        if drafted.moved.is_empty() {
            return Err(CandidateError::Unchanged);
        }
        let files = PolicyFiles { policy: drafted.policy, words: files.words };
        Ok(PolicyDraft { base: found, files, moved: drafted.moved })
    }

    /// What other files would have done with the site's comments of the last 30 days, 20,000 at most.
    ///
    /// # Errors
    /// [`CandidateError::Replaying`] while this process is at another replay; and the store can't be asked.
    pub async fn try_policy(&self, site: &SiteId, files: &PolicyFiles) -> Result<PolicyReplay, CandidateError> {
        self.follow_policy().await?;
        let policy = files.parse().map_err(|error| fault(&error.to_string()))?;
        let since = self.now().saturating_sub(SPAN).unwrap_or(Timestamp::MIN);
        let scope = ReplayScope { since: Some(since), most: MOST_ON_A_PAGE };
        let replay = self.replay_policy(site, policy, scope, &mut |_| {}).await?;
        let effect = ReplayedEffect::of(&replay.counts, replay.cut, self.now());
        let key = (site.clone(), replay.live.clone(), replay.candidate.clone());
        self.effects.insert(key, Arc::new(effect)).await;
        Ok(replay)
    }

    /// Keeps a draft as a candidate, with what it would do: as it was shown of late, or replayed now. While another replay runs it
    /// is kept without.
    ///
    /// # Errors
    /// As [`CandidateError`] says.
    pub async fn save_candidate(
        &self,
        by: &Moderator,
        draft: &PolicyDraft,
        note: &str,
    ) -> Result<CandidatePolicy, CandidateError> {
        may(by)?;
        let note = note.trim();
        if note.chars().count() > LONGEST_NOTE {
            return Err(CandidateError::LongNote);
        }
        let replayed = self.effect(&by.site, draft).await?;
        let candidate = CandidatePolicy {
            id: new_id()?,
            revision: draft.files.revision(),
            base: draft.base.number,
            at: self.now(),
            by: by.name.to_string(),
            site: by.site.clone(),
            note: (!note.is_empty()).then(|| note.to_owned()),
            replayed,
        };
        self.store.put_candidate(&candidate, &draft.files, CANDIDATES_KEPT).await?;
        tracing::info!(candidate = %candidate.id, revision = %candidate.revision, "candidate for the policy kept");
        Ok(candidate)
    }

    async fn effect(&self, site: &SiteId, draft: &PolicyDraft) -> Result<Option<ReplayedEffect>, CandidateError> {
        let key = (site.clone(), draft.base.revision.clone(), draft.files.revision());
        if self.effects.get(&key).await.is_none() {
            match self.try_policy(site, &draft.files).await {
                Ok(_) => {}
                Err(CandidateError::Replaying) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(self.effects.get(&key).await.map(|effect| (*effect).clone()))
    }

    /// The candidates that are kept, the last written first.
    ///
    /// # Errors
    /// The store can't be asked.
    pub async fn candidates(&self) -> Result<Vec<CandidatePolicy>, ServiceError> {
        Ok(self.store.candidates().await?)
    }

    /// A candidate, with its files.
    ///
    /// # Errors
    /// [`CandidateError::Unknown`], or the store can't be asked.
    pub async fn candidate(&self, id: &CandidateId) -> Result<(CandidatePolicy, PolicyFiles), CandidateError> {
        self.store.candidate(id).await?.ok_or(CandidateError::Unknown)
    }

    /// Drops a candidate, by whoever wrote it or an admin.
    ///
    /// # Errors
    /// As [`CandidateError`] says.
    pub async fn withdraw_candidate(&self, by: &Moderator, id: &CandidateId) -> Result<(), CandidateError> {
        may(by)?;
        let (candidate, _) = self.candidate(id).await?;
        if !(wrote(by, &candidate) || by.role == ModeratorRole::Admin) {
            return Err(CandidateError::NotHers);
        }
        if !self.store.remove_candidate(id).await? {
            return Err(CandidateError::Unknown);
        }
        tracing::info!(candidate = %id, "candidate for the policy withdrawn");
        Ok(())
    }

    /// Puts a candidate in force, here at once, and within seconds wherever this store is served from.
    ///
    /// # Errors
    /// As [`CandidateError`] says; nothing has changed then. Of two who approve at a time one does, and the other is told who.
    pub async fn approve_candidate(&self, by: &Moderator, id: &CandidateId) -> Result<PublishedPolicy, CandidateError> {
        may(by)?;
        let (candidate, files) = self.candidate(id).await?;
        if wrote(by, &candidate) {
            return Err(CandidateError::Own);
        }
        let (in_force, _) = self.policy_to_change().await?;
        if in_force.number != candidate.base {
            return Err(CandidateError::Overtaken(Box::new(in_force)));
        }
        let policy = files.parse().map_err(|error| fault(&error.to_string()))?;
        let publication = Publication {
            by: candidate.by.clone(),
            approved_by: Some(by.name.to_string()),
            origin: Origin::Console,
            note: candidate.note.clone(),
        };
        let published = match self.publish_as(candidate.base + 1, policy, &files, publication).await {
            Ok(published) => published,
            Err(PublishError::Overtaken { .. }) => {
                let (in_force, _) = self.policy_to_change().await?;
                return Err(CandidateError::Overtaken(Box::new(in_force)));
            }
            Err(PublishError::Mistake(error)) => return Err(fault(&error.to_string())),
            Err(PublishError::Service(error)) => return Err(error.into()),
        };
        // Somebody else may have approved the same a moment before.
        if published.approved_by.as_deref() != Some(by.name.as_str()) {
            return Err(CandidateError::Overtaken(Box::new(published)));
        }
        // It is in force; left behind, it would be said to be out of date.
        if let Err(error) = self.store.remove_candidate(id).await {
            tracing::warn!(candidate = %id, %error, "the candidate is in force, and could not be dropped from those that wait");
        }
        Ok(published)
    }

    /// Whether the store serves one site alone.
    async fn of_one_site(&self) -> Result<(), CandidateError> {
        let sites = self.store.sites().await?;
        match sites.iter().filter(|site| site.revoked_at.is_none()).count() {
            0 | 1 => Ok(()),
            several => Err(CandidateError::SeveralSites(several)),
        }
    }
}

fn fault(message: &str) -> CandidateError {
    CandidateError::Faults(vec![Fault { field: String::new(), message: message.to_owned() }])
}

fn may(moderator: &Moderator) -> Result<(), CandidateError> {
    if moderator.role.may(Duty::Policy) { Ok(()) } else { Err(CandidateError::Role) }
}

/// Whether she wrote it: names are one person's for good, however they are typed.
fn wrote(moderator: &Moderator, candidate: &CandidatePolicy) -> bool {
    let writer = ModeratorName::parse(&candidate.by).map(|name| name.key());
    candidate.site == moderator.site && writer.is_ok_and(|writer| writer == moderator.name.key())
}

fn new_id() -> Result<CandidateId, ServiceError> {
    let id = uuid::Uuid::new_v4().simple().to_string();
    CandidateId::parse(&id[..12]).ok_or_else(|| ServiceError::Internal("an id is none".to_owned()))
}
