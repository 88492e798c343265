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
        /// What the text was before edits, oldest first; the newest [`EarlierText::KEPT`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        earlier: Vec<EarlierText>,
    },
    /// Dropped after its time of retention, or because the author was erased.
    Dropped { dropped: DroppedBody },
}

impl Body {
    /// The same body with a new text; the one that it had is kept among the earlier ones.
    pub(super) fn edited(self, text: CommentText, now: Timestamp) -> Self {
        match self {
            Self::Kept { author, text: before, mut earlier } => {
                earlier.push(EarlierText { text: before, until: now });
                earlier.drain(..earlier.len().saturating_sub(EarlierText::KEPT));
                Self::Kept { author, text, earlier }
            }
            dropped @ Self::Dropped { .. } => dropped,
        }
    }
}

/// What a comment said before an edit: for moderators alone, and gone with the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierText {
    pub text: CommentText,
    /// When the edit came that replaced it.
    pub until: Timestamp,
}

impl EarlierText {
    /// How many are kept of a comment.
    pub const KEPT: usize = 5;
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
    fn of_many_edits_the_newest_texts_are_kept() {
        let text = |n: usize| CommentText::parse(format!("version {n}")).unwrap();
        let author = crate::comment::AuthorId::parse("u1").unwrap().into();
        let mut body = Body::Kept { author, text: text(0), earlier: Vec::new() };
        for n in 1..=EarlierText::KEPT + 2 {
            body = body.edited(text(n), Timestamp::from_second(i64::try_from(n).unwrap()).unwrap());
        }
        let Body::Kept { text: now, earlier, .. } = &body else { panic!("it was kept") };
        let kept: Vec<&str> = earlier.iter().map(|e| e.text.as_str()).collect();
        assert_eq!(kept, ["version 2", "version 3", "version 4", "version 5", "version 6"]);
        assert_eq!((now, earlier[4].until), (&text(7), Timestamp::from_second(7).unwrap()));
        let written = serde_json::to_string(&body).unwrap();
        assert_eq!(serde_json::from_str::<Body>(&written).unwrap(), body);
        let unedited = r#"{"author":{"id":"u1"},"text":"a"}"#;
        let read: Body = serde_json::from_str(unedited).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), unedited);
    }

    #[test]
    fn text_never_prints() {
        let text = CommentText::parse("secret words").unwrap();
        assert!(!format!("{text:?}").contains("secret"));
        let earlier = EarlierText { text, until: Timestamp::UNIX_EPOCH };
        assert!(!format!("{earlier:?}").contains("secret"));
    }
}
