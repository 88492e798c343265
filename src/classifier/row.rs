//! The abuse classifier's whole view of a text: hashed n-grams, then the embedding's dimensions.
//!
//! One function for training and serving. [`definition`] names what it computes, and a model file that was
//! trained on anything else is refused.

use super::embedding::{DIMENSIONS, Embedding};
use super::feature::{self, BUCKETS, Features, Idf};
use super::piece::dense;
use crate::text::combine;

/// How many features a row has at most.
pub const FEATURES: usize = BUCKETS + DIMENSIONS;

/// The features of a normalised text: n-grams scaled to length 1 in the first [`BUCKETS`] places, the dense
/// ones behind them.
#[must_use]
pub fn row(normalised: &str, idf: &Idf, embedding: &Embedding) -> Vec<(u32, f32)> {
    let mut row = Features::of(normalised).vector(idf);
    let mut pieces = Vec::new();
    embedding.pieces(normalised, &mut pieces);
    let first = u32::try_from(BUCKETS).unwrap_or(u32::MAX);
    row.extend((first..).zip(dense(embedding, &pieces)).filter(|(_, value)| *value != 0.0));
    row
}

/// Names what [`row`] computes with this embedding.
#[must_use]
pub fn definition(embedding: &Embedding) -> String {
    let mut pieces = Vec::new();
    embedding.pieces("you are a complete idiot and everyone here knows the ceasefire terms", &mut pieces);
    let start = combine(FEATURES as u64, embedding.fingerprint());
    let sum = dense(embedding, &pieces).iter().fold(start, |sum, value| {
        // Three digits: enough to tell definitions apart, whatever the last bits are.
        #[expect(clippy::cast_possible_truncation, reason = "at most the dense length")]
        let value = (value * 1000.0).round() as i64;
        combine(sum, value.cast_unsigned())
    });
    format!("{}-{sum:016x}", feature::definition())
}
