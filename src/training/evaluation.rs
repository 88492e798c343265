//! How good scores are.

use crate::classifier::Metric;
use std::collections::BTreeMap;

/// A source with fewer rows of either kind says nothing by itself.
const MIN_OF_EACH: usize = 20;

/// A score beside the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome<'a> {
    pub source: &'a str,
    pub score: f64,
    pub positive: bool,
}

/// Measures one attribute, pooled and within each source.
#[must_use]
pub fn measure(outcomes: &[Outcome<'_>]) -> Metric {
    let mut sources: BTreeMap<&str, Vec<Outcome<'_>>> = BTreeMap::new();
    for outcome in outcomes {
        sources.entry(outcome.source).or_default().push(*outcome);
    }
    let enough = |rows: &Vec<Outcome<'_>>| {
        let positives = rows.iter().filter(|o| o.positive).count();
        positives >= MIN_OF_EACH && rows.len() - positives >= MIN_OF_EACH
    };
    let by_source: BTreeMap<String, f64> = sources
        .iter()
        .filter(|(_, rows)| enough(rows))
        .filter_map(|(source, rows)| Some(((*source).to_owned(), roc_auc(rows)?)))
        .collect();
    let mean = by_source.values().sum::<f64>() / f64::from(u32::try_from(by_source.len()).unwrap_or(u32::MAX));
    Metric {
        rows: outcomes.len() as u64,
        positives: outcomes.iter().filter(|o| o.positive).count() as u64,
        auc: roc_auc(outcomes),
        auc_within_source: Some(rounded(mean)).filter(|_| !by_source.is_empty()),
        by_source,
    }
}

/// The area under the ROC curve: the probability that a positive scores above a negative, ties
/// counting half (Mann and Whitney 1947). `None` where one kind is absent. Four decimals.
#[must_use]
pub fn roc_auc(outcomes: &[Outcome<'_>]) -> Option<f64> {
    let mut sorted: Vec<(f64, bool)> = outcomes.iter().map(|o| (o.score, o.positive)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins) = (0u64, 0u64);
    let mut positives = 0u64;
    for tied in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let in_tie = tied.iter().filter(|(_, positive)| *positive).count() as u64;
        let others = tied.len() as u64 - in_tie;
        // In halves, so that the sum is exact.
        wins += in_tie * (2 * below + others);
        positives += in_tie;
        below += others;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let area = wins as f64 / (2 * positives * below) as f64;
    (positives > 0 && below > 0).then(|| rounded(area))
}

fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(score: f64, positive: bool) -> Outcome<'static> {
        Outcome { source: "s", score, positive }
    }

    #[test]
    fn auc_counts_pairs() {
        let rows = [outcome(0.9, true), outcome(0.4, true), outcome(0.5, false), outcome(0.1, false)];
        assert_eq!(roc_auc(&rows), Some(0.75));
        assert_eq!(roc_auc(&[outcome(0.5, true), outcome(0.5, false)]), Some(0.5));
        assert_eq!(roc_auc(&[outcome(0.5, true)]), None);
    }

    #[test]
    fn pooling_flatters() {
        let row = |source, score, positive| Outcome { source, score, positive };
        let mut rows = Vec::new();
        for i in 0..30 {
            let noise = f64::from(i % 3) / 100.0;
            rows.extend([row("bad", 0.8 + noise, true), row("bad", 0.8 + noise, i % 15 == 0)]);
            rows.extend([row("good", 0.1 + noise, false), row("good", 0.1 + noise, false)]);
        }
        let metric = measure(&rows);
        assert!(metric.auc.unwrap() > 0.7);
        assert_eq!(metric.by_source.len(), 1, "{metric:?}");
        assert!(metric.auc_within_source.unwrap() < 0.6);
        assert_eq!((metric.rows, metric.positives), (120, 32));
    }
}
