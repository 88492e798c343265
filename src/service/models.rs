//! Which models judge a site's comments: those that ombud was started with, or one of the site's own.
//!
//! How a site's models stand is kept in the store, so that all replicas follow; each looks again after two seconds.

use super::Ombud;
use crate::classifier::Classifier;
use crate::comment::{ModelId, SiteId, SiteModels};
use crate::store::{Store, StoreError};
use moka::future::Cache;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a site's standing is trusted: a promotion or a roll-back takes effect within this time.
const TRUST: Duration = Duration::from_secs(2);
/// How long the store may take to say how the models stand, before those known are used on.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a model that was read is kept for whoever asks for it next, and how many are: reading one that took longer than
/// anybody's patience is not in vain.
const READ_KEPT: Duration = Duration::from_mins(1);
const READ_MOST: u64 = 16;

/// The models of one site, as this process has them.
pub(super) struct Serving {
    pub in_force: Arc<Classifier>,
    pub shadow: Option<(ModelId, Arc<Classifier>)>,
    /// How the store says they stand.
    pub standing: SiteModels,
    /// Models that should be used here and can't be: missing, damaged, or made for another release of ombud.
    pub unusable: Vec<ModelId>,
}

/// The models that ombud was started with: read when somebody asks for them first, as most commands never do.
pub(super) type Base = LazyLock<Arc<Classifier>, Box<dyn FnOnce() -> Arc<Classifier> + Send>>;

/// The models of all sites.
pub(super) struct Models {
    base: Base,
    store: Arc<dyn Store>,
    fresh: Cache<SiteId, Arc<Serving>>,
    /// What each site was last found to use, whatever its age.
    known: Mutex<BTreeMap<SiteId, Arc<Serving>>>,
    /// Models read lately, or being read.
    read: moka::sync::Cache<ModelId, Arc<Classifier>>,
}

impl Models {
    pub fn new(base: Base, store: Arc<dyn Store>) -> Self {
        let fresh = Cache::builder().max_capacity(10_000).time_to_live(TRUST).build();
        let read = moka::sync::Cache::builder().max_capacity(READ_MOST).time_to_live(READ_KEPT).build();
        Self { base, store, fresh, known: Mutex::default(), read }
    }

    /// The models that ombud was started with.
    pub fn base(&self) -> &Arc<Classifier> {
        &self.base
    }

    /// The models of a site. If the store can't say, those it last named; a site never seen has the base.
    pub async fn of(&self, site: &SiteId) -> Arc<Serving> {
        self.fresh.get_with_by_ref(site, self.look(site)).await
    }

    /// Looks how a site's models stand, as they were just changed; answers when this process judges by them, however
    /// long it takes to read them.
    pub async fn changed(&self, site: &SiteId) {
        let known = self.known().get(site).map(Arc::clone);
        if let Ok(Some(serving)) = self.load(site, known.as_deref()).await {
            self.known().insert(site.clone(), Arc::new(serving));
        }
        self.fresh.invalidate(site).await;
    }

