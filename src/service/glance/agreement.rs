//! Whether people decide as the policy had, and as each other. Nobody is named: it is not about who.

use crate::comment::{Action, AuditEntry, Comment, Step, Timestamp};
use std::collections::BTreeMap;

/// What the policy had said of comments on which a person's decision stands, and what the person decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BesideMachine {
    /// By what the policy had said.
    counts: [Outcome; 3],
}

/// Published, or rejected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    pub published: u64,
    pub rejected: u64,
}

impl Outcome {
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.published + self.rejected
    }

    /// `Review` is no outcome.
    pub(super) fn add(&mut self, action: Action) {
        match action {
            Action::Publish => self.published += 1,
            Action::Reject => self.rejected += 1,
            Action::Review => {}
        }
    }
}

impl BesideMachine {
    /// What people decided on comments of which the policy had said this.
    #[must_use]
    pub const fn where_it_said(&self, action: Action) -> Outcome {
        self.counts[action as usize]
    }

    /// All comments that were looked at.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.counts.iter().map(Outcome::all).sum()
    }

    /// Of those on which the policy had decided by itself, how many people left so; and how many there are.
    #[must_use]
    pub const fn left_so(&self) -> (u64, u64) {
        let (publish, reject) = (self.where_it_said(Action::Publish), self.where_it_said(Action::Reject));
        (publish.published + reject.rejected, publish.all() + reject.all())
    }

    pub(super) fn add(&mut self, trail: &[AuditEntry], decided: Action) {
        if let Some(said) = machines_word(trail) {
            self.counts[said as usize].add(decided);
        }
    }
}

/// What the policy had said of the text that a person decided on last; `None` if nobody did.
fn machines_word(trail: &[AuditEntry]) -> Option<Action> {
    let judged = |entry: &&AuditEntry| matches!(entry.step, Step::Admitted | Step::Edited);
    before_decision(trail)?.iter().rev().find(judged).map(|entry| entry.action)
}

/// The entries before the last decision of a person; `None` if there is none.
fn before_decision(trail: &[AuditEntry]) -> Option<&[AuditEntry]> {
    let decided = trail.iter().rposition(|entry| entry.step == Step::Decided)?;
    Some(&trail[..decided])
}

/// How often moderators were of one opinion, where several gave one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Among {
    /// Comments of which several gave their opinion.
    pub several: u64,
    /// Of these, the ones of which all said the same.
    pub agreed: u64,
}

impl Among {
    fn add(&mut self, said: &[Action]) {
        if said.len() > 1 {
            self.several += 1;
            self.agreed += u64::from(said.iter().all(|action| *action == said[0]));
        }
    }

    /// Those of a comment that was decided.
    pub(super) fn add_decided(&mut self, trail: &[AuditEntry]) {
        let Some(before) = before_decision(trail) else { return };
        let mut said: BTreeMap<&str, Action> = BTreeMap::new();
        for entry in before {
            match entry.step {
                Step::Opinion => {
                    said.insert(entry.actor.label(), entry.action);
                }
                // An opinion more was asked for, or the body of what has no say in this went.
                Step::SecondOpinion | Step::BodyDropped | Step::Erased => {}
                // What was said before was of another text, for others, or led to a decision of its own.
                Step::Admitted
                | Step::Edited
                | Step::Reported
                | Step::Decided
                | Step::Escalated
                | Step::Undone
                | Step::Withdrawn
                | Step::Appealed => said.clear(),
            }
        }
        let decision = &trail[before.len()];
        said.insert(decision.actor.label(), decision.action);
        self.add(&said.into_values().collect::<Vec<_>>());
    }

    /// Those of a comment that still waits: those who do not agree are most often among these.
    pub(super) fn add_waiting(&mut self, comment: &Comment, since: Timestamp) {
        if comment.votes.iter().any(|vote| vote.at >= since) {
            self.add(&comment.votes.iter().map(|vote| vote.action).collect::<Vec<_>>());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::{Actor, CommentId, State};

    fn trail(steps: &[(Step, &str, Action)]) -> Vec<AuditEntry> {
        let entry = |(version, (step, who, action)): (u64, &(Step, &str, Action))| AuditEntry {
            at: Timestamp::UNIX_EPOCH,
            comment_id: CommentId::parse("c1").unwrap(),
            version,
            step: *step,
            actor: Actor::Moderator { name: (*who).to_owned() },
            from: None,
            to: State::Pending,
            action: *action,
            reasons: Vec::new(),
            policy_revision: String::new(),
            model_revision: String::new(),
            text_sha256: String::new(),
            role: None,
            times: None,
        };
        (1..).zip(steps).map(entry).collect()
    }

    use Action::{Publish, Reject, Review};

    #[test]
    fn the_machines_word_is_of_the_text_that_was_decided_on() {
        let mut beside = BesideMachine::default();
        let steps = [
            (Step::Admitted, "policy", Publish),
            (Step::Reported, "readers", Review),
            (Step::Decided, "anna", Publish),
            (Step::BodyDropped, "time", Publish),
        ];
        beside.add(&trail(&steps), Publish);
        beside.add(&trail(&steps[..2]), Publish);
        assert_eq!((beside.all(), beside.left_so()), (1, (1, 1)), "what nobody decided counts for nothing");
        let edited = [
            (Step::Admitted, "policy", Reject),
            (Step::Appealed, "author", Review),
            (Step::Edited, "policy", Review),
            (Step::Decided, "anna", Publish),
        ];
        beside.add(&trail(&edited), Publish);
        beside.add(&trail(&[edited[0], edited[1], edited[3]]), Publish);
        assert_eq!(beside.where_it_said(Review), Outcome { published: 1, rejected: 0 });
        assert_eq!(beside.where_it_said(Reject), Outcome { published: 1, rejected: 0 });
        assert_eq!((beside.all(), beside.left_so()), (3, (1, 2)));
    }

    #[test]
    fn opinions_count_once_for_each_and_only_those_that_led_to_the_decision() {
        let mut among = Among::default();
        let mut add = |steps: &[(Step, &str, Action)]| {
            among.add_decided(&trail(steps));
            (among.several, among.agreed)
        };
        let admitted = (Step::Admitted, "policy", Review);
        assert_eq!(add(&[admitted, (Step::Decided, "anna", Publish)]), (0, 0), "one alone");
        let both = [admitted, (Step::Opinion, "anna", Publish), (Step::Decided, "bea", Publish)];
        assert_eq!(add(&both), (1, 1));
        let changed = [
            admitted,
            (Step::Opinion, "anna", Reject),
            (Step::SecondOpinion, "carla", Review),
            (Step::Opinion, "anna", Publish),
            (Step::Decided, "bea", Publish),
        ];
        assert_eq!(add(&changed), (2, 2), "her last word counts");
        let three = [admitted, (Step::Opinion, "anna", Reject), both[1], (Step::Opinion, "bea", Reject)];
        assert_eq!(add(&three), (2, 2), "not decided");
        let split = [
            admitted,
            (Step::Opinion, "anna", Reject),
            (Step::Opinion, "bea", Publish),
            (Step::Decided, "carla", Reject),
        ];
        assert_eq!(add(&split), (3, 2));
        let anew = [admitted, split[1], (Step::Edited, "policy", Review), (Step::Decided, "bea", Publish)];
        assert_eq!(add(&anew), (3, 2), "hers was of another text");
        let overruled = [both[0], both[1], both[2], (Step::Decided, "carla", Reject)];
        assert_eq!(add(&overruled), (3, 2), "a later decision is no opinion on the same question");
    }
}
