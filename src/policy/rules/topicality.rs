//! Comments that nobody could call on or off topic.

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
