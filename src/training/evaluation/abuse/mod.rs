//! The abuse model on labelled comments.

mod figures;
mod report;

use super::Outcome;
use super::labelled::Labelled;
use super::ranking::{NotANumber, Ranking, Scored};
use crate::classifier::calibration::probability;
use crate::classifier::feature::Features;
use crate::classifier::{AbuseModel, COLUMNS};
use crate::comment::Attribute;
use crate::text::{Language, detect, normalise};
use crate::training::Progress;
use std::collections::BTreeMap;

/// Sources that are comments of news sites, the nearest to what ombud reads.
pub const NEWS: [&str; 4] = ["civil_comments", "c3_news", "ucc_news", "ctc_news"];

/// The attributes that other systems score too.
pub const SIX: [Attribute; 6] = [
    Attribute::Toxicity,
    Attribute::SevereToxicity,
    Attribute::Profanity,
    Attribute::Threat,
    Attribute::Insult,
    Attribute::IdentityAttack,
];

/// Labelled comments and what a model says of them.
pub struct Measured<'a> {
    rows: &'a [Labelled],
    /// Calibrated probabilities by column, whatever the language, and not rounded.
    probabilities: Vec<[f64; COLUMNS]>,
    /// The same without the parent, for the rows that have one, by their place.
    without_parent: BTreeMap<usize, [f64; COLUMNS]>,
    /// What the model scores.
    attributes: Vec<Attribute>,
    /// Rows that the service would give no score.
    unscored: u64,
}

impl<'a> Measured<'a> {
    /// Scores the rows.
    #[must_use]
    pub fn new(model: &AbuseModel, rows: &'a [Labelled], progress: &mut dyn Progress) -> Self {
        progress.stage("scoring comments", rows.len());
        let (mut probabilities, mut without_parent, mut unscored) = (Vec::new(), BTreeMap::new(), 0);
        for (place, row) in rows.iter().enumerate() {
            let (with, readable) = read(model, &row.text, row.parent.as_deref());
            probabilities.push(with);
            if row.parent.is_some() {
                without_parent.insert(place, read(model, &row.text, None).0);
            }
            unscored += u64::from(!readable || matches!(detect(&row.text), Language::Other(_)));
            progress.advance(1);
        }
        Self { rows, probabilities, without_parent, attributes: model.attributes.clone(), unscored }
    }

    /// The rows with a label for an attribute.
    fn labelled(&self, attribute: Attribute) -> impl Iterator<Item = (&'a Labelled, Scored)> {
        let column = attribute.index();
        let scored = move |(unit, (row, p)): (usize, (&'a Labelled, &[f64; COLUMNS]))| {
            let label = row.labels[column];
            let positive = label >= row.positive_from;
            (row, Scored { unit, score: p[column], label: f64::from(label), positive })
        };
        let rows = self.rows.iter().zip(&self.probabilities).enumerate().map(scored);
        rows.filter(|(_, scored)| !scored.label.is_nan())
    }

    /// Those of them that come from a wanted source, in order of their scores.
    fn ranking(&self, attribute: Attribute, wanted: impl Fn(&str) -> bool) -> Result<Ranking, NotANumber> {
        let rows = self.labelled(attribute).filter(|(row, _)| wanted(&row.source));
        Ranking::new(rows.map(|(_, scored)| scored))
    }

    /// The rows of an attribute that are wanted, for figures by source.
    fn outcomes(&self, attribute: Attribute, wanted: impl Fn(&Labelled) -> bool) -> Vec<Outcome<'a>> {
        let rows = self.labelled(attribute).filter(|(row, _)| wanted(row));
        rows.map(|(row, s)| Outcome { source: &row.source, score: s.score, positive: s.positive }).collect()
    }
}

fn is_news(source: &str) -> bool {
    NEWS.contains(&source)
}

/// The one place where a comment meets the model: probabilities by column, and whether it has a word.
/// The model reads no parent yet.
fn read(model: &AbuseModel, text: &str, _parent: Option<&str>) -> ([f64; COLUMNS], bool) {
    let features = Features::of(normalise(text).as_str());
    let (raw, _) = model.raw(&features);
    let probabilities = std::array::from_fn(|k| probability(model.calibration[k].log_odds(raw[k])));
    (probabilities, !features.occurrences.is_empty())
}
