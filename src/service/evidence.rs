//! What in a text speaks against it, for pages that mark words and cover some of them.

use super::Ombud;
use super::judge::Reading;
use crate::classifier::Input;
use crate::comment::{Comment, DecidedBy, Decision, Reason, SiteId};
use crate::policy::{Context, Facts, decide};

impl Ombud {
    /// The policy's reasons about a comment, with their evidence in its text. A moderator's decision has none: that of the
    /// policy before it is taken, or, where it is not kept any more, what [`Ombud::evidence_in`] finds.
    pub async fn evidence(&self, comment: &Comment) -> Vec<Reason> {
        let Some(text) = comment.text() else { return Vec::new() };
        // What a decision replaced was about the same text: an edit leaves nothing to undo.
        let before = comment.undo.as_ref().map(|undo| &undo.decision);
        match [Some(&comment.decision), before].into_iter().flatten().find(|decision| is_policys_own(decision)) {
            Some(decision) => decision.reasons.clone(),
            None => self.evidence_in(&comment.site, comment.section.as_deref(), text.as_str()).await,
        }
    }

    /// What the policy and the models in force point at in a text that stands alone, such as one from before an edit.
    pub async fn evidence_in(&self, site: &SiteId, section: Option<&str>, text: &str) -> Vec<Reason> {
        let (policy, models) = (self.policy(), self.models.of(site).await);
        let (reading, facts) = (Reading::of(text), Facts::default());
        let judgement = models.in_force.judge(&Input {
            text,
            normalised: &reading.normalised,
            language: reading.language,
            article: None,
            parent: None,
            thread: &[],
        });
        let context = Context {
            section,
            text,
            normalised: &reading.normalised,
            language: reading.language,
            fingerprint: reading.fingerprint,
            created_at: self.clock.now(),
            judgement: &judgement,
            facts: &facts,
            parent: None,
            unknown_article: policy.unknown_article(),
        };
        let (decision, _) = decide(&policy, &context, models.in_force.revision());
        decision.reasons.into_iter().filter(|reason| !reason.evidence.is_empty()).collect()
    }
}

/// Whether the reasons of a decision are those that the policy saw in the text. What waits again, by an appeal or reports, may have
/// a moderator's among them.
fn is_policys_own(decision: &Decision) -> bool {
    decision.by == DecidedBy::Policy && !decision.reasons.iter().any(|reason| reason.code.starts_with("moderator."))
}
