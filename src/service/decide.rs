//! A moderator decides, or takes a decision back.

use super::{Caller, Ombud, ServiceError};
use crate::comment::{
    Action, Actor, Change, ClaimId, Comment, CommentId, DecidedBy, Decision, DecisionTimes, Opinions, Reason, Role,
    Step, Timestamp,
};
use crate::store::Lease;
use std::time::Duration;

/// What a moderator may do with a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Publish,
    Reject,
}

impl Verb {
    /// The decision's action.
    #[must_use]
    pub const fn action(self) -> Action {
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
    /// For colleagues.
    pub note: Option<String>,
    /// For the author.
    pub to_author: Option<String>,
    /// The version she read: if the comment has moved on since, nothing happens.
    pub expected_version: u64,
    pub claim_id: Option<ClaimId>,
}

/// What a decision led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    pub comment: Comment,
    /// Set where more moderators have to agree: the comment still waits then.
    pub opinions: Option<Opinions>,
}

impl Ombud {
    /// Publishes or rejects a comment on a moderator's word; where several have to agree, takes down hers.
    ///
    /// # Errors
    /// [`ServiceError::Stale`] with the comment as it stands if somebody was faster; a claim that is over,
    /// for another comment, or held by somebody else has its own variant, and so has a role she lacks. Nothing is
    /// written then.
    pub async fn decide(
        &self,
        caller: &Caller,
        id: &CommentId,
        decision: ModeratorDecision,
    ) -> Result<Decided, ServiceError> {
        let comment = self.readable(caller, id, decision.expected_version, decision.claim_id.as_ref()).await?;
        let now = self.clock.now();
        let record = Decision {
            note: decision.note,
            to_author: decision.to_author,
            times: Some(DecisionTimes {
                queued_at: comment.queued_at,
                claimed_at: decision.claim_id.as_ref().and_then(ClaimId::claimed_at),
                decided_at: now,
            }),
            ..self.decision(caller, decision.verb, decision.reason_code.as_deref()).await
        };
        let (times, action) = (record.times, record.action);
        let by_policy = self.policy().opinions(comment.section.as_deref());
        let needed = comment.opinions(by_policy).map_or(1, |opinions| opinions.needed);
        let change = self.held_back(comment.opine(record, needed, actor(caller), now)?);
        let decides = change.event.step == Step::Decided;
        let appealed = comment.is_appealed();
        let comment = self.step(caller, change, decision.claim_id).await?;
        if let Some(times) = times.filter(|_| decides) {
            self.measures.decided(action, &times);
            if appealed {
                self.measures.appeal_settled(action);
            }
        }
        Ok(Decided { opinions: comment.opinions(by_policy), comment })
    }

    /// Takes the last decision of a moderator back: the comment stands where it stood before.
    ///
    /// # Errors
    /// As [`Ombud::decide`]; and [`ServiceError::Transition`] if the last step was no such decision.
    pub async fn undo(&self, caller: &Caller, id: &CommentId, expected_version: u64) -> Result<Comment, ServiceError> {
        let comment = self.at_version(&caller.site, id, Some(expected_version)).await?;
        let role = comment.undo.as_ref().and_then(|undo| undo.escalation.as_ref()).map(|e| &e.role);
        require(caller, role)?;
        let change = comment.undo(actor(caller), self.clock.now())?;
        match self.store.advance(&change, &Lease::Free, change.audit.at).await? {
            Ok(()) => {
                self.measures.undone();
                Ok(change.comment)
            }
            Err(conflict) => Err(ServiceError::conflict(conflict, id)),
        }
    }

    /// The comment at the version that a moderator read, if she may decide on it and her claim is for it.
    pub(super) async fn readable(
        &self,
        caller: &Caller,
        id: &CommentId,
        version: u64,
        claim: Option<&ClaimId>,
    ) -> Result<Comment, ServiceError> {
        if claim.is_some_and(|claim| claim.comment() != id) {
            return Err(ServiceError::ClaimForOther);
        }
        let comment = self.at_version(&caller.site, id, Some(version)).await?;
        require(caller, comment.escalation.as_ref().map(|e| &e.role))?;
        Ok(comment)
    }

    /// A decision of a moderator's as it is recorded, without its times.
    pub(super) async fn decision(&self, caller: &Caller, verb: Verb, reason_code: Option<&str>) -> Decision {
        let policy = self.policy();
        Decision {
            action: verb.action(),
            by: DecidedBy::Moderator,
            policy_revision: policy.revision().to_owned(),
            model_revision: self.model_revision(&caller.site).await,
            reasons: vec![reason(verb, reason_code, &policy)],
            moderator: Some(caller.name().to_owned()),
            note: None,
            to_author: None,
            times: None,
        }
    }

    /// The change with its event held back, where it decides and the policy has a time for undoing that.
    pub(super) fn held_back(&self, change: Change) -> Change {
        let window = Duration::from_secs(self.policy().undo_seconds().into());
        if change.event.step != Step::Decided || window.is_zero() {
            return change;
        }
        let due = change.audit.at.saturating_add(window).unwrap_or(Timestamp::MAX);
        change.told_at(due)
    }

    /// Takes a moderator's step, if nobody else holds the comment and her claim, if she names one, is live now.
    pub(super) async fn step(
        &self,
        caller: &Caller,
        change: Change,
        claim: Option<ClaimId>,
    ) -> Result<Comment, ServiceError> {
        let lease = Lease::Held { holder: caller.name().to_owned(), claim };
        match self.store.advance(&change, &lease, self.clock.now()).await? {
            Ok(()) => {
                if change.event_due.is_some() {
                    self.held.notify_one();
                }
                Ok(change.comment)
            }
            Err(conflict) => Err(ServiceError::conflict(conflict, &change.comment.id)),
        }
    }
}

/// The caller as the moderator who takes a step.
pub(super) fn actor(caller: &Caller) -> Actor {
    Actor::Moderator { name: caller.name().to_owned() }
}

/// Whether the caller has a role, if one is needed.
pub(super) fn require(caller: &Caller, role: Option<&Role>) -> Result<(), ServiceError> {
    match role {
        Some(role) if !caller.has_role(role) => Err(ServiceError::RoleMissing(role.clone())),
        _ => Ok(()),
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
