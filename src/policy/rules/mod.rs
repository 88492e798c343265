//! The rules. Each is a small pure function from the policy and a comment in its context to the
//! reasons it sees; none knows of the others. [`RULES`] is the whole of what ombud judges by.

mod article;
mod history;
mod language;
mod length;
pub(super) mod links;
mod missing;
mod mode;
mod new_author;
mod rate;
mod repeat;
mod reply;
mod threshold;
mod topicality;
mod unscored;
mod word;

pub use article::ARTICLE_UNKNOWN;

use super::{Context, Policy};
use crate::comment::{Action, Reason, Span};

/// What a rule is.
pub(super) type Rule = fn(&Policy, &Context<'_>) -> Vec<Reason>;

/// Every rule, in the order in which reasons of the same weight are shown.
pub(super) const RULES: &[Rule] = &[
    // May there be a comment here at all?
    article::closed,
    article::unknown,
    reply::to_unpublished,
    // Is it a comment, or too little or too much of one?
    length::empty,
    length::too_short,
    length::too_long,
    // Does it say what the editors named themselves?
    word::banned,
    word::suspect,
    // Would a reader call it abusive, or about something else?
    threshold::reached,
    topicality::unknown,
    topicality::drifted,
    unscored::abuse,
    language::unsupported,
    // Was it said before, or is it there for its links?
    repeat::by_author,
    repeat::across_site,
    links::too_many,
    // Who wrote it, and how often of late?
    new_author::too_new,
    history::rejections,
    rate::too_fast,
    // Do we know enough to let it pass, and may anything pass unseen?
    missing::facts,
    mode::pre,
];

/// A reason in the newsroom's words: "Held: …", "Rejected: …", or a plain remark.
fn reason(code: &str, action: Action, seen: &str) -> Reason {
    let text = match action {
        Action::Publish => format!("Noted: {seen}."),
        Action::Review => format!("Held: {seen}."),
        Action::Reject => format!("Rejected: {seen}."),
    };
    Reason::rule(code, action, text)
}

/// The first spans of many: a decision is kept for as long as its comment, and nobody reads a thousand.
fn first(mut spans: Vec<Span>) -> Vec<Span> {
    spans.truncate(50);
    spans
}

/// "1 comment", "2 comments".
fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
