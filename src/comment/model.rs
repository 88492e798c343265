//! A site's own models: which is in force, which runs in its shadow, and what was before. Pure steps from one
//! standing to the next; the store takes each only if nobody was faster.

use super::key::hex;
use super::{Action, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Names a model: the SHA-256 of its file, as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ModelId(String);

/// A string names no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a model's id is the SHA-256 of its file: 64 of 0-9 and a-f")]
pub struct InvalidModelId;

impl ModelId {
    /// The id of the model with these bytes.
    #[must_use]
    pub fn of(file: &[u8]) -> Self {
        Self(hex(&Sha256::digest(file)))
    }

    /// The id of a file whose SHA-256 is known.
    #[must_use]
    pub fn of_digest(digest: [u8; 32]) -> Self {
        Self(hex(&digest))
    }

    /// # Errors
    /// [`InvalidModelId`] unless it is 64 lower-case hexadecimal digits.
    pub fn parse(id: &str) -> Result<Self, InvalidModelId> {
        let digits = id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if id.len() == 64 && digits { Ok(Self(id.to_owned())) } else { Err(InvalidModelId) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 digits, which people can read and type.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl TryFrom<String> for ModelId {
    type Error = InvalidModelId;
    fn try_from(id: String) -> Result<Self, InvalidModelId> {
        Self::parse(&id)
    }
}

impl std::fmt::Display for ModelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A model that judges every comment beside the one in force, and decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shadow {
    pub model: ModelId,
    pub since: Timestamp,
}

/// What a shadow would have decided about a comment, the last time that ombud decided on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shadowed {
    pub model: ModelId,
    /// What the policy decided with the model in force.
    pub live: Action,
    /// What it would have decided with the shadow.
    pub shadow: Action,
}

/// What was done with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelStep {
    /// It runs in the shadow of the model in force.
    Shadowed,
    /// It runs no longer.
    ShadowEnded,
    /// It came into force.
    Promoted,
    /// It came into force again, as the one after it was taken back.
    RolledBack,
}

/// One line of the history of a site's models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChange {
    pub at: Timestamp,
    /// Who did it: a person's name, or `schedule`.
    pub by: String,
    pub step: ModelStep,
    /// `None` is the model that ombud was started with.
    pub model: Option<ModelId>,
}

/// How a site's models stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteModels {
    /// Counts changes, from 0 for a site that never had a model. Every change names the one it expects.
    pub version: u64,
    /// The model that scores; `None` is the one that ombud was started with.
    pub in_force: Option<ModelId>,
    /// What was in force before, oldest first: a roll-back takes the last.
    pub before: Vec<Option<ModelId>>,
    pub shadow: Option<Shadow>,
    /// Everything that was done, oldest first.
    pub history: Vec<ModelChange>,
    /// When learning last began.
    pub learning_began: Option<Timestamp>,
    /// Picks the decisions that are never learned from; made at the first learning and kept.
    pub hold_out_key: Option<String>,
}

/// Why a site's models stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SiteModelsError {
    #[error("this model is in force already")]
    InForce,
    #[error("no model runs in shadow")]
    NoShadow,
    #[error("no model was in force before this one")]
    NothingBefore,
    #[error("learning has begun meanwhile, elsewhere")]
    Learning,
}

impl SiteModels {
    /// Lets a model run in shadow, in place of whichever did.
    ///
    /// # Errors
    /// [`SiteModelsError::InForce`] if it is the one in force.
    pub fn shadowed(&self, model: ModelId, by: &str, now: Timestamp) -> Result<Self, SiteModelsError> {
        if self.in_force.as_ref() == Some(&model) {
            return Err(SiteModelsError::InForce);
        }
        let next = Self { shadow: Some(Shadow { model: model.clone(), since: now }), ..self.clone() };
        Ok(next.after(ModelStep::Shadowed, Some(model), by, now))
    }

    /// Ends the shadow.
    ///
    /// # Errors
    /// [`SiteModelsError::NoShadow`] if there is none.
    pub fn unshadowed(&self, by: &str, now: Timestamp) -> Result<Self, SiteModelsError> {
        let shadow = self.shadow.clone().ok_or(SiteModelsError::NoShadow)?;
        let next = Self { shadow: None, ..self.clone() };
        Ok(next.after(ModelStep::ShadowEnded, Some(shadow.model), by, now))
    }

