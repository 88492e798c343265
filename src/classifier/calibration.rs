//! From a raw score to a probability.

/// Half of the last of four decimals.
pub const FINEST: f64 = 0.00005;

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

/// The log-odds of a probability; of 0 and 1 as of the nearest that a score of four decimals can mean.
#[must_use]
pub fn log_odds(probability: f64) -> f64 {
    let probability = probability.clamp(FINEST, 1.0 - FINEST);
    (probability / (1.0 - probability)).ln()
}
