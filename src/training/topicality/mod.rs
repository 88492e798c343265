//! Training the topicality classifier: comments under their own article against comments put under another.

mod corpus;

use super::dataset::{ArticleLine, CommentLine, Split};
use super::evaluation::{Outcome, measure};
use super::platt::calibrate;
use super::{Progress, Settings, TrainingError};
use crate::classifier::embedding::Embedding;
use crate::classifier::feature::Idf;
use crate::classifier::topicality::feature::definition;
use crate::classifier::topicality::term::{IDF_BUCKETS, bucket, terms};
use crate::classifier::topicality::{FORMAT, Reader, Regression, TopicalityModel};
use crate::classifier::{Card, Metric, ModelKind, Sigmoid, SourceNote};
use crate::comment::Attribute;
use crate::text::{combine, normalise, stable_hash};
use corpus::{Corpus, Example, Kind, View};
use linfa::dataset::Dataset;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One article in so many is kept for calibration.
const CALIBRATION_PART: u64 = 6;
/// One article in so many of the rest is kept as unrelated to all others: nothing is learned from its comments, as
/// they would be near to it.
const OTHERS_PART: u64 = 6;
/// In calibration, so many comments are on-topic for each one that is not.
const ON_TOPIC_COPIES: usize = 4;
/// How many unrelated articles a likeness is measured against.
const OTHERS: usize = 256;

/// Trains on the `train` articles and measures on the `dev` articles.
///
/// # Errors
/// [`TrainingError`] if there is too little data.
pub fn train(
    articles: &[ArticleLine],
    comments: &[CommentLine],
    embedding: &Arc<Embedding>,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<(TopicalityModel, Card), TrainingError> {
    let seed = settings.seed;
    let part = |a: &ArticleLine| Part::of(a, seed);
    let reader = reader(articles, comments, embedding, seed, progress);
    let corpus = |wanted: &dyn Fn(&ArticleLine) -> bool| Corpus::new(articles, comments, &reader, wanted);
    let learned = corpus(&|a| part(a) == Part::Learning);
    let calibrating = corpus(&|a| part(a) == Part::Calibration);
    let dev = corpus(&|a| part(a) == Part::Dev);
    let mut metrics = BTreeMap::new();
    let mut fit_view = |learn: View, measured: View, prefix: &str| {
        let rows = learned.examples(learn, seed, progress);
        let regression = fit(&labelled(&rows), &labelled(&calibrating.examples(learn, seed, progress)))?;
        metrics.extend(evaluate(&regression, &dev.examples(measured, seed, progress), prefix));
        Ok::<_, TrainingError>((regression, rows))
    };
    let (in_context, rows) = fit_view(View::Drawn, View::Full, "")?;
    let (alone, _) = fit_view(View::Cold, View::Cold, "article_only_")?;
    let drift = fit(&labelled(&learned.conversations(seed)), &labelled(&calibrating.conversations(seed)))?;
    metrics.extend(evaluate(&drift, &dev.conversations(seed), "drift_"));
    let card = Card {
        kind: ModelKind::Topicality,
        format: FORMAT,
        features: definition(embedding),
        attributes: vec![Attribute::OffTopic],
        seed,
        // No text can be recovered from these few numbers and hashed word frequencies.
        may_ship: true,
        command: settings.command.clone(),
        sources: notes(&rows),
        calibration: format!("Platt scaling on held-out articles, {ON_TOPIC_COPIES} on-topic for each off-topic"),
        metrics,
        perspective: None,
        site: None,
    };
    Ok((TopicalityModel { reader, in_context, alone, drift }, card))
}

/// What an article is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Learning,
    Calibration,
    /// One of the unrelated articles.
    Others,
    Dev,
}

impl Part {
    fn of(article: &ArticleLine, seed: u64) -> Self {
        let hash = combine(seed, stable_hash(article.article_id.as_bytes()));
        match article.split {
            Split::Dev => Self::Dev,
            Split::Train if hash.is_multiple_of(CALIBRATION_PART) => Self::Calibration,
            Split::Train if (hash / CALIBRATION_PART).is_multiple_of(OTHERS_PART) => Self::Others,
            Split::Train => Self::Learning,
        }
    }
}

