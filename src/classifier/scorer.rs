//! Scoring text after text for abuse in the same memory: for batches, where nobody asks for evidence, and for
//! what is left of a text without a part of it.

use super::abuse::{AbuseModel, COLUMNS};
use super::count::Counts;
use crate::text::{Normalised, Normaliser};

/// Scores texts, and keeps the memory that this takes from one to the next.
pub struct Scorer<'a> {
    model: &'a AbuseModel,
    normaliser: Normaliser,
    normalised: Normalised,
    counts: Counts,
}

impl<'a> Scorer<'a> {
    #[must_use]
    pub fn new(model: &'a AbuseModel) -> Self {
        Self { model, normaliser: Normaliser::default(), normalised: Normalised::default(), counts: Counts::default() }
    }

    /// Normalises a text and counts its features: all of scoring that knows no model.
    pub fn read(&mut self, text: &str) -> &Counts {
        self.normaliser.normalise_into(text, &mut self.normalised);
        self.counts.read(self.normalised.as_str());
        &self.counts
    }

    /// Uncalibrated scores of a text, see [`AbuseModel::raw`].
    pub(super) fn raw(&mut self, text: &str) -> [f32; COLUMNS] {
        self.read(text);
        self.model.raw(self.normalised.as_str(), &self.counts)
    }

    /// The probability that each attribute of [`Attribute::ABUSE`](crate::comment::Attribute::ABUSE) holds,
    /// in that order, 0 to 1; see [`AbuseModel::probabilities`]. Takes the text for English. Allocates
    /// nothing, once the memory has grown to the length of the texts.
    pub fn score(&mut self, text: &str) -> [Option<f64>; COLUMNS] {
        self.read(text);
        self.model.probabilities(self.normalised.as_str(), &self.counts)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Classifier, Input};
    use crate::comment::{Attribute, Scores};
    use crate::text::{Language, normalise};

    #[test]
    fn scores_are_those_of_judging() {
        let classifier = Classifier::embedded();
        let mut scorer = classifier.scorer();
        for text in ["You complete 1d\u{200b}10t, you complete idiot!", "Thank you, a fair column.", "?!", "", "so"] {
            let found: Scores = Attribute::ABUSE.into_iter().zip(scorer.score(text)).collect();
            let normalised = normalise(text);
            let language = Language::English;
            let input = Input { text, normalised: &normalised, language, article: None, parent: None, thread: &[] };
            let judged = classifier.judge(&input).scores;
            assert!(Attribute::ABUSE.into_iter().all(|a| judged.get(a) == found.get(a)), "{text}");
        }
    }
}
