//! The names of attributes, as clients of the Perspective API ask for them.

use crate::classifier::{Classifier, PerspectiveAttribute};
use crate::comment::{Attribute, Scores};

/// An attribute that was asked for, and that ombud answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    attribute: PerspectiveAttribute,
    native: Attribute,
}

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
        let attribute: PerspectiveAttribute = plain.parse().ok()?;
        Some(Self { attribute, native: attribute.native()? })
    }

    /// The score on Perspective's scale, 0 to 1; `None` where there is too little to tell.
    pub fn score(self, classifier: &Classifier, scores: &Scores) -> Option<f64> {
        classifier.on_perspective_scale(self.attribute, scores)
    }

    /// The attribute of ours that it comes from.
    pub const fn native(self) -> Attribute {
        self.native
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_what_it_says() {
        for name in ["THREAT", "THREAT@2", "THREAT_EXPERIMENTAL"] {
            assert_eq!(Asked::parse(name).map(Asked::native), Some(Attribute::Threat), "{name}");
        }
        for name in ["threat", "THREAT@", "THREAT@x", "_EXPERIMENTAL", "FLIRTATION", ""] {
            assert_eq!(Asked::parse(name), None, "{name}");
        }
    }
}
