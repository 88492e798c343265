//! Adapting the base model to a site: the head, how far it is trusted, and the calibration.

use super::head::{Head, out_of_fold, work};
use super::measure::{Ranking, measurable, noise};
use super::row::Row;
use crate::classifier::{AbuseModel, COLUMNS, Sigmoid};
use crate::comment::Attribute;
use crate::training::abuse::quantise;
use crate::training::platt::calibrate;
use crate::training::{Progress, TrainingError};

/// How much of the head may be taken.
const BLENDS: [f32; 4] = [0.25, 0.5, 0.75, 1.0];
/// An attribute needs so many decisions of either kind to be learned.
pub const MIN_OF_EACH: usize = 10;
/// So many decisions' weight of the base model's own opinion is mixed into the site's calibration, so that
/// it moves as decisions come in and does not jump.
const BASE_OPINION: f32 = 100.0;
/// A decision stands for so many raters when calibrating, to give weights and shares room.
const RATERS: f32 = 10.0;

/// One attribute that decisions changed.
pub struct Adapted {
    pub attribute: Attribute,
    /// How much of the head is taken, 0 to 1.
    pub blend: f32,
    /// From the base's calibrated log-odds plus the blended head to the site's.
    pub calibration: Sigmoid,
}

/// What decisions add to a base model.
pub struct Site {
    head: Option<Head>,
    pub adapted: Vec<Adapted>,
    /// Log-odds of each row from heads that never saw its article, by row and then as in `adapted`.
    pub out_of_fold: Vec<Vec<f32>>,
}

/// The attributes with enough rows of both kinds, among those allowed.
pub fn learnable(rows: &[&Row], allowed: &[Attribute], min_of_each: usize) -> Vec<Attribute> {
    let enough = |attribute: &Attribute| {
        let of = |kind| rows.iter().filter(|row| row.positive[attribute.index()] == Some(kind)).count();
        of(true) >= min_of_each && of(false) >= min_of_each
    };
    allowed.iter().copied().filter(enough).collect()
}

/// Learns what rows add to a base model, for the attributes named.
pub fn adapt(
    rows: &[&Row],
    attributes: &[Attribute],
    seed: u64,
    progress: &mut dyn Progress,
) -> Result<Site, TrainingError> {
    let columns: Vec<usize> = attributes.iter().map(|a| a.index()).collect();
    if columns.is_empty() {
        return Ok(Site { head: None, adapted: Vec::new(), out_of_fold: vec![Vec::new(); rows.len()] });
    }
    progress.stage("learning", work(rows.len()));
    let mut log_odds = out_of_fold(rows, &columns, seed, progress)?;
    let head = Head::fit(rows, &columns, seed, progress)?;
    let mut adapted = Vec::new();
    for (k, attribute) in attributes.iter().enumerate() {
        let column = attribute.index();
        let added: Vec<f32> = log_odds.iter().map(|added| added[k]).collect();
        let blend = blend(rows, &added, column, seed);
        for (row, log_odds) in rows.iter().zip(&mut log_odds) {
            log_odds[k] = blend.mul_add(log_odds[k], row.log_odds[column]);
        }
        let scores: Vec<f32> = log_odds.iter().map(|scores| scores[k]).collect();
        adapted.push(Adapted { attribute: *attribute, blend, calibration: calibration(rows, &scores, column) });
    }
    for scores in &mut log_odds {
        for (score, adapted) in scores.iter_mut().zip(&adapted) {
            #[expect(clippy::cast_possible_truncation, reason = "log-odds of two digits")]
            let calibrated = adapted.calibration.log_odds(*score) as f32;
            *score = calibrated;
        }
    }
    Ok(Site { head: Some(head), adapted, out_of_fold: log_odds })
}

/// The blend with the best assured gain: the gain in AUC on rows never seen, less its standard error. 0 where
/// none is assured, so that few decisions change nothing.
fn blend(rows: &[&Row], added: &[f32], column: usize, seed: u64) -> f32 {
    let known: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].positive[column].is_some()).collect();
    let positive: Vec<bool> = known.iter().map(|row| rows[*row].positive[column] == Some(true)).collect();
    if !measurable(&positive) {
        return 0.0;
    }
    let weights: Vec<f64> = known.iter().map(|row| f64::from(rows[*row].weight)).collect();
    let ranking = |blend: f32| {
        let scores: Vec<f32> = known.iter().map(|r| blend.mul_add(added[*r], rows[*r].log_odds[column])).collect();
        Ranking::of(&scores)
    };
    let base = ranking(0.0);
    let mut best = (0.0, 0.0);
    for blend in BLENDS {
        let blended = ranking(blend);
        let gain = |weights: &[f64]| Some(blended.auc(&positive, weights)? - base.auc(&positive, weights)?);
        let assured = gain(&weights).unwrap_or(0.0) - noise(&weights, seed, gain);
        if assured > best.1 {
            best = (blend, assured);
        }
    }
    best.0
}

