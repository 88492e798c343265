//! The learning curve: how good a site's model would be after so many decisions.

use super::adapt::{MIN_OF_EACH, adapt, learnable};
use super::decision::Decision;
use super::measure::{Ranking, calibration_error};
use super::row::{Row, score};
use super::weight::weights;
use crate::classifier::AbuseModel;
use crate::classifier::calibration::probability;
use crate::comment::Attribute;
use crate::text::{combine, stable_hash};
use crate::training::{Progress, TrainingError};
use serde::Serialize;

/// What to measure.
pub struct Question<'a> {
    pub base: &'a AbuseModel,
    /// Decisions in the order of arrival.
    pub stream: &'a [Decision],
    /// Never learned from; shares no article with the stream.
    pub test: &'a [Decision],
    pub attribute: Attribute,
    /// After how many decisions.
    pub sizes: &'a [usize],
    /// In how many orders of the stream's articles.
    pub orders: u64,
    pub positive_from: f32,
    pub seed: u64,
}

/// Mean over the orders, and the least and greatest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

/// How good the model is after so many decisions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// No more than the stream holds.
    pub decisions: usize,
    pub auc: Spread,
    pub average_precision: Spread,
    /// Expected calibration error, in ten bins of equal width.
    pub calibration_error: Spread,
    /// How much of the head was taken.
    pub blend: Spread,
}

struct Test<'a> {
    decisions: Vec<&'a Decision>,
    positive: Vec<bool>,
    column: usize,
}

/// Measures the curve. No gate: the test decides, and shows what few decisions do by themselves.
///
/// # Errors
/// If the test has only one kind, or the learning fails.
pub fn curve(question: &Question<'_>, progress: &mut dyn Progress) -> Result<Vec<Point>, TrainingError> {
    let column = question.attribute.index();
    let known = |decision: &&Decision| {
        Row::of(decision, question.base, question.positive_from, 0).is_some_and(|row| row.positive[column].is_some())
    };
    let decisions: Vec<&Decision> = question.test.iter().filter(known).collect();
    let holds = |decision: &&Decision| decision.positive(question.attribute, question.positive_from) == Some(true);
    let test = Test { positive: decisions.iter().map(holds).collect(), decisions, column };
    if test.positive.iter().all(|p| *p) || !test.positive.contains(&true) {
        return Err(TrainingError::NoRows("test: both kinds are needed"));
    }
    let mut points = Vec::new();
    for size in question.sizes {
        let mut found = Vec::new();
        for order in 0..question.orders {
            found.push(measure(question, &test, *size, order, progress)?);
        }
        let spread = |k: usize| Spread {
            mean: found.iter().map(|f| f[k]).sum::<f64>() / f64::from(u32::try_from(found.len()).unwrap_or(1)),
            low: found.iter().map(|f| f[k]).fold(f64::INFINITY, f64::min),
            high: found.iter().map(|f| f[k]).fold(f64::NEG_INFINITY, f64::max),
        };
        points.push(Point {
            decisions: (*size).min(question.stream.len()),
            auc: spread(0),
            average_precision: spread(1),
            calibration_error: spread(2),
            blend: spread(3),
        });
    }
    Ok(points)
}

/// The stream with its articles in another order; the comments of each stay together, in theirs.
fn reordered(stream: &[Decision], seed: u64) -> Vec<&Decision> {
    let mut order: Vec<&Decision> = stream.iter().collect();
    order.sort_by_key(|d| (combine(seed, stable_hash(d.group().as_bytes())), d.group()));
    order
}

fn measure(
    question: &Question<'_>,
    test: &Test<'_>,
    size: usize,
    order: u64,
    progress: &mut dyn Progress,
) -> Result<[f64; 4], TrainingError> {
    let seed = combine(question.seed, order);
    let row = |decision: &'_ Decision| Row::of(decision, question.base, question.positive_from, seed);
    let decisions: Vec<&Decision> = reordered(question.stream, seed).into_iter().take(size).collect();
    let weights = weights(&decisions);
    let rows = decisions.iter().zip(weights).filter_map(|(d, weight)| Some(Row { weight, ..row(d)? }));
    let rows: Vec<Row> = rows.collect();
    let rows: Vec<&Row> = rows.iter().collect();
    let attributes = learnable(&rows, &[question.attribute], MIN_OF_EACH);
    let learned = adapt(&rows, &attributes, seed, progress)?;
    let model = learned.merge(question.base);
    let scores: Vec<f32> = test.decisions.iter().map(|d| score(&model, &d.text)[test.column]).collect();
    let (ranking, even) = (Ranking::of(&scores), vec![1.0; scores.len()]);
    let probabilities: Vec<f64> = scores.iter().map(|s| probability(f64::from(*s))).collect();
    Ok([
        ranking.auc(&test.positive, &even).unwrap_or(0.5),
        ranking.average_precision(&test.positive, &even).unwrap_or(0.0),
        calibration_error(&probabilities, &test.positive, &even),
        learned.adapted.first().map_or(0.0, |adapted| f64::from(adapted.blend)),
    ])
}
