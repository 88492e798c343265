//! How good weighted scores are, and how sure that is.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// How often rows are drawn again for [`noise`].
const RESAMPLES: usize = 400;
/// Bins of equal width for the calibration error.
const BINS: usize = 10;
/// Rows of either kind below which nothing can be measured.
const MIN_OF_EACH: usize = 2;

/// Rows from the highest score to the lowest, ties together.
pub struct Ranking {
    ties: Vec<Vec<usize>>,
}

impl Ranking {
    /// Ranks finite scores.
    pub fn of(scores: &[f32]) -> Self {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        let ties = order.chunk_by(|a, b| scores[*a].total_cmp(&scores[*b]).is_eq());
        Self { ties: ties.map(<[usize]>::to_vec).collect() }
    }

    /// Area under the ROC curve with weighted rows; `None` where one kind is absent.
    pub fn auc(&self, positive: &[bool], weights: &[f64]) -> Option<f64> {
        let (mut above, mut wins, mut negatives) = (0.0, 0.0, 0.0);
        for tie in &self.ties {
            let (yes, no) = halves(tie, positive, weights);
            wins += no * (above + yes / 2.0);
            above += yes;
            negatives += no;
        }
        (above > 0.0 && negatives > 0.0).then(|| wins / (above * negatives))
    }

    /// Average precision: precision at each positive, averaged (ties share one precision).
    pub fn average_precision(&self, positive: &[bool], weights: &[f64]) -> Option<f64> {
        let (mut yes_above, mut all_above, mut sum) = (0.0, 0.0, 0.0);
        for tie in &self.ties {
            let (yes, no) = halves(tie, positive, weights);
            yes_above += yes;
            all_above += yes + no;
            if yes > 0.0 {
                sum += yes * yes_above / all_above;
            }
        }
        (yes_above > 0.0).then(|| sum / yes_above)
    }
}

fn halves(tie: &[usize], positive: &[bool], weights: &[f64]) -> (f64, f64) {
    tie.iter().fold(
        (0.0, 0.0),
        |(yes, no), row| {
            if positive[*row] { (yes + weights[*row], no) } else { (yes, no + weights[*row]) }
        },
    )
}

/// Expected calibration error: in ten bins of equal width, how far the mean probability is from the share
/// of positives, weighted by the bin (Naeini et al. 2015). 0 is perfect.
pub fn calibration_error(probabilities: &[f64], positive: &[bool], weights: &[f64]) -> f64 {
    let (mut gap, mut total) = ([0.0f64; BINS], 0.0);
    for ((probability, positive), weight) in probabilities.iter().zip(positive).zip(weights) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10")]
        let bin = ((probability * 10.0) as usize).min(BINS - 1);
        gap[bin] += weight * (probability - f64::from(u8::from(*positive)));
        total += weight;
    }
    gap.iter().map(|g| g.abs()).sum::<f64>() / total.max(f64::MIN_POSITIVE)
}

/// Whether there are enough rows of both kinds to measure anything.
pub fn measurable(positive: &[bool]) -> bool {
    let positives = positive.iter().filter(|p| **p).count();
    positives >= MIN_OF_EACH && positive.len() - positives >= MIN_OF_EACH
}

/// Standard error of a measure by the bootstrap (Efron 1979): rows are drawn again with replacement, and
/// `measure` is given how often each was drawn times its weight. Give it a difference for a paired test.
pub fn noise(weights: &[f64], seed: u64, measure: impl Fn(&[f64]) -> Option<f64>) -> f64 {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut drawn = vec![0.0; weights.len()];
    let mut values = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        drawn.fill(0.0);
        for _ in 0..weights.len() {
            let row = rng.random_range(0..weights.len());
            drawn[row] += weights[row];
        }
        values.extend(measure(&drawn));
    }
    #[expect(clippy::cast_precision_loss, reason = "some hundred")]
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-9)
    }

    #[test]
    fn weights_count_pairs() {
        let ranking = Ranking::of(&[0.9, 0.5, 0.4, 0.1]);
        let positive = [true, false, true, false];
        assert!(close(ranking.auc(&positive, &[1.0; 4]), 0.75));
        assert!(close(ranking.auc(&positive, &[1.0, 1.0, 3.0, 1.0]), 5.0 / 8.0));
        assert!(close(Ranking::of(&[0.5; 4]).auc(&positive, &[1.0; 4]), 0.5));
        assert_eq!(ranking.auc(&[true; 4], &[1.0; 4]), None);
        assert!(close(ranking.average_precision(&positive, &[1.0; 4]), 5.0 / 6.0));
        assert_eq!(ranking.average_precision(&[false; 4], &[1.0; 4]), None);
    }

    #[test]
    fn calibration_error_is_the_distance_from_the_shares() {
        let error = calibration_error(&[0.25, 0.25, 0.85, 1.0], &[false, true, true, true], &[1.0; 4]);
        assert!((error - (0.5 + 0.15) / 4.0).abs() < 1e-9, "{error}");
        assert!(calibration_error(&[0.0, 1.0], &[false, true], &[2.0, 1.0]).abs() < 1e-9);
    }

    #[test]
    fn noise_shrinks_with_rows() {
        let noise_of = |n: usize| {
            let scores: Vec<f32> = (0..n).map(|i| [1.0, 0.25, 0.5, 0.75, 0.0][i % 5]).collect();
            let positive: Vec<bool> = (0..n).map(|i| i % 3 == 0).collect();
            let ranking = Ranking::of(&scores);
            noise(&vec![1.0; n], 1, |w| ranking.auc(&positive, w))
        };
        assert!(noise_of(100) > 1.5 * noise_of(1600), "{} {}", noise_of(100), noise_of(1600));
        assert!(noise_of(100) < 0.1 && noise_of(1600) > 0.0);
    }
}
