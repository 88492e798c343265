//! What the words and pairs of a text add up to, before anything is scaled.

use super::abuse::{AbuseModel, COLUMNS};
use super::count::{Counts, HashedWord};
use super::lexicon::Place;
use super::ngram::{NgramSum, NgramTotal};
use super::piece::PieceSum;

/// So many words are looked up at a time: the processor asks memory for all of them, where it would wait for each
/// if it had to know about one before it went on to the next.
const BLOCK: usize = 32;

impl AbuseModel {
    /// The sum over the buckets of a normalised text, each taken once, and that over its pieces.
    pub(super) fn sum(&self, text: &str, counts: &Counts) -> (NgramTotal, PieceSum) {
        let (mut total, mut pieces) = (NgramTotal::default(), PieceSum::default());
        let mut insides = counts.insides();
        let mut rows = [([0; COLUMNS], 0); BLOCK];
        let mut places = [Place::NONE; BLOCK];
        for block in (0..counts.words().len()).step_by(BLOCK) {
            let words = &counts.words()[block..];
            // One pair less than words.
            let pairs = &counts.pairs()[block..];
            for (place, word) in places.iter_mut().zip(words) {
                *place = self.lexicon.place(text, word);
            }
            for (row, bucket) in rows.iter_mut().zip(pairs) {
                let (weights, idf) = self.row(*bucket);
                *row = (*weights, idf);
            }
            let mut part = NgramSum::default();
            for (place, (word, inside)) in places.iter().zip(insides.by_ref()) {
                if let Some(entry) = self.lexicon.get(*place) {
                    part.add(&entry.ngrams);
                    pieces.add(&entry.piece);
                } else {
                    for bucket in inside {
                        let (weights, idf) = self.row(*bucket);
                        part.add_row(weights, idf);
                    }
                    self.pieces.add(&mut pieces, text, word);
                }
            }
            rows.iter().take(pairs.len()).for_each(|(weights, idf)| part.add_row(weights, *idf));
            total.add(&part);
        }
        self.take_repeated(&mut total, counts);
        (total, pieces)
    }

    /// Leaves of each bucket one feature.
    fn take_repeated(&self, total: &mut NgramTotal, counts: &Counts) {
        let mut part = NgramSum::default();
        for (place, (bucket, count)) in counts.repeated().enumerate() {
            let (weights, idf) = self.row(bucket);
            let mut more = count - 1;
            while more > 0 {
                let times = u8::try_from(more).unwrap_or(u8::MAX);
                part.take_row(weights, idf, times);
                more -= u32::from(times);
                if more > 0 || place % BLOCK == BLOCK - 1 {
                    total.add(&std::mem::take(&mut part));
                }
            }
        }
        total.add(&part);
    }

    /// The sum over the pieces of one word of a normalised text.
    pub(super) fn pieces_of(&self, text: &str, word: &HashedWord) -> PieceSum {
        let mut sum = PieceSum::default();
        match self.lexicon.get(self.lexicon.place(text, word)) {
            Some(entry) => sum.add(&entry.piece),
            None => self.pieces.add(&mut sum, text, word),
        }
        sum
    }

    /// The weights of a bucket and its idf.
    #[inline]
    fn row(&self, bucket: u32) -> (&[i8; COLUMNS], u8) {
        (&self.table[bucket as usize], self.idf.0[bucket as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::super::abuse::tests::{DENSE, EMBEDDING};
    use super::*;
    use crate::classifier::feature::Features;
    use crate::text::normalise;
    use proptest::prelude::*;

    /// The same in the plainest way: bucket by bucket, and piece by piece.
    fn plain(text: &str) -> (NgramTotal, PieceSum) {
        let (mut total, mut sum) = (NgramTotal::default(), PieceSum::default());
        for group in Features::of(text).groups() {
            let (weights, idf) = DENSE.row(group[0].bucket);
            let mut one = NgramSum::default();
            one.add_row(weights, idf);
            total.add(&one);
        }
        let mut pieces = Vec::new();
        EMBEDDING.pieces(text, &mut pieces);
        let rows: Vec<_> = DENSE.pieces.rows().collect();
        let unknown = EMBEDDING.vocabulary().unknown();
        pieces.iter().filter(|piece| **piece != unknown).for_each(|piece| sum.add(rows[*piece as usize].1));
        (total, sum)
    }

    fn check(text: &str) {
        assert_eq!(DENSE.sum(text, &Counts::of(text)), plain(text));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn sums_are_those_of_buckets_and_pieces(
            words in prop::collection::vec(
                prop::sample::select(vec![
                    "the", "a", "government", "responsibilities", "telecommunications", "quilvaygru", "hahahahaha",
                    "don't", "f**k", "🐒", "шит", "2026", "unbelievably", "caf\u{e9}", "zz",
                ]),
                0..80,
            ),
            rest in "\\PC{0,40}",
        ) {
            check(normalise(&format!("{} {rest}", words.join(" "))).as_str());
        }
    }

    #[test]
    fn sums_of_long_texts_are_those_of_buckets_and_pieces() {
        check(&"the cat ".repeat(3_000));
        check(&"a ".repeat(256));
        check(&(0..9_000).map(|n| format!("word{n} {}", n % 7)).collect::<Vec<_>>().join(" "));
    }
}
