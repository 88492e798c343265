//! What the use-cases count and time, with the handles that doing so takes.

use crate::comment::{Action, Attribute, Comment, DecisionTimes, Handling, Scores, Timestamp};
use crate::telemetry::metric::{
    APPEALS, ARTICLE_FETCHES, AUDITS_DRAWN, AUDITS_JUDGED, EDITS, MODERATOR_DECISIONS, QUEUE_HANDLING, QUEUE_WAITING,
    SCORE, SCORING_DURATION, SIGN_INS, SUBMISSIONS,
};
use metrics::{Counter, Histogram};
use std::time::{Duration, Instant};

/// What became of an article that was to be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fetched {
    Stored,
    /// There was one by then.
    Known,
    Failed,
}

/// What became of an attempt to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignInOutcome {
    Succeeded,
    Refused,
    LockedOut,
}

/// The handles, each looked up once.
pub(super) struct Measures {
    /// By [`Action`].
    submissions: [Counter; 3],
    edits: [Counter; 3],
    decisions: [Counter; 3],
    undone: Counter,
    /// Made, upheld, declined.
    appeals: [Counter; 3],
    waiting: Histogram,
    handling: Histogram,
    /// By [`Attribute::index`].
    scores: [Histogram; Attribute::ALL.len()],
    scoring: Histogram,
    /// By [`Fetched`].
    fetches: [Counter; 3],
    /// By [`SignInOutcome`].
    sign_ins: [Counter; 3],
    audits_drawn: Counter,
    /// Whether the machine published or rejected, then whether a person would have.
    audits_judged: [[Counter; 2]; 2],
}

/// What can be decided for good.
const ALONE: [&str; 2] = ["publish", "reject"];

impl Measures {
    pub(super) fn new() -> Self {
        let by_action = |metric: &crate::telemetry::metric::Metric| {
            Action::ALL.map(|action| metric.counter(&[("action", action.name())]))
        };
        Self {
            submissions: by_action(&SUBMISSIONS),
            edits: by_action(&EDITS),
            // No moderator decides for review.
            decisions: [Action::Publish, Action::Reject, Action::Reject]
                .map(|action| MODERATOR_DECISIONS.counter(&[("action", action.name())])),
            undone: MODERATOR_DECISIONS.counter(&[("action", "undo")]),
            appeals: ["made", "upheld", "declined"].map(|step| APPEALS.counter(&[("step", step)])),
            waiting: QUEUE_WAITING.histogram(&[]),
            handling: QUEUE_HANDLING.histogram(&[]),
            scores: Attribute::ALL.map(|attribute| SCORE.histogram(&[("attribute", attribute.name())])),
            scoring: SCORING_DURATION.histogram(&[]),
            fetches: ["stored", "known", "failed"].map(|outcome| ARTICLE_FETCHES.counter(&[("outcome", outcome)])),
            sign_ins: ["succeeded", "refused", "locked"].map(|outcome| SIGN_INS.counter(&[("outcome", outcome)])),
            audits_drawn: AUDITS_DRAWN.counter(&[]),
            audits_judged: ALONE.map(|machine| {
                ALONE.map(|verdict| AUDITS_JUDGED.counter(&[("machine", machine), ("verdict", verdict)]))
            }),
        }
    }

    /// A new comment was taken in.
    pub(super) fn submitted(&self, comment: &Comment) {
        self.submissions[comment.decision.action as usize].increment(1);
    }

    /// A comment got another text.
    pub(super) fn edited(&self, comment: &Comment) {
        self.edits[comment.decision.action as usize].increment(1);
    }

    /// A moderator decided on a comment.
    pub(super) fn decided(&self, action: Action, times: &DecisionTimes) {
        self.decisions[action as usize].increment(1);
        let Handling { waited, handled } = times.handling();
        let unclaimed = || times.queued_at.map(|queued_at| since(queued_at, times.decided_at));
        if let Some(waited) = waited.or_else(unclaimed) {
            self.waiting.record(waited);
        }
        if let Some(handled) = handled {
            self.handling.record(handled);
        }
    }

    /// An author appealed.
    pub(super) fn appealed(&self) {
        self.appeals[0].increment(1);
    }

    /// A moderator's decision settled an appeal.
    pub(super) fn appeal_settled(&self, action: Action) {
        self.appeals[if action == Action::Publish { 1 } else { 2 }].increment(1);
    }

    /// A moderator took a decision back.
    pub(super) fn undone(&self) {
        self.undone.increment(1);
    }

    /// Scores were given, in the time since `started`.
    pub(super) fn scored(&self, scores: &Scores, started: Instant) {
        self.scoring.record(started.elapsed());
        for (attribute, score) in scores.iter() {
            if let Some(score) = score {
                self.scores[attribute.index()].record(score);
            }
        }
    }

    /// Somebody tried to sign in.
    pub(super) fn tried_to_sign_in(&self, outcome: SignInOutcome) {
        self.sign_ins[outcome as usize].increment(1);
    }

    /// A decision was drawn for a person to judge.
    pub(super) fn audit_drawn(&self) {
        self.audits_drawn.increment(1);
    }

    /// A person judged a decision of the machine's.
    pub(super) fn audit_judged(&self, machine: Action, verdict: Action) {
        let [machine, verdict] = [machine, verdict].map(|action| usize::from(action != Action::Publish));
        self.audits_judged[machine][verdict].increment(1);
    }

    /// An article was fetched, or was not.
    pub(super) fn fetched(&self, fetched: Fetched) {
        self.fetches[fetched as usize].increment(1);
    }
}

/// How long ago a time was; nothing where replicas' clocks disagree.
pub(super) fn since(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(then)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_behind_makes_no_time_negative() {
        let at = |ms| Timestamp::from_millisecond(ms).expect("a time");
        assert_eq!(since(at(1_000), at(3_500)), Duration::from_millis(2_500));
        assert_eq!(since(at(3_500), at(1_000)), Duration::ZERO);
    }

    #[test]
    fn handles_stand_in_the_order_of_what_they_count() {
        assert_eq!(Action::ALL.map(|action| action as usize), [0, 1, 2]);
        assert_eq!([Fetched::Stored, Fetched::Known, Fetched::Failed].map(|f| f as usize), [0, 1, 2]);
        let outcomes = [SignInOutcome::Succeeded, SignInOutcome::Refused, SignInOutcome::LockedOut];
        assert_eq!(outcomes.map(|outcome| outcome as usize), [0, 1, 2]);
        assert!(crate::comment::Step::ALL.iter().enumerate().all(|(place, step)| *step as usize == place));
    }
}
