//! A comment and a title laid side by side, piece by piece: for each piece of one, how near the nearest of the
//! other comes. A title is short, and one word that meets it says more than the direction of the whole comment
//! (soft matching of terms, after Mihalcea, Corley and Strapparava 2006, and the late interaction of Khattab and
//! Zaharia 2020).

use crate::classifier::embedding::{DIMENSIONS, Embedding};
use crate::classifier::feature::Idf;

/// How many different pieces of a title are compared, the rarest.
const TITLE_PIECES: usize = 16;
/// How many different pieces of any other text are compared, the rarest.
const TEXT_PIECES: usize = 40;
/// Pieces below this idf are in every text, and meet in any two.
const LEAST_IDF: f32 = 2.5;
/// Cosines below this are those of words that have nothing to do with each other.
const RELATED: f32 = 0.3;

/// Leaves the rarest pieces of a text, each once, rarest first.
pub(super) fn rarest(pieces: &mut Vec<u32>, embedding: &Embedding, idf: &Idf) {
    pieces.retain(|piece| idf.weight(*piece) >= LEAST_IDF && embedding.speaks(*piece));
    pieces.sort_unstable_by_key(|piece| (std::cmp::Reverse(idf.0[*piece as usize]), *piece));
    pieces.dedup();
    pieces.truncate(TEXT_PIECES);
    pieces.shrink_to_fit();
}

/// A piece of a title, ready to be compared.
pub struct TitlePiece {
    vector: [i16; DIMENSIONS],
    per_length: f32,
    idf: f32,
}

impl TitlePiece {
    fn of(piece: u32, embedding: &Embedding, idf: &Idf) -> Self {
        let vector = embedding.row(piece).map(i16::from);
        #[expect(clippy::cast_precision_loss, reason = "at most 128 × 127²")]
        let length = (dot(&vector, &vector) as f32).sqrt();
        Self { vector, per_length: 1.0 / length, idf: idf.weight(piece) - 1.0 }
    }

    /// Those of a title whose pieces [`rarest`] found.
    pub(super) fn all(pieces: &[u32], embedding: &Embedding, idf: &Idf) -> Vec<Self> {
        pieces.iter().take(TITLE_PIECES).map(|piece| Self::of(*piece, embedding, idf)).collect()
    }
}

/// In 16 bits, which the compiler turns into vector instructions.
fn dot(one: &[i16; DIMENSIONS], other: &[i16; DIMENSIONS]) -> i32 {
    one.iter().zip(other).map(|(one, other)| i32::from(*one) * i32::from(*other)).sum()
}

/// How well a comment and a title cover each other; all 0 where one has no piece that says anything.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Alignment {
    /// The best cosine of each piece of the comment, averaged by idf: -1 to 1.
    pub comment: f32,
    /// The same of the title.
    pub title: f32,
    /// Best cosine × idf, the mean of the three highest of the comment.
    pub comment_best: f32,
    /// The same of the title.
    pub title_best: f32,
    /// By how much cosines are above those of unrelated words, times idf, summed over the comment.
    pub comment_related: f32,
    /// The same, averaged by idf over the title.
    pub title_related: f32,
    /// The highest cosine of all.
    pub highest: f32,
}

/// Sums over the pieces of one side.
#[derive(Default)]
struct Side {
    idf: f32,
    cosine: f32,
    related: f32,
    /// Highest first.
    best: [f32; 3],
    count: u8,
}

impl Side {
    fn add(&mut self, idf: f32, cosine: f32) {
        self.idf += idf;
        self.cosine += idf * cosine;
        self.related += idf * (cosine - RELATED).max(0.0);
        let mut value = idf * cosine;
        for (place, best) in self.best.iter_mut().enumerate() {
            if place >= usize::from(self.count) || value > *best {
                std::mem::swap(best, &mut value);
            }
        }
        self.count = self.count.saturating_add(1);
    }

    fn best(&self) -> f32 {
        let count = usize::from(self.count).min(self.best.len());
        self.best[..count].iter().sum::<f32>() / f32::from(self.count.clamp(1, 3))
    }
}