    /// Puts a model in force. If it ran in shadow, that ends.
    ///
    /// # Errors
    /// [`SiteModelsError::InForce`] if it is in force already.
    pub fn promoted(&self, model: ModelId, by: &str, now: Timestamp) -> Result<Self, SiteModelsError> {
        if self.in_force.as_ref() == Some(&model) {
            return Err(SiteModelsError::InForce);
        }
        let mut before = self.before.clone();
        before.push(self.in_force.clone());
        let shadow = self.shadow.clone().filter(|shadow| shadow.model != model);
        let next = Self { in_force: Some(model.clone()), before, shadow, ..self.clone() };
        Ok(next.after(ModelStep::Promoted, Some(model), by, now))
    }

    /// Puts the model back in force that was before. Rolling back again goes one further back.
    ///
    /// # Errors
    /// [`SiteModelsError::NothingBefore`] if nothing was.
    pub fn rolled_back(&self, by: &str, now: Timestamp) -> Result<Self, SiteModelsError> {
        let mut before = self.before.clone();
        let in_force = before.pop().ok_or(SiteModelsError::NothingBefore)?;
        let next = Self { in_force: in_force.clone(), before, ..self.clone() };
        Ok(next.after(ModelStep::RolledBack, in_force, by, now))
    }

    /// Notes that learning begins, so that nobody else begins it too. `hold_out_key` is taken if there is none yet.
    #[must_use]
    pub fn learning(&self, hold_out_key: &str, now: Timestamp) -> Self {
        let key = self.hold_out_key.clone().unwrap_or_else(|| hold_out_key.to_owned());
        Self { version: self.version + 1, learning_began: Some(now), hold_out_key: Some(key), ..self.clone() }
    }

    fn after(mut self, step: ModelStep, model: Option<ModelId>, by: &str, now: Timestamp) -> Self {
        self.version += 1;
        self.history.push(ModelChange { at: now, by: by.to_owned(), step, model });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::ModelStep::{Promoted, RolledBack};
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_model_is_named_by_its_file() {
        let id = ModelId::of(b"model");
        assert_eq!(ModelId::parse(id.as_str()), Ok(id.clone()));
        assert_eq!(id.short().len(), 12);
        for wrong in ["", "9372", &id.as_str().to_uppercase(), &id.as_str().replace(id.short(), "éééééé")] {
            assert_eq!(ModelId::parse(wrong), Err(InvalidModelId), "{wrong}");
        }
    }

    #[test]
    fn rolling_back_goes_all_the_way() {
        let [a, b] = [b"a", b"b"].map(|bytes| ModelId::of(bytes));
        let models = SiteModels::default();
        assert_eq!(models.rolled_back("eve", at(0)), Err(SiteModelsError::NothingBefore));
        let models = models.shadowed(a.clone(), "eve", at(1)).unwrap();
        let models = models.promoted(a.clone(), "eve", at(2)).unwrap();
        assert_eq!((models.in_force.clone(), models.shadow.clone()), (Some(a.clone()), None));
        assert_eq!(models.promoted(a.clone(), "eve", at(3)), Err(SiteModelsError::InForce));
        assert_eq!(models.shadowed(a.clone(), "eve", at(3)), Err(SiteModelsError::InForce));
        let models = models.promoted(b, "schedule", at(4)).unwrap();
        let models = models.rolled_back("eve", at(5)).unwrap();
        assert_eq!(models.in_force, Some(a));
        let models = models.rolled_back("eve", at(6)).unwrap();
        assert_eq!((models.in_force.clone(), models.version), (None, 5));
        let steps: Vec<ModelStep> = models.history.iter().map(|change| change.step).collect();
        assert_eq!(steps, [ModelStep::Shadowed, Promoted, Promoted, RolledBack, RolledBack]);
    }

    #[test]
    fn a_shadow_ends_by_itself_only_when_it_is_promoted() {
        let [a, b] = [b"a", b"b"].map(|bytes| ModelId::of(bytes));
        let models = SiteModels::default().shadowed(a.clone(), "eve", at(1)).unwrap();
        let other = models.promoted(b, "eve", at(2)).unwrap();
        assert_eq!(other.shadow, Some(Shadow { model: a, since: at(1) }));
        let ended = other.unshadowed("eve", at(3)).unwrap();
        assert_eq!((ended.shadow.clone(), ended.unshadowed("eve", at(4))), (None, Err(SiteModelsError::NoShadow)));
    }

    #[test]
    fn the_hold_out_key_is_kept() {
        let first = SiteModels::default().learning("one", at(1));
        let second = first.learning("two", at(2));
        assert_eq!((second.hold_out_key.as_deref(), second.learning_began), (Some("one"), Some(at(2))));
        assert_eq!(second.version, 2);
    }
}
