//! The topicality classifier: does a comment talk about what stands around it?

pub mod feature;
mod file;
mod sentence;
pub mod term;

pub use file::FORMAT;

use super::calibration::{Sigmoid, probability};
use super::evidence::MIN_SCORE;
use super::feature::Idf;
use super::{Input, Judgement};
use crate::comment::{Attribute, Evidence};
use crate::text::Language;

/// A trained topicality classifier: a logistic regression on [`feature::NAMES`].
pub struct TopicalityModel {
    pub(crate) idf: Idf,
    /// Log-odds of being off-topic per unit of each feature.
    pub(crate) weights: [f32; feature::COUNT],
    pub(crate) bias: f32,
    pub(crate) calibration: Sigmoid,
}

impl TopicalityModel {
    /// The uncalibrated log-odds of being off-topic.
    #[must_use]
    pub fn raw(&self, features: &[f32; feature::COUNT]) -> f32 {
        self.bias + self.weights.iter().zip(features).map(|(w, f)| w * f).sum::<f32>()
    }

    /// Scores a comment: null where the article is unknown, in another language, and where the comment
    /// is too short to tell (see [`feature::read`]).
    pub(super) fn judge(&self, input: &Input<'_>, judgement: &mut Judgement) {
        let readable = !matches!(input.language, Language::Other(_));
        let reading = readable.then(|| feature::read(input, &self.idf)).flatten();
        let score = reading.as_ref().map(|r| probability(self.calibration.log_odds(self.raw(&r.features))));
        judgement.scores.set(Attribute::OffTopic, score);
        if let (Some(reading), Some(score)) = (reading, score)
            && score >= MIN_SCORE
        {
            let context = sentence::sentences(&reading, input.normalised, &self.idf);
            judgement.evidence.insert(Attribute::OffTopic, Evidence { spans: Vec::new(), context });
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::classifier::ArticleText;
    use crate::text::normalise;

    pub(crate) fn model() -> TopicalityModel {
        let mut weights = [0.0; feature::COUNT];
        weights[2] = -6.0;
        let calibration = Sigmoid { slope: 1.0, offset: 0.0 };
        TopicalityModel { idf: Idf(vec![112; term::IDF_BUCKETS]), weights, bias: 1.0, calibration }
    }

    const ARTICLE: ArticleText<'_> =
        ArticleText { title: "Ceasefire talks stall", body: Some("Ministers left the embassy without a signature.") };

    fn judge(text: &str, article: Option<ArticleText<'_>>, parent: Option<&str>, language: Language) -> Judgement {
        let normalised = normalise(text);
        let input = Input { text, normalised: &normalised, language, article, parent, thread: &[] };
        let mut judgement = Judgement::default();
        model().judge(&input, &mut judgement);
        judgement
    }

    fn score(text: &str, article: Option<ArticleText<'_>>, parent: Option<&str>) -> Option<f64> {
        judge(text, article, parent, Language::English).scores.get(Attribute::OffTopic)
    }

    const ON: &str = "The ministers should have stayed in the embassy until the ceasefire had a signature";
    const OFF: &str = "My neighbour sells wonderful honey from his bees and everybody in town buys jars";

    #[test]
    fn overlap_lowers_the_score() {
        assert!(score(ON, Some(ARTICLE), None) < score(OFF, Some(ARTICLE), None));
    }

    #[test]
    fn what_nobody_can_tell_is_null() {
        assert_eq!(score(ON, None, None), None);
        assert_eq!(score("Bees make good honey", Some(ARTICLE), None), None);
        assert_eq!(judge(ON, Some(ARTICLE), None, Language::Other("deu")).scores.get(Attribute::OffTopic), None);
        let silent = ArticleText { title: "Live", body: None };
        assert_eq!(score(ON, Some(silent), None), None);
    }

    #[test]
    fn a_short_reply_can_be_told_by_its_parent() {
        let reply = "Bees make very good honey";
        let parent = "Beekeeping is a lovely hobby, and local honey tastes better than imports";
        assert!(score(reply, Some(ARTICLE), Some(parent)).is_some());
        assert_eq!(score(reply, Some(ARTICLE), Some("Yes!")), None);
    }

    #[test]
    fn the_context_speaks() {
        let sentences =
            |text| judge(text, Some(ARTICLE), None, Language::English).evidence[&Attribute::OffTopic].context.clone();
        let partly = "At the embassy my neighbour sells wonderful honey from bees and everybody buys jars";
        assert_eq!(sentences(partly), ["shares \"embassy\" with the article"]);
        assert_eq!(sentences(OFF), ["shares no rare word with the article"]);
    }
}
