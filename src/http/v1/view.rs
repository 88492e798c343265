//! What is answered, as JSON.

use crate::comment::{
    Appeal, AppealState, Article, Attribute, Author, Body, Claim, Comment, Decision, Escalation, Evidence, Opinions,
    Scores, State, Timestamp,
};
use crate::service::{Claimed, Decided, Entry};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An author, as the platform named them.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorView {
    id: String,
    name: Option<String>,
}

impl From<Author> for AuthorView {
    fn from(author: Author) -> Self {
        Self { name: author.name().map(str::to_owned), id: author.id.into() }
    }
}

/// A comment with its state, scores and decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentView {
    id: String,
    article_id: String,
    parent_id: Option<String>,
    state: State,
    /// Counts the steps of this comment; name it as `expected_version`.
    version: u64,
    /// Null once it was dropped, as the author is.
    text: Option<String>,
    author: Option<AuthorView>,
    /// When text and author were dropped, after their time of retention or because the author was erased.
    #[schema(value_type = Option<String>, format = DateTime)]
    body_dropped_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    edited_at: Option<Timestamp>,
    /// ISO 639-3 code; null where the language can't be told.
    language: Option<String>,
    scores: Scores,
    decision: Decision,
    /// Set while it waits for those who have a role.
    escalation: Option<Escalation>,
    /// The author's last appeal, if there was one.
    appeal: Option<AppealView>,
}

/// An author's appeal.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppealView {
    state: AppealState,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    /// What the author says; null once the comment's text was dropped.
    text: Option<String>,
}

impl From<Appeal> for AppealView {
    fn from(Appeal { state, made_at, text }: Appeal) -> Self {
        Self { state, made_at, text: text.map(Into::into) }
    }
}

/// Author and text, as far as they are kept.
fn parts(body: Body) -> (Option<AuthorView>, Option<String>) {
    match body {
        Body::Kept { author, text, .. } => (Some(author.into()), Some(text.into())),
        Body::Dropped { .. } => (None, None),
    }
}

impl From<Comment> for CommentView {
    fn from(comment: Comment) -> Self {
        let body_dropped_at = comment.dropped_at();
        let (author, text) = parts(comment.body);
        Self {
            id: comment.id.into(),
            article_id: comment.article_id.into(),
            parent_id: comment.parent_id.map(Into::into),
            state: comment.state,
            version: comment.version,
            text,
            author,
            body_dropped_at,
            created_at: comment.created_at,
            updated_at: comment.updated_at,
            edited_at: comment.edited_at,
            language: comment.language,
            scores: comment.scores,
            decision: comment.decision,
            escalation: comment.escalation,
            appeal: comment.appeal.map(Into::into),
        }
    }
}

/// A comment after a moderator's word on it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecidedView {
    #[serde(flatten)]
    comment: CommentView,
    /// Set where more moderators have to agree; the comment still waits then.
    opinions: Option<Opinions>,
}

impl From<Decided> for DecidedView {
    fn from(decided: Decided) -> Self {
        Self { comment: decided.comment.into(), opinions: decided.opinions }
    }
}

/// An article.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleView {
    id: String,
    title: String,
    url: Option<String>,
    section: Option<String>,
    body: Option<String>,
    comments_open: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Article> for ArticleView {
    fn from(article: Article) -> Self {
        Self {
            id: article.id.into(),
            title: article.title,
            url: article.url,
            section: article.section,
            body: article.body,
            comments_open: article.comments_open,
            updated_at: article.updated_at,
        }
    }
}

/// A place in the thread. A comment that is not published but was answered keeps its place and nothing else.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    id: String,
    parent_id: Option<String>,
    /// `true` where only the place is shown: `author`, `text` and `created_at` are null then.
    removed: bool,
    author: Option<AuthorView>,
    text: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    created_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    edited_at: Option<Timestamp>,
    #[schema(no_recursion)]
    replies: Vec<EntryView>,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let replies = entry.replies.into_iter().map(Into::into).collect();
        let (id, parent_id) = (entry.id.into(), entry.parent_id.map(Into::into));
        match entry.comment {
            None => Self {
                id,
                parent_id,
                removed: true,
                author: None,
                text: None,
                created_at: None,
                edited_at: None,
                replies,
            },
            Some(comment) => {
                let (created_at, edited_at) = (Some(comment.created_at), comment.edited_at);
                let (author, text) = parts(comment.body);
                Self { id, parent_id, removed: false, author, text, created_at, edited_at, replies }
            }
        }
    }
}

/// A lease on a comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimView {
    claim_id: String,
    holder: String,
    #[schema(value_type = String, format = DateTime)]
    claimed_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl From<Claim> for ClaimView {
    fn from(claim: Claim) -> Self {
        Self {
            claim_id: claim.id.into(),
            holder: claim.holder,
            claimed_at: claim.claimed_at,
            expires_at: claim.expires_at,
        }
    }
}

/// A claimed comment, with what a fair decision needs around it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimedView {
    #[serde(flatten)]
    claim: ClaimView,
    comment: CommentView,
    article: Option<ArticleView>,
    parent: Option<CommentView>,
}

impl From<Claimed> for ClaimedView {
    fn from(claimed: Claimed) -> Self {
        Self {
            claim: claimed.claim.into(),
            comment: claimed.comment.into(),
            article: claimed.article.map(Into::into),
            parent: claimed.parent.map(Into::into),
        }
    }
}

/// Scores, what made them, and what the policy would decide.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoreView {
    pub scores: Scores,
    /// Per attribute: spans of the text, and what the context said.
    #[schema(value_type = BTreeMap<String, Evidence>)]
    pub evidence: BTreeMap<Attribute, Evidence>,
    /// How surely the conversation has left its article, this comment included: 0 to 1, from four comments on; null where
    /// nobody can tell, and where this comment leads back.
    pub drift: Option<f64>,
    pub decision: Decision,
}