/// The rarity of words, and the directions of articles that have nothing to do with each other.
fn reader(
    articles: &[ArticleLine],
    comments: &[CommentLine],
    embedding: &Arc<Embedding>,
    seed: u64,
    progress: &mut dyn Progress,
) -> Reader {
    let titled = articles.iter().filter(|a| Part::of(a, seed) == Part::Others && a.title.is_some());
    let mut titled: Vec<&ArticleLine> = titled.collect();
    titled.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    let subject = |a: &&ArticleLine| {
        let parts = [&a.title, &a.summary, &a.body].into_iter().flatten().map(String::as_str);
        embedding.meaning(normalise(&parts.collect::<Vec<_>>().join("\n")).as_str())
    };
    let others = titled.iter().filter_map(subject).take(OTHERS).collect();
    let (idf, piece_idf) = count(articles, comments, embedding, progress);
    Reader { idf, piece_idf, embedding: Arc::clone(embedding), others }
}

/// How rare words are, and word pieces.
fn count(
    articles: &[ArticleLine],
    comments: &[CommentLine],
    embedding: &Embedding,
    progress: &mut dyn Progress,
) -> (Idf, Idf) {
    let bodies = articles.iter().filter(|a| a.split == Split::Train).flat_map(|a| [&a.title, &a.summary, &a.body]);
    let texts = comments.iter().filter(|c| c.split == Split::Train).map(|c| c.text.as_str());
    let texts: Vec<&str> = texts.chain(bodies.flatten().map(String::as_str)).collect();
    progress.stage("counting words", texts.len());
    let (mut frequencies, mut of_pieces) = (vec![0u32; IDF_BUCKETS], vec![0u32; embedding.len()]);
    let mut pieces = Vec::new();
    for text in &texts {
        let text = normalise(text);
        let buckets: BTreeSet<u32> = terms(&text).0.iter().map(|t| bucket(t.hash)).collect();
        for bucket in buckets {
            frequencies[bucket as usize] += 1;
        }
        pieces.clear();
        embedding.pieces(text.as_str(), &mut pieces);
        pieces.sort_unstable();
        pieces.dedup();
        for piece in &pieces {
            of_pieces[*piece as usize] += 1;
        }
        progress.advance(1);
    }
    let count = u32::try_from(texts.len()).unwrap_or(u32::MAX - 1);
    (Idf::from_counts(&frequencies, count), Idf::from_counts(&of_pieces, count))
}

/// Features, and whether they are of something under an article that is not its own.
type Labelled<const N: usize> = ([f32; N], bool);

