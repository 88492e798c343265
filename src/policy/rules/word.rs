//! The editors' word lists, looked up in the normalised text: capitals, leet and zero-width characters
//! hide nothing. The reasons point at the words and never repeat them.

use super::{count, first, reason};
use crate::comment::{Action, Reason};
use crate::policy::word_list::List;
use crate::policy::{Context, Policy};

/// Words that are never published.
pub(super) fn banned(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    listed(policy, context, List::Banned, "words.banned", Action::Reject, "the banned list")
}

/// Words that a moderator has to see in their sentence.
pub(super) fn suspect(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    listed(policy, context, List::Suspect, "words.suspect", Action::Review, "the suspect list")
}

fn listed(policy: &Policy, context: &Context<'_>, list: List, code: &str, action: Action, name: &str) -> Vec<Reason> {
    let spans = policy.words.find(list, context.normalised);
    if spans.is_empty() {
        return Vec::new();
    }
    let seen = format!("it holds {} on {name}", count(spans.len(), "phrase"));
    vec![reason(code, action, &seen).at(first(spans))]
}
