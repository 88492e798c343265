//! What ombud's own decision on a text rested on, beside the text: kept with the comment, so that the decision can be taken
//! again, by the same policy or by another.

use super::State;
use serde::{Deserialize, Serialize};

/// Everything that a decision saw of the world around a comment, cut down to what any policy could ask about.
///
/// It holds no words and names nobody. Times are milliseconds before the comment was written; what lies after it is negative.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Basis {
    /// The article; `None` where nobody had registered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<ArticleBasis>,
    /// The comment it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<ParentBasis>,
    /// The comments that topicality was scored among, newest first, see [`ThreadBasis`].
    #[serde(skip_serializing_if = "ThreadBasis::is_empty")]
    pub thread: ThreadBasis,
    /// How surely the conversation has left its article, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<f64>,
    /// How many comments of the author stood published.
    #[serde(skip_serializing_if = "is_default")]
    pub published: u64,
    /// When comments of the author were rejected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rejections: Vec<i64>,
    /// What the author had sent before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<SentBasis>,
    /// How many other comments on the site had the same text.
    #[serde(skip_serializing_if = "is_default")]
    pub same_text: u64,
    /// How many other comments on the site had nearly the same text, as the policy of the time counted.
    #[serde(skip_serializing_if = "is_default")]
    pub near_text: u64,
    /// What could not be had in time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Whether the platform sent texts of the conversation along, which are not kept.
    #[serde(skip_serializing_if = "is_default")]
    pub sent_along: bool,
    /// Whether the platform's own setting let comments under unknown articles be judged (`true`) or held (`false`), in place
    /// of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_article_judged: Option<bool>,
}

/// An article as a decision saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArticleBasis {
    /// When it was last changed, in milliseconds since 1970: names its title and body.
    pub updated_ms: i64,
    #[serde(skip_serializing_if = "is_default")]
    pub closed: bool,
    /// The host it stands on, in lower case, whose links are free; only where the comment has links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// The comment that another answers, as a decision saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentBasis {
    pub state: State,
    /// Names its text, see [`super::Fingerprint::exact`].
    pub exact: u64,
}

/// Something the author had sent before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentBasis {
    pub ms: i64,
    /// How it is like this one; `None` where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<Likeness>,
}

/// How like another text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    /// Whether they read the same.
    pub same: bool,
    /// In how many of the 64 bits their fingerprints differ.
    pub bits: u32,
    /// How many words the other has.
    pub words: u32,
}

/// Names the comments of a thread in little room: a hash of 32 bits over the id and the text of each, in hexadecimal digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ThreadBasis(String);

/// Digits of one hash.
const DIGITS: usize = 8;

impl ThreadBasis {
    /// The comments with these hashes, in order.
    #[must_use]
    pub fn of(hashes: impl Iterator<Item = u32>) -> Self {
        use std::fmt::Write as _;
        Self(hashes.fold(String::new(), |mut digits, hash| {
            // Writing to a String cannot fail.
            let _ = write!(digits, "{hash:08x}");
            digits
        }))
    }

    /// The hashes, in order; what is none is left out.
    pub fn hashes(&self) -> impl Iterator<Item = u32> {
        let digits = self.0.as_bytes().chunks(DIGITS).filter_map(|digits| std::str::from_utf8(digits).ok());
        digits.filter_map(|digits| u32::from_str_radix(digits, 16).ok())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_takes_no_room() {
        assert_eq!(serde_json::to_string(&Basis::default()).unwrap(), "{}");
        let thread = ThreadBasis::of([1, u32::MAX].into_iter());
        let basis = Basis {
            article: Some(ArticleBasis { updated_ms: 5, ..ArticleBasis::default() }),
            thread: thread.clone(),
            sent: vec![SentBasis { ms: 9, like: None }],
            ..Basis::default()
        };
        let json = serde_json::to_string(&basis).unwrap();
        assert_eq!(json, r#"{"article":{"updated_ms":5},"thread":"00000001ffffffff","sent":[{"ms":9}]}"#);
        assert_eq!(serde_json::from_str::<Basis>(&json).unwrap(), basis);
        assert_eq!(thread.hashes().collect::<Vec<_>>(), [1, u32::MAX]);
    }
}
