//! Explaining a comment's scores one after the other, with what they have in common done once.

use super::abuse::{AbuseModel, COLUMNS};
use super::count::Counts;
use super::evidence::left_out;
use super::feature::Features;
use super::scorer::Scorer;
use crate::comment::{Attribute, Evidence};
use crate::text::Normalised;
use std::collections::BTreeMap;

/// Longer texts are not read again without a phrase: one among so many changes little, and reading them takes long.
const LONGEST_READ_AGAIN: usize = 1 << 12;

/// Explains the scores of one text.
pub(super) struct Explainer<'a> {
    model: &'a AbuseModel,
    text: &'a str,
    normalised: &'a Normalised,
    counts: &'a Counts,
    features: Features,
    scorer: Scorer<'a>,
    /// What is left of the scores without a span: attributes often point at the same words.
    left: BTreeMap<(u32, u32), [f32; COLUMNS]>,
}

impl<'a> Explainer<'a> {
    /// `normalised` and `counts` are of `text`.
    pub fn new(model: &'a AbuseModel, text: &'a str, normalised: &'a Normalised, counts: &'a Counts) -> Self {
        let features = Features::of(normalised.as_str());
        Self { model, text, normalised, counts, features, scorer: Scorer::new(model), left: BTreeMap::new() }
    }

    /// What speaks for an attribute.
    pub fn evidence(&mut self, attribute: Attribute) -> Evidence {
        let Self { model, text, scorer, left, .. } = self;
        let explanation = model.explain(self.normalised.as_str(), self.counts, &self.features, attribute);
        explanation.evidence(self.normalised, |start, end| {
            if text.len() > LONGEST_READ_AGAIN {
                return 0.0;
            }
            let raw = left.entry((start, end)).or_insert_with(|| scorer.raw(&left_out(text, start, end)));
            model.log_odds(attribute, *raw)
        })
    }
}
