//! Adapting the base model to a site: the head, how far it is trusted, and the calibration.

use super::head::{Head, out_of_fold, work};
use super::measure::{Ranking, measurable, noise};
use super::row::Row;
use crate::classifier::{AbuseModel, COLUMNS, Sigmoid};
use crate::comment::Attribute;
use crate::text::combine;
use crate::training::abuse::quantise;
use crate::training::platt::calibrate;
use crate::training::{Progress, TrainingError};

/// How much of the head may be taken.
const BLENDS: [f32; 4] = [0.25, 0.5, 0.75, 1.0];
/// Standard errors taken off a gain before it counts: enough that chance moves nothing while there are few
/// decisions, and no more, as a head pulled so hard towards the base does little harm.
const DOUBT: f64 = 0.5;
/// An attribute needs so many decisions of either kind to be learned.
pub const MIN_OF_EACH: usize = 10;
/// So many decisions' weight of what the scores themselves say is mixed into the site's calibration, so that
/// it moves as decisions come in and does not jump.
const OPINION: f32 = 200.0;
/// A decision stands for so many raters when calibrating, to give weights and shares room.
const RATERS: f32 = 10.0;

/// One attribute that decisions changed.
#[derive(Clone, Copy)]
pub struct Adapted {
    pub attribute: Attribute,
    /// How much of the head is taken, 0 to 1.
    pub blend: f32,
    /// From the base's calibrated log-odds plus the blended head to the site's.
    pub calibration: Sigmoid,
}

/// A weight so near to a whole number is one, but for the last bits of the arithmetic.
const WHOLE: f32 = 1e-4;

/// What decisions add to a base model.
pub struct Site {
    head: Option<Head>,
    pub adapted: Vec<Adapted>,
    /// What heads that never saw a row's article add to its log-odds, by row and then as in `adapted`.
    added: Vec<Vec<f32>>,
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
        return Ok(Site { head: None, adapted: Vec::new(), added: vec![Vec::new(); rows.len()] });
    }
    progress.stage("learning", work(rows.len()));
    let added = out_of_fold(rows, &columns, seed, progress)?;
    let head = Head::fit(rows, &columns, seed, progress)?;
    let mut site = Site { head: Some(head), adapted: Vec::new(), added };
    for (k, attribute) in attributes.iter().enumerate() {
        let blend = blend(rows, &site.added_by(k), attribute.index(), seed);
        let adapted = site.taking(rows, k, *attribute, blend);
        site.adapted.push(adapted);
    }
    Ok(site)
}

/// The blend with the best assured gain: the gain in AUC on rows never seen, less half its standard error. 0
/// where none is assured, so that few decisions change nothing.
fn blend(rows: &[&Row], added: &[f32], column: usize, seed: u64) -> f32 {
    let known: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].positive[column].is_some()).collect();
    let positive: Vec<bool> = known.iter().map(|row| rows[*row].positive[column] == Some(true)).collect();
    if !measurable(&positive) {
        return 0.0;
    }
    let weights: Vec<f64> = known.iter().map(|row| f64::from(rows[*row].weight)).collect();
    let ranking = |blend: f32| {
        let scores = blended(rows, added, column, blend);
        Ranking::of(&known.iter().map(|row| scores[*row]).collect::<Vec<_>>())
    };
    let base = ranking(0.0);
    let mut best = (0.0, 0.0);
    for blend in BLENDS {
        let blended = ranking(blend);
        let gain = |weights: &[f64]| Some(blended.auc(&positive, weights)? - base.auc(&positive, weights)?);
        let assured = gain(&weights).unwrap_or(0.0) - DOUBT * noise(&weights, seed, gain);
        if assured > best.1 {
            best = (blend, assured);
        }
    }
    best.0
}

fn blended(rows: &[&Row], added: &[f32], column: usize, blend: f32) -> Vec<f32> {
    rows.iter().zip(added).map(|(row, added)| blend.mul_add(*added, row.log_odds[column])).collect()
}

/// Platt scaling on scores of rows never seen, with their own opinion mixed in; unchanged where
/// the scores don't go with the decisions.
fn calibration(rows: &[&Row], scores: &[f32], column: usize) -> Sigmoid {
    let known: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].positive[column].is_some()).collect();
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let opinion = OPINION / known.len().max(1) as f32;
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
        say(scores[row], 1.0 / (1.0 + (-scores[row]).exp()), opinion);
    }
    calibrate(&raw, &labels).unwrap_or(Sigmoid { slope: 1.0, offset: 0.0 })
}

impl Site {
    /// Takes no more of the head than `ceiling`, 0 to 1, for any attribute; `rows` are those learned from.
    pub fn limit(&mut self, rows: &[&Row], ceiling: f32) {
        for k in 0..self.adapted.len() {
            let Adapted { attribute, blend, .. } = self.adapted[k];
            if blend > ceiling {
                self.adapted[k] = self.taking(rows, k, attribute, ceiling);
            }
        }
    }

    /// The next lower ceiling that would change anything; `None` at the lowest.
    pub fn lower_ceiling(&self) -> Option<f32> {
        let most = self.adapted.iter().map(|a| a.blend).fold(0.0, f32::max);
        BLENDS.into_iter().rev().find(|blend| *blend < most)
    }

    /// Log-odds of TOXICITY of each row by heads that never saw its article; the base's where it was not learned.
    pub fn toxicity_out_of_fold(&self, rows: &[&Row]) -> Vec<f32> {
        let column = Attribute::Toxicity.index();
        match self.adapted.iter().position(|a| a.attribute == Attribute::Toxicity) {
            Some(k) => blended(rows, &self.added_by(k), column, self.adapted[k].blend),
            None => rows.iter().map(|row| row.log_odds[column]).collect(),
        }
    }

    fn added_by(&self, k: usize) -> Vec<f32> {
        self.added.iter().map(|added| added[k]).collect()
    }

    fn taking(&self, rows: &[&Row], k: usize, attribute: Attribute, blend: f32) -> Adapted {
        let column = attribute.index();
        let scores = blended(rows, &self.added_by(k), column, blend);
        Adapted { attribute, blend, calibration: calibration(rows, &scores, column) }
    }

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
        let mut merged = quantise(weight, bias, (base.idf.clone(), &base.pieces.embedding), dithered);
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
        merged.perspective.clone_from(&base.perspective);
        // The base's scale was learned for the base's log-odds, of which the site's are a calibration.
        for attribute in base.perspective.attributes() {
            let adapted = self.adapted.iter().find(|a| Some(a.attribute) == attribute.native());
            if let Some((adapted, curve)) = adapted.zip(base.perspective.curve(attribute)) {
                merged.perspective.set(attribute, curve.behind(adapted.calibration));
            }
        }
        merged
    }
}

/// Rounds up or down with odds that keep the mean, drawn from the feature's place: the head's weights are
/// many and small, and rounding each to the nearest would lose them all. Whole numbers stay.
fn dithered(units: f32, feature: usize, column: usize) -> f32 {
    let nearest = units.round();
    if (units - nearest).abs() < WHOLE {
        return nearest;
    }
    #[expect(clippy::cast_precision_loss, reason = "24 bits fit")]
    let draw = (combine(feature as u64, column as u64) >> 40) as f32 / 16_777_216.0;
    (units + draw).floor()
}
