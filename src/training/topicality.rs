//! Training the topicality classifier: comments under their own article against comments put under another.

use super::dataset::{ArticleLine, CommentLine, Split};
use super::evaluation::{Outcome, measure};
use super::platt::calibrate;
use super::{Progress, TrainingError};
use crate::classifier::feature::Idf;
use crate::classifier::topicality::feature::{COUNT, definition, read};
use crate::classifier::topicality::term::{IDF_BUCKETS, bucket, terms};
use crate::classifier::topicality::{FORMAT, TopicalityModel};
use crate::classifier::{ArticleText, Card, Input, Metric, ModelKind, Sigmoid, SourceNote};
use crate::comment::Attribute;
use crate::text::{Language, combine, normalise, stable_hash};
use crate::training::abuse::Settings;
use linfa::dataset::Dataset;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// No source gives more comments than this, so that none drowns the others.
const MAX_PER_SOURCE: usize = 8_000;
/// One article in so many is kept for calibration.
const CALIBRATION_PART: u64 = 6;
/// In calibration, so many comments are on-topic for each one that is not.
const ON_TOPIC_COPIES: usize = 4;
/// How much of a thread is shown at most; how much, is drawn.
const THREAD: usize = 20;

/// How an example was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Own,
    OtherSection,
    SameSection,
}

struct Example<'a> {
    source: &'a str,
    kind: Kind,
    features: [f32; COUNT],
}

struct Corpus<'a> {
    articles: Vec<&'a ArticleLine>,
    comments: Vec<Vec<&'a CommentLine>>,
    /// Articles of a split and section.
    sections: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    by_id: HashMap<&'a str, &'a CommentLine>,
}

impl<'a> Corpus<'a> {
    /// Articles that have a text of their own and comments, in the order of the file.
    fn new(articles: &'a [ArticleLine], comments: &'a [CommentLine], wanted: impl Fn(&ArticleLine) -> bool) -> Self {
        let articles: Vec<&ArticleLine> = articles.iter().filter(|a| a.title.is_some() && wanted(a)).collect();
        let places: HashMap<&str, usize> =
            articles.iter().enumerate().map(|(place, a)| (a.article_id.as_str(), place)).collect();
        let mut grouped = vec![Vec::new(); articles.len()];
        for comment in comments {
            if let Some(place) = places.get(comment.article_id.as_str()) {
                grouped[*place].push(comment);
            }
        }
        let mut sections: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (place, article) in articles.iter().enumerate().filter(|(place, _)| grouped[*place].len() > 1) {
            let section = article.section.as_deref().unwrap_or("");
            sections.entry((article.source.as_str(), section)).or_default().push(place);
        }
        let by_id = comments.iter().map(|c| (c.comment_id.as_str(), c)).collect();
        Self { articles, comments: grouped, sections, by_id }
    }

    /// Up to [`MAX_PER_SOURCE`] comments of each source that nobody called off-topic, in seeded order.
    fn sample(&self, rng: &mut Xoshiro256PlusPlus) -> Vec<(usize, &'a CommentLine)> {
        let mut sources: BTreeMap<&str, Vec<(usize, &CommentLine)>> = BTreeMap::new();
        for (place, comments) in self.comments.iter().enumerate() {
            for comment in comments.iter().filter(|c| c.on_topic != Some(0)) {
                sources.entry(comment.source.as_str()).or_default().push((place, comment));
            }
        }
        for comments in sources.values_mut() {
            comments.shuffle(rng);
            comments.truncate(MAX_PER_SOURCE);
        }
        sources.into_values().flatten().collect()
    }

    /// A comment under its own article, and under another: in turn of the same section and of any.
    fn examples(&self, idf: &Idf, seed: u64, progress: &mut dyn Progress) -> Vec<Example<'a>> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let sample = self.sample(&mut rng);
        progress.stage("comparing comments with articles", sample.len());
        let everywhere: Vec<usize> = self.sections.values().flatten().copied().collect();
        let mut examples = Vec::new();
        for (turn, (place, comment)) in sample.into_iter().enumerate() {
            progress.advance(1);
            let article = self.articles[place];
            let section = (article.source.as_str(), article.section.as_deref().unwrap_or(""));
            let (kind, choice) = match self.sections.get(&section) {
                Some(siblings) if turn % 2 == 0 && siblings.len() > 1 => (Kind::SameSection, siblings),
                _ => (Kind::OtherSection, &everywhere),
            };
            let other = (0..10).find_map(|_| choice.choose(&mut rng).copied().filter(|other| *other != place));
            let parent = comment.parent_id.as_deref().and_then(|id| self.by_id.get(id)).map(|p| p.text.as_str());
            let thread = self.thread(place, comment, &mut rng);
            let own = self.read(comment, place, parent, &thread, idf);
            let moved = other.and_then(|other| {
                let thread = self.thread(other, comment, &mut rng);
                let answered = self.comments[other].choose(&mut rng).map(|c| c.text.as_str());
                self.read(comment, other, parent.and(answered), &thread, idf)
            });
            // In pairs, so that nothing about the comment alone tells the two kinds apart.
            if let (Some(own), Some(moved)) = (own, moved) {
                let source = comment.source.as_str();
                examples.push(Example { source, kind: Kind::Own, features: own });
                examples.push(Example { source, kind, features: moved });
            }
        }
        examples
    }

    /// Other comments under an article, as many as chance has it: not the parent, nor an answer, which
    /// would come later.
    fn thread(&self, place: usize, comment: &CommentLine, rng: &mut Xoshiro256PlusPlus) -> Vec<&'a str> {
        let parent = comment.parent_id.as_deref();
        let around = self.comments[place].iter().filter(|c| {
            c.comment_id != comment.comment_id
                && Some(c.comment_id.as_str()) != parent
                && c.parent_id.as_deref() != Some(comment.comment_id.as_str())
        });
        let mut around: Vec<&str> = around.map(|c| c.text.as_str()).collect();
        around.shuffle(rng);
        around.truncate(rng.random_range(0..=THREAD));
        around
    }

    fn read(
        &self,
        comment: &CommentLine,
        place: usize,
        parent: Option<&str>,
        thread: &[&str],
        idf: &Idf,
    ) -> Option<[f32; COUNT]> {
        let article = self.articles[place];
        let normalised = normalise(&comment.text);
        let input = Input {
            text: &comment.text,
            normalised: &normalised,
            language: Language::English,
            article: Some(ArticleText {
                title: article.title.as_deref().unwrap_or(""),
                body: article.body.as_deref().or(article.summary.as_deref()),
            }),
            parent,
            thread,
        };
        read(&input, idf).map(|reading| reading.features)
    }
}

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
fn evaluate(model: &TopicalityModel, examples: &[Example<'_>]) -> BTreeMap<String, Metric> {
    let against = |name: &str, negative: Kind| {
        let pairs = examples.chunks_exact(2).filter(|pair| pair[1].kind == negative).flatten();
        let outcome = |e: &Example<'_>| (f64::from(model.raw(&e.features)), e.kind != Kind::Own);
        let outcomes: Vec<(f64, bool, &str)> = pairs
            .map(|e| {
                let (s, p) = outcome(e);
                (s, p, e.source)
            })
            .collect();
        let outcomes: Vec<Outcome<'_>> = outcomes
            .iter()
            .map(|(score, positive, source)| Outcome { source, score: *score, positive: *positive })
            .collect();
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
        let subjects: Vec<[String; 6]> = (0..60)
            .map(|a| std::array::from_fn(|w| format!("w{}x{}", (b'a' + (a % 26) as u8) as char, a * 7 + w)))
            .collect();
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
