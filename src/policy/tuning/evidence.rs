//! What tuning rests on: comments of which a person has said what should become of them.

use crate::comment::{Action, Attribute, Scores};
use crate::policy::rules::RULES;
use crate::policy::{Context, Policy};
use serde::{Deserialize, Serialize};

/// What a person would do with a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    Publish,
    Reject,
}

/// One comment, as far as thresholds are concerned. Each is taken as an independent draw from all that the site receives:
/// comments that a threshold chose, such as those of the queue, are not that.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub scores: Scores,
    /// The section whose thresholds apply.
    pub section: Option<String>,
    /// What everything in the policy but its thresholds makes of it.
    pub floor: Action,
    pub label: Label,
}

impl Row {
    /// A labelled comment, judged by all rules but the thresholds.
    #[must_use]
    pub fn judged(policy: &Policy, context: &Context<'_>, label: Label) -> Self {
        let reasons = RULES.iter().flat_map(|rule| rule(policy, context));
        let others = reasons.filter(|reason| !reason.code.starts_with("threshold."));
        Self {
            scores: context.judgement.scores.clone(),
            section: context.section.map(str::to_owned),
            floor: others.map(|reason| reason.action).max().unwrap_or(Action::Publish),
            label,
        }
    }

    /// The scores in the order of [`Attribute::ALL`]; where there is none, not a number, which reaches no threshold.
    pub(super) fn scored(&self) -> [f64; Attribute::ALL.len()] {
        let mut scored = [f64::NAN; Attribute::ALL.len()];
        for (attribute, score) in self.scores.iter() {
            scored[attribute.index()] = score.unwrap_or(f64::NAN);
        }
        scored
    }
}
