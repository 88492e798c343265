//! The topicality classifier: does a comment talk about what stands around it?

mod alignment;
pub mod drift;
pub mod feature;
mod file;
mod others;
mod passage;
mod sentence;
pub mod term;

pub use file::FORMAT;
pub use passage::{ArticlePassage, Passage, Sentence};

use super::calibration::{Sigmoid, probability};
use super::embedding::{Embedding, Meaning};
use super::evidence::MIN_SCORE;
use super::feature::Idf;
use super::{ArticleText, Input, Judgement};
use crate::comment::{Attribute, Evidence};
use crate::text::{Language, Normalised};
use std::sync::Arc;

/// What texts are read with, so that they can be compared.
pub struct Reader {
    /// How rare each content word is.
    pub(crate) idf: Idf,
    /// How rare each word piece is.
    pub(crate) piece_idf: Idf,
    pub(crate) embedding: Arc<Embedding>,
    /// Where unrelated articles point: what a likeness is measured against.
    pub(crate) others: Vec<Meaning>,
}

impl Reader {
    /// Reads a text of a thread, or a comment's parent. Long texts are cut.
    #[must_use]
    pub fn passage(&self, text: &str) -> Passage {
        Passage::read(self, text)
    }

    /// Reads a comment that is normalised already.
    #[must_use]
    pub fn comment(&self, normalised: &Normalised) -> Passage {
        Passage::of(self, normalised)
    }

    /// Reads an article. Long bodies are cut.
    #[must_use]
    pub fn article(&self, article: ArticleText<'_>) -> ArticlePassage {
        ArticlePassage::read(self, article)
    }
}

/// A logistic regression on `N` features.
#[derive(Debug, PartialEq)]
pub(crate) struct Regression<const N: usize> {
    /// Log-odds of being off-topic per unit of each feature.
    pub weights: [f32; N],
    pub bias: f32,
    pub calibration: Sigmoid,
}

impl<const N: usize> Regression<N> {
    /// The uncalibrated log-odds of being off-topic.
    pub fn raw(&self, features: &[f32; N]) -> f32 {
        self.bias + self.weights.iter().zip(features).map(|(w, f)| w * f).sum::<f32>()
    }

    /// The probability of being off-topic, 0 to 1.
    pub fn probability(&self, features: &[f32; N]) -> f64 {
        probability(self.calibration.log_odds(self.raw(features)))
    }
}

/// A comment whose score by the article alone is lower is about the article, whatever its conversation is about.
const SURELY_ON_TOPIC: f64 = 0.1;

/// A trained topicality classifier.
pub struct TopicalityModel {
    pub(crate) reader: Reader,
    /// Where there is a parent or a thread to compare with too.
    pub(crate) in_context: Regression<{ feature::COUNT }>,
    /// Where there is the article alone: what little a comment shares with it then weighs otherwise.
    pub(crate) alone: Regression<{ feature::COUNT }>,
    /// Whether a conversation has left its article.
    pub(crate) drift: Regression<{ drift::COUNT }>,
}

impl TopicalityModel {
    /// What texts are read with.
    #[must_use]
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The uncalibrated log-odds of being off-topic.
    #[must_use]
    pub fn raw(&self, comment: &Passage, around: &feature::Surroundings<'_>) -> f32 {
        self.regression(around).raw(&feature::features(comment, around, &self.reader))
    }

    fn regression(&self, around: &feature::Surroundings<'_>) -> &Regression<{ feature::COUNT }> {
        if around.alone() { &self.alone } else { &self.in_context }
    }

    /// The uncalibrated log-odds that a conversation has left its article; `None` where it is too short to tell.
    #[must_use]
    pub fn raw_drift(&self, comment: &Passage, around: &feature::Surroundings<'_>) -> Option<f32> {
        drift::features(comment, around, &self.reader).map(|features| self.drift.raw(&features))
    }

    /// The probability that a conversation has left its article, this comment and what it answers included. Null where
    /// [`TopicalityModel::judge`] would give none, where there are fewer than [`drift::LEAST_COMMENTS`], and where this
    /// comment by itself is surely about the article: it leads back.
    pub(super) fn drift(&self, input: &Input<'_>) -> Option<f64> {
        let around = surroundings(input)?;
        let comment = self.reader.comment(input.normalised);
        let drifted = self.drift.probability(&drift::features(&comment, &around, &self.reader)?);
        let alone = feature::Surroundings { parent: None, thread: &[], ..around };
        let leads_back = drifted >= MIN_SCORE && feature::comparable(&comment, &alone) && {
            self.alone.probability(&feature::features(&comment, &alone, &self.reader)) < SURELY_ON_TOPIC
        };
        (!leads_back).then_some(drifted)
    }

