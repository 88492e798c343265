//! Fitting the curves from ombud's probabilities to Perspective's scores.
//!
//! By quantiles (equipercentile equating, Angoff 1971): the score that so many comments reach with ombud becomes the
//! one that as many reach with Perspective, so that a threshold sends as many comments to a moderator as it did there.

use super::dataset::AbuseRow;
use super::evaluation::ranking::float;
use super::perspective::{KnownTexts, PerspectiveRow};
use super::source::PERSPECTIVE;
use super::{Progress, TrainingError};
use crate::classifier::calibration::log_odds;
use crate::classifier::{AbuseModel, COLUMNS, Curve, KNOTS, PerspectiveAttribute, PerspectiveScale, ScaleNote, Scorer};
use crate::comment::Attribute;
use crate::text::{Language, combine, detect, stable_hash};

/// A knot stands for the comments from the share before up to this one, by descending score: fine where thresholds
/// are set.
const SHARES: [f64; KNOTS] = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0];
/// Fewer rows say nothing of the highest share.
const MIN_ROWS: usize = 200;
/// Perspective's scores have two decimals: 0 and 1 stand for half of the last one.
const COARSEST: f64 = 0.005;
/// In so many parts the rows are taken out of the training rows, to be scored by a model that has not seen them.
pub const FOLDS: u64 = 2;
/// What the rows are learned for: here a model scores its own training rows far higher than others.
const LEARNED: Attribute = Attribute::SevereToxicity;

/// Fits a curve for each attribute that is on Perspective's scale and that the model knows.
///
/// `learned` are the rows that the model learned from: what is known to it from other sources is not used. `learn`
/// makes a model like it from fewer rows.
///
/// # Errors
/// [`TrainingError`] if there are too few rows, or all look alike.
pub fn fit(
    model: &AbuseModel,
    learned: &[&AbuseRow],
    scored: &[PerspectiveRow],
    seed: u64,
    mut learn: impl FnMut(&[&AbuseRow], &mut dyn Progress) -> Result<AbuseModel, TrainingError>,
    progress: &mut dyn Progress,
) -> Result<(PerspectiveScale, ScaleNote), TrainingError> {
    let known = KnownTexts::of(learned.iter().filter(|row| *row.source != PERSPECTIVE).map(|row| row.text.as_str()));
    let usable = |row: &&PerspectiveRow| {
        row.learns && !known.contains(&row.text) && !matches!(detect(&row.text), Language::Other(_))
    };
    let rows: Vec<&PerspectiveRow> = scored.iter().filter(usable).collect();
    let mut ours = probabilities(model, &rows);
    let fold = |id: &str| combine(seed, stable_hash(id.as_bytes())) % FOLDS;
    for left_out in 0..FOLDS {
        let stays = |row: &&&AbuseRow| *row.source != PERSPECTIVE || fold(&row.id) != left_out;
        let witness = learn(&learned.iter().filter(stays).copied().collect::<Vec<_>>(), progress)?;
        for (row, (ours, unseen)) in rows.iter().zip(ours.iter_mut().zip(probabilities(&witness, &rows))) {
            if fold(&row.training_id()) == left_out {
                ours[LEARNED.index()] = unseen[LEARNED.index()];
            }
        }
    }
    let mut scale = PerspectiveScale::default();
    for attribute in PerspectiveAttribute::ALL.into_iter().filter(|a| a.is_mapped()) {
        let Some(native) = attribute.native().filter(|native| model.attributes().contains(native)) else { continue };
        let both = rows.iter().zip(&ours);
        let pairs = both.filter_map(|(row, ours)| Some((ours[native.index()]?, f64::from(row.score(attribute)))));
        let (ours, theirs) = pairs.unzip();
        let curve = curve(ours, theirs).map_err(|cause| TrainingError::Scale { attribute, cause })?;
        scale.set(attribute, Some(curve));
    }
    let note = ScaleNote {
        attributes: scale.attributes().collect(),
        fitted: format!(
            "equal shares above a score, on {} Wikipedia comments that the Perspective API scored on 29 August 2018; \
             {LEARNED}, which is learned from them, as scored by {FOLDS} models that had not seen them",
            rows.len()
        ),
    };
    Ok((scale, note))
}

fn probabilities(model: &AbuseModel, rows: &[&PerspectiveRow]) -> Vec<[Option<f64>; COLUMNS]> {
    let mut scorer = Scorer::new(model);
    rows.iter().map(|row| scorer.score(&row.text)).collect()
}