impl Alignment {
    /// `comment` is what [`rarest`] found. Allocates nothing.
    pub fn of(comment: &[u32], title: &[TitlePiece], embedding: &Embedding, idf: &Idf) -> Self {
        if comment.is_empty() || title.is_empty() {
            return Self::default();
        }
        let mut nearest = [f32::MIN; TITLE_PIECES];
        let (mut of_comment, mut of_title) = (Side::default(), Side::default());
        for piece in comment {
            let own = TitlePiece::of(*piece, embedding, idf);
            let mut best = f32::MIN;
            for (other, nearest) in title.iter().zip(&mut nearest) {
                #[expect(clippy::cast_precision_loss, reason = "at most 128 × 127²")]
                let cosine = dot(&own.vector, &other.vector) as f32 * own.per_length * other.per_length;
                best = best.max(cosine);
                *nearest = nearest.max(cosine);
            }
            of_comment.add(own.idf, best);
        }
        for (piece, nearest) in title.iter().zip(&nearest) {
            of_title.add(piece.idf, *nearest);
        }
        Self {
            comment: of_comment.cosine / of_comment.idf,
            title: of_title.cosine / of_title.idf,
            comment_best: of_comment.best(),
            title_best: of_title.best(),
            comment_related: of_comment.related,
            title_related: of_title.related / of_title.idf,
            highest: nearest[..title.len()].iter().copied().fold(f32::MIN, f32::max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;

    fn pieces(text: &str, embedding: &Embedding, idf: &Idf) -> Vec<u32> {
        let mut pieces = Vec::new();
        embedding.pieces(normalise(text).as_str(), &mut pieces);
        rarest(&mut pieces, embedding, idf);
        pieces
    }

    fn align(comment: &str, title: &str) -> Alignment {
        let (embedding, idf) = (Embedding::embedded(), Idf(vec![80; 30_522]));
        let title = TitlePiece::all(&pieces(title, &embedding, &idf), &embedding, &idf);
        Alignment::of(&pieces(comment, &embedding, &idf), &title, &embedding, &idf)
    }

    fn near(found: f32, expected: f32) {
        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    }

    #[test]
    fn the_same_words_meet_fully() {
        let same = align("glacier melts", "melts glacier");
        near(same.comment, 1.0);
        near(same.title, 1.0);
        near(same.highest, 1.0);
        // All of an idf of 80 / 16 - 1.
        near(same.title_best, 4.0);
        near(same.comment_best, 4.0);
        near(same.title_related, 4.0 * (1.0 - RELATED) / 4.0);
    }

    #[test]
    fn one_word_of_a_title_may_be_met() {
        let part = align("the glacier", "glacier vaccine");
        near(part.highest, 1.0);
        assert!(part.title < 0.9 && part.title > align("violin orchestra", "glacier vaccine").title, "{part:?}");
        let related = align("ice and snow on the mountain", "glacier");
        assert!(related.title > align("the striker and the referee", "glacier").title, "in meaning, not in letters");
    }

    #[test]
    fn nothing_aligns_with_nothing() {
        assert_eq!(align("?!", "glacier"), Alignment::default());
        assert_eq!(align("glacier", ""), Alignment::default());
    }

    #[test]
    fn the_rarest_pieces_are_kept_once() {
        let embedding = Embedding::embedded();
        let idf = Idf((0..30_522u32).map(|piece| u8::try_from(piece % 200).unwrap()).collect());
        let mut all: Vec<u32> = (2_000..4_000).chain(2_000..4_000).collect();
        rarest(&mut all, &embedding, &idf);
        assert_eq!(all.len(), TEXT_PIECES);
        assert!(all.is_sorted_by(|a, b| (idf.0[*b as usize], *a) < (idf.0[*a as usize], *b)), "{all:?}");
        let mut common = vec![2_039, 2_040];
        rarest(&mut common, &embedding, &idf);
        assert_eq!(common, [2_040], "below {LEAST_IDF}");
    }

    #[test]
    fn the_three_best_are_found_in_any_order() {
        for order in [[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0], [2.0, 4.0, 1.0, 3.0]] {
            let mut side = Side::default();
            for idf in order {
                side.add(idf, 0.5);
            }
            near(side.best(), 1.5);
        }
        let mut side = Side::default();
        side.add(2.0, -0.5);
        near(side.best(), -1.0);
    }
}
