//! Somebody was faster: who did what, what follows, and whether it can be overruled. One wording for the queue and for a
//! comment's own page.

use super::me::sentence;
use super::refusal::Refusal;
use super::trail;
use crate::comment::{Action, Comment, CommentId, State, Step, Timestamp};
use crate::service::{Caller, History, Ombud, ServiceError, Verb};

/// Why nothing was done, in words.
pub(super) struct Conflict {
    /// "Anna approved this 4 s ago."
    pub title: String,
    /// What follows from it.
    pub detail: String,
    /// The version the comment is at now; a decision that names it overrules what stands.
    pub version: u64,
    /// What overruling would be called; `None` where there is nothing to overrule.
    pub overrule: Option<&'static str>,
}

/// What an error means to the moderator whom it met. `verb`: what she wanted to decide.
///
/// # Errors
/// What is no conflict with somebody else is refused as everywhere.
pub(super) async fn of(
    ombud: &Ombud,
    caller: &Caller,
    id: &CommentId,
    error: ServiceError,
    verb: Option<Verb>,
) -> Result<Conflict, Refusal> {
    match error {
        ServiceError::Stale(_)
        | ServiceError::ClaimedByOther { .. }
        | ServiceError::Transition(_)
        | ServiceError::RoleMissing(_)
        | ServiceError::Lease(_) => {
            let history = ombud.history(&caller.site, id).await?;
            Ok(Conflict::of(&history, caller, &error, verb, ombud.now()))
        }
        other => Err(other.into()),
    }
}

impl Conflict {
    fn of(history: &History, caller: &Caller, error: &ServiceError, verb: Option<Verb>, now: Timestamp) -> Self {
        let comment = &history.comment;
        if let ServiceError::ClaimedByOther { holder, until } = error {
            let until = until.strftime("%H:%M UTC");
            return Self {
                title: format!("{holder} is reading this now."),
                detail: format!("It is left to them until {until} at the latest. Nothing was changed."),
                version: comment.version,
                overrule: None,
            };
        }
        let overrule = overrule(comment.state, verb);
        Self {
            title: trail::last(&history.trail, caller.name(), now),
            detail: match error {
                ServiceError::Transition(error) => sentence(&error.to_string()),
                _ if overrule.is_some() => "Keep that decision, or overrule it with yours.".to_owned(),
                _ => stands(comment, caller, history.trail.last().map(|entry| entry.step)),
            },
            version: comment.version,
            overrule,
        }
    }
}

/// Who wanted the same has nothing to overrule.
fn overrule(state: State, verb: Option<Verb>) -> Option<&'static str> {
    match (state, verb?.action()) {
        (State::Rejected, Action::Publish) => Some("Overrule: approve"),
        (State::Published, Action::Reject | Action::Review) => Some("Overrule: reject"),
        _ => None,
    }
}

/// What follows from how a comment stands.
fn stands(comment: &Comment, caller: &Caller, last: Option<Step>) -> String {
    match (comment.state, &comment.escalation) {
        (State::Pending, Some(to)) if !caller.has_role(&to.role) => {
            format!("It waits for those who have the role {}.", to.role)
        }
        (State::Pending, _) if last == Some(Step::Edited) => {
            "Read it once more: it waits in the queue as it now is.".to_owned()
        }
        (State::Pending, _) => "It waits in the queue as it now is.".to_owned(),
        (State::Withdrawn, _) => "There is nothing left to decide.".to_owned(),
        (State::Published | State::Rejected, _) => {
            "It stands as you wanted it, or nothing of yours was changed.".to_owned()
        }
    }
}
