//! A moderator decides, or takes a decision back.

use super::{Ombud, ServiceError};
use crate::comment::{Action, Actor, ClaimId, Comment, CommentId, DecidedBy, Decision, KeyId, Reason, SiteId};
use crate::store::Lease;

/// What a moderator may do with a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Publish,
    Reject,
}

impl Verb {
    const fn action(self) -> Action {
        match self {
            Self::Publish => Action::Publish,
            Self::Reject => Action::Reject,
        }
    }
}

/// A moderator's decision.
#[derive(Debug, Clone)]
pub struct ModeratorDecision {
    pub verb: Verb,
    /// One of the policy's reasons, or the platform's own word for it.
    pub reason_code: Option<String>,
    pub note: Option<String>,
    /// The version she read: if the comment has moved on since, nothing happens.
    pub expected_version: u64,
    pub claim_id: Option<ClaimId>,
}

impl Ombud {
    /// Publishes or rejects a comment on a moderator's word.
    ///
    /// # Errors
    /// [`ServiceError::Stale`] with the comment as it stands if somebody was faster; a claim that is over,
    /// for another comment, or held by somebody else has its own variant. Nothing is written then.
    pub async fn decide(
        &self,
        site: &SiteId,
        id: &CommentId,
        decision: ModeratorDecision,
        moderator: &KeyId,
    ) -> Result<Comment, ServiceError> {
        if decision.claim_id.as_ref().is_some_and(|claim| claim.comment() != id) {
            return Err(ServiceError::ClaimForOther);
        }
        let now = self.clock.now();
        let comment = self.at_version(site, id, Some(decision.expected_version)).await?;
        let policy = self.policy();
        let record = Decision {
            action: decision.verb.action(),
            by: DecidedBy::Moderator,
            policy_revision: policy.revision().to_owned(),
            model_revision: self.model_revision(site).await,
            reasons: vec![reason(decision.verb, decision.reason_code.as_deref(), &policy)],
            moderator: Some(moderator.as_str().to_owned()),
            note: decision.note,
        };
        let actor = Actor::Moderator { name: moderator.as_str().to_owned() };
        let change = comment.decide(record, actor, now)?;
        let lease = Lease::Held { holder: moderator.as_str().to_owned(), claim: decision.claim_id };
        match self.store.advance(&change, &lease, now).await? {
            Ok(()) => {
                self.measures.decided(decision.verb.action(), &comment, now, None);
                Ok(change.comment)
            }
            Err(conflict) => Err(ServiceError::conflict(conflict, id)),
        }
    }

    /// Takes the last decision of a moderator back: the comment stands where it stood before.
    ///
    /// # Errors
    /// As [`Ombud::decide`]; and [`ServiceError::Transition`] if the last step was no such decision.
    pub async fn undo(
        &self,
        site: &SiteId,
        id: &CommentId,
        expected_version: u64,
        moderator: &KeyId,
    ) -> Result<Comment, ServiceError> {
        let now = self.clock.now();
        let comment = self.at_version(site, id, Some(expected_version)).await?;
        let change = comment.undo(Actor::Moderator { name: moderator.as_str().to_owned() }, now)?;
        match self.store.advance(&change, &Lease::Free, now).await? {
            Ok(()) => {
                self.measures.undone();
                Ok(change.comment)
            }
            Err(conflict) => Err(ServiceError::conflict(conflict, id)),
        }
    }
}

fn reason(verb: Verb, code: Option<&str>, policy: &crate::policy::Policy) -> Reason {
    let code = code.unwrap_or("unspecified");
    let known = policy.reject_reasons().iter().find(|r| r.code == code);
    let sentence = match (verb, known) {
        (Verb::Publish, _) => "A moderator published it.".to_owned(),
        (Verb::Reject, Some(reason)) => format!("A moderator rejected it: {}.", reason.text),
        (Verb::Reject, None) => "A moderator rejected it.".to_owned(),
    };
    Reason::rule(format!("moderator.{code}"), verb.action(), sentence)
}
