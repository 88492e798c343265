//! Moderation before publication.

use super::reason;
use crate::comment::{Action, Reason};
use crate::policy::{Context, Mode, Policy};

/// In this section nothing is published before a moderator has seen it.
pub(super) fn pre(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    match policy.mode(context.section) {
        Mode::Post => Vec::new(),
        Mode::Pre => vec![reason("mode.pre", Action::Review, "comments here are seen by a moderator first")],
    }
}
