//! Taking a decision again: with the policy and the model of then, on what it rested on then, to show that it follows from
//! them and from nothing else.

mod surroundings;

use super::models::Serving;
use super::{Ombud, ServiceError};
use crate::classifier::{Classifier, Judgement};
use crate::comment::{
    APPEAL, AuditEntry, Comment, CommentId, DecidedBy, Decision, EDITED_AFTER_REVIEW, REPORTED, SiteId, SiteModels,
    Step,
};
use crate::policy::{PublishedPolicy, Reread};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the codes of moderators' own reasons begin with.
const BY_MODERATORS: &str = "moderator.";

/// How many published policies are looked through for the one that decided.
const LOOKED_THROUGH: usize = 10_000;

/// What ombud decided on a comment's text, and what it decides on it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The step in which it decided.
    pub step: AuditEntry,
    /// The policy that judged, with when and by whom it was published; `None` where this store has no such policy.
    pub policy: Option<PublishedPolicy>,
    /// Whether the model that scored is here.
    pub model: bool,
    /// The decision as it is kept; `None` where a person's decision has replaced it twice, so that only its action and the
    /// codes of its reasons are left, in `step`.
    pub kept: Option<Decision>,
    /// The decision taken again; `None` if it can't be.
    pub remade: Option<Decision>,
    pub outcome: Outcome,
    /// What could not be taken again, or is not as it was: one sentence each.
    pub notes: Vec<String>,
}

/// How the decision that was taken again compares with the one that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The same, byte for byte.
    Same,
    /// The same as far as it could be taken again; the notes say what could not.
    SameAsFarAsKnown,
    /// Another. This is a fault of ombud's, or of the store's.
    Different,
    /// It can't be taken again.
    Impossible,
}

impl Outcome {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::SameAsFarAsKnown => "same_as_far_as_known",
            Self::Different => "different",
            Self::Impossible => "impossible",
        }
    }
}

/// A judgement that was made again.
struct Rejudged {
    judgement: Judgement,
    /// Whether it could be made of the text and its surroundings alone.
    whole: bool,
}

impl Ombud {
    /// Takes ombud's own last decision on a comment's text again, and compares. Nothing is changed by it.
    ///
    /// # Errors
    /// [`ServiceError::UnknownComment`], or the store can't be asked.
    pub async fn explain(&self, site: &SiteId, id: &CommentId) -> Result<Explanation, ServiceError> {
        let comment = self.comment(site, id).await?;
        let mut trail = self.store.audit(site, id).await?;
        trail.retain(|entry| matches!(entry.step, Step::Admitted | Step::Edited));
        let step = trail.pop().ok_or_else(|| ServiceError::Internal("a comment without an audit trail".to_owned()))?;
        let published = self.store.published_policies(None, LOOKED_THROUGH).await?;
        // The latest at that time: a policy may be in force more than once.
        let mut judged_by = published.into_iter().filter(|policy| policy.revision == step.policy_revision);
        let policy = judged_by.find(|policy| policy.at <= step.at);
        let models = self.models_of_revision(site, &step.model_revision).await?;
        let mut explanation = Explanation {
            kept: kept(&comment),
            policy,
            model: models.is_some(),
            remade: None,
            outcome: Outcome::Impossible,
            notes: Vec::new(),
            step,
        };
        let Some(again) = Reread::of(&comment) else {
            explanation.notes.push(match comment.text() {
                None => "The text is no longer kept.".to_owned(),
                Some(_) => "It was decided before ombud kept what decisions rest on.".to_owned(),
            });
            return Ok(explanation);
        };
        let Some(files) = self.store.policy_files(&explanation.step.policy_revision).await? else {
            explanation.notes.push("This store has not kept the policy that decided.".to_owned());
            return Ok(explanation);
        };
        let policy = match files.parse() {
            Ok(policy) => policy,
            Err(error) => {
                explanation.notes.push(format!("This release of ombud can't read the policy that decided: {error}."));
                return Ok(explanation);
            }
        };
        let rejudged = if let Some(models) = &models {
            self.rejudge(models, &comment, &again, &mut explanation.notes).await?
        } else {
            let note =
                "The model that scored is not here: the scores are taken from the record, without what made them.";
            explanation.notes.push(note.to_owned());
            Rejudged { judgement: recorded(&comment), whole: false }
        };
        let remade = again.judge_as(&policy, &rejudged.judgement, &explanation.step.model_revision);
        explanation.outcome = compare(&explanation, &remade, rejudged.whole);
        explanation.remade = Some(remade);
        Ok(explanation)
    }

