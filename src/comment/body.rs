//! The body of a comment: who wrote what, for as long as it is kept.

use super::{Author, Timestamp};
use serde::{Deserialize, Serialize};

/// What a reader wrote and who it was, or that ombud keeps neither any longer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Body {
    Kept {
        author: Author,
        text: CommentText,
    },
    /// Dropped after its time of retention, or because the author was erased.
    Dropped {
        dropped: DroppedBody,
    },
}

/// What is left of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedBody {
    pub at: Timestamp,
    /// SHA-256 of the text, in hex, as the audit trail has it.
    pub text_sha256: String,
}

/// Why a string is not the text of a comment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    #[error("the text is empty")]
    Empty,
    #[error("the text is longer than {} bytes", CommentText::MAX_BYTES)]
    TooLong,
    #[error("the text holds the control character U+{0:04X}")]
    ControlCharacter(u32),
}

/// What a reader wrote. Personal data: `Debug` prints its length only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommentText(String);

impl CommentText {
    /// The hard limit in bytes; what editors call too long is a rule of the policy.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// Parses a text: not blank, bounded, no control characters but tab and line ends.
    ///
    /// # Errors
    /// [`InvalidText`] says which rule the string breaks.
    pub fn parse(value: impl Into<String>) -> Result<Self, InvalidText> {
        let value = value.into();
        if value.len() > Self::MAX_BYTES {
            return Err(InvalidText::TooLong);
        }
        let forbidden = |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
        if let Some(c) = value.chars().find(forbidden) {
            return Err(InvalidText::ControlCharacter(u32::from(c)));
        }
        if value.trim().is_empty() {
            return Err(InvalidText::Empty);
        }
        Ok(Self(value))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CommentText {
    type Error = InvalidText;
    fn try_from(value: String) -> Result<Self, InvalidText> {
        Self::parse(value)
    }
}

impl From<CommentText> for String {
    fn from(value: CommentText) -> String {
        value.0
    }
}

impl std::fmt::Debug for CommentText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CommentText({} bytes, redacted)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_bounded_and_printable() {
        assert!(CommentText::parse("a\tb\r\nc").is_ok());
        assert_eq!(CommentText::parse(" \n "), Err(InvalidText::Empty));
        assert_eq!(CommentText::parse("a\0"), Err(InvalidText::ControlCharacter(0)));
        assert_eq!(CommentText::parse("a\u{9f}"), Err(InvalidText::ControlCharacter(0x9f)));
        assert!(CommentText::parse("x".repeat(CommentText::MAX_BYTES)).is_ok());
        assert_eq!(CommentText::parse("x".repeat(CommentText::MAX_BYTES + 1)), Err(InvalidText::TooLong));
    }

    #[test]
    fn text_never_prints() {
        let text = CommentText::parse("secret words").unwrap();
        assert!(!format!("{text:?}").contains("secret"));
    }
}
