//! How a comment is scored: for abuse by its text, for topicality by its context. Pure; microseconds.

mod abuse;
mod abuse_file;
pub(crate) mod calibration;
mod card;
mod count;
pub mod embedding;
mod error;
mod evidence;
mod explainer;
pub mod feature;
mod file;
pub(crate) mod lexicon;
pub(crate) mod ngram;
mod perspective_attribute;
mod perspective_scale;
mod phrase;
pub(crate) mod piece;
pub(crate) mod row;
mod scorer;
mod sum;
pub mod topicality;

pub use abuse::{AbuseModel, COLUMNS};
pub use abuse_file::FORMAT as ABUSE_FORMAT;
pub use calibration::Sigmoid;
pub use card::{Card, Check, Metric, ScaleNote, SiteNote, SourceNote};
pub use count::{Counts, HashedWord};
pub use embedding::Embedding;
pub use error::{ModelError, ModelKind};
pub use evidence::{Explanation, MIN_SCORE as MIN_EVIDENCE_SCORE, WordWeight, left_out};
pub use file::card;
pub use perspective_attribute::{PerspectiveAttribute, UnknownPerspectiveAttribute};
pub use perspective_scale::{Curve, KNOTS, PerspectiveScale};
pub use scorer::Scorer;
pub use topicality::{ArticlePassage, Passage, Reader, TopicalityModel};

use crate::comment::{Attribute, Evidence, Scores};
use crate::text::{Language, Normalised};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a comment is scored on.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub text: &'a str,
    /// `text`, normalised.
    pub normalised: &'a Normalised,
    pub language: Language,
    /// `None` where the article is unknown: topicality is then null.
    pub article: Option<&'a ArticlePassage>,
    /// The comment it answers.
    pub parent: Option<&'a Passage>,
    /// Recent published comments under the article, newest first.
    pub thread: &'a [&'a Passage],
}

/// An article as the topicality classifier reads it.
#[derive(Clone, Copy)]
pub struct ArticleText<'a> {
    pub title: &'a str,
    pub body: Option<&'a str>,
}

/// Scores, and what made them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judgement {
    pub scores: Scores,
    /// For each attribute scored at [`MIN_EVIDENCE_SCORE`] or above.
    pub evidence: BTreeMap<Attribute, Evidence>,
    /// See [`Classifier::drift`]; `None` also where nobody asked for it.
    pub drift: Option<f64>,
}

/// The two classifiers with their models.
pub struct Classifier {
    embedding: Arc<Embedding>,
    embedding_card: Card,
    abuse: AbuseModel,
    abuse_card: Card,
    topicality: Arc<TopicalityModel>,
    topicality_card: Card,
    /// SHA-256 of the files: embedding, abuse, topicality.
    digests: [[u8; 32]; 3],
    revision: String,
}

/// The embedding that ships with ombud.
const EMBEDDING: &[u8] = include_bytes!("../../models/embedding.safetensors");
const EMBEDDED_TOPICALITY: &[u8] = include_bytes!("../../models/topicality.safetensors");

/// The three model files, as bytes.
#[derive(Clone, Copy)]
pub struct ModelBytes<'a> {
    pub embedding: &'a [u8],
    pub abuse: &'a [u8],
    pub topicality: &'a [u8],
}

impl ModelBytes<'static> {
    /// The models embedded in the binary.
    pub const EMBEDDED: Self =
        Self { embedding: EMBEDDING, abuse: AbuseModel::EMBEDDED, topicality: EMBEDDED_TOPICALITY };
}

impl Classifier {
    /// Reads the model files.
    ///
    /// # Errors
    /// [`ModelError`] says which file is wrong, and how.
    pub fn from_bytes(bytes: ModelBytes<'_>) -> Result<Self, ModelError> {
        let digests = [bytes.embedding, bytes.abuse, bytes.topicality].map(|file| Sha256::digest(file).into());
        let (embedding, embedding_card) = Embedding::from_bytes(bytes.embedding)?;
        let embedding = Arc::new(embedding);
        let (abuse, abuse_card) = AbuseModel::from_bytes(bytes.abuse, &embedding)?;
        let (topicality, topicality_card) = TopicalityModel::from_bytes(bytes.topicality, Arc::clone(&embedding))?;
        Ok(Self {
            embedding,
            embedding_card,
            abuse,
            abuse_card,
            topicality: Arc::new(topicality),
            topicality_card,
            revision: revision(&digests),
            digests,
        })
    }

    /// The same classifiers with another abuse model, such as one that a site's decisions made.
    ///
    /// # Errors
    /// [`ModelError`] if the file is damaged, or was made for another embedding or other features.
    pub fn with_abuse(&self, abuse: &[u8]) -> Result<Self, ModelError> {
        let [embedding, _, topicality] = self.digests;
        let digests = [embedding, Sha256::digest(abuse).into(), topicality];
        let (abuse, abuse_card) = AbuseModel::from_bytes(abuse, &self.embedding)?;
        Ok(Self {
            embedding: Arc::clone(&self.embedding),
            embedding_card: self.embedding_card.clone(),
            abuse,
            abuse_card,
            topicality: Arc::clone(&self.topicality),
            topicality_card: self.topicality_card.clone(),
            revision: revision(&digests),
            digests,
        })
    }

