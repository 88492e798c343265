//! How good scores are: what `ombud evaluate` measures, and what a model's card says.
//!
//! [`curve`] and [`reliability`] are the formulas, on a [`ranking`] or a resample of it ([`bootstrap`]); a
//! [`panel`] holds the figures of one model. [`abuse`], [`perspective`], [`topicality`] and [`suites`] say what is
//! measured on which rows; their [`report`] is what is printed.

pub mod abuse;
pub mod article_text;
pub mod bootstrap;
pub mod curve;
pub mod deletion;
pub mod labelled;
pub mod length;
pub mod panel;
pub mod perspective;
pub mod probe;
pub mod queue_size;
pub mod rank_correlation;
pub mod ranking;
pub mod reliability;
pub mod report;
pub mod suites;
pub mod target;
pub mod topicality;

use crate::classifier::Metric;
use ranking::{Ranking, Scored};
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

/// The area under the ROC curve, four decimals (see [`curve::auc`]). `None` where one kind is absent, or
/// a score is no number.
#[must_use]
pub fn roc_auc(outcomes: &[Outcome<'_>]) -> Option<f64> {
    let scored = |(unit, o): (usize, &Outcome<'_>)| {
        let label = f64::from(u8::from(o.positive));
        Scored { unit, score: o.score, label, positive: o.positive }
    };
    let ranking = Ranking::new(outcomes.iter().enumerate().map(scored)).ok()?;
    curve::auc(&ranking.runs()).map(rounded)
}

/// Four decimals: finer differences carry no meaning.
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
        assert_eq!(roc_auc(&[outcome(0.5, true), outcome(f64::NAN, false)]), None);
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
