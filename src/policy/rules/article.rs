//! Closed and unknown articles.

use super::reason;
use crate::comment::{Action, Reason};
use crate::policy::{Context, Policy};

/// The newsroom has closed the comments of this article.
pub(super) fn closed(_: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let closed = context.facts.article.as_ref().is_some_and(|a| !a.comments_open);
    let found = closed.then(|| reason("article.closed", Action::Reject, "comments on this article are closed"));
    found.into_iter().collect()
}

/// Nobody registered the article. Where `unknown_article = "refuse"`, a submission does not come this far;
/// a comment that is scored without one does.
pub(super) fn unknown(_: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let unknown = context.facts.article.is_none();
    let seen = "the article is unknown, so nobody can tell whether it is on topic or still open";
    unknown.then(|| reason("article.unknown", Action::Review, seen)).into_iter().collect()
}
