//! The names of attributes, as clients of the Perspective API ask for them.

use crate::comment::{Attribute, Scores};

/// An attribute that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked(Attribute);

impl Asked {
    /// Reads a name: with the number of a model's version (`TOXICITY@6`) or the mark of one on trial
    /// (`TOXICITY_EXPERIMENTAL`) it means the same.
    pub fn parse(name: &str) -> Option<Self> {
        let plain = match name.split_once('@') {
            Some((plain, version)) if version.bytes().all(|b| b.is_ascii_digit()) && !version.is_empty() => plain,
            Some(_) => return None,
            None => name,
        };
        let plain = plain.strip_suffix("_EXPERIMENTAL").unwrap_or(plain);
        plain.parse().ok().map(Self)
    }

    /// The score on Perspective's scale, 0 to 1; `None` where there is too little to tell.
    pub fn score(self, scores: &Scores) -> Option<f64> {
        scores.get(self.0)
    }

    /// The attribute of ours that it comes from.
    pub const fn native(self) -> Attribute {
        self.0
    }
}
