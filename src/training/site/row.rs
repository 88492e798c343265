//! A decision made ready for learning.

use super::decision::Decision;
use super::split::fold;
use crate::classifier::row::row;
use crate::classifier::{AbuseModel, COLUMNS, Counts};
use crate::comment::Attribute;
use crate::text::{Language, detect, normalise};
use crate::training::dataset::Targets;

/// One decision as the estimator reads it.
pub struct Row {
    /// The base model's features, ascending and below [`FEATURES`](crate::classifier::row::FEATURES).
    pub vector: Vec<(u32, f32)>,
    /// The base model's raw scores.
    pub base: [f32; COLUMNS],
    /// The same, calibrated: the log-odds that learning starts from.
    pub log_odds: [f32; COLUMNS],
    /// What the decision says, 0 to 1, with a half where an attribute begins to hold.
    pub targets: Targets,
    /// Whether each attribute holds; `None` where the decision says nothing.
    pub positive: [Option<bool>; COLUMNS],
    pub weight: f32,
    pub fold: usize,
}

impl Row {
    /// Reads a decision; `None` for a text that is never scored: in another language, or without a word.
    pub fn of(decision: &Decision, base: &AbuseModel, positive_from: f32, seed: u64) -> Option<Self> {
        let text = normalise(&decision.text);
        let (text, counts) = (text.as_str(), Counts::of(text.as_str()));
        if counts.words().is_empty() || matches!(detect(&decision.text), Language::Other(_)) {
            return None;
        }
        let raw = base.raw(text, &counts);
        // Shares of raters that call for action below a half are stretched, so that a half means "it holds".
        let stretch = (0.5 / positive_from).max(1.0);
        Some(Self {
            vector: row(text, &base.idf, &base.pieces.embedding),
            base: raw,
            log_odds: log_odds(base, &raw),
            targets: decision.labels.map(|label| if label.is_nan() { label } else { (label * stretch).min(1.0) }),
            positive: Attribute::ABUSE.map(|attribute| decision.positive(attribute, positive_from)),
            weight: 1.0,
            fold: fold(decision, seed),
        })
    }
}

/// Calibrated log-odds of a model's raw scores.
pub fn log_odds(model: &AbuseModel, raw: &[f32; COLUMNS]) -> [f32; COLUMNS] {
    #[expect(clippy::cast_possible_truncation, reason = "log-odds of two digits")]
    let calibrated = |column: usize| model.calibration[column].log_odds(raw[column]) as f32;
    std::array::from_fn(calibrated)
}

/// The calibrated log-odds of a model for a text.
pub fn score(model: &AbuseModel, text: &str) -> [f32; COLUMNS] {
    let text = normalise(text);
    let raw = model.raw(text.as_str(), &Counts::of(text.as_str()));
    log_odds(model, &raw)
}
