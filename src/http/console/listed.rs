//! A comment in a list: how it begins, where it stands, and by whose word.

use super::authority::Entered;
use super::evidence::{self, Piece};
use super::reading::Reading;
use super::shell::Shell;
use super::words;
use crate::comment::{Action, Article, Author, AuthorId, Comment, CommentId, DecidedBy, State};
use crate::http::foreign::segment;
use crate::policy::Policy;
use crate::service::{Ombud, ServiceError};
use crate::text::legible;
use url::form_urlencoded::byte_serialize;

/// How much of a text a list shows, in characters.
pub(super) const OPENING: usize = 280;

/// A state, with its word and a sign, as colour alone says nothing.
pub struct Badge {
    pub name: &'static str,
    pub sign: &'static str,
    pub word: &'static str,
}

impl From<State> for Badge {
    fn from(state: State) -> Self {
        let (sign, word) = match state {
            State::Published => ("✓", "Published"),
            State::Pending => ("…", "Waiting"),
            State::Rejected => ("✕", "Rejected"),
            State::Withdrawn => ("–", "Taken back"),
        };
        Self { name: state.name(), sign, word }
    }
}

/// Who wrote a comment, and where the others by the same author are found.
pub struct Writer {
    pub name: String,
    pub id: String,
    pub others: String,
}

/// A comment as a line of a list.
pub struct Listed {
    /// The comment's own page.
    pub address: String,
    pub badge: Badge,
    /// How the text begins; `None` where it is no longer kept.
    pub opening: Option<Vec<Piece>>,
    /// Whether something of that is covered.
    pub covers: bool,
    pub writer: Option<Writer>,
    /// The article's title, or its id where it was never sent.
    pub article: String,
    /// Where the comments of the article are found.
    pub under: String,
    /// When its last step was taken.
    pub when: words::When,
    /// By whose word it stands so, and why.
    pub why: String,
}

/// Comments as lines of a list, in their order.
///
/// # Errors
/// Fails if the store does.
pub(super) async fn lines(
    entered: &Entered,
    ombud: &Ombud,
    shell: &Shell,
    comments: &[&Comment],
) -> Result<Vec<Listed>, ServiceError> {
    let articles = ombud.articles_of(&entered.site.id, comments.iter().copied()).await?;
    let (policy, now, reading) = (ombud.policy(), ombud.now(), Reading::of(entered, ombud));
    let mut lines = Vec::with_capacity(comments.len());
    for comment in comments {
        let opening = reading.opening(comment, OPENING).await;
        lines.push(Listed {
            address: address(shell, &comment.id),
            badge: comment.state.into(),
            covers: opening.as_deref().is_some_and(evidence::covered),
            opening,
            writer: comment.author().map(|author| writer(shell, author)),
            article: title(comment, articles.get(&comment.article_id)),
            under: search(shell, "article", comment.article_id.as_str()),
            when: words::When::of(comment.updated_at, now),
            why: why(comment, &policy),
        });
    }
    Ok(lines)
}

/// The address of a comment's own page.
pub(super) fn address(shell: &Shell, id: &CommentId) -> String {
    shell.to(&format!("/comments/{}", segment(id.as_str())))
}

pub(super) fn writer(shell: &Shell, author: &Author) -> Writer {
    let id = AuthorId::as_str(&author.id);
    Writer { name: words::name(Some(author)), id: legible(id), others: search(shell, "author", id) }
}

pub(super) fn title(comment: &Comment, article: Option<&Article>) -> String {
    legible(article.map_or(comment.article_id.as_str(), |article| &article.title))
}

/// The search for one thing.
pub(super) fn search(shell: &Shell, what: &str, value: &str) -> String {
    let value: String = byte_serialize(value.as_bytes()).collect();
    shell.to(&format!("/search?{what}={value}"))
}

/// By whose word a comment stands as it does, and for what first reason.
pub(super) fn why(comment: &Comment, policy: &Policy) -> String {
    let decision = &comment.decision;
    let first = decision.reasons.first();
    if comment.state == State::Withdrawn {
        return "It was taken back.".to_owned();
    }
    match (decision.by, &decision.moderator) {
        (DecidedBy::Moderator, Some(name)) => {
            let why = first.and_then(|reason| given(&reason.code, policy));
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            format!("{name} {} it{why}.", verb(decision.action))
        }
        _ => first.map_or_else(|| "The policy found nothing against it.".to_owned(), |reason| legible(&reason.text)),
    }
}

/// What a moderator did, as a verb.
pub(super) const fn verb(action: Action) -> &'static str {
    match action {
        Action::Publish => "approved",
        Action::Review => "held",
        Action::Reject => "rejected",
    }
}

/// A moderator's reason in the editors' words, or in the platform's own; `None` where she gave none.
pub(super) fn given(code: &str, policy: &Policy) -> Option<String> {
    let code = code.strip_prefix("moderator.")?;
    match policy.reject_reason(code) {
        Some(reason) => Some(reason.text.clone()),
        None => (code != "unspecified").then(|| code.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_given_in_the_editors_words() {
        let (policy, words) = Policy::default_files();
        let policy = Policy::parse(policy, words).unwrap();
        assert_eq!(given("moderator.abuse", &policy).unwrap(), "Abuses another person");
        assert_eq!(given("moderator.house_rule_7", &policy).unwrap(), "house_rule_7");
        assert_eq!(given("moderator.unspecified", &policy), None);
    }
}
