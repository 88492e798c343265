//! The quality gate: a site's model is taken only if it is no worse than the one in force.

use super::measure::{Ranking, calibration_error, noise};
use crate::classifier::Check;
use crate::classifier::calibration::probability;

/// A one-sided 95 % bound of a normal distribution lies so many standard errors away.
const ONE_SIDED: f64 = 1.645;
/// AUC that rounding to bytes may cost, whatever its noise.
const ROUNDING: f64 = 0.001;

/// Held-out decisions on one attribute, with the log-odds of both models.
pub struct HeldOut<'a> {
    /// The attribute's name.
    pub attribute: &'a str,
    pub positive: Vec<bool>,
    pub weights: Vec<f64>,
    /// Of the frozen base model.
    pub base: Vec<f32>,
    /// Of the model in force.
    pub before: Vec<f32>,
    /// Of the new model as it was learned.
    pub exact: Vec<f64>,
    /// Of the new model as it is written.
    pub after: Vec<f32>,
}

impl HeldOut<'_> {
    /// The checks on held-out decisions; the noise is that of a paired bootstrap.
    #[must_use]
    pub fn checks(&self, seed: u64) -> Vec<Check> {
        let Self { attribute, positive, weights, .. } = self;
        let (base, before, after) = (Ranking::of(&self.base), Ranking::of(&self.before), Ranking::of(&self.after));
        let auc = |ranking: &Ranking, weights: &[f64]| ranking.auc(positive, weights).unwrap_or(0.5);
        let fall = noise(weights, seed, |w| Some(after.auc(positive, w)? - before.auc(positive, w)?));
        let chance = noise(weights, seed, |w| base.auc(positive, w));
        let error = |log_odds: &[f32], weights: &[f64]| {
            let scores: Vec<f64> = log_odds.iter().map(|x| probability(f64::from(*x))).collect();
            calibration_error(&scores, positive, weights)
        };
        let rise = noise(weights, seed, |w| Some(error(&self.after, w) - error(&self.before, w)));
        #[expect(clippy::cast_possible_truncation, reason = "log-odds of two digits")]
        let exact = Ranking::of(&self.exact.iter().map(|x| *x as f32).collect::<Vec<f32>>());
        let rounding = noise(weights, seed, |w| Some(after.auc(positive, w)? - exact.auc(positive, w)?));
        let (auc_before, auc_after) = (auc(&before, weights), auc(&after, weights));
        vec![
            Check::not_lower(format!("{attribute}: AUC"), auc_before, auc_after, ONE_SIDED * fall),
            Check::not_higher(
                format!("{attribute}: calibration error"),
                error(&self.before, weights),
                error(&self.after, weights),
                ONE_SIDED * rise,
            ),
            // Decisions that the frozen model ranks the wrong way round were taken in error or in bad faith.
            Check::not_lower(
                format!("{attribute}: decisions agree with the base"),
                0.5,
                auc(&base, weights),
                ONE_SIDED * chance,
            ),
            Check::not_lower(
                format!("{attribute}: AUC after rounding"),
                auc(&exact, weights),
                auc_after,
                ROUNDING.max(ONE_SIDED * rounding),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held_out(after: impl Fn(u16) -> f32) -> Vec<Check> {
        let before: Vec<f32> = (0..400u16).map(|i| f32::from(i * 37 % 100) / 25.0 - 2.0).collect();
        let after: Vec<f32> = (0..400).map(after).collect();
        HeldOut {
            attribute: "TOXICITY",
            positive: (0..400).map(|i| i * 37 % 100 > 60 + i % 30).collect(),
            weights: vec![1.0; 400],
            base: before.clone(),
            before,
            exact: after.iter().map(|x| f64::from(*x)).collect(),
            after,
        }
        .checks(1)
    }

    fn failed(checks: &[Check]) -> Vec<&str> {
        checks.iter().filter(|c| !c.passed).map(|c| c.name.as_str()).collect()
    }

    #[test]
    fn the_same_model_passes() {
        assert!(failed(&held_out(|i| f32::from(i * 37 % 100) / 25.0 - 2.0)).is_empty());
    }

    #[test]
    fn what_is_worse_is_named() {
        assert_eq!(failed(&held_out(|i| f32::from(i * 53 % 100) / 25.0 - 2.0))[0], "TOXICITY: AUC");
        let overconfident = held_out(|i| f32::from(i * 37 % 100) / 25.0 + 4.0);
        assert_eq!(failed(&overconfident), ["TOXICITY: calibration error"]);
    }

    #[test]
    fn decisions_the_wrong_way_round_are_named() {
        let log_odds: Vec<f32> = (0..200u8).map(f32::from).collect();
        let held_out = HeldOut {
            attribute: "TOXICITY",
            positive: (0..200).map(|i| i < 60).collect(),
            weights: vec![1.0; 200],
            base: log_odds.clone(),
            before: log_odds.clone(),
            exact: log_odds.iter().map(|x| -f64::from(*x)).collect(),
            after: log_odds.iter().map(|x| -x).collect(),
        };
        assert_eq!(failed(&held_out.checks(1)), ["TOXICITY: decisions agree with the base"]);
    }
}
