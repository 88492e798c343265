//! Who wrote a comment, as far as the platform says.

use super::AuthorId;
use serde::{Deserialize, Serialize};

/// The author's name breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an author's name is at most 200 characters, without control characters")]
pub struct InvalidAuthorName;

/// The author of a comment. Personal data: `Debug` prints it redacted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    pub id: AuthorId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl Author {
    /// An author with the name readers see, if there is one.
    ///
    /// # Errors
    /// [`InvalidAuthorName`] if the name is over 200 characters or holds control characters.
    pub fn new(id: AuthorId, name: Option<String>) -> Result<Self, InvalidAuthorName> {
        let bad = |n: &String| n.chars().count() > 200 || n.chars().any(char::is_control);
        if name.as_ref().is_some_and(bad) {
            return Err(InvalidAuthorName);
        }
        Ok(Self { id, name })
    }

    /// The name that readers see, if the platform sent one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl From<AuthorId> for Author {
    /// An author without a name.
    fn from(id: AuthorId) -> Self {
        Self { id, name: None }
    }
}

impl std::fmt::Debug for Author {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Author(redacted)")
    }
}
