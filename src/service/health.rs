//! Whether ombud can take comments now.

use super::{Alert, Ombud, PolicyStanding, ServiceError};
use crate::comment::SiteId;
use crate::store::Durability;
use std::sync::Arc;

/// What a ready service says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    pub durability: Durability,
    pub policy: PolicyStanding,
    /// Of the models that ombud was started with.
    pub model_revision: String,
    /// Sites that a model of their own scores for.
    pub own_models: usize,
    /// Sites whose own model can't be used, so that the one ombud was started with scores instead.
    pub unusable_models: Vec<SiteId>,
    /// What to look at, though comments are taken.
    pub alerts: Vec<Alert>,
}

impl Ombud {
    /// Names the models that ombud was started with.
    #[must_use]
    pub fn base_model_revision(&self) -> &str {
        self.models.base().revision()
    }

    /// Asks the store whether it takes comments.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`] if it does not.
    pub async fn readiness(&self) -> Result<Readiness, ServiceError> {
        let sites = self.models.seen().await;
        let base = self.models.base();
        let unusable = sites.iter().filter(|(_, serving)| !serving.unusable.is_empty());
        Ok(Readiness {
            durability: self.store.durability().await?,
            policy: self.policy_standing().await?,
            model_revision: base.revision().to_owned(),
            own_models: sites.iter().filter(|(_, serving)| !Arc::ptr_eq(&serving.in_force, base)).count(),
            unusable_models: unusable.map(|(site, _)| site.clone()).collect(),
            alerts: self.alerts().await?,
        })
    }
}
