//! Languages that the classifiers do not read.

use super::reason;
use crate::comment::{Action, Reason};
use crate::policy::{Context, Policy};
use crate::text::Language;

/// How the language of a comment is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// English, or too short to tell: the classifiers read it.
    Scored,
    /// Not scored, and accepted by the editors all the same.
    AcceptedUnscored,
    /// Not on the editors' list.
    Unsupported,
}

/// How the policy takes the language of this comment.
pub(super) fn reading(policy: &Policy, context: &Context<'_>) -> Reading {
    let accepted = |code: &str| policy.rules.languages.accept.iter().any(|a| a.as_str() == code);
    match context.language {
        Language::Uncertain => Reading::Scored,
        Language::English if accepted("eng") => Reading::Scored,
        Language::Other(code) if accepted(code) => Reading::AcceptedUnscored,
        Language::English | Language::Other(_) => Reading::Unsupported,
    }
}

/// It is in a language that is not on the editors' list; or one that is, and that nothing scored.
pub(super) fn unsupported(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    match (reading(policy, context), policy.rules.languages.other.action()) {
        (Reading::Unsupported, Some(action)) => {
            vec![reason("language.unsupported", action, "it is in a language that is not accepted here")]
        }
        (Reading::AcceptedUnscored, _) | (Reading::Unsupported, None) => {
            let seen = "it is in a language that is accepted without scores";
            vec![reason("language.unscored", Action::Publish, seen)]
        }
        (Reading::Scored, _) => Vec::new(),
    }
}