    /// The models of this revision, if they are those that ombud was started with or the site's own.
    async fn models_of_revision(&self, site: &SiteId, revision: &str) -> Result<Option<Serving>, ServiceError> {
        let base = self.models.base();
        let found = if base.revision() == revision { Some(Arc::clone(base)) } else { self.own(site, revision).await? };
        Ok(found.map(|in_force| Serving {
            in_force,
            shadow: None,
            standing: SiteModels::default(),
            unusable: Vec::new(),
        }))
    }

    async fn own(&self, site: &SiteId, revision: &str) -> Result<Option<Arc<Classifier>>, ServiceError> {
        for version in self.store.models(site).await?.iter().rev() {
            let Some(file) = self.store.model_file(site, &version.id).await? else { continue };
            if let Ok(classifier) = self.models.base().with_abuse(&file)
                && classifier.revision() == revision
            {
                return Ok(Some(Arc::new(classifier)));
            }
        }
        Ok(None)
    }
}

/// The decision that ombud itself took, as far as it is kept, without what later steps added to it.
fn kept(comment: &Comment) -> Option<Decision> {
    let replaced = comment.undo.as_ref().map(|undo| &undo.decision);
    // Readers' reports take a moderator's decision back to the queue, in the policy's name and with her reasons.
    let own = |decision: &&Decision| {
        decision.by == DecidedBy::Policy
            && !decision.reasons.iter().any(|reason| reason.code.starts_with(BY_MODERATORS))
    };
    let mut own = [Some(&comment.decision), replaced].into_iter().flatten().find(own)?.clone();
    own.reasons.retain(|reason| ![REPORTED, EDITED_AFTER_REVIEW, APPEAL].contains(&reason.code.as_str()));
    // The strictest reason decides; those that were added were the strictest where they were needed.
    own.action = own.reasons.first().map_or(crate::comment::Action::Publish, |strictest| strictest.action);
    Some(own)
}

/// What was scored, from the record alone.
fn recorded(comment: &Comment) -> Judgement {
    let drift = comment.basis.as_ref().and_then(|basis| basis.drift);
    Judgement { scores: comment.scores.clone(), evidence: BTreeMap::new(), drift }
}

fn compare(explanation: &Explanation, remade: &Decision, whole: bool) -> Outcome {
    let same = match &explanation.kept {
        Some(kept) if whole => return if bytes(kept) == bytes(remade) { Outcome::Same } else { Outcome::Different },
        Some(kept) => bytes(&without_evidence(kept)) == bytes(&without_evidence(remade)),
        None => {
            let codes = remade.reasons.iter().map(|reason| &reason.code);
            let added = |code: &&String| ![REPORTED, EDITED_AFTER_REVIEW, APPEAL].contains(&code.as_str());
            codes.eq(explanation.step.reasons.iter().filter(|code| !added(code)))
        }
    };
    if same { Outcome::SameAsFarAsKnown } else { Outcome::Different }
}

fn bytes(decision: &Decision) -> Vec<u8> {
    // A decision has neither maps with other keys than strings nor anything else that JSON can't hold.
    serde_json::to_vec(decision).unwrap_or_default()
}

fn without_evidence(decision: &Decision) -> Decision {
    let mut decision = decision.without_words();
    decision.reasons.iter_mut().filter(|r| r.score.is_some()).for_each(|reason| reason.evidence.clear());
    decision
}
