//! What is commented on.

use super::{ArticleId, SiteId, Timestamp};
use serde::{Deserialize, Serialize};

/// Why an article is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArticleError {
    #[error("an article's title must not be blank")]
    BlankTitle,
    #[error("`{field}` is over its limit of {limit} bytes")]
    TooLong { field: &'static str, limit: usize },
}

/// An article. Its title and body are the context in which comments are on-topic or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    pub site: SiteId,
    pub id: ArticleId,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Names a part of the paper ("opinion"); the policy may set thresholds for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    pub comments_open: bool,
    pub updated_at: Timestamp,
}

impl Article {
    /// Checks the lengths: title 1 kB, url 2 kB, section 100 bytes, body 256 KiB.
    ///
    /// # Errors
    /// [`ArticleError`] names the field.
    pub fn checked(self) -> Result<Self, ArticleError> {
        if self.title.trim().is_empty() {
            return Err(ArticleError::BlankTitle);
        }
        let lengths = [
            ("title", self.title.len(), 1_000),
            ("url", self.url.as_ref().map_or(0, String::len), 2_000),
            ("section", self.section.as_ref().map_or(0, String::len), 100),
            ("body", self.body.as_ref().map_or(0, String::len), 256 * 1024),
        ];
        match lengths.into_iter().find(|(_, length, limit)| length > limit) {
            Some((field, _, limit)) => Err(ArticleError::TooLong { field, limit }),
            None => Ok(self),
        }
    }

    /// The address, if browsers find a page there: pages link to nothing else.
    #[must_use]
    pub fn web_address(&self) -> Option<&str> {
        self.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://"))
    }

    /// Whether two articles say the same, whenever they were last sent.
    #[must_use]
    pub fn same_content(&self, other: &Self) -> bool {
        let aligned = Self { updated_at: self.updated_at, ..other.clone() };
        *self == aligned
    }
}