/// The curve that gives the scores on one side the distribution of those on the other.
fn curve(mut ours: Vec<f64>, mut theirs: Vec<f64>) -> Result<Curve, String> {
    let count = ours.len();
    if count < MIN_ROWS {
        return Err(format!("{count} comments have a score, fewer than {MIN_ROWS}"));
    }
    for scores in [&mut ours, &mut theirs] {
        scores.sort_by(|a, b| b.total_cmp(a));
    }
    let mut knots = [[0.0; 2]; KNOTS];
    let mut above = 0;
    for (knot, share) in knots.iter_mut().rev().zip(SHARES) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of rows")]
        let slice = above..(float(count as u64) * share).round() as usize;
        above = slice.end;
        let ours: Vec<f64> = ours[slice.clone()].iter().map(|score| log_odds(*score)).collect();
        let theirs = mean(&theirs[slice]).clamp(COARSEST, 1.0 - COARSEST);
        #[expect(clippy::cast_possible_truncation, reason = "log-odds of two digits")]
        let point = [mean(&ours) as f32, log_odds(theirs) as f32];
        *knot = point;
    }
    Curve::through(knots).ok_or_else(|| "too many comments have the same score".to_owned())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / float(values.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::super::perspective::tests::scored;
    use super::*;

    /// Scores of which each is `power` of a place between 0 and 1.
    fn scores(power: i32) -> Vec<f64> {
        (1..1000u32).map(|i| (f64::from(i) / 1000.0).powi(power)).collect()
    }

    #[test]
    fn equal_shares_lie_above_a_score() {
        let curve = curve(scores(3), scores(1)).unwrap();
        for threshold in [0.5, 0.7, 0.8, 0.9] {
            let share = |over: &dyn Fn(f64) -> f64, scores: Vec<f64>| {
                scores.iter().filter(|score| over(**score) >= threshold).count()
            };
            let (ours, theirs) = (share(&|score| curve.at(score), scores(3)), share(&|score| score, scores(1)));
            assert!(ours.abs_diff(theirs) <= 20, "{threshold}: {ours} {theirs}");
        }
    }

    #[test]
    fn the_order_of_the_rows_says_nothing() {
        let mut turned = scores(3);
        turned.reverse();
        assert_eq!(curve(turned, scores(1)), curve(scores(3), scores(1)));
    }

    #[test]
    fn too_little_makes_no_curve() {
        assert!(curve(scores(3)[..150].to_vec(), scores(1)[..150].to_vec()).unwrap_err().contains("150 comments"));
        assert!(curve(vec![0.25; 500], scores(1)[..500].to_vec()).unwrap_err().contains("the same score"));
    }

    /// `SEVERE_TOXICITY` rests on what the witnesses say, the rest on what the model does.
    #[test]
    fn what_was_learned_is_scored_by_those_that_had_not_seen_it() {
        let base = AbuseModel::embedded();
        let mut blunt = base.clone();
        for sigmoid in &mut blunt.calibration {
            sigmoid.offset -= 2.0;
        }
        let words = ["idiot", "fool", "fine letter", "stupid liar", "budget", "bridge", "moron", "kind reader"];
        let text = |i: usize| format!("The {} and the {} of week {i}", words[i % 8], words[(i / 8) % 8]);
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let rows: Vec<PerspectiveRow> =
            (0..1200).map(|i| scored(i, &text(i), i as f32 / 1200.0, i as f32 / 1200.0)).collect();
        let training = super::super::perspective::training_rows(&rows);
        let learned: Vec<&AbuseRow> = training.iter().collect();
        let mut asked = 0;
        let learn = |seen: &[&AbuseRow], _: &mut dyn Progress| {
            asked += seen.len();
            Ok(blunt.clone())
        };
        let (scale, note) = fit(&base, &learned, &rows, 1, learn, &mut ()).unwrap();
        assert_eq!(asked, learned.len(), "each row is left out once, of two");
        assert!(note.fitted.contains("on 600 Wikipedia comments"), "{}", note.fitted);
        assert_eq!(note.attributes.len(), 7);
        let direct = |model: &AbuseModel, attribute: PerspectiveAttribute| {
            let native = attribute.native().unwrap().index();
            let even: Vec<&PerspectiveRow> = rows.iter().filter(|row| row.learns).collect();
            let ours = probabilities(model, &even).iter().filter_map(|scores| scores[native]).collect();
            curve(ours, even.iter().map(|row| f64::from(row.score(attribute))).collect()).unwrap()
        };
        let [severe, insult] = [PerspectiveAttribute::SevereToxicity, PerspectiveAttribute::Insult];
        assert_eq!(scale.curve(severe), Some(&direct(&blunt, severe)));
        assert_eq!(scale.curve(insult), Some(&direct(&base, insult)));
    }
}
