//! Authors who send faster than people write.

use super::{count, reason};
use crate::comment::{Action, Reason};
use crate::policy::{Context, Policy, Submission};

/// With this one, the author sent more comments within the window than the editors allow.
pub(super) fn too_fast(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let rule = &policy.rules.rate;
    let window = jiff::SignedDuration::from_secs(i64::from(rule.seconds.get()));
    let recent = |s: &&Submission| {
        let age = context.created_at.duration_since(s.created_at);
        !age.is_negative() && age < window
    };
    let sent = context.facts.author.submissions.iter().filter(recent).count() + 1;
    let limit = rule.max_comments.get() as usize;
    if limit == 0 || sent <= limit {
        return Vec::new();
    }
    let (sent, seconds) = (count(sent, "comment"), count(rule.seconds.get() as usize, "second"));
    let seen = format!("{sent} of the author within {seconds}, at most {limit} are usual");
    vec![reason("author.rate", Action::Review, &seen)]
}
