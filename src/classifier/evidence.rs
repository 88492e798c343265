//! From what each word added to a score to the pieces of text worth showing.

use crate::comment::{Evidence, Span};
use crate::text::Normalised;

/// Evidence is gathered for scores from here on; below, no threshold worth having asks for it.
pub const MIN_SCORE: f64 = 0.25;
/// How many pieces of a text are shown for one score.
const MAX_SPANS: usize = 8;
/// Words that add less log-odds than this are not shown.
const MIN_WEIGHT: f64 = 0.05;

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

    /// The pieces that spoke for the score, in the order of the text: neighbouring words are one piece,
    /// the strongest few are kept, and each keeps the exact sum of its words.
    #[must_use]
    pub fn evidence(&self, normalised: &Normalised) -> Evidence {
        let mut pieces: Vec<WordWeight> = Vec::new();
        let mut joins = false;
        for word in &self.words {
            let counts = word.weight >= MIN_WEIGHT;
            match pieces.last_mut() {
                Some(piece) if counts && joins => {
                    piece.end = word.end;
                    piece.weight += word.weight;
                }
                _ if counts => pieces.push(*word),
                _ => {}
            }
            joins = counts;
        }
        pieces.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        pieces.truncate(MAX_SPANS);
        pieces.sort_by_key(|piece| piece.start);
        let spans = pieces.iter().map(|piece| {
            let (start, end) = normalised.span(piece.start, piece.end);
            // Three decimals, for people and so that replicas agree to the byte.
            Span { start, end, weight: (piece.weight * 1000.0).round() / 1000.0 }
        });
        Evidence { spans: spans.collect(), context: Vec::new() }
    }
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
    fn neighbours_are_one_piece() {
        let text = normalise("You 😀utter\u{200b} 1d10t, go home you fool");
        let explanation = explain(&text, &[0.0, 0.0, 1.0, 2.0, -1.0, 0.01, 0.0, 1.5]);
        let evidence = explanation.evidence(&text);
        let expected = [Span { start: 5, end: 17, weight: 3.0 }, Span { start: 31, end: 35, weight: 1.5 }];
        assert_eq!(evidence.spans, expected);
        assert!((explanation.log_odds() - 1.51).abs() < 1e-9);
    }

    #[test]
    fn only_the_strongest_are_kept() {
        let text = normalise("a0 b0 c0 d0 e0 f0 g0 h0 i0 j0 k0 l0 m0 n0 o0 p0 q0 r0 s0 t0");
        let weights: Vec<f64> = (0..20).map(|i| if i % 2 == 0 { f64::from(i) } else { 0.0 }).collect();
        let evidence = explain(&text, &weights).evidence(&text);
        assert_eq!(evidence.spans.len(), MAX_SPANS);
        assert!(evidence.spans.is_sorted_by_key(|s| s.start));
        assert!(evidence.spans.iter().all(|s| s.weight >= 4.0));
    }
}
