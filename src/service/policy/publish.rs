//! Publishing a policy, and following what others published.

use super::{Mistake, REPLICA_KEPT};
use crate::comment::Timestamp;
use crate::policy::{Origin, Policy, PolicyError, PolicyFiles, PublishedPolicy, ReplicaPolicy};
use crate::service::{Ombud, ServiceError};
use crate::store::StoreError;

/// How many of the policies published are looked through for one that was in force before.
const LOOKED_THROUGH: usize = 1_000;

/// What an ombud does when it starts with files that are another policy than the one in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtStart {
    /// It publishes them, unless they were in force before: nobody else serves from this store, and somebody changed them
    /// while it was down.
    Publish,
    /// It leaves the policy in force, and says so: a replica with a file too old, or none, must not change how all others judge.
    /// Where nothing but the policy as shipped was ever in force, nobody chose that, and it publishes.
    Keep,
}

/// Who publishes a policy, and how.
#[derive(Debug, Clone)]
pub struct Publication {
    pub by: String,
    /// Whose word it took besides; `None` where it took none.
    pub approved_by: Option<String>,
    pub origin: Origin,
    pub note: Option<String>,
}

impl Publication {
    /// By one person, or a program.
    #[must_use]
    pub const fn by(by: String, origin: Origin, note: Option<String>) -> Self {
        Self { by, approved_by: None, origin, note }
    }
}

