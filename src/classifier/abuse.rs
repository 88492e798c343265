//! The abuse classifier: one row of small integers a feature, one column an attribute.

use super::calibration::{Sigmoid, probability};
use super::count::Counts;
use super::evidence::{Explanation, MIN_SCORE, WordWeight};
use super::feature::{Features, Idf, damped};
use super::{Input, Judgement};
use crate::comment::Attribute;
use crate::text::Language;
use std::sync::LazyLock;

/// How many attributes a row of the table holds: [`Attribute::ABUSE`], in its order.
pub const COLUMNS: usize = Attribute::ABUSE.len();

/// A trained abuse classifier.
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

/// So many products of a weight and an idf, a byte each, fit in the 32 bits of a sum.
const CHUNK: usize = 1 << 15;

/// [`damped`] of the counts that are common.
static DAMPED: LazyLock<[f32; 64]> = LazyLock::new(|| std::array::from_fn(|count| damped(count.max(1))));

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

    /// The same scores as those of [`AbuseModel::raw`], to within rounding, from the counts alone.
    ///
    /// Every bucket is added up as if it had one feature, in whole numbers; then the few that have more get
    /// the difference.
    #[must_use]
    pub fn raw_of(&self, counts: &Counts) -> [f32; COLUMNS] {
        let mut sums = [0.0f32; COLUMNS];
        let mut square = 0.0f32;
        for buckets in counts.buckets().chunks(CHUNK) {
            let (part, part_square) = self.sum(buckets);
            square += part_square;
            for (sum, part) in sums.iter_mut().zip(part) {
                *sum += part;
            }
        }
        for (bucket, count) in counts.repeated() {
            let damped = DAMPED.get(count as usize).copied().unwrap_or_else(|| damped(count as usize));
            let idf = f32::from(self.idf.0[bucket as usize]);
            square += (damped * damped - 1.0) * idf * idf;
            for (sum, weight) in sums.iter_mut().zip(&self.table[bucket as usize]) {
                *sum += (damped - 1.0) * idf * f32::from(*weight);
            }
        }
        let per_unit = if square > 0.0 { square.sqrt().recip() } else { 0.0 };
        std::array::from_fn(|k| sums[k] * per_unit * self.scale[k] + self.bias[k])
    }

    /// The sums of weight × idf, and of idf², both in steps of the idf, over at most [`CHUNK`] buckets.
    #[expect(clippy::cast_precision_loss, reason = "what is lost is below a millionth of the sum")]
    fn sum(&self, buckets: &[u32]) -> ([f32; COLUMNS], f32) {
        let mut sums = [0i32; COLUMNS];
        let mut square = 0i32;
        for bucket in buckets {
            let idf = i32::from(self.idf.0[*bucket as usize]);
            for (sum, weight) in sums.iter_mut().zip(&self.table[*bucket as usize]) {
                *sum += i32::from(*weight) * idf;
            }
            square += idf * idf;
        }
        (sums.map(|sum| sum as f32), square as f32)
    }

    /// The calibrated probabilities of a text that was counted, in the order of [`Attribute::ABUSE`]: `None`
    /// for attributes that were not learned, and where there is no word.
    #[must_use]
    pub fn probabilities(&self, counts: &Counts) -> [Option<f64>; COLUMNS] {
        let mut scores = [None; COLUMNS];
        if counts.words().is_empty() {
            return scores;
        }
        let raw = self.raw_of(counts);
        for attribute in &self.attributes {
            let column = attribute.index();
            scores[column] = Some(probability(self.calibration[column].log_odds(raw[column])));
        }
        scores
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
        let text = input.normalised.as_str();
        let readable = !matches!(input.language, Language::Other(_));
        let scores = if readable { self.probabilities(&Counts::of(text)) } else { [None; COLUMNS] };
        // Where each feature lies is of interest only where there is something to show.
        let mut features = None;
        for attribute in self.attributes.iter().copied() {
            let score = scores[attribute.index()];
            judgement.scores.set(attribute, score);
            if score.is_some_and(|s| s >= MIN_SCORE) {
                let features = features.get_or_insert_with(|| Features::of(text));
                judgement.evidence.insert(attribute, self.explain(features, attribute).evidence(input.normalised));
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::classifier::feature::BUCKETS;
    use crate::text::{fmix64, normalise};

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
    fn counting_scores_as_reading_does() {
        let mut model = model(&[("idiot", 90), ("friend", -60), ("you idiot", 127)]);
        for (bucket, (row, idf)) in model.table.iter_mut().zip(&mut model.idf.0).enumerate() {
            let hash = fmix64(bucket as u64).to_le_bytes();
            row.iter_mut().zip(hash).for_each(|(weight, byte)| *weight = weight.wrapping_add(byte.cast_signed() / 8));
            *idf = hash[0].max(1);
        }
        let long = (0..60_000).map(|n| format!("word{n} {}", n % 7)).collect::<Vec<_>>().join(" ");
        // One sum of so many small floats is itself off by more.
        let texts = [("", 1e-5), ("You idiot, you idiot!", 1e-5), ("a a a a a 🐒 шит f** don't", 1e-5), (&long, 1e-4)];
        for (text, tolerance) in texts {
            let (rich, _) = model.raw(&Features::of(text));
            let lean = model.raw_of(&Counts::of(text));
            for (rich, lean) in rich.into_iter().zip(lean) {
                assert!((rich - lean).abs() <= tolerance * rich.abs().max(1.0), "{rich} {lean}");
            }
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
