//! From a raw score to a probability.

/// The logistic curve that Platt scaling fits: log-odds = `slope` × raw + `offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sigmoid {
    pub slope: f32,
    pub offset: f32,
}

impl Sigmoid {
    /// Calibrated log-odds of a raw score.
    #[must_use]
    pub fn log_odds(self, raw: f32) -> f64 {
        f64::from(self.slope) * f64::from(raw) + f64::from(self.offset)
    }
}

/// The probability that has these log-odds, 0 to 1.
#[must_use]
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}
