//! What a rule may look at, and nothing else.

use super::{Facts, UnknownArticle};
use crate::classifier::Judgement;
use crate::comment::{Fingerprint, State, Timestamp};
use crate::text::{Language, Normalised};

/// One comment with everything its decision may rest on. Read-only: rules only look.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The section whose thresholds and mode apply; `None` where the article has none or is unknown.
    pub section: Option<&'a str>,
    /// The text as the reader wrote it.
    pub text: &'a str,
    /// `text`, normalised.
    pub normalised: &'a Normalised,
    pub language: Language,
    /// The fingerprint of `normalised`.
    pub fingerprint: Fingerprint,
    /// When the reader wrote it. The only "now" that rules know.
    pub created_at: Timestamp,
    pub judgement: &'a Judgement,
    pub facts: &'a Facts,
    /// How the comment stood that this one answers, where it answers one.
    pub parent: Option<State>,
    /// What happens if nobody registered the article.
    pub unknown_article: UnknownArticle,
}
