//! A site learns from its moderators' decisions, and its models come into force and go.

use super::teach::decisions;
use super::{Ombud, ServiceError};
use crate::classifier::ModelError;
use crate::comment::{ModelId, SiteId, SiteModels, SiteModelsError};
use crate::store::{ModelVersion, StoreError};
use crate::training::Progress;
use crate::training::site::{Base, HoldOut, LearnError, Report, Settings, learn};
use std::sync::Arc;

/// How often a change of a site's models is tried again when another came between.
const ATTEMPTS: usize = 5;

/// What is done with a model that passed every check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It is kept, and nothing else.
    Keep,
    /// It judges every comment beside the model in force, and decides nothing.
    Shadow,
    /// It comes into force.
    Promote,
}

/// What came of learning.
pub struct Learnt {
    pub report: Report,
    /// The model, kept with its card; its file only if it passed every check.
    pub model: ModelId,
    /// Whether the same model was there before: nothing new was learned.
    pub known: bool,
}

/// Why nothing was learned, or a site's models stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum LearningError {
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error("there is no site \"{0}\"")]
    UnknownSite(SiteId),
    #[error(transparent)]
    Learn(#[from] LearnError),
    #[error("the model learned can't be written: {0}")]
    Write(#[from] safetensors::SafeTensorError),
    #[error("no model of this site begins with \"{0}\"; `ombud model list` shows them")]
    UnknownModel(String),
    #[error("several models of this site begin with \"{0}\"; name more digits")]
    Ambiguous(String),
    #[error("it failed {0}, and is never put in force")]
    Failed(String),
    #[error("the model's file can't be used: {0}")]
    Model(#[from] ModelError),
    #[error(transparent)]
    Standing(#[from] SiteModelsError),
    #[error("somebody else is changing this site's models; try again")]
    Busy,
    #[error("learning ended before its time")]
    Ended,
}

impl From<StoreError> for LearningError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl Ombud {
    /// Learns from every decision of a moderator that stands on a site and from its corrections, checks the outcome against the model in force,
    /// and keeps it. Takes seconds to minutes of one core, off the threads that serve.
    ///
    /// # Errors
    /// [`LearnError`] says what is missing if there is too little to learn from.
    pub async fn learn(
        &self,
        site: &SiteId,
        then: Then,
        by: &str,
        progress: Box<dyn Progress + Send>,
    ) -> Result<Learnt, LearningError> {
        self.learn_unless_begun(site, |_| true, then, by, progress).await
    }

    /// [`Ombud::learn`], unless somebody else began, after which it is not `due` any more.
    pub(super) async fn learn_unless_begun(
        &self,
        site: &SiteId,
        due: impl Fn(&SiteModels) -> bool + Send + Sync,
        then: Then,
        by: &str,
        mut progress: Box<dyn Progress + Send>,
    ) -> Result<Learnt, LearningError> {
        self.store.site(site).await?.ok_or_else(|| LearningError::UnknownSite(site.clone()))?;
        let fresh_key = uuid::Uuid::new_v4().to_string();
        let now = self.clock.now();
        let begin = |models: &SiteModels| {
            if due(models) { Ok(models.learning(&fresh_key, now)) } else { Err(SiteModelsError::Learning) }
        };
        let standing = self.change_models(site, begin).await?;
        let decisions = decisions(self.store.as_ref(), site, &self.policy()).await?;
        let settings = Settings {
            seed: 1,
            positive_from: 0.5,
            hold_out: HoldOut::new(standing.hold_out_key.as_deref().unwrap_or(&fresh_key)),
            command: format!("ombud learn --site {site}"),
        };
        let (base, in_force) = (Arc::clone(self.models.base()), Arc::clone(&self.models.of(site).await.in_force));
        let work = move || {
            let revision = ModelId::of_digest(base.abuse_digest());
            let source = Base { model: base.abuse(), card: base.cards()[1], revision: revision.as_str() };
            let learned = learn(source, in_force.abuse(), &decisions, &settings, progress.as_mut())?;
            let file = learned.model.to_bytes(&learned.card)?;
            Ok::<_, LearningError>((learned, file))
        };
        let (learned, file) = aside(work).await?;
        let version = ModelVersion { id: ModelId::of(&file), made_at: now, card: learned.card };
        let known = self.store.models(site).await?.iter().any(|found| found.id == version.id);
        self.store.put_model(site, &version, version.passed().then_some(&file)).await?;
        if version.passed() && !known {
            match then {
                Then::Keep => {}
                Then::Shadow => self.shadow(site, &version.id, by).await?,
                Then::Promote => self.promote(site, &version.id, by).await?,
            }
        }
        Ok(Learnt { report: learned.report, model: version.id, known })
    }

    /// A site's models, oldest first, and how they stand.
    ///
    /// # Errors
    /// [`LearningError::UnknownSite`] if there is no such site.
    pub async fn models(&self, site: &SiteId) -> Result<(Vec<ModelVersion>, SiteModels), LearningError> {
        self.store.site(site).await?.ok_or_else(|| LearningError::UnknownSite(site.clone()))?;
        Ok((self.store.models(site).await?, self.store.site_models(site).await?))
    }

    /// The model whose id begins with these digits.
    ///
    /// # Errors
    /// [`LearningError::UnknownModel`] if none does, [`LearningError::Ambiguous`] if several do.
    pub async fn model(&self, site: &SiteId, begins: &str) -> Result<ModelVersion, LearningError> {
        let (mut versions, _) = self.models(site).await?;
        versions.retain(|version| version.id.as_str().starts_with(begins));
        match versions.len() {
            0 => Err(LearningError::UnknownModel(begins.to_owned())),
            1 => Ok(versions.remove(0)),
            _ => Err(LearningError::Ambiguous(begins.to_owned())),
        }
    }

    /// A model's file.
    ///
    /// # Errors
    /// [`LearningError::Failed`] if it failed a check: then only its card was kept.
    pub async fn model_file(&self, site: &SiteId, id: &ModelId) -> Result<Vec<u8>, LearningError> {
        if let Some(file) = self.store.model_file(site, id).await? {
            return Ok(file);
        }
        let version = self.model(site, id.as_str()).await?;
        Err(LearningError::Failed(version.failed().map(|check| check.name.as_str()).collect::<Vec<_>>().join(", ")))
    }

    /// Keeps a model that was made elsewhere, such as by `ombud learn --decisions`.
    ///
    /// # Errors
    /// [`LearningError::Model`] if it does not go with the models that ombud was started with.
    pub async fn add_model(&self, site: &SiteId, file: &[u8]) -> Result<ModelVersion, LearningError> {
        self.store.site(site).await?.ok_or_else(|| LearningError::UnknownSite(site.clone()))?;
        let classifier = self.models.base().with_abuse(file)?;
        let card = classifier.cards()[1].clone();
        let version = ModelVersion { id: ModelId::of(file), made_at: self.clock.now(), card };
        self.store.put_model(site, &version, version.passed().then_some(file)).await?;
        Ok(version)
    }

    /// Lets a model judge beside the one in force, in place of whichever did.
    ///
    /// # Errors
    /// [`LearningError::Failed`] or [`LearningError::Model`] if it must not, or can't, be used.
    pub async fn shadow(&self, site: &SiteId, id: &ModelId, by: &str) -> Result<(), LearningError> {
        self.usable(site, id).await?;
        let now = self.clock.now();
        self.change_models(site, |models| models.shadowed(id.clone(), by, now)).await.map(drop)
    }

    /// Ends the shadow.
    ///
    /// # Errors
    /// [`SiteModelsError::NoShadow`] if there is none.
    pub async fn end_shadow(&self, site: &SiteId, by: &str) -> Result<(), LearningError> {
        let now = self.clock.now();
        self.change_models(site, |models| models.unshadowed(by, now)).await.map(drop)
    }

    /// Puts a model in force: every replica scores with it within seconds. What was decided stays decided.
    ///
    /// # Errors
    /// As [`Ombud::shadow`].
    pub async fn promote(&self, site: &SiteId, id: &ModelId, by: &str) -> Result<(), LearningError> {
        self.usable(site, id).await?;
        let now = self.clock.now();
        self.change_models(site, |models| models.promoted(id.clone(), by, now)).await.map(drop)
    }

    /// Puts the model back in force that was before.
    ///
    /// # Errors
    /// [`SiteModelsError::NothingBefore`] if nothing was.
    pub async fn roll_back(&self, site: &SiteId, by: &str) -> Result<SiteModels, LearningError> {
        let now = self.clock.now();
        self.change_models(site, |models| models.rolled_back(by, now)).await
    }

    /// Reads the models of every site, so that none waits for its first comment.
    ///
    /// # Errors
    /// Fails if the store can't list the sites.
    pub async fn load_models(&self) -> Result<(), ServiceError> {
        for site in self.store.sites().await? {
            self.models.of(&site.id).await;
        }
        Ok(())
    }

    async fn usable(&self, site: &SiteId, id: &ModelId) -> Result<(), LearningError> {
        let file = self.model_file(site, id).await?;
        self.models.base().with_abuse(&file)?;
        Ok(())
    }

    async fn change_models(
        &self,
        site: &SiteId,
        change: impl Fn(&SiteModels) -> Result<SiteModels, SiteModelsError> + Send,
    ) -> Result<SiteModels, LearningError> {
        for _ in 0..ATTEMPTS {
            let next = change(&self.store.site_models(site).await?)?;
            if self.store.put_site_models(site, &next).await? {
                self.models.changed(site).await;
                return Ok(next);
            }
        }
        Err(LearningError::Busy)
    }
}

/// Runs long work on a thread of its own: unlike the runtime's, nobody waits for it when ombud is stopped.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LearningError> + Send + 'static,
) -> Result<T, LearningError> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let run = move || {
        // Who asked may be gone.
        let _ = sender.send(work());
    };
    let thread = std::thread::Builder::new().name("ombud-learning".to_owned()).spawn(run);
    thread.map_err(|e| ServiceError::Internal(format!("can't start learning: {e}")))?;
    receiver.await.map_err(|_| LearningError::Ended)?
}
