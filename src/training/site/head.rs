//! The site head: what decisions add to the base model's log-odds.

use super::row::Row;
use super::split::FOLDS;
use crate::classifier::COLUMNS;
use crate::classifier::row::FEATURES;
use crate::text::combine;
use crate::training::ftrl::{FittedFtrl, SparseFtrl};
use crate::training::sparse::SparseRecords;
use crate::training::{Progress, TrainingError};
use linfa::dataset::DatasetBase;
use linfa::traits::FitWith;
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Pull towards the base model. Strong, as a site has hundreds of decisions where the base had hundreds of
/// thousands: a word needs many of them to count.
const L2: f32 = 20.0;
/// Learning rate; with the pull above, more passes come to rest instead of running away.
const ALPHA: f32 = 1.0;
/// How often the rows are gone through.
const PASSES: u64 = 10;
/// How much a rejection counts beside a publication: rejections are rare, and calibration takes the shift
/// of the bias back.
const POSITIVE_WEIGHT: f32 = 3.0;
/// Length of a base score as a feature: one standard deviation counts like a third of a text.
const BASE_UNIT: f32 = 0.3;
/// Rows learned from at a time; bounds the memory.
const CHUNK: usize = 4096;

/// Learned on top of the base model.
pub struct Head {
    fitted: FittedFtrl,
    centre: [f32; COLUMNS],
    unit: [f32; COLUMNS],
}

impl Head {
    /// Learns from rows, for the columns named; the same rows and seed give the same head.
    ///
    /// The base model's raw scores are features too: how much a site minds an insult or a swear word takes
    /// far fewer decisions to learn than its words do.
    pub fn fit(
        rows: &[&Row],
        learned: &[usize],
        seed: u64,
        progress: &mut dyn Progress,
    ) -> Result<Self, TrainingError> {
        let params = SparseFtrl::params().alpha(ALPHA).l1(0.0).l2(L2).positive_weights(&[POSITIVE_WEIGHT; COLUMNS]);
        let (centre, unit) = moments(rows);
        let mut head = None;
        let mut rows = rows.to_vec();
        for pass in 0..PASSES {
            rows.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(combine(seed, pass)));
            for chunk in rows.chunks(CHUNK) {
                let vectors: Vec<_> = chunk.iter().map(|row| vector(row, &centre, &unit)).collect();
                let each = |value: &dyn Fn(&Row, usize) -> f32| {
                    Array2::from_shape_fn((chunk.len(), learned.len()), |(row, k)| value(chunk[row], learned[k]))
                };
                let records = SparseRecords::from_rows(&vectors, FEATURES + COLUMNS)?
                    .with_offsets(each(&|row, column| row.log_odds[column]));
                let weights: Array1<f32> = chunk.iter().map(|row| row.weight).collect();
                let dataset = DatasetBase::new(records, each(&|row, column| row.targets[column])).with_weights(weights);
                head = Some(params.fit_with(head, &dataset)?);
                progress.advance(chunk.len());
            }
        }
        Ok(Self { fitted: head.ok_or(TrainingError::NoRows("learn from"))?, centre, unit })
    }

    /// What the head adds to the log-odds of a row, for the `k`th column that it learned.
    pub fn raw(&self, row: &Row, k: usize) -> f32 {
        let vector = vector(row, &self.centre, &self.unit);
        let sum: f32 = vector.iter().map(|(f, value)| self.fitted.weight(*f as usize, k) * value).sum();
        self.fitted.bias(k) + sum
    }

    /// What one unit of a feature of the base model adds.
    pub fn weight(&self, feature: usize, k: usize) -> f32 {
        self.fitted.weight(feature, k)
    }

    /// What one unit of the base model's raw score of a column adds.
    pub fn base_weight(&self, column: usize, k: usize) -> f32 {
        self.fitted.weight(FEATURES + column, k) * BASE_UNIT / self.unit[column]
    }

    /// What is added to every text.
    pub fn bias(&self, k: usize) -> f32 {
        let centres: f32 = (0..COLUMNS).map(|column| self.base_weight(column, k) * self.centre[column]).sum();
        self.fitted.bias(k) - centres
    }
}

/// How many rows [`out_of_fold`] and one more [`Head::fit`] go through, for the progress bar.
pub fn work(rows: usize) -> usize {
    let passes = usize::try_from(PASSES).unwrap_or(1);
    rows * (FOLDS - 1) * passes + rows * passes
}

/// What heads that never saw a row's article add to its log-odds, by row and then as in `learned`.
pub fn out_of_fold(
    rows: &[&Row],
    learned: &[usize],
    seed: u64,
    progress: &mut dyn Progress,
) -> Result<Vec<Vec<f32>>, TrainingError> {
    let mut added = vec![vec![0.0; learned.len()]; rows.len()];
    for fold in 0..FOLDS {
        let others: Vec<&Row> = rows.iter().copied().filter(|row| row.fold != fold).collect();
        if others.is_empty() || others.len() == rows.len() {
            continue;
        }
        let head = Head::fit(&others, learned, seed, progress)?;
        for (row, added) in rows.iter().zip(&mut added).filter(|(row, _)| row.fold == fold) {
            *added = (0..learned.len()).map(|k| head.raw(row, k)).collect();
        }
    }
    Ok(added)
}

/// A row's features, and behind them the base model's scores in standard deviations.
fn vector(row: &Row, centre: &[f32; COLUMNS], unit: &[f32; COLUMNS]) -> Vec<(u32, f32)> {
    let scores = (0u32..).zip(row.base.iter().zip(centre).zip(unit));
    #[expect(clippy::cast_possible_truncation, reason = "some hundred thousand features")]
    let scores =
        scores.map(|(column, ((raw, centre), unit))| (FEATURES as u32 + column, (raw - centre) / unit * BASE_UNIT));
    row.vector.iter().copied().chain(scores).collect()
}

/// Mean and standard deviation of each base score; 1 where it never varies.
fn moments(rows: &[&Row]) -> ([f32; COLUMNS], [f32; COLUMNS]) {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let count = rows.len().max(1) as f32;
    let mean = |value: &dyn Fn(&Row) -> f32| rows.iter().map(|row| value(row)).sum::<f32>() / count;
    let centre: [f32; COLUMNS] = std::array::from_fn(|k| mean(&|row| row.base[k]));
    let unit = std::array::from_fn(|k| {
        let deviation = mean(&|row| (row.base[k] - centre[k]).powi(2)).sqrt();
        if deviation > 1e-3 { deviation } else { 1.0 }
    });
    (centre, unit)
}
