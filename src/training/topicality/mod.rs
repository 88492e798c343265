//! Training the topicality classifier: comments under their own article against comments put under another.

mod corpus;

use super::dataset::{ArticleLine, CommentLine, Split};
use super::evaluation::{Outcome, measure};
use super::platt::calibrate;
use super::{Progress, Settings, TrainingError};
use crate::classifier::feature::Idf;
use crate::classifier::topicality::feature::{COUNT, definition};
use crate::classifier::topicality::term::{IDF_BUCKETS, bucket, terms};
use crate::classifier::topicality::{FORMAT, TopicalityModel};
use crate::classifier::{Card, Metric, ModelKind, Sigmoid, SourceNote};
use crate::comment::Attribute;
use crate::text::{combine, normalise, stable_hash};
use corpus::{Corpus, Example, Kind};
use linfa::dataset::Dataset;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};
use std::collections::{BTreeMap, BTreeSet};

/// One article in so many is kept for calibration.
const CALIBRATION_PART: u64 = 6;
/// In calibration, so many comments are on-topic for each one that is not.
const ON_TOPIC_COPIES: usize = 4;
/// Trains on the `train` articles and measures on the `dev` articles.
///
/// # Errors
/// [`TrainingError`] if there is too little data.
pub fn train(
    articles: &[ArticleLine],
    comments: &[CommentLine],
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<(TopicalityModel, Card), TrainingError> {
    let seed = settings.seed;
    let held_out =
        |a: &ArticleLine| combine(seed, stable_hash(a.article_id.as_bytes())).is_multiple_of(CALIBRATION_PART);
    let idf = count(articles, comments, progress);
    let corpus = |wanted: &dyn Fn(&ArticleLine) -> bool| Corpus::new(articles, comments, wanted);
    let learned = corpus(&|a| a.split == Split::Train && !held_out(a)).examples(&idf, seed, progress);
    let calibrating = corpus(&|a| a.split == Split::Train && held_out(a)).examples(&idf, seed, progress);
    let dev = corpus(&|a| a.split == Split::Dev).examples(&idf, seed, progress);
    if learned.is_empty() {
        return Err(TrainingError::NoRows("learn from"));
    }
    let mut model = fit(&learned, idf)?;
    model.calibration = calibrate_on(&model, &calibrating)?;
    let card = Card {
        kind: ModelKind::Topicality,
        format: FORMAT,
        features: definition(),
        attributes: vec![Attribute::OffTopic],
        seed,
        // No text can be recovered from seventeen numbers and hashed word frequencies.
        may_ship: true,
        command: settings.command.clone(),
        sources: notes(&learned),
        calibration: format!(
            "Platt scaling on {} examples of held-out articles, {ON_TOPIC_COPIES} on-topic for each off-topic",
            calibrating.len()
        ),
        metrics: evaluate(&model, &dev),
        site: None,
    };
    Ok((model, card))
}

fn count(articles: &[ArticleLine], comments: &[CommentLine], progress: &mut dyn Progress) -> Idf {
    let bodies = articles.iter().filter(|a| a.split == Split::Train).flat_map(|a| [&a.title, &a.summary, &a.body]);
    let texts = comments.iter().filter(|c| c.split == Split::Train).map(|c| c.text.as_str());
    let texts: Vec<&str> = texts.chain(bodies.flatten().map(String::as_str)).collect();
    progress.stage("counting words", texts.len());
    let mut frequencies = vec![0u32; IDF_BUCKETS];
    for text in &texts {
        let buckets: BTreeSet<u32> = terms(&normalise(text)).0.iter().map(|t| bucket(t.hash)).collect();
        for bucket in buckets {
            frequencies[bucket as usize] += 1;
        }
        progress.advance(1);
    }
    Idf::from_counts(&frequencies, u32::try_from(texts.len()).unwrap_or(u32::MAX - 1))
}

fn fit(examples: &[Example<'_>], idf: Idf) -> Result<TopicalityModel, TrainingError> {
    let features = Array2::from_shape_fn((examples.len(), COUNT), |(row, k)| f64::from(examples[row].features[k]));
    let off_topic: Array1<bool> = examples.iter().map(|e| e.kind != Kind::Own).collect();
    let fitted = LogisticRegression::default()
        .max_iterations(500)
        .fit(&Dataset::new(features, off_topic))
        .map_err(|e| TrainingError::Logistic(e.to_string()))?;
    // linfa orders the classes as it likes; the weights speak for the one it calls positive.
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    #[expect(clippy::cast_possible_truncation, reason = "kept as f32 in the model file")]
    let narrow = |value: f64| (sign * value) as f32;
    Ok(TopicalityModel {
        idf,
        weights: std::array::from_fn(|k| narrow(fitted.params()[k])),
        bias: narrow(fitted.intercept()),
        calibration: Sigmoid { slope: 1.0, offset: 0.0 },
    })
}

fn calibrate_on(model: &TopicalityModel, examples: &[Example<'_>]) -> Result<Sigmoid, TrainingError> {
    let copies = |e: &Example<'_>| if e.kind == Kind::Own { ON_TOPIC_COPIES } else { 1 };
    let rows =
        examples.iter().flat_map(|e| std::iter::repeat_n((model.raw(&e.features), e.kind != Kind::Own), copies(e)));
    let (raw, off_topic): (Vec<f32>, Vec<bool>) = rows.unzip();
    let failed = |cause| TrainingError::Calibration { name: Attribute::OffTopic.name().to_owned(), cause };
    calibrate(&raw, &off_topic).map_err(failed)
}

/// By kind of negative: comments of other sections are easy to tell, those of the same are hard.
fn evaluate<'a>(model: &TopicalityModel, examples: &'a [Example<'a>]) -> BTreeMap<String, Metric> {
    let against = |name: &str, negative: Kind| {
        let pairs = examples.chunks_exact(2).filter(|pair| pair[1].kind == negative).flatten();
        let outcome = |e: &'a Example<'a>| Outcome {
            source: e.source,
            score: f64::from(model.raw(&e.features)),
            positive: e.kind != Kind::Own,
        };
        let outcomes: Vec<Outcome<'_>> = pairs.map(outcome).collect();
        (name.to_owned(), measure(&outcomes))
    };
    BTreeMap::from([against("random_article", Kind::OtherSection), against("same_section", Kind::SameSection)])
}

fn notes(examples: &[Example<'_>]) -> Vec<SourceNote> {
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
        let (model, card) = train(&articles, &comments, &settings, &mut ()).unwrap();
        assert!(card.metrics["same_section"].auc.unwrap() > 0.95, "{card:?}");
        assert!(model.weights.iter().all(|w| w.is_finite()));
        let bytes = model.to_bytes(&card).unwrap();
        let (again, again_card) = train(&articles, &comments, &settings, &mut ()).unwrap();
        assert_eq!(bytes, again.to_bytes(&again_card).unwrap());
    }
}
