//! Scores against the thresholds of the section.

use super::reason;
use crate::comment::{Action, Attribute, Evidence, Reason};
use crate::policy::{Context, Policy};

/// A reason for every attribute whose score reaches a threshold. Topicality rejects only where the
/// editors have switched that on, which the policy's check sees to.
pub(super) fn reached(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let judge = |attribute: Attribute, score: f64| {
        let (action, threshold) = policy.thresholds(context.section).get(attribute).judge(score)?;
        let sure = match action {
            Action::Publish | Action::Review => "may be",
            Action::Reject => "very likely",
        };
        let seen = format!("{sure} {} ({score:.2}, threshold {threshold:.2})", attribute.phrase());
        let Evidence { spans, context } = context.judgement.evidence.get(&attribute).cloned().unwrap_or_default();
        Some(Reason {
            attribute: Some(attribute),
            score: Some(score),
            threshold: Some(threshold),
            evidence: spans,
            context,
            ..reason(&format!("threshold.{attribute}"), action, &seen)
        })
    };
    context.judgement.scores.iter().filter_map(|(attribute, score)| judge(attribute, score?)).collect()
}