/// Why a policy was not published. The one in force is as it was.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error(transparent)]
    Mistake(#[from] PolicyError),
    /// Another was published meanwhile.
    #[error("{by} published another policy meanwhile, revision {revision}; look at it and try again")]
    Overtaken { revision: String, by: String },
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for PublishError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl Ombud {
    /// Comes to judge by the policy in force in the store, when this process starts with files of its own. Where the store
    /// has none yet, those are published.
    ///
    /// # Errors
    /// The files are no policy, or the store can't be asked.
    pub async fn agree_on_policy(&self, files: &PolicyFiles, at_start: AtStart) -> Result<(), PublishError> {
        let own = files.parse()?;
        self.in_force.known().files = Some(own.revision().to_owned());
        let publication = Publication::by(self.by_itself(), Origin::Start, None);
        match self.store.policy_in_force().await? {
            None => match self.publish_policy(files, publication).await {
                // Another replica was faster; its policy is in force.
                Err(PublishError::Overtaken { .. }) => {}
                published => return published.map(|_| ()),
            },
            Some(found) if found.revision != own.revision() => {
                let chosen_by_nobody = found.number == 1 && found.revision == PolicyFiles::shipped().revision();
                let may = at_start == AtStart::Publish || chosen_by_nobody;
                if may && !self.was_in_force(own.revision()).await? {
                    return self.publish_policy(files, publication).await.map(|_| ());
                }
            }
            Some(_) => {}
        }
        self.follow_policy().await?;
        let in_force = self.policy();
        if in_force.revision() != own.revision() {
            tracing::warn!(
                in_force = in_force.revision(),
                files = own.revision(),
                "the files are another policy than the one in force, which judges; `ombud policy publish` puts the files in force"
            );
        }
        Ok(())
    }

    /// Who this process is, where nobody is named.
    fn by_itself(&self) -> String {
        format!("ombud {}", self.in_force.replica)
    }

    async fn was_in_force(&self, revision: &str) -> Result<bool, StoreError> {
        let published = self.store.published_policies(None, LOOKED_THROUGH).await?;
        Ok(published.iter().any(|policy| policy.revision == revision))
    }

    /// Puts a policy in force, here at once, and within seconds wherever this store is served from. The one in force
    /// already stays as it was published; answers what is in force.
    ///
    /// # Errors
    /// As [`PublishError`] says; nothing has changed then.
    pub async fn publish_policy(
        &self,
        files: &PolicyFiles,
        publication: Publication,
    ) -> Result<PublishedPolicy, PublishError> {
        let policy = files.parse()?;
        let in_force = self.store.policy_in_force().await?;
        if let Some(found) = in_force.as_ref().filter(|found| found.revision == policy.revision()) {
            self.follow_policy().await?;
            return Ok(found.clone());
        }
        let number = in_force.map_or(0, |found| found.number) + 1;
        self.publish_as(number, policy, files, publication).await
    }

    /// Puts a policy in force under this number, if it is the next. Where another replica published the same files under
    /// it, that is answered.
    pub(super) async fn publish_as(
        &self,
        number: u64,
        policy: Policy,
        files: &PolicyFiles,
        publication: Publication,
    ) -> Result<PublishedPolicy, PublishError> {
        let Publication { by, approved_by, origin, note } = publication;
        let (now, revision) = (self.now(), policy.revision().to_owned());
        let published = PublishedPolicy { number, revision, at: now, by, approved_by, origin, note };
        if self.store.publish_policy(&published, files).await? {
            self.take_up(policy, published.clone());
            return Ok(published);
        }
        self.follow_policy().await?;
        match self.store.policy_in_force().await? {
            // Another replica has the same files.
            Some(found) if found.revision == published.revision => Ok(found),
            Some(PublishedPolicy { revision, by, .. }) => Err(PublishError::Overtaken { revision, by }),
            None => Err(ServiceError::Unavailable("the store has forgotten its policy".to_owned()).into()),
        }
    }

    fn take_up(&self, policy: Policy, published: PublishedPolicy) {
        tracing::info!(
            revision = %published.revision, number = published.number, origin = ?published.origin, "policy in force"
        );
        self.in_force.take_up(policy, published, self.now());
    }

    /// Looks which policy is in force, and judges by it from now on. One that this release can't read changes nothing here,
    /// and is said.
    ///
    /// # Errors
    /// The store can't be asked.
    pub async fn follow_policy(&self) -> Result<(), ServiceError> {
        let Some(mut found) = self.store.policy_in_force().await? else { return Ok(()) };
        if self.in_force.live().published.is_some_and(|live| live.number > found.number) {
            // Either it was read just before this process published, or a fail-over lost what was: what is read now is so.
            let Some(again) = self.store.policy_in_force().await? else { return Ok(()) };
            found = again;
        }
        let known = self.in_force.live().published.as_ref() == Some(&found);
        let refused = || self.in_force.known().unreadable.as_ref().is_some_and(|(policy, ..)| *policy == found);
        if known || refused() {
            return Ok(());
        }
        let Some(files) = self.store.policy_files(&found.revision).await? else {
            return Err(ServiceError::Internal(format!("the store has no files of the policy {}", found.revision)));
        };
        match files.parse() {
            Ok(policy) => self.take_up(policy, found),
            Err(error) => {
                tracing::error!(
                    revision = %found.revision, %error,
                    "the policy in force can't be read by this release of ombud; the one before judges on here"
                );
                self.in_force.known().unreadable = Some((found, error, self.now()));
            }
        }
        Ok(())
    }

    /// The files beside this process were changed, or it was told to read them: puts them in force, if they are a policy.
    /// What is wrong with them is said, in the log and wherever [`Ombud::policy_alerts`] is; nothing changes then.
    ///
    /// # Errors
    /// The store can't be asked: they are to be offered again.
    pub async fn offer_policy_files(&self, files: Result<PolicyFiles, String>) -> Result<(), ServiceError> {
        let files = match files {
            Ok(files) => files,
            Err(error) => {
                self.refuse_files(Mistake::Unreadable(error));
                return Ok(());
            }
        };
        let publication = Publication::by(self.by_itself(), Origin::Files, None);
        match self.publish_policy(&files, publication).await {
            Ok(_) => self.accept_files(&files),
            Err(PublishError::Mistake(error)) => self.refuse_files(Mistake::Policy(error)),
            Err(PublishError::Overtaken { revision, .. }) => {
                self.accept_files(&files);
                tracing::warn!(in_force = %revision, "the files were not put in force: another policy was published meanwhile");
            }
            Err(PublishError::Service(error)) => return Err(error),
        }
        Ok(())
    }

    fn accept_files(&self, files: &PolicyFiles) {
        let mut known = self.in_force.known();
        (known.files, known.mistake) = (Some(files.revision()), None);
        drop(known);
        self.in_force.compare(self.now());
    }

    fn refuse_files(&self, mistake: Mistake) {
        let now = self.now();
        let mut known = self.in_force.known();
        if known.mistake.as_ref().is_none_or(|(said, _)| *said != mistake) {
            tracing::error!(error = %mistake, "the policy's files were changed and are no policy; the one in force stays");
        }
        known.mistake = Some((mistake, now));
    }

    /// Tells the others which policy this replica judges by.
    ///
    /// # Errors
    /// The store does not take it.
    pub async fn say_policy(&self) -> Result<(), ServiceError> {
        let (live, now) = (self.in_force.live(), self.now());
        let revision = live.policy.revision().to_owned();
        let files = self.in_force.known().files.clone().filter(|files| *files != revision);
        let said = ReplicaPolicy { replica: self.in_force.replica.clone(), revision, files, at: now };
        let until = now.checked_add(REPLICA_KEPT).unwrap_or(Timestamp::MAX);
        Ok(self.store.put_replica(&said, until).await?)
    }
}
