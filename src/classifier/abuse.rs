//! The abuse classifier: one row of small integers a feature, one column an attribute.

use super::calibration::{Sigmoid, probability};
use super::count::Counts;
use super::evidence::{Explanation, MIN_SCORE, WordWeight};
use super::explainer::Explainer;
use super::feature::{BUCKETS, Features, Idf, damped};
use super::lexicon::Lexicon;
use super::ngram::NgramTable;
use super::piece::PieceWeights;
use super::{Input, Judgement, PerspectiveScale};
use crate::comment::{Attribute, Evidence, Scores};
use crate::text::{Language, normalise};
use std::sync::LazyLock;

/// How many attributes a row of the table holds: [`Attribute::ABUSE`], in its order.
pub const COLUMNS: usize = Attribute::ABUSE.len();

/// A trained abuse classifier.
#[derive(Clone)]
pub struct AbuseModel {
    /// Weights of each bucket, in units of `scale`.
    pub(crate) table: NgramTable,
    pub(crate) idf: Idf,
    pub(crate) pieces: PieceWeights,
    /// Follows from the three above, and is made anew where one of them changes.
    pub(crate) lexicon: Lexicon,
    /// Raw score per unit of the table, for each attribute.
    pub(crate) scale: [f32; COLUMNS],
    pub(crate) bias: [f32; COLUMNS],
    pub(crate) calibration: [Sigmoid; COLUMNS],
    /// The attributes that could be learned; the others are absent from every judgement.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) perspective: PerspectiveScale,
}

/// [`damped`] of the counts that are common.
static DAMPED: LazyLock<[f32; 64]> = LazyLock::new(|| std::array::from_fn(|count| damped(count.max(1))));

impl AbuseModel {
    /// Calibrated log-odds of an attribute.
    #[must_use]
    pub fn log_odds(&self, attribute: Attribute, raw: [f32; COLUMNS]) -> f64 {
        let column = attribute.index();
        self.calibration[column].log_odds(raw[column])
    }

    /// Uncalibrated scores of a normalised text, in log-odds as trained.
    ///
    /// Every bucket is added up as if it had one feature, in whole numbers; then the few that have more get
    /// the difference.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "what is lost is below a millionth of the sum")]
    pub fn raw(&self, text: &str, counts: &Counts) -> [f32; COLUMNS] {
        let (ngrams, pieces) = self.sum(text, counts);
        let mut sums = ngrams.weights.map(|sum| sum as f32);
        let mut square = ngrams.squares as f32;
        for (bucket, count) in counts.repeated() {
            let damped = DAMPED.get(count as usize).copied().unwrap_or_else(|| damped(count as usize));
            let idf = f32::from(self.idf.0[bucket as usize]);
            square += (damped * damped - 1.0) * idf * idf;
            for (sum, weight) in sums.iter_mut().zip(&self.table[bucket as usize]) {
                *sum += (damped - 1.0) * idf * f32::from(*weight);
            }
        }
        let per_unit = if square > 0.0 { square.sqrt().recip() } else { 0.0 };
        let pieces = self.pieces.raw(&pieces);
        std::array::from_fn(|k| sums[k] * per_unit * self.scale[k] + pieces[k] + self.bias[k])
    }

    /// The calibrated probabilities of a text that was counted, in the order of [`Attribute::ABUSE`]: `None`
    /// for attributes that were not learned, and where there is no word.
    #[must_use]
    pub fn probabilities(&self, text: &str, counts: &Counts) -> [Option<f64>; COLUMNS] {
        let mut scores = [None; COLUMNS];
        if counts.words().is_empty() {
            return scores;
        }
        let raw = self.raw(text, counts);
        for attribute in &self.attributes {
            let column = attribute.index();
            scores[column] = Some(probability(self.calibration[column].log_odds(raw[column])));
        }
        scores
    }

    /// The weight of a feature of [`row`](super::row::row) for a column: raw score per unit.
    pub(crate) fn weight(&self, feature: usize, column: usize) -> f32 {
        match feature.checked_sub(BUCKETS) {
            None => f32::from(self.table[feature][column]) * self.scale[column],
            Some(dimension) => self.pieces.dense[dimension][column],
        }
    }

