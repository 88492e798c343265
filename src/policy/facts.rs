//! What the store knows that a decision rests on. Gathered before; the policy itself asks nobody.

use crate::comment::{Article, Body, Comment, CommentId, Fingerprint, Timestamp};
use std::borrow::Cow;

/// One earlier submission of the same author on this site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    pub comment_id: CommentId,
    pub created_at: Timestamp,
    pub fingerprint: Fingerprint,
}

/// The author's record on this site. All counts are sizes of sets of comments, so they can't drift.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorRecord {
    /// Comments by this author that stand published.
    pub published: u64,
    /// Comments by this author that stand rejected.
    pub rejected: u64,
    /// When each of the latest rejections (20 at most, newest first) was decided.
    pub rejections: Vec<Timestamp>,
    /// The latest submissions, newest first, 50 at most; never the comment being judged.
    pub submissions: Vec<Submission>,
}

/// What counts as nearly the same text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nearness {
    /// In how many of the 64 bits two near fingerprints may differ.
    pub bits: u32,
    /// How many words both texts have at least.
    pub min_words: u32,
}

/// A recent published comment under the same article.
#[derive(Debug, Clone, PartialEq)]
pub struct ThreadEntry {
    pub comment_id: CommentId,
    pub text: String,
    pub fingerprint: Fingerprint,
}

impl ThreadEntry {
    /// A comment of the thread; `None` for one whose text was dropped.
    #[must_use]
    pub fn of(comment: Comment) -> Option<Self> {
        let Body::Kept { text, .. } = comment.body else { return None };
        Some(Self { comment_id: comment.id, text: text.into(), fingerprint: comment.fingerprint })
    }
}

/// Everything a decision may rest on beside the comment itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// `None` where the article is unknown.
    pub article: Option<Article>,
    /// The comment it answers, in whatever state; `None` for a top-level comment.
    pub parent: Option<Comment>,
    /// Recent published comments under the article, newest first, 20 at most.
    pub thread: Vec<ThreadEntry>,
    pub author: AuthorRecord,
    /// How many other comments on this site with the same exact fingerprint came in during the last 24 h
    /// before this one, from anybody.
    pub same_text: u64,
    /// How many other comments on this site with nearly the same text (the same included) came in during the
    /// last 24 h before this one, from anybody; 0 where [`super::Policy::nearness`] asks for none. A lower
    /// bound: the store looks where the nearest are likely to be.
    pub near_text: u64,
    /// Names of facts that could not be had in time: the decision says so and leans to review.
    pub missing: Vec<Cow<'static, str>>,
}

impl Facts {
    /// What is known when the store did not answer: nothing, and that much is said.
    #[must_use]
    pub fn unread() -> Self {
        let missing = ["the article", "the thread", "the author's record"].map(Cow::Borrowed);
        Self { missing: missing.into(), ..Self::default() }
    }

    /// Whether the store was asked and did not know the article.
    #[must_use]
    pub fn article_is_unknown(&self) -> bool {
        self.article.is_none() && self.missing.is_empty()
    }
}
