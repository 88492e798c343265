//! The arithmetic of a site's day: from comments and their audit trails to figures. Pure.

use super::agreement::{Among, BesideMachine, Outcome};
use super::histogram::Histograms;
use crate::comment::{Action, AppealState, AuditEntry, Comment, DecidedBy, State, Timestamp};
use crate::policy::Thresholds;
use crate::service::metric::since as passed;
use std::collections::BTreeMap;
use std::time::Duration;

/// What happened to comments from some moment on. Nobody is named, and no text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Where those stand now that came in.
    pub came_in: Standing,
    /// Decisions that stand, by the policy alone.
    pub by_machine: Outcome,
    /// Decisions that stand, by people.
    pub by_people: Outcome,
    /// From being held to a person's decision, of those that waited; half of them took no longer.
    pub median_wait: Option<Duration>,
    pub appeals: Appeals,
    pub beside_machine: BesideMachine,
    pub among_moderators: Among,
    /// Scores of those that came in.
    pub scores: Histograms,
}

impl Figures {
    /// Those of no comments.
    #[must_use]
    pub fn of_none(thresholds: &Thresholds) -> Self {
        Self { scores: Histograms::judged_by(thresholds), ..Self::default() }
    }
}

/// How many comments are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    pub published: u64,
    pub waiting: u64,
    pub rejected: u64,
    pub withdrawn: u64,
}

impl Standing {
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.published + self.waiting + self.rejected + self.withdrawn
    }

    fn add(&mut self, state: State) {
        match state {
            State::Published => self.published += 1,
            State::Pending => self.waiting += 1,
            State::Rejected => self.rejected += 1,
            State::Withdrawn => self.withdrawn += 1,
        }
    }
}

/// Authors' appeals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appeals {
    pub made: u64,
    /// Of those made, the ones that still wait.
    pub open: u64,
    /// Whenever they were made.
    pub upheld: u64,
    /// Whenever they were made.
    pub declined: u64,
}

impl Appeals {
    fn add(&mut self, comment: &Comment, by_people: Option<Action>, since: Timestamp) {
        let Some(appeal) = &comment.appeal else { return };
        if appeal.made_at >= since {
            self.made += 1;
            self.open += u64::from(appeal.state == AppealState::Open);
        }
        match (appeal.state, by_people) {
            (AppealState::Upheld, Some(Action::Publish)) => self.upheld += 1,
            (AppealState::Declined, Some(Action::Reject)) => self.declined += 1,
            _ => {}
        }
    }
}

/// Counts what happened from `since` on. Each comment comes with its audit trail where a person decided on it, or with
/// an empty one where that was not read: then nothing is said of what the policy or colleagues had thought of it.
pub fn figures<'a>(
    comments: impl IntoIterator<Item = (&'a Comment, &'a [AuditEntry])>,
    since: Timestamp,
    thresholds: &Thresholds,
) -> Figures {
    let mut figures = Figures::of_none(thresholds);
    let mut waits = Vec::new();
    for (comment, trail) in comments {
        if comment.received_at >= since {
            figures.came_in.add(comment.state);
            figures.scores.add(&comment.scores);
        }
        let decided = decision(comment).filter(|(.., at)| *at >= since);
        let by_people = match decided {
            Some((DecidedBy::Policy, action, _)) => {
                figures.by_machine.add(action);
                None
            }
            Some((DecidedBy::Moderator, action, at)) => {
                figures.by_people.add(action);
                let queued_at = comment.decision.times.and_then(|times| times.queued_at);
                waits.extend(queued_at.map(|queued_at| passed(queued_at, at)));
                figures.beside_machine.add(trail, action);
                figures.among_moderators.add_decided(trail);
                Some(action)
            }
            None => None,
        };
        if comment.state == State::Pending {
            figures.among_moderators.add_waiting(comment, since);
        }
        figures.appeals.add(comment, by_people, since);
    }
    figures.median_wait = median(waits);
    figures
}

/// The decision that stands: whose, which, and since when. None stands on what waits, or was withdrawn.
pub(super) fn decision(comment: &Comment) -> Option<(DecidedBy, Action, Timestamp)> {
    let action = match comment.state {
        State::Published => Action::Publish,
        State::Rejected => Action::Reject,
        State::Pending | State::Withdrawn => return None,
    };
    let at = match comment.decision.by {
        DecidedBy::Policy => judged_at(comment),
        DecidedBy::Moderator => comment.decision.times?.decided_at,
    };
    Some((comment.decision.by, action, at))
}

/// When the policy last judged its text.
fn judged_at(comment: &Comment) -> Timestamp {
    comment.edited_at.unwrap_or(comment.received_at)
}

/// The one in the middle; of two, half-way between them.
fn median(mut waits: Vec<Duration>) -> Option<Duration> {
    waits.sort_unstable();
    let upper = *waits.get(waits.len() / 2)?;
    if waits.len() % 2 == 1 { Some(upper) } else { Some((waits[waits.len() / 2 - 1] + upper) / 2) }
}

/// A policy that judged comments, and the first and the last time it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyUse {
    pub revision: String,
    pub comments: u64,
    pub first: Timestamp,
    pub last: Timestamp,
}

/// Which policies the comments were judged by from `since` on, the latest first. Those are left out on which a person
/// has decided since: her decision carries the policy of its own moment.
pub fn policies<'a>(comments: impl IntoIterator<Item = &'a Comment>, since: Timestamp) -> Vec<PolicyUse> {
    let mut found: BTreeMap<&str, PolicyUse> = BTreeMap::new();
    for comment in comments {
        let at = judged_at(comment);
        if comment.decision.by != DecidedBy::Policy || comment.appeal.is_some() || at < since {
            continue;
        }
        let revision = &comment.decision.policy_revision;
        let new = || PolicyUse { revision: revision.clone(), comments: 0, first: at, last: at };
        let policy = found.entry(revision).or_insert_with(new);
        policy.comments += 1;
        policy.first = policy.first.min(at);
        policy.last = policy.last.max(at);
    }
    let mut policies: Vec<PolicyUse> = found.into_values().collect();
    policies.sort_by_key(|policy| std::cmp::Reverse(policy.last));
    policies
}

#[cfg(test)]
mod tests;
