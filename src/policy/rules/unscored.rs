//! Comments that no score speaks for.

use super::language::{self, Reading};
use super::reason;
use crate::comment::{Action, Attribute, Reason};
use crate::policy::{Context, Policy};

/// The policy has thresholds for abuse, and the classifier scored none of it. That is no sign of innocence.
///
/// In another language than English this is expected, and [`language::unsupported`] speaks of it.
pub(super) fn abuse(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let thresholds = policy.thresholds(context.section);
    let mut judged = Attribute::ABUSE.into_iter().filter(|a| thresholds.get(*a).first().is_some()).peekable();
    let expected = language::reading(policy, context) == Reading::Scored && judged.peek().is_some();
    let unscored = expected && judged.all(|a| context.judgement.scores.get(a).is_none_or(f64::is_nan));
    let found = unscored.then(|| reason("scores.missing", Action::Review, "nothing in it could be scored for abuse"));
    found.into_iter().collect()
}