    /// The abuse model.
    #[must_use]
    pub const fn abuse(&self) -> &AbuseModel {
        &self.abuse
    }

    /// SHA-256 of the abuse model's file.
    #[must_use]
    pub const fn abuse_digest(&self) -> [u8; 32] {
        self.digests[1]
    }

    /// The classifiers that ship with ombud, from the models embedded in the binary.
    ///
    /// # Panics
    /// Never in a build that passed its tests: they read the embedded models.
    #[must_use]
    pub fn embedded() -> Self {
        Self::from_bytes(ModelBytes::EMBEDDED).expect("the tests read the embedded models")
    }

    /// Names the models: the first 12 hex digits of the SHA-256 over the files' own.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The cards of the models: embedding, abuse, topicality.
    #[must_use]
    pub const fn cards(&self) -> [&Card; 3] {
        [&self.embedding_card, &self.abuse_card, &self.topicality_card]
    }

    /// What articles, parents and threads are read with, before a comment can be judged among them.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        self.topicality.reader()
    }

    /// Scores texts for abuse alone, one after the other, faster than [`Classifier::judge`].
    #[must_use]
    pub fn scorer(&self) -> Scorer<'_> {
        Scorer::new(&self.abuse)
    }

    /// Scores a comment and gathers the evidence.
    #[must_use]
    pub fn judge(&self, input: &Input<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        self.abuse.judge(input, &mut judgement);
        self.topicality.judge(input, &mut judgement);
        judgement
    }

    /// The scores of [`Classifier::judge`], without the evidence, which takes longer than they do. `counts` is memory
    /// that may be used from one text to the next.
    #[must_use]
    pub fn scores(&self, input: &Input<'_>, counts: &mut Counts) -> Scores {
        counts.read(input.normalised.as_str());
        let mut scores = self.abuse.scores(input, counts);
        scores.set(Attribute::OffTopic, self.topicality.score(input));
        scores
    }

    /// The probability that the conversation which a comment joins has left its article, the comment included: 0 to 1;
    /// null where there is too little to tell, and where the comment itself is surely about the article.
    #[must_use]
    pub fn drift(&self, input: &Input<'_>) -> Option<f64> {
        // To four decimals, as scores are.
        self.topicality.drift(input).map(|drift| (drift * 10_000.0).round() / 10_000.0)
    }

    /// What the Perspective API would have said, 0 to 1; see [`PerspectiveScale::score`]. Allocates nothing.
    #[must_use]
    pub fn on_perspective_scale(&self, attribute: PerspectiveAttribute, scores: &Scores) -> Option<f64> {
        self.abuse.perspective_scale().score(attribute, scores)
    }

    /// What these classifiers say of a comment that others judged, which differ in their abuse model alone.
    #[must_use]
    pub fn judge_beside(&self, other: &Judgement, input: &Input<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        self.abuse.judge(input, &mut judgement);
        judgement.scores.set(Attribute::OffTopic, other.scores.get(Attribute::OffTopic));
        let evidence = other.evidence.get(&Attribute::OffTopic).cloned();
        judgement.evidence.extend(evidence.map(|evidence| (Attribute::OffTopic, evidence)));
        judgement.drift = other.drift;
        judgement
    }
}

fn revision(digests: &[[u8; 32]; 3]) -> String {
    let digest = digests.iter().fold(Sha256::new(), Sha256::chain_update).finalize();
    digest.iter().take(6).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;
    use std::sync::LazyLock;

    static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(Classifier::embedded);

    fn judge(text: &str) -> Judgement {
        let normalised = normalise(text);
        let language = Language::English;
        CLASSIFIER.judge(&Input { text, normalised: &normalised, language, article: None, parent: None, thread: &[] })
    }

    fn score(text: &str, attribute: Attribute) -> f64 {
        judge(text).scores.get(attribute).unwrap()
    }

    #[test]
    fn the_embedded_models_may_ship() {
        assert!(CLASSIFIER.cards().iter().all(|card| card.may_ship));
        assert_eq!(CLASSIFIER.revision().len(), 12);
    }

    #[test]
    fn the_embedded_model_knows_plain_cases() {
        for text in [
            "You are a complete idiot and everyone here knows it",
            "You are a c0mplete 1d\u{200b}10t and everyone here knows it",
        ] {
            assert!(score(text, Attribute::Toxicity) > 0.8 && score(text, Attribute::Insult) > 0.4);
        }
        assert!(score("I will find you and break your legs", Attribute::Threat) > 0.4);
        assert!(score("Check out my channel and subscribe please", Attribute::Spam) > 0.8);
        assert!(score("Buy cheap watches at http://watches.example/", Attribute::Spam) > 0.8);
        assert!(score("As a gay man I was moved by this column", Attribute::IdentityAttack) < 0.25);
        let harmless = "The ceasefire terms look thin to me; the minister should publish them";
        assert!(Attribute::ABUSE.into_iter().all(|a| score(harmless, a) < 0.3), "{:?}", judge(harmless));
    }

    #[test]
    fn the_same_comment_is_judged_the_same() {
        let text = "What a load of crap, 🤡 you idiots!";
        assert_eq!(judge(text), judge(text));
        assert!(!judge(text).evidence[&Attribute::Toxicity].spans.is_empty());
        assert_eq!(judge(text).scores.get(Attribute::OffTopic), None);
    }
}
