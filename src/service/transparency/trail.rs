//! A comment's audit trail as a report reads it: without what was taken back, and with what its restrictions were.

use crate::comment::{Action, AuditEntry, State, Step, Timestamp};
use std::time::Duration;

/// How long a decision has to stand before it counts as a restriction although it was taken back: a policy can hold the event
/// of a decision back for five minutes at most, and undone by then, nobody hears of it.
const TOLD_AFTER: Duration = Duration::from_mins(5);

/// One step, and when it was taken back, if it was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken<'a> {
    pub entry: &'a AuditEntry,
    pub undone_at: Option<Timestamp>,
}

/// The steps of a comment, oldest first. An undo is no step here: it stands beside the decision that it takes back.
#[derive(Debug, Clone)]
pub(super) struct Trail<'a>(Vec<Taken<'a>>);

/// How something ended that waited for a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ending<'a> {
    Published(&'a AuditEntry),
    Rejected(&'a AuditEntry),
    Withdrawn,
    /// It waits still.
    Open,
}

/// A comment that readers could not see, or could no longer see, because of what was decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Restriction<'a> {
    /// The decision.
    pub decision: &'a AuditEntry,
    /// What the policy made of the text, by this or before; `None` where a person had decided on it since.
    pub judged: Option<&'a AuditEntry>,
    /// Whether readers had seen the comment.
    pub was_shown: bool,
    /// Whether readers' reports led to it.
    pub reported: bool,
    /// When it was lifted, if it was.
    pub lifted_at: Option<Timestamp>,
}

impl Restriction<'_> {
    /// Whether the machine decided, with nobody looking.
    pub(super) fn by_machine(&self) -> bool {
        self.decision.step != Step::Decided
    }
}

impl<'a> Trail<'a> {
    pub(super) fn of(audit: &'a [AuditEntry]) -> Self {
        let mut steps: Vec<Taken<'a>> = Vec::with_capacity(audit.len());
        for entry in audit {
            if entry.step == Step::Undone {
                let decision = steps.iter_mut().rev().find(|taken| taken.entry.step == Step::Decided);
                if let Some(decision) = decision {
                    decision.undone_at = Some(entry.at);
                }
            } else {
                steps.push(Taken { entry, undone_at: None });
            }
        }
        Self(steps)
    }

    /// Every step with its place.
    pub(super) fn steps(&self) -> impl Iterator<Item = (usize, Taken<'a>)> {
        self.0.iter().copied().enumerate()
    }

    /// The steps that stand, from a place on.
    fn standing(&self, from: usize) -> impl Iterator<Item = &'a AuditEntry> {
        self.0[from..].iter().filter(|taken| taken.undone_at.is_none()).map(|taken| taken.entry)
    }

    /// How what began to wait by the step at this place ended.
    pub(super) fn ending(&self, place: usize) -> Ending<'a> {
        let ended = self.standing(place + 1).find(|entry| entry.to != State::Pending);
        match ended.map(|entry| (entry.to, entry)) {
            Some((State::Published, entry)) => Ending::Published(entry),
            Some((State::Rejected, entry)) => Ending::Rejected(entry),
            Some((State::Withdrawn, _)) => Ending::Withdrawn,
            Some((State::Pending, _)) | None => Ending::Open,
        }
    }

    /// What the policy had said of the text on which the person's decision at this place is the first; `None` if a person
    /// had decided on it before.
    pub(super) fn machines_word(&self, place: usize) -> Option<Action> {
        for taken in self.0[..place].iter().rev().filter(|taken| taken.undone_at.is_none()) {
            match taken.entry.step {
                Step::Admitted | Step::Edited => return Some(taken.entry.action),
                Step::Decided => return None,
                Step::Reported
                | Step::Opinion
                | Step::SecondOpinion
                | Step::Escalated
                | Step::Undone
                | Step::Withdrawn
                | Step::BodyDropped
                | Step::Erased
                | Step::Appealed => {}
            }
        }
        None
    }

    /// Every restriction of the comment. An appeal that is declined makes none: the one appealed against goes on.
    pub(super) fn restrictions(&self) -> Vec<Restriction<'a>> {
        let mut found: Vec<Restriction<'a>> = Vec::new();
        let (mut judged, mut was_shown, mut reported) = (None, false, false);
        // Whether the last one found goes on.
        let mut restricted = false;
        for Taken { entry, undone_at } in self.0.iter().copied() {
            match entry.step {
                Step::Admitted | Step::Edited => {
                    // A new text: what was said of the one before is no longer about this.
                    judged = Some(entry);
                    restricted = entry.to == State::Rejected;
                    if restricted {
                        found.push(Restriction { decision: entry, judged, was_shown, reported, lifted_at: None });
                    }
                }
                Step::Reported => reported = true,
                Step::Decided if entry.to == State::Rejected => {
                    let told = undone_at.is_none_or(|undone| stood(entry.at, undone) > TOLD_AFTER);
                    if told && !restricted {
                        let lifted_at = undone_at;
                        found.push(Restriction { decision: entry, judged, was_shown, reported, lifted_at });
                    }
                    if undone_at.is_none() {
                        (restricted, reported) = (true, false);
                    }
                }
                Step::Decided if undone_at.is_none() => {
                    if let Some(last) = found.last_mut().filter(|_| restricted) {
                        last.lifted_at = Some(entry.at);
                    }
                    (restricted, reported, judged) = (false, false, None);
                }
                Step::Decided
                | Step::Opinion
                | Step::SecondOpinion
                | Step::Escalated
                | Step::Undone
                | Step::Withdrawn
                | Step::BodyDropped
                | Step::Erased
                | Step::Appealed => {}
            }
            was_shown |= entry.to == State::Published;
        }
        found
    }
}

/// From one moment to another; a clock that jumped back makes it nothing.
pub(super) fn stood(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
