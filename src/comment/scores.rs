//! A score per attribute.

use super::Attribute;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Calibrated probabilities, 0 to 1, that a reader would say the attribute holds.
///
/// `null` means that there was not enough evidence to tell (an unknown article, a comment of three
/// words, an unsupported language). An attribute that the model does not know is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(value_type = BTreeMap<String, Option<f64>>)]
#[serde(transparent)]
pub struct Scores(BTreeMap<Attribute, Option<f64>>);

impl Scores {
    /// Records a score. Four decimals are kept: finer differences carry no meaning, and replicas agree
    /// to the byte.
    pub fn set(&mut self, attribute: Attribute, score: Option<f64>) {
        let rounded = score.map(|s| (s.clamp(0.0, 1.0) * 10_000.0).round() / 10_000.0);
        self.0.insert(attribute, rounded);
    }

    /// The score, or `None` where it is null or absent.
    #[must_use]
    pub fn get(&self, attribute: Attribute) -> Option<f64> {
        self.0.get(&attribute).copied().flatten()
    }

    /// All recorded attributes, nulls included, in the order of [`Attribute::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, Option<f64>)> {
        self.0.iter().map(|(a, s)| (*a, *s))
    }
}

impl FromIterator<(Attribute, Option<f64>)> for Scores {
    fn from_iter<I: IntoIterator<Item = (Attribute, Option<f64>)>>(pairs: I) -> Self {
        let mut scores = Self::default();
        for (attribute, score) in pairs {
            scores.set(attribute, score);
        }
        scores
    }
}
