//! Comments that nobody could call on or off topic, and conversations that have left their article.

use super::reason;
use crate::comment::{Action, Attribute, Reason};
use crate::policy::{Context, Policy};

/// The evidence is too thin for a score of topicality. A remark, not a hold: short comments are the
/// most common ones, and most of them are harmless.
pub(super) fn unknown(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let judged = policy.thresholds(context.section).get(Attribute::OffTopic).first().is_some();
    let unknown =
        judged && context.facts.article.is_some() && context.judgement.scores.get(Attribute::OffTopic).is_none();
    let remark = || Reason {
        attribute: Some(Attribute::OffTopic),
        ..reason("topicality.unknown", Action::Publish, "too little to tell whether it is on topic")
    };
    unknown.then(remark).into_iter().collect()
}

/// The conversation that the comment joins is about something else than the article, and so is the comment.
pub(super) fn drifted(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let threshold = policy.rules.drift.review_at.get();
    let drift = context.judgement.drift.filter(|drift| threshold > 0.0 && *drift >= threshold);
    let held = |drift: f64| Reason {
        score: Some(drift),
        threshold: Some(threshold),
        ..reason("topicality.drifted", Action::Review, "the conversation is about something else than the article")
    };
    drift.map(held).into_iter().collect()
}
