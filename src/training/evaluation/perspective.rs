//! Agreement with Perspective: whether comments that it flagged at a threshold are those that ombud flags on its scale.

use super::bootstrap::{Bootstrap, middle};
use super::panel::Figure;
use super::rank_correlation::Pairs;
use super::ranking::float;
use super::rounded;
use crate::classifier::{AbuseModel, PerspectiveAttribute, Scorer};
use crate::comment::{Attribute, Scores};
use crate::text::{Language, detect};
use crate::training::Progress;
use crate::training::perspective::PerspectiveRow;
use serde::Serialize;
use std::collections::BTreeMap;

/// Thresholds that platforms use.
pub const THRESHOLDS: [f64; 4] = [0.5, 0.7, 0.8, 0.9];

/// What was measured on comments that Perspective scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PerspectiveReport {
    pub comments: u64,
    /// Comments that the service would give no score: another language, or no word.
    pub unscored: u64,
    /// By attribute; those that the model does not know, or has no curve for, are left out.
    pub attributes: BTreeMap<PerspectiveAttribute, PerspectiveMeasures>,
}

/// One attribute, on the comments that have a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PerspectiveMeasures {
    /// Spearman's, of ombud's scores and Perspective's. `None` where one of them is the same for all.
    pub rank_correlation: Option<Figure>,
    pub at: Vec<Agreement>,
}

/// Decisions at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    pub threshold: f64,
    /// Share of the comments that both put on the same side.
    pub agree: f64,
    /// Share that Perspective puts at the threshold or above.
    pub flagged: f64,
    /// Share that ombud does.
    pub flagged_here: f64,
    /// Cohen's kappa (Cohen 1960): agreement beyond that of two who flag as many at random; 1 is all of it, 0 none.
    /// `None` where neither flags any, or both all.
    pub kappa: Option<f64>,
}

/// Measures the agreement.
#[must_use]
pub fn run(
    model: &AbuseModel,
    rows: &[PerspectiveRow],
    bootstrap: Option<Bootstrap>,
    progress: &mut dyn Progress,
) -> PerspectiveReport {
    progress.stage("scoring what Perspective has", rows.len());
    let mut reader = Scorer::new(model);
    let mut scored: Vec<(&PerspectiveRow, Scores)> = Vec::new();
    for row in rows {
        progress.advance(1);
        let ours: Scores = Attribute::ABUSE.into_iter().zip(reader.score(&row.text)).collect();
        let readable = !matches!(detect(&row.text), Language::Other(_));
        if readable && model.attributes().iter().any(|a| ours.get(*a).is_some()) {
            scored.push((row, ours));
        }
    }
    let mut attributes = BTreeMap::new();
    for attribute in PerspectiveAttribute::ALL {
        let score = |(row, scores): &(&PerspectiveRow, Scores)| {
            let ours = model.perspective_scale().score(attribute, scores)?;
            Some((ours, f64::from(row.score(attribute))))
        };
        let (ours, theirs): (Vec<f64>, Vec<f64>) =
            scored.iter().filter_map(score).filter(|(_, theirs)| !theirs.is_nan()).unzip();
        if !ours.is_empty() {
            attributes.insert(attribute, measure(&ours, &theirs, &THRESHOLDS, bootstrap, progress));
        }
    }
    let (comments, unscored) = (rows.len() as u64, (rows.len() - scored.len()) as u64);
    PerspectiveReport { comments, unscored, attributes }
}

/// Measures how two scores of the same comments agree, `theirs` being Perspective's.
#[must_use]
pub fn measure(
    ours: &[f64],
    theirs: &[f64],
    thresholds: &[f64],
    bootstrap: Option<Bootstrap>,
    progress: &mut dyn Progress,
) -> PerspectiveMeasures {
    let pairs = Pairs::new(ours, theirs);
    let rank_correlation = pairs.rank_correlation(&vec![1; ours.len()]).map(|value| {
        let drawn = bootstrap.map(|b| b.run(ours.len(), |counts| vec![pairs.rank_correlation(counts)], progress));
        let ends = drawn.as_ref().and_then(|lists| middle(lists.first()?));
        let (low, high) = ends.map(|(low, high)| (rounded(low), rounded(high))).unzip();
        Figure { value: rounded(value), low, high }
    });
    PerspectiveMeasures { rank_correlation, at: thresholds.iter().map(|t| agreement(ours, theirs, *t)).collect() }
}

fn agreement(ours: &[f64], theirs: &[f64], threshold: f64) -> Agreement {
    let share = |of: &dyn Fn(f64, f64) -> bool| {
        float(ours.iter().zip(theirs).filter(|(a, b)| of(**a, **b)).count() as u64) / float(ours.len() as u64)
    };
    let agree = share(&|a, b| (a >= threshold) == (b >= threshold));
    let (flagged_here, flagged) = (share(&|a, _| a >= threshold), share(&|_, b| b >= threshold));
    let by_chance = flagged_here * flagged + (1.0 - flagged_here) * (1.0 - flagged);
    Agreement {
        threshold,
        agree: rounded(agree),
        flagged: rounded(flagged),
        flagged_here: rounded(flagged_here),
        kappa: (by_chance < 1.0).then(|| rounded((agree - by_chance) / (1.0 - by_chance))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::perspective::tests::scored;

    #[test]
    fn agreement_by_hand() {
        let (ours, theirs) = ([0.9, 0.8, 0.1, 0.2, 0.3], [0.9, 0.1, 0.1, 0.2, 0.8]);
        let measured = agreement(&ours, &theirs, 0.8);
        assert_eq!((measured.agree, measured.flagged, measured.flagged_here), (0.6, 0.4, 0.4));
        // By chance .4² + .6² = .52.
        assert_eq!(measured.kappa, Some(0.1667));
        let none = agreement(&ours, &theirs, 0.95);
        assert_eq!((none.agree, none.flagged, none.kappa), (1.0, 0.0, None));
    }

    #[test]
    fn what_has_no_score_is_counted() {
        let model = AbuseModel::embedded();
        let texts =
            ["You complete idiot", "A kind letter, thank you", "?!", "Das ist ein sehr schöner Brief über das Wetter"];
        let rows: Vec<PerspectiveRow> =
            texts.into_iter().zip([0.9, 0.1, 0.5, 0.5]).map(|(text, score)| scored(1, text, score, score)).collect();
        let report = run(&model, &rows, Some(Bootstrap { resamples: 20, seed: 1 }), &mut ());
        assert_eq!((report.comments, report.unscored), (4, 2));
        let toxicity = &report.attributes[&PerspectiveAttribute::Toxicity];
        assert_eq!(toxicity.rank_correlation.map(|figure| figure.value), Some(1.0));
        assert_eq!((toxicity.at[0].agree, toxicity.at[0].flagged), (1.0, 0.5));
        assert!(report.attributes.contains_key(&PerspectiveAttribute::Spam));
        assert!(!report.attributes.contains_key(&PerspectiveAttribute::Obscene));
    }
}