    /// What every site seen so far uses now.
    pub async fn seen(&self) -> Vec<(SiteId, Arc<Serving>)> {
        let sites: Vec<SiteId> = self.known().keys().cloned().collect();
        let mut seen = Vec::new();
        for site in sites {
            let serving = self.of(&site).await;
            seen.push((site, serving));
        }
        seen
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<SiteId, Arc<Serving>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn look(&self, site: &SiteId) -> Arc<Serving> {
        let known = self.known().get(site).map(Arc::clone);
        let late = || StoreError::Unavailable("the models did not come in time".to_owned());
        let found = tokio::time::timeout(PATIENCE, self.load(site, known.as_deref())).await;
        match found.unwrap_or_else(|_| Err(late())) {
            Ok(None) => known.unwrap_or_else(|| Arc::new(self.alone())),
            Ok(Some(serving)) => {
                let serving = Arc::new(serving);
                self.known().insert(site.clone(), Arc::clone(&serving));
                serving
            }
            Err(error) => {
                tracing::warn!(%site, %error, "can't look up the site's models; those known are used on");
                known.unwrap_or_else(|| Arc::new(self.alone()))
            }
        }
    }

    /// The base alone.
    fn alone(&self) -> Serving {
        Serving {
            in_force: Arc::clone(self.base()),
            shadow: None,
            standing: SiteModels::default(),
            unusable: Vec::new(),
        }
    }

    /// How the site's models stand now; `None` if that has not changed.
    async fn load(&self, site: &SiteId, known: Option<&Serving>) -> Result<Option<Serving>, StoreError> {
        let standing = self.store.site_models(site).await?;
        if known.is_some_and(|known| known.standing.version == standing.version) {
            return Ok(None);
        }
        let mut serving = self.alone();
        if let Some(id) = &standing.in_force {
            match self.classifier(site, id, known).await? {
                Some(classifier) => serving.in_force = classifier,
                None => serving.unusable.push(id.clone()),
            }
        }
        if let Some(shadow) = &standing.shadow {
            match self.classifier(site, &shadow.model, known).await? {
                Some(classifier) => serving.shadow = Some((shadow.model.clone(), classifier)),
                None => serving.unusable.push(shadow.model.clone()),
            }
        }
        serving.standing = standing;
        let model = serving.in_force.revision();
        tracing::info!(%site, model, in_shadow = serving.shadow.is_some(), "the site's models");
        Ok(Some(serving))
    }

    /// A model of the site's own; `None`, said in the log, if it can't be used.
    async fn classifier(
        &self,
        site: &SiteId,
        id: &ModelId,
        known: Option<&Serving>,
    ) -> Result<Option<Arc<Classifier>>, StoreError> {
        if let Some(loaded) = known.and_then(|known| known.loaded(id)).or_else(|| self.read.get(id)) {
            return Ok(Some(loaded));
        }
        let Some(file) = self.store.model_file(site, id).await? else {
            tracing::error!(%site, model = id.short(), "the store has no file of the site's model");
            return Ok(None);
        };
        let (base, read, key) = (Arc::clone(self.base()), self.read.clone(), id.clone());
        // Goes on when nobody waits for it any more, and is read once however many ask.
        let read = tokio::task::spawn_blocking(move || read.try_get_with(key, || base.with_abuse(&file).map(Arc::new)));
        match read.await.map_err(|e| StoreError::Unavailable(e.to_string()))? {
            Ok(classifier) => Ok(Some(classifier)),
            Err(error) => {
                tracing::error!(%site, model = id.short(), %error, "the site's model can't be used; learn it anew");
                Ok(None)
            }
        }
    }
}

/// How a site's models stand, for whoever wants to see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelStanding {
    /// Names the models that score, as decisions carry it.
    pub revision: String,
    /// Which of the site's own are in force and in shadow, and what was done with them.
    pub models: SiteModels,
    /// Models that should be used here and can't be; others are used in their place.
    pub unusable: Vec<ModelId>,
}

impl Ombud {
    /// How a site's models stand in this process, which follows the store within two seconds.
    pub async fn model_standing(&self, site: &SiteId) -> ModelStanding {
        let serving = self.models.of(site).await;
        let (models, unusable) = (serving.standing.clone(), serving.unusable.clone());
        ModelStanding { revision: serving.in_force.revision().to_owned(), models, unusable }
    }
}

impl Serving {
    fn loaded(&self, id: &ModelId) -> Option<Arc<Classifier>> {
        let in_force = self.standing.in_force.as_ref() == Some(id) && !self.unusable.contains(id);
        let shadow = self.shadow.as_ref().filter(|(model, _)| model == id);
        if in_force { Some(Arc::clone(&self.in_force)) } else { shadow.map(|(_, classifier)| Arc::clone(classifier)) }
    }
}
