//! From which score on something happens.

use crate::comment::{Action, Attribute};
use serde::{Deserialize, Serialize};

/// A calibrated probability that editors set: a number from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct Probability(f64);

impl Probability {
    pub(super) const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Probability {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(format!("a threshold is a number from 0 to 1, not {value}"))
        }
    }
}

/// The thresholds of one attribute as the file has them.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThresholdFile {
    pub review: Option<Probability>,
    pub reject: Option<Probability>,
}

/// The thresholds of one attribute. `review` is never above `reject`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Threshold {
    /// A score at or above it goes to a moderator; 0 to 1.
    pub review: Option<f64>,
    /// A score at or above it is rejected; 0 to 1.
    pub reject: Option<f64>,
}

impl Threshold {
    /// What a score leads to, and the threshold it reached. Never milder for a higher score.
    #[must_use]
    pub fn judge(&self, score: f64) -> Option<(Action, f64)> {
        let reached = |t: &f64| score >= *t;
        let reject = self.reject.filter(reached).map(|t| (Action::Reject, t));
        reject.or_else(|| self.review.filter(reached).map(|t| (Action::Review, t)))
    }

    /// The threshold where publishing ends: where a person's judgement adds most.
    #[must_use]
    pub fn first(&self) -> Option<f64> {
        self.review.or(self.reject)
    }

    /// These thresholds where the file sets them, else those of `base`.
    ///
    /// # Errors
    /// A sentence, if the outcome would review only what it rejects already.
    pub(super) fn over(file: ThresholdFile, base: Self) -> Result<Self, String> {
        if file.review.is_none() && file.reject.is_none() {
            return Err("set `review`, `reject` or both; an attribute that is not to be judged is left out".to_owned());
        }
        let merged =
            Self { review: file.review.map(|p| p.0).or(base.review), reject: file.reject.map(|p| p.0).or(base.reject) };
        match (merged.review, merged.reject) {
            (Some(review), Some(reject)) if review > reject => {
                Err(format!("`review` ({review:.2}) must not be above `reject` ({reject:.2})"))
            }
            _ => Ok(merged),
        }
    }
}

/// The thresholds of every attribute; empty where an attribute is not judged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thresholds([Threshold; Attribute::ALL.len()]);

impl Thresholds {
    /// The thresholds of one attribute.
    #[must_use]
    pub fn get(&self, attribute: Attribute) -> Threshold {
        self.0[attribute.index()]
    }

    /// All attributes that are judged, in the order of [`Attribute::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, Threshold)> {
        Attribute::ALL.into_iter().map(|a| (a, self.get(a))).filter(|(_, t)| t.first().is_some())
    }

    pub(super) fn set(&mut self, attribute: Attribute, threshold: Threshold) {
        self.0[attribute.index()] = threshold;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_at_the_threshold_reaches_it() {
        let t = Threshold { review: Some(0.5), reject: Some(0.9) };
        assert_eq!(t.judge(0.4999), None);
        assert_eq!(t.judge(0.5), Some((Action::Review, 0.5)));
        assert_eq!(t.judge(0.9), Some((Action::Reject, 0.9)));
        assert_eq!(Threshold { review: None, reject: Some(0.9) }.judge(0.8), None);
    }
}
