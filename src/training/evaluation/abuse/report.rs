//! The figures of a model, put together.

use super::figures::{MEAN_OF_SIX, name};
use super::{Measured, NEWS, at_natural_rate};
use crate::comment::Attribute;
use crate::training::evaluation::curve::recall_at;
use crate::training::evaluation::labelled::Labelled;
use crate::training::evaluation::length::Length;
use crate::training::evaluation::panel::Figures;
use crate::training::evaluation::probe::source_prediction;
use crate::training::evaluation::ranking::{NotANumber, Ranking, float};
use crate::training::evaluation::reliability::{brier, error_by_chance};
use crate::training::evaluation::report::{
    AbuseReport, AttributeReport, Calibration, LengthMeasures, Measures, ParentReport, Recall,
};
use crate::training::evaluation::{Outcome, measure, roc_auc, rounded};
use std::collections::BTreeMap;

/// Shares of the comments that can be reviewed.
const BUDGETS: [f64; 3] = [0.01, 0.05, 0.1];

impl Measured<'_> {
    /// All that is measured, around the figures of the [`panel`](Self::panel).
    ///
    /// # Errors
    /// [`NotANumber`] if a score is NaN.
    pub fn report(&self, figures: &Figures) -> Result<AbuseReport, NotANumber> {
        let mut report = AbuseReport {
            rows: self.rows.len() as u64,
            unscored: self.unscored,
            mean_auc_of_six: figures.get(MEAN_OF_SIX).copied(),
            attributes: BTreeMap::new(),
            news: BTreeMap::new(),
            news_calibration: BTreeMap::new(),
            with_parent: self.with_parent(),
        };
        for attribute in self.attributes.iter().copied() {
            let key = attribute.name().to_owned();
            for source in NEWS {
                let here = self.ranking(attribute, |s| s == source)?;
                if !here.rows().is_empty() {
                    let measures = measures(&here, &name(&key, source), figures);
                    report.news.entry(source.to_owned()).or_default().insert(key.clone(), measures);
                }
            }
            let news = self.ranking(attribute, at_natural_rate)?;
            let calibration = calibration(&news, &name(&key, "news"), figures);
            report.news_calibration.extend(calibration.map(|c| (key.clone(), c)));
            report.attributes.insert(key, self.attribute(attribute, figures)?);
        }
        Ok(report)
    }

    fn attribute(&self, attribute: Attribute, figures: &Figures) -> Result<AttributeReport, NotANumber> {
        let key = attribute.name();
        let all = self.outcomes(attribute, |_| true);
        Ok(AttributeReport {
            pooled: measures(&self.ranking(attribute, |_| true)?, key, figures),
            auc_within_source: figures.get(&name(key, "auc_within_source")).copied(),
            by_source: measure(&all).by_source,
            by_length: self.by_length(attribute),
            source_prediction: source_prediction(&all),
        })
    }

    fn by_length(&self, attribute: Attribute) -> BTreeMap<Length, LengthMeasures> {
        let measures = |length| {
            let rows = self.outcomes(attribute, |row: &Labelled| Length::of(&row.text) == length);
            (!rows.is_empty()).then(|| (length, LengthMeasures::of(&rows)))
        };
        Length::ALL.into_iter().filter_map(measures).collect()
    }

    fn with_parent(&self) -> Option<ParentReport> {
        let column = Attribute::Toxicity.index();
        let (mut reading, mut blind) = (Vec::new(), Vec::new());
        for (row, scored) in self.labelled(Attribute::Toxicity) {
            if let Some(without) = self.without_parent.get(&scored.unit) {
                let outcome = |score| Outcome { source: &row.source, score, positive: scored.positive };
                reading.push(outcome(scored.score));
                blind.push(outcome(without[column]));
            }
        }
        (!reading.is_empty()).then(|| ParentReport {
            rows: reading.len() as u64,
            positives: reading.iter().filter(|o| o.positive).count() as u64,
            auc_with: roc_auc(&reading),
            auc_without: roc_auc(&blind),
        })
    }
}

impl LengthMeasures {
    /// Measures the rows of one range.
    #[must_use]
    pub fn of(rows: &[Outcome<'_>]) -> Self {
        let metric = measure(rows);
        Self {
            rows: metric.rows,
            positives: metric.positives,
            auc: metric.auc,
            auc_within_source: metric.auc_within_source,
        }
    }
}

fn measures(ranking: &Ranking, key: &str, figures: &Figures) -> Measures {
    let rows = ranking.rows().len() as u64;
    let positives = ranking.rows().iter().filter(|r| r.positive).count() as u64;
    let runs = ranking.runs();
    let recall = |budget| Some(Recall { budget, recall: rounded(recall_at(&runs, budget)?) });
    let absent = match (rows, positives) {
        (0, _) => Some("no row is labelled".to_owned()),
        (_, 0) => Some(format!("none of {rows} rows is positive")),
        _ if rows == positives => Some(format!("all {rows} rows are positive")),
        _ => None,
    };
    Measures {
        rows,
        positives,
        auc: figures.get(&name(key, "auc")).copied(),
        average_precision: figures.get(&name(key, "average_precision")).copied(),
        recall_at: BUDGETS.into_iter().filter_map(recall).collect(),
        absent,
        calibration: calibration(ranking, key, figures),
    }
}

fn calibration(ranking: &Ranking, key: &str, figures: &Figures) -> Option<Calibration> {
    let rows = ranking.rows();
    let count = float(rows.len() as u64);
    Some(Calibration {
        rows: rows.len() as u64,
        error: *figures.get(&name(key, "calibration_error"))?,
        by_chance: rounded(error_by_chance(ranking)?),
        brier: rounded(brier(ranking)?),
        mean_score: rounded(rows.iter().map(|r| r.score).sum::<f64>() / count),
        mean_label: rounded(rows.iter().map(|r| r.label).sum::<f64>() / count),
    })
}
