//! Facts that could not be had.

use super::reason;
use crate::comment::{Action, Reason};
use crate::policy::{Context, Policy};

/// The store did not answer everything in time. What is not known counts against publishing, never for it.
pub(super) fn facts(_: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let missing = &context.facts.missing;
    if missing.is_empty() {
        return Vec::new();
    }
    let seen = format!("it had to be judged without knowing: {}", missing.join(", "));
    vec![reason("facts.missing", Action::Review, &seen)]
}
