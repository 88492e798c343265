//! Whether ombud can take comments now.

use super::{Ombud, ServiceError};
use crate::store::Durability;

/// What a ready service says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    pub durability: Durability,
    pub policy_revision: String,
    pub model_revision: String,
}

impl Ombud {
    /// Asks the store whether it takes comments.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`] if it does not.
    pub async fn readiness(&self) -> Result<Readiness, ServiceError> {
        Ok(Readiness {
            durability: self.store.durability().await?,
            policy_revision: self.policy().revision().to_owned(),
            model_revision: self.model_revision().to_owned(),
        })
    }
}