/// Platt scaling on scores of rows never seen, with the base model's opinion mixed in; unchanged where
/// the scores don't go with the decisions.
fn calibration(rows: &[&Row], scores: &[f32], column: usize) -> Sigmoid {
    let known: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].positive[column].is_some()).collect();
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let opinion = BASE_OPINION / known.len().max(1) as f32;
    let (mut raw, mut labels) = (Vec::new(), Vec::new());
    // Whole raters only; what is left over goes to the next row.
    let mut left = (0.0f32, 0.0f32);
    let mut say = |score: f32, share: f32, weight: f32| {
        left = (left.0 + RATERS * weight * share, left.1 + RATERS * weight * (1.0 - share));
        for (left, label) in [(&mut left.0, true), (&mut left.1, false)] {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most some hundred")]
            let whole = left.floor() as usize;
            *left = left.fract();
            raw.extend(std::iter::repeat_n(score, whole));
            labels.extend(std::iter::repeat_n(label, whole));
        }
    };
    for row in known {
        let holds = if rows[row].positive[column] == Some(true) { 1.0 } else { 0.0 };
        say(scores[row], holds, rows[row].weight);
        say(scores[row], 1.0 / (1.0 + (-rows[row].log_odds[column]).exp()), opinion);
    }
    calibrate(&raw, &labels).unwrap_or(Sigmoid { slope: 1.0, offset: 0.0 })
}

impl Site {
    /// What the site adds to a row before rounding: calibrated log-odds of the `k`th attribute.
    pub fn log_odds(&self, row: &Row, k: usize) -> f64 {
        let adapted = &self.adapted[k];
        let added = self.head.as_ref().map_or(0.0, |head| head.raw(row, k));
        adapted.calibration.log_odds(adapted.blend.mul_add(added, row.log_odds[adapted.attribute.index()]))
    }

    /// Base and head in one model of the base's own format.
    ///
    /// Everything is linear in the features, so the sum of both is one weight a feature. What was not learned
    /// stays as it is.
    pub fn merge(&self, base: &AbuseModel) -> AbuseModel {
        let Some(head) = &self.head else { return base.clone() };
        // What becomes of a base column: its own slope, where it is learned, and what the head takes of others.
        let place: [Option<usize>; COLUMNS] = std::array::from_fn(|column| {
            self.adapted.iter().position(|a| a.attribute.index() == column && a.blend > 0.0)
        });
        let share = |column: usize, k: usize, from: usize| {
            let own = if from == column { base.calibration[column].slope } else { 0.0 };
            self.adapted[k].blend.mul_add(head.base_weight(from, k), own)
        };
        let shares: [[f32; COLUMNS]; COLUMNS] = std::array::from_fn(|column| {
            std::array::from_fn(|from| match place[column] {
                Some(k) => share(column, k, from),
                None => f32::from(u8::from(from == column)),
            })
        });
        let mix =
            |column: usize, of: &dyn Fn(usize) -> f32| (0..COLUMNS).map(|k| shares[column][k] * of(k)).sum::<f32>();
        let weight = |feature: usize, column: usize| {
            let added = place[column].map_or(0.0, |k| self.adapted[k].blend * head.weight(feature, k));
            added + mix(column, &|from| base.weight(feature, from))
        };
        let bias = std::array::from_fn(|column| {
            let added = place[column]
                .map_or(0.0, |k| self.adapted[k].blend.mul_add(head.bias(k), base.calibration[column].offset));
            added + mix(column, &|from| base.bias[from])
        });
        let mut merged = quantise(weight, bias, base.idf.clone());
        merged.attributes.clone_from(&base.attributes);
        merged.calibration = std::array::from_fn(|column| {
            let own = base.calibration[column];
            let adapted = self.adapted.iter().find(|a| a.attribute.index() == column);
            match (place[column], adapted) {
                (Some(_), Some(adapted)) => adapted.calibration,
                (_, Some(adapted)) => Sigmoid {
                    slope: adapted.calibration.slope * own.slope,
                    offset: adapted.calibration.slope.mul_add(own.offset, adapted.calibration.offset),
                },
                (_, None) => own,
            }
        });
        merged
    }
}
