//! What raters said of comments, vote by vote: what calibration is learned from.

use super::TrainingError;
use super::dataset::AbuseRow;
use super::platt::{PlattFailure, calibrate};
use crate::classifier::{COLUMNS, Sigmoid};
use crate::comment::Attribute;

/// Labels are shares of raters; each row stands for so many of them.
pub const RATERS: u8 = 10;

/// The votes on an attribute: the row's number, and whether a rater says so.
struct Votes {
    attribute: Attribute,
    votes: Vec<(usize, bool)>,
}

/// The votes on these attributes.
///
/// # Errors
/// All votes on an attribute are the same: no curve can be learned from them. That is known before anything is learned, and
/// learning takes minutes.
pub fn count(attributes: &[Attribute], rows: &[&AbuseRow]) -> Result<Ballot, TrainingError> {
    let counted = attributes.iter().map(|attribute| {
        let votes = Votes::on(*attribute, rows);
        let positives = votes.votes.iter().filter(|(_, says_so)| *says_so).count();
        let negatives = votes.votes.len() - positives;
        if positives == 0 || negatives == 0 {
            return Err(votes.failed(PlattFailure::OneClass { positives, negatives }));
        }
        Ok(votes)
    });
    counted.collect::<Result<_, _>>().map(Ballot)
}

/// The votes on every attribute of a model.
pub struct Ballot(Vec<Votes>);

impl Ballot {
    /// The curves from raw scores of the rows to the share of raters, by column.
    ///
    /// # Errors
    /// A higher score does not go with the votes, or the curve can't be fitted.
    pub fn calibrate(&self, raw: &[[f32; COLUMNS]], calibration: &mut [Sigmoid; COLUMNS]) -> Result<(), TrainingError> {
        for votes in &self.0 {
            let column = votes.attribute.index();
            let scores: Vec<f32> = votes.votes.iter().map(|(row, _)| raw[*row][column]).collect();
            let labels: Vec<bool> = votes.votes.iter().map(|(_, says_so)| *says_so).collect();
            calibration[column] = calibrate(&scores, &labels).map_err(|cause| votes.failed(cause))?;
        }
        Ok(())
    }
}

impl Votes {
    fn on(attribute: Attribute, rows: &[&AbuseRow]) -> Self {
        let column = attribute.index();
        let mut votes = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            let assumed = if attribute == Attribute::Spam && row.source.assume_no_spam { 0.0 } else { f32::NAN };
            let label = if row.labels[column].is_nan() { assumed } else { row.labels[column] };
            if label.is_nan() {
                continue;
            }
            let toxicity = row.labels[Attribute::Toxicity.index()];
            let harmless = toxicity.is_nan() || toxicity < 0.5;
            for rater in 0..RATERS {
                let says_so = f32::from(rater) + 0.5 < label * f32::from(RATERS);
                for _ in 0..if harmless { row.source.harmless_copies } else { 1 } {
                    votes.push((number, says_so));
                }
            }
        }
        Self { attribute, votes }
    }

    fn failed(&self, cause: PlattFailure) -> TrainingError {
        TrainingError::Calibration { name: self.attribute.name().to_owned(), cause }
    }
}