fn labelled<const N: usize>(examples: &[Example<'_, N>]) -> Vec<Labelled<N>> {
    examples.iter().map(|example| (example.features, example.kind != Kind::Own)).collect()
}

fn fit<const N: usize>(examples: &[Labelled<N>], calibrating: &[Labelled<N>]) -> Result<Regression<N>, TrainingError> {
    if examples.is_empty() {
        return Err(TrainingError::NoRows("learn from"));
    }
    let features = Array2::from_shape_fn((examples.len(), N), |(row, k)| f64::from(examples[row].0[k]));
    let off_topic: Array1<bool> = examples.iter().map(|(_, off_topic)| *off_topic).collect();
    let fitted = LogisticRegression::default()
        .max_iterations(500)
        .fit(&Dataset::new(features, off_topic))
        .map_err(|e| TrainingError::Logistic(e.to_string()))?;
    // linfa orders the classes as it likes; the weights speak for the one it calls positive.
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    #[expect(clippy::cast_possible_truncation, reason = "kept as f32 in the model file")]
    let narrow = |value: f64| (sign * value) as f32;
    let mut regression = Regression {
        weights: std::array::from_fn(|k| narrow(fitted.params()[k])),
        bias: narrow(fitted.intercept()),
        calibration: Sigmoid { slope: 1.0, offset: 0.0 },
    };
    regression.calibration = calibrate_on(&regression, calibrating)?;
    Ok(regression)
}

fn calibrate_on<const N: usize>(
    regression: &Regression<N>,
    examples: &[Labelled<N>],
) -> Result<Sigmoid, TrainingError> {
    let copies = |off_topic: bool| if off_topic { 1 } else { ON_TOPIC_COPIES };
    let rows = examples.iter().flat_map(|(features, off_topic)| {
        std::iter::repeat_n((regression.raw(features), *off_topic), copies(*off_topic))
    });
    let (raw, off_topic): (Vec<f32>, Vec<bool>) = rows.unzip();
    let failed = |cause| TrainingError::Calibration { name: Attribute::OffTopic.name().to_owned(), cause };
    calibrate(&raw, &off_topic).map_err(failed)
}

/// By kind of negative: comments of other sections are easy to tell, those of the same are hard.
fn evaluate<'a, const N: usize>(
    regression: &Regression<N>,
    examples: &'a [Example<'a, N>],
    view: &str,
) -> BTreeMap<String, Metric> {
    let against = |name: &str, negative: Kind| {
        let pairs = examples.chunks_exact(2).filter(|pair| pair[1].kind == negative).flatten();
        let outcome = |e: &'a Example<'a, N>| Outcome {
            source: e.source,
            score: f64::from(regression.raw(&e.features)),
            positive: e.kind != Kind::Own,
        };
        let outcomes: Vec<Outcome<'_>> = pairs.map(outcome).collect();
        (format!("{view}{name}"), measure(&outcomes))
    };
    BTreeMap::from([against("random_article", Kind::OtherSection), against("same_section", Kind::SameSection)])
}

fn notes<const N: usize>(examples: &[Example<'_, N>]) -> Vec<SourceNote> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for example in examples.iter().filter(|e| e.kind == Kind::Own) {
        *counts.entry(example.source).or_default() += 1;
    }
    let note = |(source, rows): (&str, u64)| SourceNote {
        name: source.to_owned(),
        licence: "research use; only these weights and hashed word frequencies are kept".to_owned(),
        rows,
        weight: 1.0,
    };
    counts.into_iter().map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> (Vec<ArticleLine>, Vec<CommentLine>) {
        let subjects: Vec<[String; 6]> =
            (0..60).map(|a| std::array::from_fn(|w| format!("w{}x{}", ["k", "m", "q"][a % 3], a * 7 + w))).collect();
        let article = |(a, words): (usize, &[String; 6])| ArticleLine {
            article_id: format!("a{a}"),
            title: Some(words[..3].join(" ")),
            summary: None,
            body: Some(words.join(" ")),
            section: Some(if a % 2 == 0 { "news" } else { "sport" }.to_owned()),
            source: "made".to_owned(),
            split: if a % 5 == 0 { Split::Dev } else { Split::Train },
        };
        let articles: Vec<ArticleLine> = subjects.iter().enumerate().map(article).collect();
        let comment = |i: usize| {
            let (a, words) = (i % 60, &subjects[i % 60]);
            CommentLine {
                comment_id: format!("c{i}"),
                article_id: format!("a{a}"),
                parent_id: None,
                text: format!(
                    "people say {} and {} bring nothing new, number{i} agreed entirely",
                    words[i % 3],
                    words[3 + i % 3]
                ),
                on_topic: None,
                source: "made".to_owned(),
                split: articles[a].split,
            }
        };
        let comments = (0..600).map(comment).collect();
        (articles, comments)
    }

    #[test]
    fn it_learns_and_repeats_itself() {
        let (articles, comments) = data();
        let settings = Settings { seed: 3, command: "test".to_owned() };
        let (model, card) = train(&articles, &comments, &Embedding::embedded(), &settings, &mut ()).unwrap();
        assert!(card.metrics["same_section"].auc.unwrap() > 0.95, "{card:?}");
        assert!(model.in_context.weights.iter().chain(&model.alone.weights).all(|w| w.is_finite()));
        let bytes = model.to_bytes(&card).unwrap();
        let (again, again_card) = train(&articles, &comments, &Embedding::embedded(), &settings, &mut ()).unwrap();
        assert_eq!(bytes, again.to_bytes(&again_card).unwrap());
    }
}
