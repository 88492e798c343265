//! What a model in shadow would have decided, beside what was decided.

use super::teach::each_moderated;
use super::{LearningError, Ombud};
use crate::comment::{Action, ModelId, Shadow, SiteId, SiteModelsError};
use crate::store::ShadowCount;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many comments a person decided so, that the shadow would have decided so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BesidePeople {
    pub shadow: Action,
    pub person: Action,
    pub comments: u64,
}

/// A shadow so far.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShadowReport {
    pub model: ModelId,
    pub since: crate::comment::Timestamp,
    /// For every two actions, comments that both models judged.
    pub counts: Vec<ShadowCount>,
    /// Of these, the ones that a person decided since.
    pub people: Vec<BesidePeople>,
}

impl ShadowReport {
    /// Comments that both models judged.
    #[must_use]
    pub fn comments(&self) -> u64 {
        self.counts.iter().map(|count| count.comments).sum()
    }

    /// Those of them that the shadow would have decided otherwise.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.counts.iter().filter(|count| count.live != count.shadow).map(|count| count.comments).sum()
    }
}

impl Ombud {
    /// What the model in shadow would have done so far.
    ///
    /// # Errors
    /// [`SiteModelsError::NoShadow`] if there is none.
    pub async fn shadow_report(&self, site: &SiteId) -> Result<ShadowReport, LearningError> {
        let standing = self.store.site_models(site).await?;
        let Shadow { model, since } = standing.shadow.ok_or(SiteModelsError::NoShadow)?;
        let counts = self.store.shadow_counts(site, &model).await?;
        let mut people: BTreeMap<(Action, Action), u64> = BTreeMap::new();
        each_moderated(self.store.as_ref(), site, |comment| {
            if let Some(shadowed) = comment.shadowed.as_ref().filter(|shadowed| shadowed.model == model) {
                *people.entry((shadowed.shadow, comment.decision.action)).or_default() += 1;
            }
        })
        .await?;
        let people = people.into_iter().map(|((shadow, person), comments)| BesidePeople { shadow, person, comments });
        Ok(ShadowReport { model, since, counts, people: people.collect() })
    }
}
