//! Training the abuse classifier.

use super::augment::rewritten;
use super::dataset::{AbuseRow, Split, Targets};
use super::evaluation::{Outcome, measure};
use super::ftrl::{FittedFtrl, SparseFtrl, SparseFtrlParams};
use super::perspective::PerspectiveRow;
use super::source::Source;
use super::sparse::SparseRecords;
use super::votes::{self, RATERS};
use super::{Progress, Settings, TrainingError, perspective_scale};
use crate::classifier::embedding::Embedding;
use crate::classifier::feature::{BUCKETS, Features, Idf};
use crate::classifier::lexicon::Lexicon;
use crate::classifier::piece::PieceWeights;
use crate::classifier::row::{FEATURES, definition, row};
use crate::classifier::{
    ABUSE_FORMAT, AbuseModel, COLUMNS, Card, Counts, Metric, ModelKind, PerspectiveScale, Sigmoid, SourceNote,
};
use crate::comment::Attribute;
use crate::text::{combine, normalise, stable_hash};
use linfa::dataset::DatasetBase;
use linfa::traits::FitWith;
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How much of a target is the teacher's where people labelled too.
const TEACHER_SHARE: f32 = 0.3;
/// One in so many training rows of a calibrating source is kept for calibration.
const CALIBRATION_PART: u64 = 8;
/// How often the rows are gone through: a second time helps the rare attributes, a third one the rewritten rows, as
/// each pass rewrites them otherwise.
const PASSES: u32 = 3;
/// Gradient that a feature must gather before it counts; see [`SparseFtrl`].
const L1: f32 = 0.2;
/// The learning rate of a feature never seen.
const ALPHA: f32 = 1.7;
/// How much a positive counts, by column: more for what is rare or hard to learn.
const POSITIVE_WEIGHTS: [f32; COLUMNS] = [1.0, 1.0, 1.0, 2.0, 5.0, 2.0, 5.0, 2.0];
/// Rows learned from at a time; bounds the memory.
const CHUNK: usize = 4096;
/// An attribute needs so many positive rows to be learned at all.
const MIN_POSITIVES: usize = 30;
/// Where people's labels are mixed with the teacher's scores. It is blind to hate without swear words,
/// knows no spam (data README), and is worse than people's labels alone on threats and profanity.
const MIXED: [Attribute; 2] = [Attribute::Toxicity, Attribute::SevereToxicity];
/// Where the teacher speaks for texts that nobody labelled: helps on papers never seen.
const TAUGHT: [Attribute; 3] = [Attribute::Toxicity, Attribute::SevereToxicity, Attribute::Insult];

/// Which attributes the embedding speaks for: it helps on papers never seen. The others are about words, and
/// their few positives come from few places, which the embedding would learn instead.
const DENSE: [Attribute; 4] = [Attribute::Toxicity, Attribute::Insult, Attribute::SexuallyExplicit, Attribute::Spam];

