//! Authors without a record.

use super::reason;
use crate::comment::{Action, Reason};
use crate::policy::{Context, Policy};

/// The author has fewer published comments than the editors ask for.
pub(super) fn too_new(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let (published, least) = (context.facts.author.published, policy.rules.new_author.review_below.get());
    if published >= u64::from(least) {
        return Vec::new();
    }
    let seen = format!("the author is new here ({published} published, {least} asked for)");
    vec![reason("author.new", Action::Review, &seen)]
}
