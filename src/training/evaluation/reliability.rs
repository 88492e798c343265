//! Figures of how far probabilities can be taken at their word. Labels may be shares of raters.

use super::ranking::{Ranking, Run, float};

/// Bins of the calibration error.
pub const BINS: usize = 15;

/// What lies in one bin.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bin {
    pub rows: u64,
    /// Mean score.
    pub score: f64,
    /// Mean label.
    pub label: f64,
}

/// The rows in [`BINS`] bins of equal mass, ascending. Equal scores stay together, so bins can be uneven
/// or empty; the empty ones are left out. Equal mass and not equal width, as nearly all scores of real
/// comments are near 0, where one wide bin would hide every error (Nixon et al. 2019).
#[must_use]
pub fn bins(runs: &[Run]) -> Vec<Bin> {
    let all: u64 = runs.iter().map(|r| r.rows).sum();
    let mut sums = [Bin::default(); BINS];
    let mut before = 0;
    for run in runs {
        let place = usize::try_from(before * BINS as u64 / all).unwrap_or(BINS).min(BINS - 1);
        let bin = &mut sums[place];
        bin.rows += run.rows;
        bin.score += run.score * float(run.rows);
        bin.label += run.labels;
        before += run.rows;
    }
    let mean = |bin: &Bin| {
        let rows = float(bin.rows);
        Bin { rows: bin.rows, score: bin.score / rows, label: bin.label / rows }
    };
    sums.iter().filter(|bin| bin.rows > 0).map(mean).collect()
}

/// Expected calibration error: the mean distance of a bin's mean score from its mean label, weighted by
/// rows (Naeini et al. 2015). 0 to 1; `None` without rows.
#[must_use]
pub fn calibration_error(runs: &[Run]) -> Option<f64> {
    let bins = bins(runs);
    let all: u64 = bins.iter().map(|b| b.rows).sum();
    let distance = |bin: &Bin| float(bin.rows) * (bin.score - bin.label).abs();
    (all > 0).then(|| bins.iter().map(distance).sum::<f64>() / float(all))
}

/// About what [`calibration_error`] would be by chance alone, for perfect probabilities on as many rows
/// with the same scatter: a bin's mean is off by its standard error times the square root of 2/π.
#[must_use]
pub fn error_by_chance(ranking: &Ranking) -> Option<f64> {
    let bins = bins(&ranking.runs());
    let mut rows = ranking.rows().iter();
    let share = |bin: &Bin| {
        let n = float(bin.rows);
        let of_bin = rows.by_ref().take(usize::try_from(bin.rows).unwrap_or(usize::MAX));
        let mean = bin.label - bin.score;
        let square: f64 = of_bin.map(|r| (r.label - r.score - mean).powi(2)).sum();
        (square / n).sqrt() * n.sqrt() * (2.0 / std::f64::consts::PI).sqrt()
    };
    let sum: f64 = bins.iter().map(share).sum();
    let all: u64 = bins.iter().map(|b| b.rows).sum();
    (all > 0).then(|| sum / float(all))
}

/// Brier score: the mean square of score minus label (Brier 1950). 0 to 1; `None` without rows.
#[must_use]
pub fn brier(ranking: &Ranking) -> Option<f64> {
    let rows = ranking.rows();
    let sum: f64 = rows.iter().map(|r| (r.score - r.label).powi(2)).sum();
    (!rows.is_empty()).then(|| sum / float(rows.len() as u64))
}

#[cfg(test)]
mod tests {
    use super::super::ranking::Scored;
    use super::super::ranking::tests::ranking;
    use super::*;

    fn soft(rows: &[(f64, f64)]) -> Ranking {
        let scored = |(unit, (score, label)): (usize, &(f64, f64))| Scored {
            unit,
            score: *score,
            label: *label,
            positive: *label >= 0.5,
        };
        Ranking::new(rows.iter().enumerate().map(scored)).unwrap()
    }

    fn near(value: Option<f64>, expected: f64) {
        assert!((value.unwrap() - expected).abs() < 1e-12, "{value:?} {expected}");
    }

    #[test]
    fn errors_by_hand() {
        // Fewer rows than bins: each is a bin of its own.
        let rows = soft(&[(0.1, 0.0), (0.4, 0.6), (0.9, 1.0)]);
        near(calibration_error(&rows.runs()), (0.1 + 0.2 + 0.1) / 3.0);
        near(brier(&rows), (0.01 + 0.04 + 0.01) / 3.0);
        assert_eq!((calibration_error(&[]), brier(&soft(&[]))), (None, None));
    }

    #[test]
    fn bins_have_equal_mass() {
        let rows: Vec<(f64, f64)> = (0..300).map(|i| (f64::from(i * i) / 90_000.0, 0.5)).collect();
        let bins = bins(&soft(&rows).runs());
        assert_eq!(bins.iter().map(|b| b.rows).collect::<Vec<_>>(), [20; BINS]);
        assert!(bins.windows(2).all(|pair| pair[0].score < pair[1].score));
    }

    #[test]
    fn a_constant_score_is_one_bin() {
        let rows = ranking(&[(0.25, true), (0.25, false), (0.25, false), (0.25, false)]);
        near(calibration_error(&rows.runs()), 0.0);
        near(brier(&rows), (0.75f64.powi(2) + 3.0 * 0.25f64.powi(2)) / 4.0);
    }

    #[test]
    fn shares_are_compared_with_their_mean() {
        // Half the raters say yes of every row, and the score says so: nothing is wrong.
        let rows = soft(&[(0.5, 0.4), (0.5, 0.6)]);
        near(calibration_error(&rows.runs()), 0.0);
        // One bin, a scatter of 0.1, two rows.
        near(error_by_chance(&rows), 0.1 / 2f64.sqrt() * (2.0 / std::f64::consts::PI).sqrt());
    }
}