/// Trains on the `train` rows and measures on the `dev` rows. `news` are further rows, of which nothing but the
/// calibration is learned. `scored` are comments that Perspective scored, for the curves to its scale; without any, the
/// model has none.
///
/// # Errors
/// [`TrainingError`] if there are no rows, an attribute can't be calibrated, or a curve can't be fitted.
pub fn train(
    rows: &[AbuseRow],
    news: &[AbuseRow],
    scored: &[PerspectiveRow],
    embedding: &Arc<Embedding>,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<(AbuseModel, Card), TrainingError> {
    let (learned, mut held_out): (Vec<&AbuseRow>, Vec<&AbuseRow>) =
        rows.iter().filter(|r| r.split == Split::Train).partition(|r| !kept_for_calibration(r, settings.seed));
    if learned.is_empty() {
        return Err(TrainingError::NoRows("learn from"));
    }
    let sources = notes(&learned);
    held_out.extend(news.iter().filter(|r| r.split == Split::Train));
    let learn =
        |rows: &[&AbuseRow], progress: &mut dyn Progress| learn(rows, &held_out, embedding, settings.seed, progress);
    let mut model = learn(&learned, progress)?;
    let mut perspective = None;
    if !scored.is_empty() {
        let (scale, note) = perspective_scale::fit(&model, &learned, scored, settings.seed, learn, progress)?;
        model.perspective = scale;
        perspective = Some(note);
    }
    let dev: Vec<&AbuseRow> = rows.iter().filter(|r| r.split == Split::Dev).collect();
    let card = Card {
        kind: ModelKind::Abuse,
        format: ABUSE_FORMAT,
        features: definition(embedding),
        attributes: model.attributes.clone(),
        seed: settings.seed,
        may_ship: rows.iter().all(|r| r.source.may_ship),
        command: settings.command.clone(),
        sources,
        calibration: format!(
            "Platt scaling on {} training rows that nothing else was learned from ({}), label shares as {RATERS} \
             raters each, harmless rows counted as often as makes up for the over-sampling of abuse",
            held_out.len(),
            notes(&held_out).iter().map(|s| format!("{} {}", s.name, s.rows)).collect::<Vec<_>>().join(", ")
        ),
        metrics: evaluate(&model, &dev, progress),
        perspective,
        site: None,
    };
    Ok((model, card))
}

/// A calibrated model of these rows.
fn learn(
    rows: &[&AbuseRow],
    held_out: &[&AbuseRow],
    embedding: &Arc<Embedding>,
    seed: u64,
    progress: &mut dyn Progress,
) -> Result<AbuseModel, TrainingError> {
    let learnable = |attribute: &Attribute| positives(rows, *attribute) >= MIN_POSITIVES;
    let attributes: Vec<Attribute> = Attribute::ABUSE.into_iter().filter(learnable).collect();
    let ballot = votes::count(&attributes, held_out)?;
    let idf = count(rows, progress);
    let fitted = fit(rows, &idf, embedding, seed, progress)?;
    let bias = std::array::from_fn(|column| fitted.bias(column));
    let weight = |feature, column| fitted.weight(feature, column);
    let mut model = quantise(weight, bias, (idf, embedding), |units, _, _| units.round());
    model.attributes = attributes;
    let raw = score(&model, held_out, "calibrating", progress);
    ballot.calibrate(&raw, &mut model.calibration)?;
    Ok(model)
}

/// Measures a model on rows with labels, by attribute name.
pub fn evaluate(model: &AbuseModel, rows: &[&AbuseRow], progress: &mut dyn Progress) -> BTreeMap<String, Metric> {
    let raw = score(model, rows, "measuring", progress);
    let metric = |attribute: Attribute| {
        let column = attribute.index();
        let outcomes: Vec<Outcome<'_>> = rows
            .iter()
            .zip(&raw)
            .filter(|(row, _)| !row.labels[column].is_nan())
            .map(|(row, raw)| Outcome {
                source: row.source.name,
                score: f64::from(raw[column]),
                positive: row.labels[column] >= row.source.positive_from,
            })
            .collect();
        (attribute.name().to_owned(), measure(&outcomes))
    };
    model.attributes.iter().copied().map(metric).collect()
}

fn kept_for_calibration(row: &AbuseRow, seed: u64) -> bool {
    row.source.calibrates && combine(seed, stable_hash(row.id.as_bytes())).is_multiple_of(CALIBRATION_PART)
}

fn positives(rows: &[&AbuseRow], attribute: Attribute) -> usize {
    // Sources that label shares hardly ever reach a half on the rare attributes; a third is a sign.
    rows.iter().filter(|r| r.labels[attribute.index()] >= 1.0 / 3.0).count()
}

/// What the model should say: people's labels, mixed with the teacher's scores where it knows better.
fn targets(row: &AbuseRow) -> Targets {
    std::array::from_fn(|column| {
        let attribute = Attribute::ABUSE[column];
        let label = row.labels[column];
        let taught = row.teacher.filter(|_| TAUGHT.contains(&attribute)).map_or(f32::NAN, |scores| scores[column]);
        match (label.is_nan(), taught.is_nan()) {
            (false, false) if MIXED.contains(&attribute) => {
                TEACHER_SHARE.mul_add(taught, (1.0 - TEACHER_SHARE) * label)
            }
            (false, _) => label,
            (true, false) => taught,
            (true, true) if attribute == Attribute::Spam && row.source.assume_no_spam => 0.0,
            (true, true) => f32::NAN,
        }
    })
}

fn count(rows: &[&AbuseRow], progress: &mut dyn Progress) -> Idf {
    progress.stage("counting words", rows.len());
    let mut frequencies = vec![0u32; BUCKETS];
    for row in rows {
        for group in Features::of(normalise(&row.text).as_str()).groups() {
            frequencies[group[0].bucket as usize] += 1;
        }
        progress.advance(1);
    }
    Idf::from_counts(&frequencies, u32::try_from(rows.len()).unwrap_or(u32::MAX - 1))
}

/// Learns from the rows as they are and rewritten, in each pass by another technique.
fn fit(
    rows: &[&AbuseRow],
    idf: &Idf,
    embedding: &Embedding,
    seed: u64,
    progress: &mut dyn Progress,
) -> Result<FittedFtrl, TrainingError> {
    let visible = Attribute::ABUSE.map(|attribute| if DENSE.contains(&attribute) { FEATURES } else { BUCKETS });
    let params = SparseFtrl::params().alpha(ALPHA).l1(L1).positive_weights(&POSITIVE_WEIGHTS).sees(&visible);
    let mut fitted = None;
    for pass in 0..PASSES {
        let seed = combine(seed, u64::from(pass));
        let rewritten = rewritten(rows, seed);
        let mut rows: Vec<&AbuseRow> = rows.iter().copied().chain(&rewritten).collect();
        progress.stage("learning", rows.len());
        rows.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
        fitted = Some(learn_pass(fitted, &params, &rows, (idf, embedding), progress)?);
    }
    fitted.ok_or(TrainingError::NoRows("learn from"))
}

fn learn_pass(
    mut fitted: Option<FittedFtrl>,
    params: &SparseFtrlParams,
    rows: &[&AbuseRow],
    (idf, embedding): (&Idf, &Embedding),
    progress: &mut dyn Progress,
) -> Result<FittedFtrl, TrainingError> {
    for chunk in rows.chunks(CHUNK) {
        let vectors: Vec<Vec<(u32, f32)>> =
            chunk.iter().map(|r| row(normalise(&r.text).as_str(), idf, embedding)).collect();
        let wanted: Vec<Targets> = chunk.iter().map(|row| targets(row)).collect();
        let wanted = Array2::from_shape_fn((chunk.len(), COLUMNS), |(row, column)| wanted[row][column]);
        let weights: Array1<f32> = chunk.iter().map(|row| row.source.weight).collect();
        let dataset = DatasetBase::new(SparseRecords::from_rows(&vectors, FEATURES)?, wanted).with_weights(weights);
        fitted = Some(params.fit_with(fitted, &dataset)?);
        progress.advance(chunk.len());
    }
    fitted.ok_or(TrainingError::NoRows("learn from"))
}

/// Rounds weights, by feature and column, to bytes: the largest of each column becomes 127. Not calibrated.
/// `round` is given a weight in these units, its feature and its column; the embedding's stay as they are.
pub(super) fn quantise(
    weight: impl Fn(usize, usize) -> f32,
    bias: [f32; COLUMNS],
    (idf, embedding): (Idf, &Arc<Embedding>),
    round: impl Fn(f32, usize, usize) -> f32,
) -> AbuseModel {
    let dense = std::array::from_fn(|d| std::array::from_fn(|column| weight(BUCKETS + d, column)));
    let rows: Vec<[f32; COLUMNS]> =
        (0..BUCKETS).map(|bucket| std::array::from_fn(|column| weight(bucket, column))).collect();
    let scale: [f32; COLUMNS] = std::array::from_fn(|column| {
        let largest = rows.iter().map(|row| row[column].abs()).fold(0.0, f32::max);
        if largest > 0.0 { largest / 127.0 } else { 1.0 }
    });
    #[expect(clippy::cast_possible_truncation, reason = "at most 127")]
    let row = |(bucket, row): (usize, &[f32; COLUMNS])| {
        std::array::from_fn(|k| round(row[k] / scale[k], bucket, k).clamp(-127.0, 127.0) as i8)
    };
    let pieces = PieceWeights::fold(embedding, &dense);
    let table: Vec<[i8; COLUMNS]> = rows.iter().enumerate().map(row).collect();
    AbuseModel {
        lexicon: Lexicon::of(&table, &idf, &pieces),
        pieces,
        table,
        idf,
        scale,
        bias,
        calibration: [Sigmoid { slope: 1.0, offset: 0.0 }; COLUMNS],
        attributes: Vec::new(),
        perspective: PerspectiveScale::default(),
    }
}

fn score(model: &AbuseModel, rows: &[&AbuseRow], stage: &str, progress: &mut dyn Progress) -> Vec<[f32; COLUMNS]> {
    progress.stage(stage, rows.len());
    let score = |row: &&AbuseRow| {
        progress.advance(1);
        let text = normalise(&row.text);
        model.raw(text.as_str(), &Counts::of(text.as_str()))
    };
    rows.iter().map(score).collect()
}

fn notes(rows: &[&AbuseRow]) -> Vec<SourceNote> {
    let mut counts: BTreeMap<&str, (&Source, u64)> = BTreeMap::new();
    for row in rows {
        counts.entry(row.source.name).or_insert((row.source, 0)).1 += 1;
    }
    let note = |(source, rows): (&Source, u64)| SourceNote {
        name: source.name.to_owned(),
        licence: source.licence.to_owned(),
        rows,
        weight: source.weight,
    };
    counts.into_values().map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::PerspectiveAttribute;
    use crate::training::perspective::tests::scored;
    use crate::training::source::SOURCES;

    fn row(id: usize, text: &str, split: Split, insult: f32) -> AbuseRow {
        let mut labels = [f32::NAN; COLUMNS];
        labels[Attribute::Insult.index()] = insult;
        AbuseRow {
            id: id.to_string(),
            text: text.to_owned(),
            parent: None,
            source: &SOURCES[0],
            split,
            labels,
            teacher: None,
        }
    }

    fn rows() -> Vec<AbuseRow> {
        let subjects = ["minister", "goalkeeper", "mayor", "author", "neighbour"];
        let row = |i: usize| {
            let split = if i.is_multiple_of(10) { Split::Dev } else { Split::Train };
            let who = subjects[i % subjects.len()];
            if i.is_multiple_of(3) {
                row(i, &format!("That {who} is a clueless idiot, take {i}"), split, 1.0)
            } else {
                row(i, &format!("That {who} gave a clear answer, take {i}"), split, 0.0)
            }
        };
        (0..900).map(row).collect()
    }

    #[test]
    fn it_learns_and_repeats_itself() {
        let settings = Settings { seed: 7, command: "test".to_owned() };
        let (model, card) = train(&rows(), &[], &[], &Embedding::embedded(), &settings, &mut ()).unwrap();
        assert_eq!(card.attributes, [Attribute::Insult]);
        assert_eq!(card.metrics["INSULT"].auc, Some(1.0));
        assert!(card.may_ship);
        let bytes = model.to_bytes(&card).unwrap();
        let (again, again_card) = train(&rows(), &[], &[], &Embedding::embedded(), &settings, &mut ()).unwrap();
        assert_eq!(bytes, again.to_bytes(&again_card).unwrap());
        let text = "this author is an idiot";
        assert!(model.log_odds(Attribute::Insult, model.raw(text, &Counts::of(text))) > 0.0);
        assert!(card.perspective.is_none() && model.perspective.attributes().next().is_none());
    }

    #[test]
    fn perspectives_scores_add_curves_and_change_no_weight() {
        let settings = Settings { seed: 7, command: "test".to_owned() };
        let trained = |scored: &[PerspectiveRow]| {
            train(&rows(), &[], scored, &Embedding::embedded(), &settings, &mut ()).unwrap()
        };
        let words = ["idiot", "clueless idiot", "clear answer", "budget", "answer", "bridge", "take", "letter"];
        let text = |i: usize| format!("A {} about the {} of week {i}", words[i % 8], words[(i / 8) % 8]);
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let scored: Vec<PerspectiveRow> = (0..800).map(|i| scored(i, &text(i), i as f32 / 800.0, 0.5)).collect();
        let ((with, card), (without, _)) = (trained(&scored), trained(&[]));
        assert_eq!((&with.table, with.bias, with.calibration), (&without.table, without.bias, without.calibration));
        assert_eq!(card.perspective.unwrap().attributes, [PerspectiveAttribute::Insult]);
    }

    #[test]
    fn the_teacher_is_heard_where_it_knows() {
        let mut row = row(1, "text", Split::Train, 1.0);
        row.teacher = Some([0.5; COLUMNS]);
        row.labels[Attribute::IdentityAttack.index()] = 1.0;
        row.labels[Attribute::Toxicity.index()] = 1.0;
        let targets = targets(&row);
        assert!((targets[Attribute::Toxicity.index()] - 0.85).abs() < 1e-6);
        assert!((targets[Attribute::Insult.index()] - 1.0).abs() < 1e-6, "people's labels alone");
        assert!(targets[Attribute::Threat.index()].is_nan());
        assert!((targets[Attribute::IdentityAttack.index()] - 1.0).abs() < 1e-6);
        assert!(targets[Attribute::Spam.index()].abs() < 1e-6, "civil comments are taken as free of spam");
        assert!(targets[Attribute::SexuallyExplicit.index()].is_nan());
    }
}
