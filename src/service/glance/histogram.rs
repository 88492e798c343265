//! How the scores of one attribute lie, beside the thresholds they are judged by.

use crate::comment::{Attribute, Scores};
use crate::policy::{Threshold, Thresholds};
use std::collections::BTreeMap;

/// Scores in steps of a twentieth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Histogram {
    /// What the scores are judged by; without either, they are only shown.
    pub threshold: Threshold,
    /// How many lie from `n / 20` on and below the next; the last has 1 as well.
    pub bins: [u64; Histogram::BINS],
    /// The same in steps of a hundredth, as thresholds are set.
    pub hundredths: [u64; Histogram::HUNDREDTHS],
    /// How many are at or above the threshold for review, those that are rejected among them.
    pub at_review: u64,
    /// How many are at or above the threshold for rejecting.
    pub at_reject: u64,
    /// How many comments had too little to tell.
    pub unknown: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            threshold: Threshold::default(),
            bins: [0; Self::BINS],
            hundredths: [0; Self::HUNDREDTHS],
            at_review: 0,
            at_reject: 0,
            unknown: 0,
        }
    }
}

impl Histogram {
    pub const BINS: usize = 20;
    pub const HUNDREDTHS: usize = 100;

    /// The same scores beside other thresholds; how many reach one that is no hundredth is counted from the hundredth below.
    #[must_use]
    pub fn beside(self, threshold: Threshold) -> Self {
        let same = |before: Option<f64>, after: Option<f64>| before.map(f64::to_bits) == after.map(f64::to_bits);
        let from = |threshold: f64| self.hundredths.iter().skip(step(threshold, Self::HUNDREDTHS)).sum();
        let reach = |before, after: Option<f64>, count| if same(before, after) { count } else { after.map_or(0, from) };
        Self {
            threshold,
            at_review: reach(self.threshold.review, threshold.review, self.at_review),
            at_reject: reach(self.threshold.reject, threshold.reject, self.at_reject),
            ..self
        }
    }

    /// How many scores there are.
    #[must_use]
    pub fn scores(&self) -> u64 {
        self.bins.iter().sum()
    }

    fn add(&mut self, score: f64) {
        self.bins[step(score, Self::BINS).min(Self::BINS - 1)] += 1;
        self.hundredths[step(score, Self::HUNDREDTHS).min(Self::HUNDREDTHS - 1)] += 1;
        let reaches = |threshold: Option<f64>| u64::from(threshold.is_some_and(|threshold| score >= threshold));
        self.at_review += reaches(self.threshold.review);
        self.at_reject += reaches(self.threshold.reject);
    }
}

/// In which of so many steps from 0 to 1 a score lies.
fn step(score: f64, steps: usize) -> usize {
    // Scores have four decimals: counted in these, one at the edge of a bin lies in it whatever a float makes of it.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is from 0 to 1")]
    let tenthousandths = (score * 10_000.0).round() as usize;
    tenthousandths * steps / 10_000
}

/// A histogram for each attribute that is judged, and for each that is scored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Histograms(BTreeMap<Attribute, Histogram>);

impl Histograms {
    pub(super) fn judged_by(thresholds: &Thresholds) -> Self {
        let empty = |threshold| Histogram { threshold, ..Histogram::default() };
        Self(thresholds.iter().map(|(attribute, threshold)| (attribute, empty(threshold))).collect())
    }

    pub(super) fn add(&mut self, scores: &Scores) {
        for (attribute, score) in scores.iter() {
            let histogram = self.0.entry(attribute).or_default();
            match score {
                Some(score) => histogram.add(score),
                None => histogram.unknown += 1,
            }
        }
    }

    /// All of them, in the order of [`Attribute::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, &Histogram)> {
        self.0.iter().map(|(attribute, histogram)| (*attribute, histogram))
    }

    /// That of one attribute.
    #[must_use]
    pub fn get(&self, attribute: Attribute) -> Option<&Histogram> {
        self.0.get(&attribute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn a_score_at_an_edge_lies_above_it_and_one_at_a_threshold_reaches_it() {
        let threshold = Threshold { review: Some(0.35), reject: Some(0.8) };
        let mut histogram = Histogram { threshold, ..Histogram::default() };
        for edge in 0..=20 {
            histogram.add(f64::from(edge) / 20.0);
        }
        assert_eq!(histogram.bins[..19], [1; 19]);
        assert_eq!((histogram.bins[19], histogram.scores()), (2, 21), "1 is in the last");
        assert_eq!((histogram.at_review, histogram.at_reject), (14, 5));
        let beside = histogram.beside(Threshold { review: Some(0.35), reject: Some(0.95) });
        assert_eq!((beside.at_review, beside.at_reject, beside.bins), (14, 2, histogram.bins));
        let none = histogram.beside(Threshold { review: Some(0.3), reject: None });
        assert_eq!((none.at_review, none.at_reject), (15, 0));
        let mut below = Histogram { threshold, ..Histogram::default() };
        for score in [0.3499, 0.7999, 0.0499] {
            below.add(score);
        }
        assert_eq!((below.bins[6], below.bins[15], below.bins[0]), (1, 1, 1));
        assert_eq!((below.at_review, below.at_reject), (1, 0));
    }

    #[test]
    fn what_is_judged_is_there_and_so_is_what_is_only_scored() {
        let policy =
            Policy::parse("[thresholds]\nSPAM = { reject = 0.9 }\n", "banned = []\nsuspect = []\nallowed = []\n");
        let mut histograms = Histograms::judged_by(policy.expect("a policy").thresholds(None));
        let scores = [(Attribute::OffTopic, None), (Attribute::Insult, Some(0.91)), (Attribute::Spam, Some(0.91))];
        histograms.add(&scores.into_iter().collect());
        let found: Vec<_> = histograms.iter().map(|(a, h)| (a, h.scores(), h.unknown, h.at_reject)).collect();
        let expected = [(Attribute::Insult, 1, 0, 0), (Attribute::Spam, 1, 0, 1), (Attribute::OffTopic, 0, 1, 0)];
        assert_eq!(found, expected);
    }
}
