//! From what each word added to a score to the few phrases worth showing, and their order.

use super::phrase::phrases;
use crate::comment::{Evidence, Span};
use crate::text::Normalised;

/// Evidence is gathered for scores from here on; below, no threshold worth having asks for it.
pub const MIN_SCORE: f64 = 0.25;
/// How many phrases of a text are shown for one score.
const MAX_SPANS: usize = 8;
/// How many of them, those that weigh most, are left out to see what matters most.
const LEFT_OUT: usize = 4;

/// What a word added to a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WordWeight {
    /// First byte in the normalised text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Log-odds; negative where the word speaks against.
    pub weight: f64,
}

/// The score's exact parts: `base` and the weights of all words sum to its log-odds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explanation {
    pub base: f64,
    pub words: Vec<WordWeight>,
}

impl Explanation {
    /// The log-odds that the parts sum to.
    #[must_use]
    pub fn log_odds(&self) -> f64 {
        self.base + self.words.iter().map(|w| w.weight).sum::<f64>()
    }

    /// The phrases that spoke for the score, the one that matters most first: the four that weigh most in the
    /// order of the log-odds that are left without each, which `without` says of the original text without
    /// the code points `start..end`; then up to four more, by weight.
    ///
    /// Weights and order can differ, as what is left of a shorter text weighs more, and a word said twice
    /// loses little by being said once.
    #[must_use]
    pub fn evidence(&self, normalised: &Normalised, mut without: impl FnMut(u32, u32) -> f64) -> Evidence {
        let mut found = phrases(normalised.as_str(), &self.words);
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        found.truncate(MAX_SPANS);
        let span = |phrase: &WordWeight| {
            let (start, end) = normalised.span(phrase.start, phrase.end);
            // Three decimals, for people and so that replicas agree to the byte.
            Span { start, end, weight: (phrase.weight * 1000.0).round() / 1000.0 }
        };
        let mut spans: Vec<Span> = found.iter().map(span).collect();
        let heaviest = spans.len().min(LEFT_OUT);
        if heaviest > 1 {
            let left = |span: &Span| (without(span.start, span.end), *span);
            let mut tried: Vec<(f64, Span)> = spans[..heaviest].iter().map(left).collect();
            // Stable: of two that matter the same, the heavier one is first.
            tried.sort_by(|a, b| a.0.total_cmp(&b.0));
            spans.splice(..heaviest, tried.into_iter().map(|(_, span)| span));
        }
        Evidence { spans, context: Vec::new() }
    }
}

/// A text without the code points `start..end`.
#[must_use]
pub fn left_out(text: &str, start: u32, end: u32) -> String {
    let kept = |(place, _): &(usize, char)| u32::try_from(*place).is_ok_and(|at| at < start || at >= end);
    text.chars().enumerate().filter(kept).map(|(_, c)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{normalise, words};

    fn explain(text: &Normalised, weights: &[f64]) -> Explanation {
        let words = words(text.as_str()).zip(weights);
        let words = words.map(|(w, weight)| WordWeight { start: w.start, end: w.end, weight: *weight });
        Explanation { base: -2.0, words: words.collect() }
    }

    #[test]
    fn neighbours_are_one_phrase_and_the_one_that_matters_most_is_first() {
        let text = normalise("You 😀utter\u{200b} 1d10t, go home you fool");
        let explanation = explain(&text, &[0.0, 0.0, 1.0, 2.0, -1.0, 0.01, 0.0, 1.5]);
        let (utter_idiot, fool) = (Span { start: 5, end: 17, weight: 3.0 }, Span { start: 31, end: 35, weight: 1.5 });
        assert_eq!(
            explanation.evidence(&text, |_, _| 0.0).spans,
            [utter_idiot, fool],
            "the weight, where all is the same"
        );
        let left = |start, _| if start == 31 { -1.0 } else { 1.0 };
        assert_eq!(explanation.evidence(&text, left).spans, [fool, utter_idiot]);
        assert!((explanation.log_odds() - 1.51).abs() < 1e-9);
    }

    #[test]
    fn only_the_strongest_are_kept() {
        let text = normalise("a0 b0 c0 d0 e0 f0 g0 h0 i0 j0 k0 l0 m0 n0 o0 p0 q0 r0 s0 t0");
        let weights: Vec<f64> = (0..20).map(|i| if i % 2 == 0 { f64::from(i) } else { 0.0 }).collect();
        let mut asked = 0;
        let evidence = explain(&text, &weights).evidence(&text, |_, _| {
            asked += 1;
            0.0
        });
        assert_eq!((evidence.spans.len(), asked), (MAX_SPANS, LEFT_OUT));
        assert!(evidence.spans.iter().all(|s| s.weight >= 4.0));
        assert!(evidence.spans.is_sorted_by(|a, b| a.weight >= b.weight), "by weight, where all is the same");
    }

    #[test]
    fn what_is_left_out_is_code_points() {
        assert_eq!(left_out("a😀bc", 1, 3), "ac");
        assert_eq!(left_out("é", 0, 1), "");
        assert_eq!(left_out("ab", 1, 1), "ab");
    }
}
