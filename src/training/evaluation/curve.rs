//! Figures of how well a score ranks: the areas under two curves, and what a review budget catches.

use super::ranking::{Run, float};

/// The area under the ROC curve: the probability that a positive scores above a negative, ties
/// counting half (Mann and Whitney 1947). `None` where one kind is absent. Runs are ascending.
#[must_use]
pub fn auc(runs: &[Run]) -> Option<f64> {
    let (mut below, mut wins, mut positives) = (0u64, 0u64, 0u64);
    for run in runs {
        let negatives = run.rows - run.positives;
        // In halves, so that the sum is exact.
        wins += run.positives * (2 * below + negatives);
        positives += run.positives;
        below += negatives;
    }
    (positives > 0 && below > 0).then(|| float(wins) / (2.0 * float(positives) * float(below)))
}

/// Average precision: the precision at each score, weighted by the recall it adds (the sum, not the
/// interpolated area; as scikit-learn's `average_precision_score`). `None` where one kind is absent, as
/// then it says nothing.
#[must_use]
pub fn average_precision(runs: &[Run]) -> Option<f64> {
    let (mut rows, mut positives, mut sum) = (0u64, 0u64, 0.0);
    for run in runs.iter().rev() {
        rows += run.rows;
        positives += run.positives;
        if run.positives > 0 {
            sum += float(run.positives) * float(positives) / float(rows);
        }
    }
    (positives > 0 && positives < rows).then(|| sum / float(positives))
}

/// The share of the positives among the `budget` highest scores, both 0 to 1: what is caught if so much
/// is reviewed. Of rows that tie at the cut, the share expected of a random pick. `None` without positives.
#[must_use]
pub fn recall_at(runs: &[Run], budget: f64) -> Option<f64> {
    let positives: u64 = runs.iter().map(|r| r.positives).sum();
    let rows: u64 = runs.iter().map(|r| r.rows).sum();
    let (mut left, mut caught) = (float(rows) * budget, 0.0);
    for run in runs.iter().rev() {
        let taken = left.min(float(run.rows));
        caught += float(run.positives) * taken / float(run.rows);
        left -= taken;
    }
    (positives > 0).then(|| caught / float(positives))
}

#[cfg(test)]
mod tests {
    use super::super::ranking::tests::ranking;
    use super::*;

    const ROWS: [(f64, bool); 4] = [(0.9, true), (0.4, true), (0.5, false), (0.1, false)];

    fn near(value: Option<f64>, expected: f64) {
        assert!((value.unwrap() - expected).abs() < 1e-12, "{value:?} {expected}");
    }

    #[test]
    fn the_area_counts_pairs() {
        near(auc(&ranking(&ROWS).runs()), 3.0 / 4.0);
        // 0.5 ties with 0.5: one win of (1, 0.5), half a win.
        near(auc(&ranking(&[(0.5, true), (0.5, false), (0.2, false)]).runs()), 0.75);
        near(auc(&ranking(&[(0.3, true), (0.3, false), (0.3, false)]).runs()), 0.5);
        assert_eq!(auc(&ranking(&[(0.5, true)]).runs()), None);
        assert_eq!(auc(&[]), None);
    }

    #[test]
    fn precision_is_averaged_over_the_positives() {
        // Precision 1/1 at the first positive, 2/3 at the second.
        near(average_precision(&ranking(&ROWS).runs()), f64::midpoint(1.0, 2.0 / 3.0));
        // A constant score: the base rate.
        near(average_precision(&ranking(&[(0.3, true), (0.3, false), (0.3, false), (0.3, false)]).runs()), 0.25);
        assert_eq!(average_precision(&ranking(&[(0.5, true), (0.4, true)]).runs()), None);
    }

    #[test]
    fn a_budget_catches_the_highest() {
        let runs = ranking(&ROWS).runs();
        near(recall_at(&runs, 0.25), 0.5);
        near(recall_at(&runs, 0.75), 1.0);
        // An eighth of four rows is half of the first one.
        near(recall_at(&runs, 0.125), 0.25);
        let constant = ranking(&[(0.3, true), (0.3, false), (0.3, false), (0.3, true)]).runs();
        near(recall_at(&constant, 0.1), 0.1);
        assert_eq!(recall_at(&ranking(&[(0.3, false)]).runs(), 0.1), None);
    }

    #[test]
    fn a_resample_counts_like_repeated_rows() {
        let counts = [2, 1, 3, 1];
        let repeated: Vec<(f64, bool)> =
            ROWS.iter().zip(counts).flat_map(|(row, times)| std::iter::repeat_n(*row, times)).collect();
        let drawn = ranking(&ROWS).resampled(&counts.map(|c| u32::try_from(c).unwrap()));
        let repeated = ranking(&repeated).runs();
        assert_eq!(auc(&drawn), auc(&repeated));
        assert_eq!(average_precision(&drawn), average_precision(&repeated));
        assert_eq!(recall_at(&drawn, 0.3), recall_at(&repeated, 0.3));
    }
}
