//! The abuse classifier: one row of small integers a feature, one column an attribute.

use super::calibration::{Sigmoid, probability};
use super::evidence::{Explanation, MIN_SCORE, WordWeight};
use super::feature::{Features, Idf, damped};
use super::{Input, Judgement};
use crate::comment::Attribute;
use crate::text::Language;

/// How many attributes a row of the table holds: [`Attribute::ABUSE`], in its order.
pub const COLUMNS: usize = Attribute::ABUSE.len();

/// A trained abuse classifier.
#[derive(Clone)]
pub struct AbuseModel {
    /// Weights of each bucket, in units of `scale`.
    pub(crate) table: Vec<[i8; COLUMNS]>,
    pub(crate) idf: Idf,
    /// Raw score per unit of the table, for each attribute.
    pub(crate) scale: [f32; COLUMNS],
    pub(crate) bias: [f32; COLUMNS],
    pub(crate) calibration: [Sigmoid; COLUMNS],
    /// The attributes that could be learned; the others are absent from every judgement.
    pub(crate) attributes: Vec<Attribute>,
}

impl AbuseModel {
    /// Uncalibrated scores, in log-odds as trained, and the length of the feature vector.
    #[must_use]
    pub fn raw(&self, features: &Features) -> ([f32; COLUMNS], f32) {
        let mut sums = [0.0f32; COLUMNS];
        let mut square = 0.0f32;
        for group in features.groups() {
            let bucket = group[0].bucket;
            let value = damped(group.len()) * self.idf.weight(bucket);
            square += value * value;
            for (sum, weight) in sums.iter_mut().zip(&self.table[bucket as usize]) {
                *sum += value * f32::from(*weight);
            }
        }
        let length = square.sqrt();
        let per_unit = if length > 0.0 { length.recip() } else { 0.0 };
        let raw = std::array::from_fn(|k| sums[k] * per_unit * self.scale[k] + self.bias[k]);
        (raw, length)
    }

    /// The weight of a feature for a column: raw score per unit.
    pub(crate) fn weight(&self, feature: usize, column: usize) -> f32 {
        f32::from(self.table[feature][column]) * self.scale[column]
    }

    /// What each word adds to the log-odds of an attribute.
    #[must_use]
    pub fn explain(&self, features: &Features, attribute: Attribute) -> Explanation {
        let column = attribute.index();
        let (_, length) = self.raw(features);
        let mut words: Vec<WordWeight> =
            features.words.iter().map(|(start, end)| WordWeight { start: *start, end: *end, weight: 0.0 }).collect();
        let sigmoid = self.calibration[column];
        let unit = f64::from(sigmoid.slope) * f64::from(self.scale[column]) / f64::from(length);
        for group in features.groups() {
            let bucket = group[0].bucket;
            let weight = f64::from(self.table[bucket as usize][column]);
            if weight == 0.0 {
                continue;
            }
            let value = f64::from(damped(group.len()) * self.idf.weight(bucket));
            #[expect(clippy::cast_precision_loss, reason = "counts are small")]
            let share = unit * weight * value / group.len() as f64;
            for occurrence in group {
                let first = occurrence.word as usize;
                if occurrence.pair {
                    words[first].weight += share / 2.0;
                    words[first + 1].weight += share / 2.0;
                } else {
                    words[first].weight += share;
                }
            }
        }
        Explanation { base: sigmoid.log_odds(self.bias[column]), words }
    }

    /// Scores a comment on every attribute learned: null in another language, and where there is no word.
    pub(super) fn judge(&self, input: &Input<'_>, judgement: &mut Judgement) {
        let features = Features::of(input.normalised.as_str());
        let readable = !matches!(input.language, Language::Other(_)) && !features.occurrences.is_empty();
        let (raw, _) = self.raw(&features);
        for attribute in self.attributes.iter().copied() {
            let column = attribute.index();
            let score = readable.then(|| probability(self.calibration[column].log_odds(raw[column])));
            judgement.scores.set(attribute, score);
            if score.is_some_and(|s| s >= MIN_SCORE) {
                let evidence = self.explain(&features, attribute).evidence(input.normalised);
                judgement.evidence.insert(attribute, evidence);
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::classifier::feature::BUCKETS;
    use crate::text::normalise;

    /// A model with the given weights for words, in the column of `INSULT`.
    pub(crate) fn model(weights: &[(&str, i8)]) -> AbuseModel {
        let mut table = vec![[0i8; COLUMNS]; BUCKETS];
        for (word, weight) in weights {
            for occurrence in Features::of(word).occurrences {
                table[occurrence.bucket as usize][Attribute::Insult.index()] = *weight;
            }
        }
        AbuseModel {
            table,
            idf: Idf(vec![32; BUCKETS]),
            scale: [0.05; COLUMNS],
            bias: [-1.0; COLUMNS],
            calibration: [Sigmoid { slope: 1.5, offset: 0.25 }; COLUMNS],
            attributes: vec![Attribute::Insult, Attribute::Threat],
        }
    }

    fn judge(model: &AbuseModel, text: &str, language: Language) -> Judgement {
        let normalised = normalise(text);
        let input = Input { text, normalised: &normalised, language, article: None, parent: None, thread: &[] };
        let mut judgement = Judgement::default();
        model.judge(&input, &mut judgement);
        judgement
    }

    #[test]
    fn the_parts_sum_to_the_log_odds() {
        let model = model(&[("idiot", 90), ("friend", -60), ("you idiot", 40)]);
        for text in ["You 1d10t, you idiot! My friend, an idiot.", "friend", "nothing of the kind"] {
            let features = Features::of(normalise(text).as_str());
            let (raw, _) = model.raw(&features);
            let column = Attribute::Insult.index();
            let whole = model.calibration[column].log_odds(raw[column]);
            let parts = model.explain(&features, Attribute::Insult).log_odds();
            assert!((whole - parts).abs() < 1e-4, "{whole} {parts}");
        }
    }

    #[test]
    fn evidence_points_at_the_original() {
        let judgement = judge(&model(&[("idiot", 90)]), "😀 well, 1\u{200b}d10t it is", Language::Uncertain);
        let spans = &judgement.evidence[&Attribute::Insult].spans;
        assert_eq!((spans[0].start, spans[0].end, spans.len()), (8, 14, 1));
        assert!(!judgement.evidence.contains_key(&Attribute::Threat));
    }

    #[test]
    fn what_cant_be_read_is_null() {
        let model = model(&[("idiot", 90)]);
        let foreign = judge(&model, "idiot", Language::Other("deu"));
        assert_eq!(foreign.scores.iter().collect::<Vec<_>>(), [(Attribute::Insult, None), (Attribute::Threat, None)]);
        assert!(foreign.evidence.is_empty());
        assert_eq!(judge(&model, "?!", Language::Uncertain).scores.get(Attribute::Insult), None);
        assert!(judge(&model, "idiot", Language::English).scores.get(Attribute::Insult).unwrap() > 0.5);
    }
}
