//! Closed and unknown articles.

use super::reason;
use crate::comment::{Action, Reason};
use crate::policy::{Context, Policy, UnknownArticle};

/// The code of the reason for a comment whose article nobody registered.
pub const ARTICLE_UNKNOWN: &str = "article.unknown";

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
    let action = match context.unknown_article {
        UnknownArticle::Refuse | UnknownArticle::Review => Action::Review,
        UnknownArticle::Judge => Action::Publish,
    };
    let seen = "the article is unknown, so nobody can tell whether it is on topic or still open";
    unknown.then(|| reason(ARTICLE_UNKNOWN, action, seen)).into_iter().collect()
}
