//! What others wrote, as whoever is signed in reads it: slurs and threats are covered for whom that is wanted, wherever
//! a text stands.

use super::authority::Entered;
use super::evidence::{self, Piece};
use crate::comment::Comment;
use crate::service::Ombud;

/// Reads texts for one person.
pub(super) struct Reading<'a> {
    ombud: &'a Ombud,
    pub(super) covering: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn of(entered: &Entered, ombud: &'a Ombud) -> Self {
        Self { ombud, covering: !entered.moderator().uncovered }
    }

    /// A comment's text, marked where its evidence lies; nothing where it is no longer kept.
    pub(super) async fn marked(&self, comment: &Comment) -> Option<Vec<Piece>> {
        let text = comment.text()?.as_str();
        Some(evidence::pieces(text, &self.ombud.evidence(comment).await, self.covering))
    }

    /// The same without marks.
    pub(super) async fn plain(&self, comment: &Comment) -> Option<Vec<Piece>> {
        let text = comment.text()?.as_str();
        // Evidence is only asked for to be covered.
        let reasons = if self.covering { self.ombud.evidence(comment).await } else { Vec::new() };
        Some(evidence::plain(text, &reasons, self.covering))
    }

    /// How a comment's text begins, in one line of at most so many characters.
    pub(super) async fn opening(&self, comment: &Comment, longest: usize) -> Option<Vec<Piece>> {
        Some(evidence::opening(&self.plain(comment).await?, longest))
    }

    /// What belongs to a comment and is not its text: from before an edit, or an appeal.
    pub(super) async fn beside(&self, comment: &Comment, text: &str) -> Vec<Piece> {
        let found = async || self.ombud.evidence_in(&comment.site, comment.section.as_deref(), text).await;
        let reasons = if self.covering { found().await } else { Vec::new() };
        evidence::plain(text, &reasons, self.covering)
    }
}
