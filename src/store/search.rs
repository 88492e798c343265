//! Finding comments by who wrote them, under what, in which state and when; and those that one person decided on.

use super::StoreError;
use crate::comment::{Actor, ArticleId, AuditEntry, AuthorId, Comment, CommentId, SiteId, State, Step, Timestamp};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::fmt;

/// How many comments that a person decided on a store keeps in mind at least; on Redis in each partition.
pub const DECISIONS_KEPT: usize = 1_000;

/// Asks for a site's comments, the latest step first.
#[derive(Debug, Clone)]
pub struct SearchQuery {
    pub site: SiteId,
    /// Only of this author. What was dropped is nobody's.
    pub author: Option<AuthorId>,
    pub article: Option<ArticleId>,
    pub state: Option<State>,
    /// The last step was taken then or later.
    pub from: Option<Timestamp>,
    /// The last step was taken then or before.
    pub to: Option<Timestamp>,
    /// The `next` of the page before.
    pub after: Option<String>,
    pub limit: usize,
}

impl SearchQuery {
    /// All comments of a site.
    #[must_use]
    pub const fn of(site: SiteId, limit: usize) -> Self {
        Self { site, author: None, article: None, state: None, from: None, to: None, after: None, limit }
    }

    /// Whether a comment is one of those asked for.
    pub(super) fn lets_through(&self, comment: &Comment) -> bool {
        let by = |author: &AuthorId| comment.author().is_some_and(|found| found.id == *author);
        self.author.as_ref().is_none_or(by)
            && self.article.as_ref().is_none_or(|article| comment.article_id == *article)
            && self.state.is_none_or(|state| comment.state == state)
            && self.from.is_none_or(|from| comment.updated_at >= from)
            && self.to.is_none_or(|to| comment.updated_at <= to)
    }

    /// The states asked for.
    pub(super) fn states(&self) -> Vec<State> {
        self.state.map_or_else(|| State::ALL.to_vec(), |state| vec![state])
    }

    /// Between which moments the last step was taken, in milliseconds, both included.
    pub(super) fn bounds_ms(&self) -> (i64, i64) {
        let ms = |time: Timestamp| time.as_millisecond();
        (self.from.map_or(ms(Timestamp::MIN), ms), self.to.map_or(ms(Timestamp::MAX), ms))
    }
}

/// One page of what was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchPage {
    pub comments: Vec<Comment>,
    /// How many were read to find these.
    pub looked_at: usize,
    /// When the last step was taken of the last of those, where the store knows.
    pub reached: Option<Timestamp>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// A comment that a person decided on.
#[derive(Debug, Clone, PartialEq)]
pub struct DecidedComment {
    /// When she did so last.
    pub at: Timestamp,
    /// As it stands now, which may be by another's decision since.
    pub comment: Comment,
}

/// One page of comments that a person decided on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DecidedPage {
    pub decided: Vec<DecidedComment>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// Finds comments. What takes a step while pages are read may be missing from them.
#[async_trait]
pub trait Search: Send + Sync {
    /// Comments that a query lets through, the latest step first (then the greatest id), those included whose body was
    /// dropped. A page may hold fewer than `limit`, or none, and still have a `next`: one call reads a bounded number of
    /// comments. Of an author with more than a thousand, Redis answers each thousand by itself, those received last
    /// first.
    async fn newest(&self, query: &SearchQuery) -> Result<SearchPage, StoreError>;
    /// Comments on which a person's last word, a decision or an opinion, was not taken back: the latest first. Of very
    /// many, those of long ago may be missing ([`DECISIONS_KEPT`]).
    async fn decided_by(
        &self,
        site: &SiteId,
        moderator: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DecidedPage, StoreError>;
    /// How many comments [`Search::decided_by`] has that she decided on then or later.
    async fn decided_count(&self, site: &SiteId, moderator: &str, since: Timestamp) -> Result<u64, StoreError>;
}

/// Where a page ended: a moment in milliseconds, and a comment's id. The greater is the earlier in a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) ms: i64,
    pub(super) id: String,
}

impl Position {
    /// Reads what [`Position`] writes.
    ///
    /// # Errors
    /// [`StoreError::UnknownCursor`] if it is anything else.
    pub(super) fn parse(cursor: &str) -> Result<Self, StoreError> {
        let read = || {
            let (ms, id) = cursor.split_once(' ')?;
            let id = CommentId::parse(id).ok()?.to_string();
            Some(Self { ms: ms.parse().ok()?, id })
        };
        read().ok_or(StoreError::UnknownCursor)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.ms, self.id)
    }
}

/// Who decided on a comment, or gave an opinion of it, by its audit trail, and when last; not what was taken back.
pub(super) fn decided_in(trail: &[AuditEntry]) -> BTreeMap<&str, Timestamp> {
    let mut words: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
    let mut last = None;
    for entry in trail {
        let by = match (entry.step, &entry.actor) {
            (Step::Decided | Step::Opinion, Actor::Moderator { name }) => Some(name.as_str()),
            _ => None,
        };
        if let Some(name) = by {
            words.entry(name).or_default().push(entry.at);
        }
        if entry.step == Step::Undone {
            // Only the last step is ever undone.
            last.and_then(|name| words.get_mut(name)).and_then(Vec::pop);
        }
        last = by;
    }
    words.into_iter().filter_map(|(name, times)| Some((name, *times.last()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back_and_nothing_else_does() {
        let position = Position { ms: -5, id: "c/1".to_owned() };
        assert_eq!(Position::parse(&position.to_string()).unwrap(), position);
        for bad in ["", "5", "5 ", "x c1", "5 c1 c2"] {
            assert!(matches!(Position::parse(bad), Err(StoreError::UnknownCursor)), "{bad}");
        }
        let later = Position { ms: 7, id: "a".to_owned() };
        assert!(later > position && Position { id: "d".to_owned(), ..position.clone() } > position);
    }
}
