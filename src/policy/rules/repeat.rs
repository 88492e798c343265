//! Texts that were sent before. Short texts are free: everybody says thanks.

use super::reason;
use crate::comment::{Action, Reason};
use crate::policy::{Context, Policy, Submission};

/// The same author sent the same text, or nearly, within the window.
pub(super) fn by_author(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let rule = &policy.rules.repeats;
    let own = context.fingerprint;
    let window = jiff::SignedDuration::from_hours(i64::from(rule.window_hours.get()));
    let recent = |s: &&Submission| context.created_at.duration_since(s.created_at).abs() <= window;
    let mut recent = context.facts.author.submissions.iter().filter(recent).map(|s| s.fingerprint);

    let exact = own.words >= rule.min_words.get() && recent.clone().any(|f| f.exact == own.exact);
    if exact {
        let found = rule.exact.action().map(|a| reason("repeat.exact", a, "the author sent the same text before"));
        return found.into_iter().collect();
    }
    let enough = |words: u32| words >= rule.near_min_words.get();
    let bits = rule.near_bits.get();
    let near = enough(own.words) && recent.any(|f| enough(f.words) && (f.near ^ own.near).count_ones() <= bits);
    let found = rule.near.action().filter(|_| near);
    found.map(|a| reason("repeat.near", a, "the author sent nearly the same text before")).into_iter().collect()
}

/// The same text, or nearly, came in from all over the site within a day.
pub(super) fn across_site(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let rule = &policy.rules.repeats;
    let (limit, seen) = (u64::from(rule.site_review_at.get()), context.facts.same_text);
    if limit > 0 && seen >= limit && context.fingerprint.words >= rule.min_words.get() {
        let seen = format!("the same text came in {seen} times before within a day");
        return vec![reason("repeat.site", Action::Review, &seen)];
    }
    let (limit, seen) = (u64::from(rule.site_near_review_at.get()), context.facts.near_text);
    if limit > 0 && seen >= limit && context.fingerprint.words >= rule.near_min_words.get() {
        let seen = format!("nearly the same text came in {seen} times before within a day");
        return vec![reason("repeat.site_near", Action::Review, &seen)];
    }
    Vec::new()
}