    /// What each word adds to the log-odds of an attribute. `counts` and `features` are of the normalised text.
    #[must_use]
    pub fn explain(&self, text: &str, counts: &Counts, features: &Features, attribute: Attribute) -> Explanation {
        let column = attribute.index();
        let mut words: Vec<WordWeight> =
            features.words.iter().map(|(start, end)| WordWeight { start: *start, end: *end, weight: 0.0 }).collect();
        let sigmoid = self.calibration[column];
        let unit = f64::from(sigmoid.slope) * f64::from(self.scale[column]) / f64::from(features.length(&self.idf));
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
        let (_, sum) = self.sum(text, counts);
        for (word, hashed) in words.iter_mut().zip(counts.words()) {
            word.weight +=
                f64::from(sigmoid.slope) * f64::from(self.pieces.part(&sum, &self.pieces_of(text, hashed), column));
        }
        Explanation { base: sigmoid.log_odds(self.bias[column]), words }
    }

    /// The attributes that could be learned.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The curves to Perspective's scale; none for a model that was trained without Perspective's scores.
    #[must_use]
    pub const fn perspective_scale(&self) -> &PerspectiveScale {
        &self.perspective
    }

    /// What in a text speaks for an attribute, whatever its score is.
    #[must_use]
    pub fn evidence(&self, text: &str, attribute: Attribute) -> Evidence {
        let normalised = normalise(text);
        let counts = Counts::of(normalised.as_str());
        Explainer::new(self, text, &normalised, &counts).evidence(attribute)
    }

    /// Scores a comment that was counted on every attribute learned: null in another language, and where there is no
    /// word.
    pub(super) fn scores(&self, input: &Input<'_>, counts: &Counts) -> Scores {
        let readable = !matches!(input.language, Language::Other(_));
        let scores = if readable { self.probabilities(input.normalised.as_str(), counts) } else { [None; COLUMNS] };
        self.attributes.iter().map(|attribute| (*attribute, scores[attribute.index()])).collect()
    }

