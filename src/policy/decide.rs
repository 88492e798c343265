//! The one fold: every rule speaks, every reason is kept, the strictest wins.

use super::rules::RULES;
use super::{Context, Policy, Thresholds};
use crate::comment::{Action, Attribute, DecidedBy, Decision, Priority, Reason, Scores};
use std::cmp::Reverse;

/// Judges a comment. The same context, policy and model give the same decision, byte for byte.
#[must_use]
pub fn decide(policy: &Policy, context: &Context<'_>, model_revision: &str) -> (Decision, Priority) {
    let mut reasons: Vec<Reason> = RULES.iter().flat_map(|rule| rule(policy, context)).collect();
    // Stable: among equals, the order of the rules.
    reasons.sort_by_key(|reason| Reverse(reason.action));
    let decision = Decision {
        action: reasons.first().map_or(Action::Publish, |strictest| strictest.action),
        by: DecidedBy::Policy,
        policy_revision: policy.revision().to_owned(),
        model_revision: model_revision.to_owned(),
        reasons,
        moderator: None,
        note: None,
        to_author: None,
        times: None,
    };
    (decision, priority(policy.thresholds(context.section), &context.judgement.scores))
}

/// Where a comment with these scores stands in the queue, should it get there.
fn priority(thresholds: &Thresholds, scores: &Scores) -> Priority {
    let closeness = thresholds.iter().filter_map(|(attribute, threshold)| {
        let (score, first) = (scores.get(attribute)?, threshold.first()?);
        // 1 at the threshold, 0 at either end of the scale, however near that is.
        Some(match score {
            below if below < first => below / first,
            above if first < 1.0 => (1.0 - above) / (1.0 - first),
            _ => 1.0,
        })
    });
    let harm = Attribute::ABUSE.into_iter().filter_map(|a| Some(scores.get(a)? * severity(a)));
    Priority { uncertain: highest(closeness), harmful: highest(harm) }
}

/// The highest of some numbers from 0 to 1, to four decimals as scores have; 0 where there is none.
fn highest(numbers: impl Iterator<Item = f64>) -> f64 {
    (numbers.fold(0.0, f64::max).clamp(0.0, 1.0) * 10_000.0).round() / 10_000.0
}

/// How much harm a comment does if the score is right, 0 to 1.
const fn severity(attribute: Attribute) -> f64 {
    match attribute {
        Attribute::Threat | Attribute::SevereToxicity => 1.0,
        Attribute::IdentityAttack => 0.95,
        Attribute::SexuallyExplicit => 0.8,
        Attribute::Toxicity => 0.75,
        Attribute::Insult => 0.6,
        Attribute::Profanity => 0.4,
        Attribute::Spam => 0.3,
        Attribute::OffTopic => 0.0,
    }
}

#[cfg(test)]
mod tests;
