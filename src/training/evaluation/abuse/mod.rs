//! The abuse model on labelled comments.

mod figures;
mod report;

use super::Outcome;
use super::labelled::Labelled;
use super::ranking::{NotANumber, Ranking, Scored};
use crate::classifier::calibration::probability;
use crate::classifier::{AbuseModel, COLUMNS, Counts};
use crate::comment::Attribute;
use crate::text::{Language, detect, normalise};
use crate::training::Progress;
use std::collections::BTreeMap;

/// Sources that are comments of news sites, the nearest to what ombud reads.
pub const NEWS: [&str; 4] = ["civil_comments", "c3_news", "ucc_news", "ctc_news"];

/// Those with as little abuse as a newspaper's comments have. `civil_comments` is not among them: a third of its
/// rows are toxic, as it was drawn for abuse, and no calibration can fit both.
pub const NATURAL: [&str; 3] = ["c3_news", "ucc_news", "ctc_news"];

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

fn at_natural_rate(source: &str) -> bool {
    NATURAL.contains(&source)
}

/// The one place where a comment meets the model: probabilities by column, and whether it has a word.
/// The model reads no parent yet.
pub(in crate::training::evaluation) fn read(
    model: &AbuseModel,
    text: &str,
    _parent: Option<&str>,
) -> ([f64; COLUMNS], bool) {
    let text = normalise(text);
    let counts = Counts::of(text.as_str());
    let raw = model.raw(text.as_str(), &counts);
    let probabilities = std::array::from_fn(|k| probability(model.calibration[k].log_odds(raw[k])));
    (probabilities, !counts.words().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::evaluation::bootstrap::Bootstrap;
    use crate::training::evaluation::report::AbuseReport;

    fn row(source: &str, text: &str, toxicity: f32, parent: Option<&str>) -> Labelled {
        let mut labels = [f32::NAN; COLUMNS];
        labels[Attribute::Toxicity.index()] = toxicity;
        let positive_from = if source == "c3_news" { 1.0 / 3.0 } else { 0.5 };
        Labelled {
            text: text.to_owned(),
            parent: parent.map(str::to_owned),
            source: source.to_owned(),
            labels,
            positive_from,
        }
    }

    /// Forty plain comments of a news site and forty of elsewhere, half of either abusive; four in another
    /// language or without a word.
    fn rows() -> Vec<Labelled> {
        let mut rows = Vec::new();
        for i in 0..20 {
            for source in ["c3_news", "elsewhere"] {
                rows.push(row(source, &format!("The bridge opens in week {i}, says the council"), 0.0, Some("When?")));
                rows.push(row(source, &format!("You complete idiot, number {i} of the idiots"), 0.4, None));
            }
        }
        for _ in 0..2 {
            rows.push(row(
                "elsewhere",
                "Das ist nun wirklich eine ganz hervorragende Nachricht für uns alle",
                0.0,
                None,
            ));
            rows.push(row("elsewhere", "?!", 0.0, None));
        }
        rows
    }

    fn report(rows: &[Labelled], bootstrap: Option<Bootstrap>) -> AbuseReport {
        let measured = Measured::new(&AbuseModel::embedded(), rows, &mut ());
        measured.report(&measured.panel().unwrap().figures(bootstrap, &mut ())).unwrap()
    }

    #[test]
    fn news_is_told_from_the_rest() {
        let report = report(&rows(), Some(Bootstrap { resamples: 20, seed: 1 }));
        assert_eq!((report.rows, report.unscored), (84, 4));
        let news = &report.news["c3_news"]["TOXICITY"];
        // A third is enough on c3_news, and not elsewhere.
        assert_eq!((news.rows, news.positives), (40, 20));
        assert_eq!(news.auc.map(|f| (f.value, f.low)), Some((1.0, Some(1.0))));
        let recalls: Vec<f64> = news.recall_at.iter().map(|r| r.recall).collect();
        assert_eq!(recalls, [0.02, 0.1, 0.2]);
        assert_eq!(report.news_calibration["TOXICITY"].rows, 40);
        assert!((report.news_calibration["TOXICITY"].mean_label - 0.2).abs() < 1e-9);

        let all = &report.attributes["TOXICITY"];
        assert_eq!((all.pooled.rows, all.pooled.positives), (84, 20));
        assert_eq!(all.by_source.keys().collect::<Vec<_>>(), ["c3_news"], "elsewhere has no positives");
        assert_eq!(all.auc_within_source.map(|f| f.value), Some(1.0));
        assert_eq!(all.by_length.values().map(|m| m.rows).sum::<u64>(), 84);
        assert!(all.source_prediction.is_some());
        assert_eq!(report.mean_auc_of_six, None, "five of them have no labels");
    }

    #[test]
    fn what_is_absent_says_why() {
        let rows: Vec<Labelled> = rows().into_iter().filter(|row| row.source == "elsewhere").collect();
        let report = report(&rows, None);
        let absent = |name: &str| report.attributes[name].pooled.absent.clone().unwrap();
        assert_eq!(absent("TOXICITY"), "none of 44 rows is positive");
        assert_eq!(absent("THREAT"), "no row is labelled");
        let pooled = &report.attributes["TOXICITY"].pooled;
        assert_eq!((pooled.auc, pooled.average_precision, pooled.recall_at.len()), (None, None, 0));
        assert!(pooled.calibration.is_some() && report.attributes["THREAT"].pooled.calibration.is_none());
        assert!(report.news.is_empty() && report.news_calibration.is_empty());
    }

    #[test]
    fn replies_are_measured_with_and_without_their_parent() {
        let mut rows = rows();
        for row in &mut rows {
            row.parent = Some("Idiots everywhere.".to_owned());
        }
        let parent = report(&rows[..40], None).with_parent.unwrap();
        assert_eq!((parent.rows, parent.positives), (40, 10));
        assert_eq!(parent.auc_with, parent.auc_without, "the model reads no parent yet");
        for row in &mut rows {
            row.parent = None;
        }
        assert_eq!(report(&rows, None).with_parent, None);
    }
}
