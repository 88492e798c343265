//! What a platform says that a text's scores should have been. The text need not be a comment that ombud knows.

use super::key::hex;
use super::{ArticleId, Attribute, CommentText, KeyId, SiteId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Names a correction: 32 lower-case hexadecimal digits, made from site, key and text.
///
/// So the same key that corrects the same text again means the same correction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct CorrectionId(String);

/// A string names no correction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a correction's id is {} of 0-9 and a-f", CorrectionId::DIGITS)]
pub struct InvalidCorrectionId;

impl CorrectionId {
    const DIGITS: usize = 32;

    /// The id of what a key of a site says of a text: the first half of a SHA-256.
    #[must_use]
    pub fn of(site: &SiteId, by: &KeyId, text: &CommentText) -> Self {
        // Ids of sites and keys hold no line ends, so no two triples run into each other.
        let whole = format!("{site}\n{by}\n{}", text.as_str());
        let mut digits = hex(&Sha256::digest(whole.as_bytes()));
        digits.truncate(Self::DIGITS);
        Self(digits)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CorrectionId {
    type Error = InvalidCorrectionId;
    fn try_from(id: String) -> Result<Self, InvalidCorrectionId> {
        let digits = id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if id.len() == Self::DIGITS && digits { Ok(Self(id)) } else { Err(InvalidCorrectionId) }
    }
}

impl std::fmt::Display for CorrectionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why values are not the labels of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLabels {
    #[error("there is no label")]
    Empty,
    #[error("{0} can't be corrected: it is no attribute of the abuse model")]
    NotAbuse(Attribute),
    #[error("the label of {0} is not from 0 to 1")]
    OutOfRange(Attribute),
}

/// What scores should have been: at least one attribute of the abuse model, each 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<Attribute, f64>")]
pub struct CorrectionLabels(BTreeMap<Attribute, f64>);

impl CorrectionLabels {
    /// Parses labels.
    ///
    /// # Errors
    /// [`InvalidLabels`] names the first attribute that can't be used.
    pub fn parse(labels: BTreeMap<Attribute, f64>) -> Result<Self, InvalidLabels> {
        for (attribute, label) in &labels {
            if !Attribute::ABUSE.contains(attribute) {
                return Err(InvalidLabels::NotAbuse(*attribute));
            }
            if !(0.0..=1.0).contains(label) {
                return Err(InvalidLabels::OutOfRange(*attribute));
            }
        }
        if labels.is_empty() { Err(InvalidLabels::Empty) } else { Ok(Self(labels)) }
    }

    /// The labels, by attribute.
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, f64)> {
        self.0.iter().map(|(attribute, label)| (*attribute, *label))
    }
}

impl TryFrom<BTreeMap<Attribute, f64>> for CorrectionLabels {
    type Error = InvalidLabels;
    fn try_from(labels: BTreeMap<Attribute, f64>) -> Result<Self, InvalidLabels> {
        Self::parse(labels)
    }
}

/// What one key says that a text's scores should have been.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    pub id: CorrectionId,
    pub text: CommentText,
    pub labels: CorrectionLabels,
    /// The API key that says so.
    pub by: KeyId,
    /// When it last said something of this text.
    pub at: Timestamp,
    /// The article that the text stood under, if the platform told. It need not be one that ombud knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<ArticleId>,
}

impl Correction {
    /// What a key of a site says of a text.
    #[must_use]
    pub fn new(
        site: &SiteId,
        by: KeyId,
        text: CommentText,
        labels: CorrectionLabels,
        article: Option<ArticleId>,
        at: Timestamp,
    ) -> Self {
        Self { id: CorrectionId::of(site, &by, &text), text, labels, by, at, article }
    }

    /// What stands once this was said after `before`, the same key's correction of the same text. The last word
    /// counts, attribute by attribute: what it leaves out stays as it was said.
    #[must_use]
    pub fn over(&self, before: &Self) -> Self {
        debug_assert_eq!(self.id, before.id, "corrections of one text by one key");
        let mut labels = before.labels.0.clone();
        labels.extend(self.labels.iter());
        let article = self.article.clone().or_else(|| before.article.clone());
        // Clocks of replicas differ a little; the time never goes back.
        let at = self.at.max(before.at);
        Self { labels: CorrectionLabels(labels), article, at, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::Attribute::{Insult, OffTopic, Spam, Toxicity};
    use super::*;

    fn labels(pairs: &[(Attribute, f64)]) -> CorrectionLabels {
        CorrectionLabels::parse(pairs.iter().copied().collect()).unwrap()
    }

    fn said(text: &str, pairs: &[(Attribute, f64)], article: Option<&str>, second: i64) -> Correction {
        Correction::new(
            &SiteId::parse("daily").unwrap(),
            KeyId::parse("key_1").unwrap(),
            CommentText::parse(text).unwrap(),
            labels(pairs),
            article.map(|id| ArticleId::parse(id).unwrap()),
            Timestamp::from_second(second).unwrap(),
        )
    }

    #[test]
    fn labels_are_shares_of_what_the_abuse_model_scores() {
        let parse = |pairs: &[(Attribute, f64)]| CorrectionLabels::parse(pairs.iter().copied().collect());
        assert!(parse(&[(Spam, 0.0), (Toxicity, 1.0)]).is_ok());
        assert_eq!(parse(&[]), Err(InvalidLabels::Empty));
        assert_eq!(parse(&[(Spam, 1.0), (OffTopic, 1.0)]), Err(InvalidLabels::NotAbuse(OffTopic)));
        for wrong in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(parse(&[(Toxicity, wrong)]), Err(InvalidLabels::OutOfRange(Toxicity)), "{wrong}");
        }
    }

    #[test]
    fn an_id_is_of_site_key_and_text() {
        let (site, other) = (SiteId::parse("daily").unwrap(), SiteId::parse("gazette").unwrap());
        let (key, another) = (KeyId::parse("key_1").unwrap(), KeyId::parse("key_2").unwrap());
        let [text, longer] = ["a text", "a text "].map(|text| CommentText::parse(text).unwrap());
        let id = CorrectionId::of(&site, &key, &text);
        // A fixed value: under another id, what was said before would be counted twice.
        assert_eq!(id.as_str(), "fb25161a2708de5bbb946d567cc98af7");
        assert_eq!(CorrectionId::try_from(id.to_string()), Ok(id.clone()));
        let others = [(&other, &key, &text), (&site, &another, &text), (&site, &key, &longer)];
        assert!(others.iter().all(|(site, key, text)| CorrectionId::of(site, key, text) != id));
        for wrong in ["", "9372", &id.as_str().to_uppercase(), "éééééééééééééééé"] {
            assert_eq!(CorrectionId::try_from(wrong.to_owned()), Err(InvalidCorrectionId), "{wrong}");
        }
    }

    #[test]
    fn the_last_word_counts_attribute_by_attribute() {
        let first = said("a text", &[(Toxicity, 0.9), (Insult, 0.7)], Some("a1"), 5);
        let second = said("a text", &[(Toxicity, 0.1), (Spam, 1.0)], None, 9);
        let stands = said("a text", &[(Toxicity, 0.1), (Insult, 0.7), (Spam, 1.0)], Some("a1"), 9);
        assert_eq!(second.over(&first), stands);
        assert_eq!(second.over(&second), second, "the same again changes nothing");
        let slow_clock = said("a text", &[(Toxicity, 0.5)], Some("a2"), 1);
        assert_eq!(slow_clock.over(&first), said("a text", &[(Toxicity, 0.5), (Insult, 0.7)], Some("a2"), 5));
    }

    #[test]
    fn it_is_read_as_written_and_never_prints_its_text() {
        let correction = said("secret words", &[(Toxicity, 0.123_456_789)], Some("a1"), 5);
        let doc = serde_json::to_string(&correction).unwrap();
        assert_eq!(serde_json::from_str::<Correction>(&doc).unwrap(), correction);
        assert!(serde_json::from_str::<Correction>(&doc.replace("TOXICITY", "OFF_TOPIC")).is_err());
        assert!(!format!("{correction:?}").contains("secret"), "{correction:?}");
    }
}
