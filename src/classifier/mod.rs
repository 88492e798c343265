//! How a comment is scored: for abuse by its text, for topicality by its context. Pure; microseconds.

use crate::comment::{Attribute, Evidence, Scores};
use crate::text::{Language, Normalised};
use std::collections::BTreeMap;

/// What a comment is scored on.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub text: &'a str,
    /// `text`, normalised.
    pub normalised: &'a Normalised,
    pub language: Language,
    /// `None` where the article is unknown: topicality is then null.
    pub article: Option<ArticleText<'a>>,
    /// The text of the comment it answers.
    pub parent: Option<&'a str>,
    /// Recent published comments under the article, newest first.
    pub thread: &'a [&'a str],
}

/// An article as the topicality classifier reads it.
#[derive(Clone, Copy)]
pub struct ArticleText<'a> {
    pub title: &'a str,
    pub body: Option<&'a str>,
}

/// Scores, and what made them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judgement {
    pub scores: Scores,
    pub evidence: BTreeMap<Attribute, Evidence>,
}

/// The two classifiers with their models.
pub struct Classifier {
    revision: String,
}

/// A model file can't be used.
#[derive(Debug, thiserror::Error)]
#[error("model: {0}")]
pub struct ModelError(String);

impl Classifier {
    /// Reads the two model files.
    ///
    /// # Errors
    /// [`ModelError`] says which file is wrong, and how.
    pub fn from_bytes(_abuse: &[u8], _topicality: &[u8]) -> Result<Self, ModelError> {
        Ok(Self { revision: "none".to_owned() })
    }

    /// The classifiers that ship with ombud, from the models embedded in the binary.
    #[must_use]
    pub fn embedded() -> Self {
        Self { revision: "none".to_owned() }
    }

    /// Names the models: the first 12 hex digits of the SHA-256 over both files.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Scores a comment and gathers the evidence.
    #[must_use]
    pub fn judge(&self, _input: &Input<'_>) -> Judgement {
        Judgement::default()
    }
}
