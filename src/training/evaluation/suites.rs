//! The suites of our own writing, and what becomes of the dev comments when they are rewritten to dodge a
//! filter: the one place where `training::suite` is called.

use super::abuse::read;
use super::labelled::Labelled;
use crate::classifier::AbuseModel;
use crate::comment::{Attribute, Scores};
use crate::training::Progress;
use crate::training::suite::{
    EvasionCasesReport, EvasionReport, FairnessReport, FunctionalReport, evasion, evasion_cases, fairness, functional,
};
use serde::Serialize;

/// What the suites say of an abuse model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuitesReport {
    /// Functions that a classifier has to be able to do.
    pub functional: FunctionalReport,
    /// How much `TOXICITY` depends on the groups that a text names.
    pub fairness: FairnessReport,
    /// Abuse that was written in disguise, and its harmless look-alikes.
    pub disguised: EvasionCasesReport,
    /// The rows labelled for `TOXICITY`, rewritten technique by technique; `None` where one kind is absent.
    pub evasion: Option<EvasionReport>,
}

/// Runs all suites on a model, and rewrites the rows. The same seed rewrites the same.
pub fn run(model: &AbuseModel, rows: &[Labelled], seed: u64, progress: &mut dyn Progress) -> SuitesReport {
    progress.stage("running the suites", 4);
    let scores = &mut |text: &str| scores(model, text);
    let functional = functional(scores);
    progress.advance(1);
    let fairness = fairness(scores);
    progress.advance(1);
    let disguised = evasion_cases(scores);
    progress.advance(1);
    let column = Attribute::Toxicity.index();
    let labelled: Vec<(&str, bool)> = rows
        .iter()
        .filter(|row| !row.labels[column].is_nan())
        .map(|row| (row.text.as_str(), row.labels[column] >= row.positive_from))
        .collect();
    let evasion = evasion(&labelled, &mut |text| read(model, text, None).0[column], seed);
    progress.advance(1);
    SuitesReport { functional, fairness, disguised, evasion: Some(evasion).filter(|e| e.plain.auc.is_some()) }
}

fn scores(model: &AbuseModel, text: &str) -> Scores {
    let (probabilities, readable) = read(model, text, None);
    let score = |attribute: &Attribute| (*attribute, readable.then_some(probabilities[attribute.index()]));
    model.attributes.iter().map(score).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::COLUMNS;

    #[test]
    fn rows_are_rewritten_only_where_both_kinds_are_there() {
        let row = |text: &str, toxicity| Labelled {
            text: text.to_owned(),
            parent: None,
            source: "ours".to_owned(),
            labels: [toxicity; COLUMNS],
            positive_from: 0.5,
        };
        let rows = [row("You complete idiot", 0.5), row("A clear and fair report", 0.4)];
        let model = AbuseModel::embedded();
        let report = run(&model, &rows, 1, &mut ());
        let evasion = report.evasion.as_ref().unwrap();
        assert_eq!((evasion.rows, evasion.abusive, evasion.plain.auc), (2, 1, Some(1.0)));
        assert!(report.functional.cases > 0 && report.disguised.cases > 0 && !report.fairness.terms.is_empty());
        assert_eq!(report, run(&model, &rows, 1, &mut ()));
        assert_eq!(run(&model, &rows[..1], 1, &mut ()).evasion, None);
    }
}