    /// Scores a comment and gathers the evidence.
    pub(super) fn judge(&self, input: &Input<'_>, judgement: &mut Judgement) {
        let Input { text, normalised, .. } = *input;
        let counts = Counts::of(normalised.as_str());
        judgement.scores = self.scores(input, &counts);
        // Where each feature lies is of interest only where there is something to show.
        let shown = judgement.scores.iter().filter(|(_, score)| score.is_some_and(|s| s >= MIN_SCORE));
        let mut explainer = None;
        for (attribute, _) in shown {
            let explainer = explainer.get_or_insert_with(|| Explainer::new(self, text, normalised, &counts));
            judgement.evidence.insert(attribute, explainer.evidence(attribute));
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::classifier::embedding::Embedding;
    use crate::classifier::row::row;
    use crate::classifier::{Scorer, left_out};
    use crate::text::fmix64;
    use proptest::prelude::*;
    use std::sync::Arc;

    pub(crate) static EMBEDDING: LazyLock<Arc<Embedding>> = LazyLock::new(Embedding::embedded);

    /// A model with the given weights for words, in the column of `INSULT`.
    pub(crate) fn model(weights: &[(&str, i8)]) -> AbuseModel {
        let mut table = vec![[0i8; COLUMNS]; BUCKETS];
        for (word, weight) in weights {
            for occurrence in Features::of(word).occurrences {
                table[occurrence.bucket as usize][Attribute::Insult.index()] = *weight;
            }
        }
        // Every piece says a little more than the one before, in every column.
        let dense = std::array::from_fn(|d| [if d == 0 { 0.3 } else { 0.0 }; COLUMNS]);
        let (idf, pieces) = (Idf(vec![32; BUCKETS]), PieceWeights::fold(&EMBEDDING, &dense));
        AbuseModel {
            lexicon: Lexicon::of(&table, &idf, &pieces),
            table,
            pieces,
            idf,
            scale: [0.05; COLUMNS],
            bias: [-1.0; COLUMNS],
            calibration: [Sigmoid { slope: 1.5, offset: 0.25 }; COLUMNS],
            attributes: vec![Attribute::Insult, Attribute::Threat],
            perspective: PerspectiveScale::default(),
        }
    }

    fn judge(model: &AbuseModel, text: &str, language: Language) -> Judgement {
        let normalised = normalise(text);
        let input = Input { text, normalised: &normalised, language, article: None, parent: None, thread: &[] };
        let mut judgement = Judgement::default();
        model.judge(&input, &mut judgement);
        judgement
    }

    /// A model with some weight for every feature and every dimension, in every column.
    fn dense_model() -> AbuseModel {
        let mut model = model(&[]);
        for (bucket, row) in model.table.iter_mut().enumerate() {
            let hash = fmix64(bucket as u64).to_le_bytes();
            row.iter_mut().zip(hash).for_each(|(weight, byte)| *weight = byte.cast_signed());
            model.idf.0[bucket] = hash[7].max(16);
        }
        let said =
            |d: usize, k: usize| f32::from(fmix64((d * COLUMNS + k) as u64).to_le_bytes()[0].cast_signed()) / 64.0;
        let dense = std::array::from_fn(|d| std::array::from_fn(|k| said(d, k)));
        model.pieces = PieceWeights::fold(&EMBEDDING, &dense);
        model.lexicon = Lexicon::of(&model.table, &model.idf, &model.pieces);
        model
    }

    pub(crate) static DENSE: LazyLock<AbuseModel> = LazyLock::new(dense_model);

    fn check_sum(text: &str) -> Result<(), TestCaseError> {
        let text = normalise(text);
        let (text, counts, features) = (text.as_str(), Counts::of(text.as_str()), Features::of(text.as_str()));
        let raw = DENSE.raw(text, &counts);
        for attribute in Attribute::ABUSE {
            let explanation = DENSE.explain(text, &counts, &features, attribute);
            let (whole, parts) = (DENSE.log_odds(attribute, raw), explanation.log_odds());
            // Rounding of 32-bit sums, against what was summed.
            let size = explanation.words.iter().map(|w| w.weight.abs()).sum::<f64>() + 1.0;
            prop_assert!((whole - parts).abs() < 1e-4 * size, "{attribute}: {whole} {parts}");
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_log_odds(
            words in prop::collection::vec(
                prop::sample::select(vec![
                    "idiot", "1d10t", "i d i o t", "idi\u{200b}ot", "sooooo", "f**", "f*ck", "don't", "🤡", "🐒🐒", "you",
                    "and", "шит", "Ünïcode", "unbelievably", "http://win.example/a?b=1", "漢字", "...", "!", "10k",
                ]),
                0..40,
            ),
            gaps in prop::collection::vec(prop::sample::select(vec![" ", "", "-", ", ", "\n"]), 40),
            rest in "\\PC{0,60}",
        ) {
            let text: String = words.iter().zip(&gaps).flat_map(|(word, gap)| [*word, *gap]).collect();
            check_sum(&text)?;
            check_sum(&format!("{text}{rest}"))?;
        }
    }

    #[test]
    fn the_parts_of_long_texts_sum_to_the_log_odds() {
        for text in ["idiot ".repeat(5_000), "a".repeat(50_000), String::new()] {
            check_sum(&text).unwrap();
        }
    }

    #[test]
    fn leaving_out_the_first_span_lowers_the_score_most() {
        let texts = [
            "Idiot, said the friend. You are an idiot and a fool, my friend. Fool!",
            "1d10t! Some more words that say little, and then a f o o l 🤡.",
        ];
        for text in texts {
            let judgement = judge(&DENSE, text, Language::English);
            for (attribute, evidence) in judgement.evidence {
                let left = |span: &crate::comment::Span| {
                    DENSE.log_odds(attribute, Scorer::new(&DENSE).raw(&left_out(text, span.start, span.end)))
                };
                let left: Vec<f64> = evidence.spans.iter().map(left).collect();
                assert!(left.is_sorted(), "{attribute}: {left:?}");
            }
        }
    }

    /// The same by definition: the row of features times the weights.
    #[test]
    fn counting_scores_as_the_row_of_features_does() {
        let mut model = model(&[("idiot", 90), ("friend", -60), ("you idiot", 127)]);
        for (bucket, (row, idf)) in model.table.iter_mut().zip(&mut model.idf.0).enumerate() {
            let hash = fmix64(bucket as u64).to_le_bytes();
            row.iter_mut().zip(hash).for_each(|(weight, byte)| *weight = weight.wrapping_add(byte.cast_signed() / 8));
            *idf = hash[0].max(1);
        }
        model.lexicon = Lexicon::of(&model.table, &model.idf, &model.pieces);
        let long = (0..60_000).map(|n| format!("word{n} {}", n % 7)).collect::<Vec<_>>().join(" ");
        // Pieces are kept in steps of a 127th of the largest; the steps of one repeated word add up.
        let texts = [("", 0.01), ("you idiot, you idiot!", 0.01), ("a a a a a 🐒 шит f** don't", 0.01), (&long, 0.05)];
        for (text, tolerance) in texts {
            let counted = model.raw(text, &Counts::of(text));
            let row = row(text, &model.idf, &EMBEDDING);
            for (column, counted) in counted.into_iter().enumerate() {
                let parts = row.iter().map(|(feature, value)| match (*feature as usize).checked_sub(BUCKETS) {
                    None => value * f32::from(model.table[*feature as usize][column]) * model.scale[column],
                    Some(dimension) => value * model.pieces.dense[dimension][column],
                });
                let whole = model.bias[column] + parts.sum::<f32>();
                assert!((whole - counted).abs() <= tolerance * whole.abs().max(1.0), "{whole} {counted}");
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
