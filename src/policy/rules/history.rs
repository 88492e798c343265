//! Authors with rejections behind them.

use super::{count, reason};
use crate::comment::{Action, Reason};
use crate::policy::{Context, Policy};

/// As many of the author's comments as the editors name were rejected within the days they name.
pub(super) fn rejections(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let rule = &policy.rules.history;
    let window = jiff::SignedDuration::from_hours(24 * i64::from(rule.days.get()));
    // What was rejected after the comment was written counts too: a late delivery hides no record.
    let recent = |at: &&crate::comment::Timestamp| context.created_at.duration_since(**at) <= window;
    let rejected = context.facts.author.rejections.iter().filter(recent).count();
    let limit = rule.rejections.get() as usize;
    if limit == 0 || rejected < limit {
        return Vec::new();
    }
    let (rejected, days) = (count(rejected, "comment"), count(rule.days.get() as usize, "day"));
    let seen = format!("{rejected} of the author rejected within {days}");
    vec![reason("author.rejections", Action::Review, &seen)]
}
