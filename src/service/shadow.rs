//! What a model or a policy in shadow would have decided, beside what was decided.
//!
//! A model in shadow scores every comment that comes in, as nothing else could tell later what it would have said. A candidate
//! for the policy is replayed over what came in since it was written: a policy's decision follows from what is kept of a comment,
//! so that this finds what running beside would have found, and asks nothing of a comment on its way in.

use super::replay::MOST_ON_A_PAGE;
use super::teach::each_moderated;
use super::{CandidateError, LearningError, Ombud, PolicyReplay, ReplayScope, ServiceError};
use crate::comment::{Action, Comment, DecidedBy, Decision, ModelId, Shadow, Shadowed, SiteId, SiteModelsError};
use crate::policy::{CandidatePolicy, PolicyFiles, ReplayCounts, person};
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

    /// What a candidate would have done with the comments that came in since it was written, the newest of them: none of
    /// these had its writer seen.
    ///
    /// # Errors
    /// [`CandidateError::Replaying`] while this process is at another replay; and the store can't be asked.
    pub async fn shadow_of_candidate(
        &self,
        candidate: &CandidatePolicy,
        files: &PolicyFiles,
    ) -> Result<PolicyReplay, CandidateError> {
        self.follow_policy().await?;
        let policy = files.parse().map_err(|error| ServiceError::Internal(error.to_string()))?;
        let scope = ReplayScope { since: Some(candidate.at), most: MOST_ON_A_PAGE };
        Ok(self.replay_policy(&candidate.site, policy, scope, &mut |_| {}).await?)
    }

    /// What the model in shadow would have done with the newest comments that both models judged, to be read as a replay.
    /// `None` where no model runs in shadow.
    ///
    /// # Errors
    /// [`ServiceError::Replaying`] while this process is at a replay; and the store can't be asked.
    pub async fn shadow_of_model(&self, site: &SiteId) -> Result<Option<(Shadow, PolicyReplay)>, ServiceError> {
        let standing = self.store.site_models(site).await?;
        let Some(shadow) = standing.shadow else { return Ok(None) };
        let _alone = self.replaying.try_acquire().map_err(|_| ServiceError::Replaying)?;
        let model = shadow.model.clone();
        let count = move |comments: Vec<Comment>| {
            let mut counts = ReplayCounts::default();
            for comment in &comments {
                if let Some(Shadowed { live, shadow, .. }) = comment.counted_shadow().filter(|s| s.model == model) {
                    let decided = |action| said(comment, action);
                    counts.count(comment, decided(*live), decided(*shadow), person(comment));
                }
            }
            counts
        };
        let mut counts = ReplayCounts::default();
        let scope = ReplayScope { since: Some(shadow.since), most: MOST_ON_A_PAGE };
        let cut = self.over_newest(site, scope, &mut |_| {}, count, &mut |found| counts.merge(found)).await?;
        let replay = PolicyReplay {
            counts,
            live: self.model_revision(site).await,
            candidate: shadow.model.short().to_owned(),
            cut,
            sections_without_comments: Vec::new(),
            counts_near_texts_otherwise: false,
        };
        Ok(Some((shadow, replay)))
    }
}

/// What a model said of a comment, of which no more is kept than what became of it.
fn said(comment: &Comment, action: Action) -> Decision {
    let Decision { policy_revision, model_revision, .. } = comment.decision.clone();
    Decision {
        action,
        by: DecidedBy::Policy,
        policy_revision,
        model_revision,
        reasons: Vec::new(),
        moderator: None,
        note: None,
        to_author: None,
        times: None,
    }
}
