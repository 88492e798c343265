//! How a comment is scored: for abuse by its text, for topicality by its context. Pure; microseconds.

mod abuse;
mod abuse_file;
pub(crate) mod calibration;
mod card;
mod error;
mod evidence;
pub mod feature;
mod file;
pub mod topicality;

pub use abuse::{AbuseModel, COLUMNS};
pub use abuse_file::FORMAT as ABUSE_FORMAT;
pub use calibration::Sigmoid;
pub use card::{Card, Check, Metric, SiteNote, SourceNote};
pub use error::{ModelError, ModelKind};
pub use evidence::{Explanation, MIN_SCORE as MIN_EVIDENCE_SCORE, WordWeight};
pub use topicality::TopicalityModel;

use crate::comment::{Attribute, Evidence, Scores};
use crate::text::{Language, Normalised};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a comment is scored on.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub text: &'a str,
    /// `text`, normalised.
    pub normalised: &'a Normalised,
    pub language: Language,
    /// `None` where the article is unknown: topicality is then null.
    pub article: Option<ArticleText<'a>>,
    /// The text of the comment it answers.
    pub parent: Option<&'a str>,
    /// Recent published comments under the article, newest first.
    pub thread: &'a [&'a str],
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
}

/// The two classifiers with their models.
pub struct Classifier {
    abuse: AbuseModel,
    abuse_card: Card,
    topicality: TopicalityModel,
    topicality_card: Card,
    revision: String,
}

const EMBEDDED_TOPICALITY: &[u8] = include_bytes!("../../models/topicality.safetensors");

impl Classifier {
    /// Reads the two model files.
    ///
    /// # Errors
    /// [`ModelError`] says which file is wrong, and how.
    pub fn from_bytes(abuse: &[u8], topicality: &[u8]) -> Result<Self, ModelError> {
        let digest = Sha256::new().chain_update(abuse).chain_update(topicality).finalize();
        let revision = digest.iter().take(6).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let (abuse, abuse_card) = AbuseModel::from_bytes(abuse)?;
        let (topicality, topicality_card) = TopicalityModel::from_bytes(topicality)?;
        Ok(Self { abuse, abuse_card, topicality, topicality_card, revision })
    }

    /// The classifiers that ship with ombud, from the models embedded in the binary.
    ///
    /// # Panics
    /// Never in a build that passed its tests: they read the embedded models.
    #[must_use]
    pub fn embedded() -> Self {
        Self::from_bytes(AbuseModel::EMBEDDED, EMBEDDED_TOPICALITY).expect("the tests read the embedded models")
    }

    /// The classifiers that ship with ombud, but for another abuse model.
    ///
    /// # Errors
    /// [`ModelError`] says what is wrong with the file.
    pub fn with_abuse(abuse: &[u8]) -> Result<Self, ModelError> {
        Self::from_bytes(abuse, EMBEDDED_TOPICALITY)
    }

    /// Names the models: the first 12 hex digits of the SHA-256 over both files.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The cards of the two models: abuse, topicality.
    #[must_use]
    pub const fn cards(&self) -> (&Card, &Card) {
        (&self.abuse_card, &self.topicality_card)
    }

    /// Scores a comment and gathers the evidence.
    #[must_use]
    pub fn judge(&self, input: &Input<'_>) -> Judgement {
        let mut judgement = Judgement::default();
        self.abuse.judge(input, &mut judgement);
        self.topicality.judge(input, &mut judgement);
        judgement
    }
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
        let (abuse, topicality) = CLASSIFIER.cards();
        assert!(abuse.may_ship && topicality.may_ship);
        assert_eq!(CLASSIFIER.revision().len(), 12);
    }

    #[test]
    fn the_embedded_model_knows_plain_cases() {
        assert!(score("You are a complete idiot and everyone here knows it", Attribute::Insult) > 0.8);
        assert!(score("You are a c0mplete 1d\u{200b}10t and everyone here knows it", Attribute::Insult) > 0.8);
        assert!(score("I will find you and break your legs", Attribute::Threat) > 0.5);
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
