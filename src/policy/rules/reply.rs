//! Replies to comments that readers can't see.

use super::reason;
use crate::comment::{Reason, State};
use crate::policy::{Context, Policy};

/// It answers a comment that is not, or no longer, public.
pub(super) fn to_unpublished(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let Some(action) = policy.rules.replies.to_unpublished.action() else { return Vec::new() };
    let seen = match context.parent {
        None | Some(State::Published) => return Vec::new(),
        Some(State::Pending) => "it answers a comment that waits for a moderator",
        Some(State::Rejected) => "it answers a comment that was rejected",
        Some(State::Withdrawn) => "it answers a comment that was withdrawn",
    };
    vec![reason("reply.to_unpublished", action, seen)]
}