    /// Scores a comment: null where the article is unknown, in another language, and where there is too
    /// little to tell (see [`feature::comparable`]).
    pub(super) fn score(&self, input: &Input<'_>) -> Option<f64> {
        let around = surroundings(input)?;
        self.probability(&self.reader.comment(input.normalised), &around)
    }

    fn probability(&self, comment: &Passage, around: &feature::Surroundings<'_>) -> Option<f64> {
        let comparable = feature::comparable(comment, around);
        comparable.then(|| self.regression(around).probability(&feature::features(comment, around, &self.reader)))
    }

    /// Scores a comment and says what in its context made the score.
    pub(super) fn judge(&self, input: &Input<'_>, judgement: &mut Judgement) {
        let mut score = None;
        if let Some(around) = surroundings(input) {
            let comment = self.reader.comment(input.normalised);
            score = self.probability(&comment, &around);
            if score.is_some_and(|score| score >= MIN_SCORE) {
                let context = sentence::sentences(&comment, input.normalised, &around, &self.reader);
                judgement.evidence.insert(Attribute::OffTopic, Evidence { spans: Vec::new(), context });
            }
        }
        judgement.scores.set(Attribute::OffTopic, score);
    }
}

/// What a comment is compared with; `None` where the article is unknown, and in another language.
fn surroundings<'a>(input: &Input<'a>) -> Option<feature::Surroundings<'a>> {
    let article = input.article.filter(|_| !matches!(input.language, Language::Other(_)))?;
    Some(feature::Surroundings { article, parent: input.parent, thread: input.thread })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::text::normalise;

    /// What is shared in words and in meaning with anything speaks for a comment; alone, the article counts double.
    pub(crate) fn model() -> TopicalityModel {
        let embedding = Embedding::embedded();
        let others = ["The new phone has a bright screen", "He scored twice in the final match"];
        let others = others.iter().filter_map(|text| embedding.meaning(normalise(text).as_str())).collect();
        let (idf, piece_idf) = (Idf(vec![112; term::IDF_BUCKETS]), Idf(vec![112; embedding.len()]));
        let reader = Reader { idf, piece_idf, embedding, others };
        let regression = |article: f32| {
            let weight = |name: &str| match name {
                "article_share" | "best_article_meaning" => article,
                "parent_share" | "thread_share" => -3.0,
                _ => 0.0,
            };
            let calibration = Sigmoid { slope: 1.0, offset: 0.0 };
            Regression { weights: feature::NAMES.map(weight), bias: 2.5, calibration }
        };
        let weight = |name: &str| if name == "article_meaning" { -12.0 } else { 0.0 };
        let calibration = Sigmoid { slope: 1.0, offset: 0.0 };
        let drift = Regression { weights: drift::NAMES.map(weight), bias: 3.0, calibration };
        TopicalityModel { reader, in_context: regression(-3.0), alone: regression(-6.0), drift }
    }

    const TITLE: &str = "Ceasefire talks stall";
    const BODY: &str =
        "Ministers left the embassy without a signature. The hotel in Geneva had no rooms left for them.";
    const ON: &str = "The ministers should have stayed in the embassy until the ceasefire had a signature";
    const OFF: &str = "My neighbour sells wonderful honey from his bees and everybody in town buys jars";

    struct Around<'a> {
        article: Option<ArticleText<'a>>,
        parent: Option<&'a str>,
        thread: &'a [&'a str],
        language: Language,
    }

    const ALONE: Around<'_> = Around {
        article: Some(ArticleText { title: TITLE, body: Some(BODY) }),
        parent: None,
        thread: &[],
        language: Language::English,
    };

    fn judge(text: &str, around: &Around<'_>) -> Judgement {
        with(text, around, |model, input| {
            let mut judgement = Judgement::default();
            model.judge(input, &mut judgement);
            judgement
        })
    }

    fn drift(text: &str, around: &Around<'_>) -> Option<f64> {
        with(text, around, TopicalityModel::drift)
    }

    fn with<T>(text: &str, around: &Around<'_>, ask: impl Fn(&TopicalityModel, &Input<'_>) -> T) -> T {
        let model = model();
        let reader = model.reader();
        let normalised = normalise(text);
        let article = around.article.map(|article| reader.article(article));
        let parent = around.parent.map(|text| reader.passage(text));
        let thread: Vec<Passage> = around.thread.iter().map(|text| reader.passage(text)).collect();
        let thread: Vec<&Passage> = thread.iter().collect();
        let input = Input {
            text,
            normalised: &normalised,
            language: around.language,
            article: article.as_ref(),
            parent: parent.as_ref(),
            thread: &thread,
        };
        ask(&model, &input)
    }

    fn score(text: &str, around: &Around<'_>) -> Option<f64> {
        judge(text, around).scores.get(Attribute::OffTopic)
    }

    #[test]
    fn overlap_lowers_the_score() {
        let (on, off) = (score(ON, &ALONE).unwrap(), score(OFF, &ALONE).unwrap());
        assert!(on < 0.2 && off > 0.5, "{on} {off}");
        let bees = ["Bees are dying everywhere, and honey from my neighbour is all that we have"];
        assert!(score(OFF, &Around { thread: &bees, ..ALONE }).unwrap() < off, "the thread counts too");
    }

    #[test]
    fn a_conversation_drifts_unless_the_comment_leads_back() {
        let bees = [OFF, "Bees are dying everywhere", "Does the honey keep over the winter?"];
        let drift = |text, thread| drift(text, &Around { thread, ..ALONE });
        assert!(drift("Honey from the shop tastes of nothing", &bees).unwrap() > 0.7);
        assert_eq!(drift("Honey from the shop tastes of nothing", &bees[1..]), None, "three are no conversation");
        assert_eq!(drift(ON, &bees), None, "leads back");
        let talks = ["The embassy was empty", "Who signed the ceasefire?", "Ministers never sign anything in Geneva"];
        assert!(drift("Talks about talks", &talks).unwrap() < 0.3);
    }

    #[test]
    fn the_article_alone_is_weighed_by_itself() {
        let elsewhere = ["The weather was fine on Sunday"];
        assert!(score(ON, &ALONE) < score(ON, &Around { thread: &elsewhere, ..ALONE }));
    }

    #[test]
    fn what_nobody_can_tell_is_null() {
        assert_eq!(score(ON, &Around { article: None, ..ALONE }), None);
        assert_eq!(score("Bees make good honey", &ALONE), None);
        assert_eq!(score(ON, &Around { language: Language::Other("deu"), ..ALONE }), None);
        assert!(score(ON, &Around { language: Language::Uncertain, ..ALONE }).is_some());
        let silent = Some(ArticleText { title: "Live", body: None });
        assert_eq!(score(ON, &Around { article: silent, ..ALONE }), None);
        assert!(score(ON, &Around { article: silent, thread: &[OFF], ..ALONE }).is_some());
    }

    #[test]
    fn a_short_reply_can_be_told_by_its_parent() {
        let reply = "Bees make very good honey";
        let parent = "Beekeeping is a lovely hobby, and local honey tastes better than imports";
        assert!(score(reply, &Around { parent: Some(parent), ..ALONE }).is_some());
        assert_eq!(score(reply, &Around { parent: Some("Yes!"), ..ALONE }), None);
    }

    #[test]
    fn the_context_speaks() {
        let sentences = |text, around: &Around<'_>| judge(text, around).evidence[&Attribute::OffTopic].context.clone();
        let partly = "At the hotel my neighbour sells wonderful honey from bees and everybody buys jars of it";
        let said = sentences(partly, &ALONE);
        assert_eq!(said[0], "shares \"hotel\" with the article");
        let closest = said[1].strip_prefix("closest sentence of the article (").unwrap();
        assert!(closest.ends_with(" of 1): The hotel in Geneva had no rooms left for them."), "{said:?}");
        assert_eq!(sentences(OFF, &ALONE)[0], "shares no rare word with the article");
        let around = Around { parent: Some("Football is over"), thread: &["Cars are loud"], ..ALONE };
        assert_eq!(sentences(OFF, &around)[0], "shares no rare word with the article, its parent or the thread");
    }
}
