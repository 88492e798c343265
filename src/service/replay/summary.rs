//! What a replay found, as it is written for machines.

use super::PolicyReplay;
use crate::comment::{Action, CommentId, CommentText, Decision, Timestamp};
use crate::policy::{Example, Pair};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a candidate would have decided, beside the policy in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplaySummary {
    /// Revision of the policy in force.
    pub policy_in_force: String,
    /// Revision of the candidate.
    pub candidate: String,
    /// Comments that both judged.
    pub judged: u64,
    /// Comments left out, as their text is no longer kept.
    pub without_text: u64,
    /// Comments left out, as they came in before ombud kept what decisions rest on.
    pub without_basis: u64,
    /// Whether there are more comments than were looked at.
    pub cut: bool,
    /// When the first of them came in.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// When the last of them came in.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// Every two actions, with how many comments the policy in force decides so and the candidate so.
    pub table: Vec<ReplayCell>,
    /// How many the candidate decides otherwise.
    pub changed: u64,
    /// Beside what people decided, where a person's decision stands.
    pub people: Vec<BesidePerson>,
    /// Comments held, by the hour of the day (UTC) in which they came in, from 0.
    pub held_by_hour: Vec<ReplayPair>,
    /// Comments held, by section in lower case; "" for none.
    pub held_by_section: BTreeMap<String, ReplayPair>,
    /// By the code of a reason to hold or reject.
    pub reasons: BTreeMap<String, ReplayReason>,
    /// Sections that the candidate has something of its own for, in which none of the comments is.
    pub sections_without_comments: Vec<String>,
    /// Whether the two count texts that are nearly the same otherwise; they are counted as they were then.
    pub counts_near_texts_otherwise: bool,
    /// Some of the comments that the candidate decides otherwise, drawn evenly; at most 20 for every two actions.
    pub examples: Vec<ReplayExample>,
}

/// How many comments both policies decide so.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayCell {
    pub in_force: Action,
    pub candidate: Action,
    pub comments: u64,
}

/// How many of the comments on which people decided so the policies decide so.
#[derive(Debug, Serialize, ToSchema)]
pub struct BesidePerson {
    /// What the person decided: publish or reject.
    pub person: Action,
    /// What the policies decide.
    pub policy: Action,
    pub comments: ReplayPair,
}

/// A count by the policy in force and one by the candidate.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct ReplayPair {
    pub in_force: u64,
    pub candidate: u64,
}

impl From<Pair> for ReplayPair {
    fn from(pair: Pair) -> Self {
        Self { in_force: pair.live, candidate: pair.candidate }
    }
}

/// What a reason does.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayReason {
    /// Comments held or rejected for it, among others perhaps.
    pub any: ReplayPair,
    /// Comments that would be published without it.
    pub alone: ReplayPair,
}

/// A comment that the candidate decides otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayExample {
    #[schema(value_type = String)]
    pub id: CommentId,
    pub text: Option<String>,
    pub in_force: Action,
    pub candidate: Action,
    /// What a person decided, if a person's decision stands.
    pub person: Option<Action>,
    /// Codes.
    pub reasons_in_force: Vec<String>,
    /// Codes.
    pub reasons_candidate: Vec<String>,
}

impl From<&Example> for ReplayExample {
    fn from(example: &Example) -> Self {
        let codes = |decision: &Decision| decision.reasons.iter().map(|reason| reason.code.clone()).collect();
        Self {
            id: example.comment.id.clone(),
            text: example.comment.text().map(CommentText::as_str).map(str::to_owned),
            in_force: example.live.action,
            candidate: example.candidate.action,
            person: example.person,
            reasons_in_force: codes(&example.live),
            reasons_candidate: codes(&example.candidate),
        }
    }
}

impl PolicyReplay {
    /// Everything that was found, with at most so many examples for every two actions.
    #[must_use]
    pub fn summary(&self, examples: usize) -> ReplaySummary {
        let counts = &self.counts;
        let cell =
            |(in_force, candidate)| ReplayCell { in_force, candidate, comments: counts.decided(in_force, candidate) };
        let people = [Action::Publish, Action::Reject].into_iter().flat_map(|person| {
            let beside =
                move |policy| BesidePerson { person, policy, comments: counts.beside_people(person, policy).into() };
            Action::ALL.map(beside)
        });
        let reason = |(code, found): (&String, &crate::policy::Contribution)| {
            (code.clone(), ReplayReason { any: found.any.into(), alone: found.alone.into() })
        };
        let shown = counts.differing().flat_map(|(_, sample)| sample.examples().iter().take(examples));
        ReplaySummary {
            policy_in_force: self.live.clone(),
            candidate: self.candidate.clone(),
            judged: counts.judged,
            without_text: counts.without_text,
            without_basis: counts.without_basis,
            cut: self.cut,
            from: counts.received.map(|(first, _)| first),
            to: counts.received.map(|(_, last)| last),
            table: Action::pairs().map(cell).collect(),
            changed: counts.changed(),
            people: people.collect(),
            held_by_hour: counts.held_by_hour.map(ReplayPair::from).into(),
            held_by_section: counts.held_by_section.iter().map(|(name, pair)| (name.clone(), (*pair).into())).collect(),
            reasons: counts.reasons.iter().map(reason).collect(),
            sections_without_comments: self.sections_without_comments.clone(),
            counts_near_texts_otherwise: self.counts_near_texts_otherwise,
            examples: shown.map(ReplayExample::from).collect(),
        }
    }
}
