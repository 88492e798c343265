//! What each word of the vocabulary says about abuse: the weights of its n-grams and of its one piece, added up
//! when a model is read.
//!
//! Nine in ten words of a comment are in the vocabulary of the embedding. For such a word, one look at one line of
//! memory takes the place of a row for each of its n-grams, which lie scattered over megabytes. The sums are whole
//! numbers, so it does not matter in which order they are added up.

use super::abuse::COLUMNS;
use super::count::{Counts, HashedWord};
use super::feature::Idf;
use super::ngram::{NgramSum, NgramTable};
use super::piece::{PieceRow, PieceWeights};
use crate::text::stable_hash;

/// The longest word that has an entry, in bytes.
const LONGEST: usize = size_of::<u128>();

/// The words of a vocabulary, with what they say. Each has one place by its hash, and of words that share one the
/// most frequent has it: a word is there after one look, or not.
#[derive(Clone)]
pub struct Lexicon {
    /// A power of two, at most half full.
    entries: Vec<Entry>,
}

/// A word, in one line of a processor's cache.
#[repr(align(64))]
#[derive(Clone, Copy)]
pub struct Entry {
    /// The bytes of the word; 0 where the entry is free.
    key: u128,
    /// The sum over the features that lie in the word, once for each.
    pub ngrams: NgramSum,
    /// The row of the piece that is the word.
    pub piece: PieceRow,
}

/// Where the lexicon has a word, if it has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(u32);

impl Place {
    /// No place.
    pub const NONE: Self = Self(u32::MAX);
}

const FREE: Entry = Entry { key: 0, ngrams: NgramSum { weights: [0; COLUMNS], squares: 0 }, piece: PieceRow::NOTHING };

impl Lexicon {
    /// The words among the pieces, with their weights.
    #[must_use]
    pub fn of(table: &NgramTable, idf: &Idf, pieces: &PieceWeights) -> Self {
        let mut counts = Counts::default();
        let mut lexicon = Self { entries: vec![FREE; (2 * pieces.embedding.len()).next_power_of_two()] };
        // Vocabularies begin with the most frequent pieces.
        for (piece, row) in pieces.rows() {
            if piece.len() > LONGEST || !piece.bytes().all(|b| b.is_ascii_alphanumeric()) {
                continue;
            }
            let home = lexicon.home(stable_hash(piece.as_bytes()));
            if lexicon.entries[home].key != 0 {
                continue;
            }
            counts.read(piece);
            let mut ngrams = NgramSum::default();
            for bucket in counts.insides().flat_map(|(_, inside)| inside) {
                ngrams.add_row(&table[*bucket as usize], idf.0[*bucket as usize]);
            }
            lexicon.entries[home] = Entry { key: key(piece.as_bytes(), piece.len(), piece.len()), ngrams, piece: *row };
        }
        lexicon
    }

    /// Looks for a word of a normalised text. Nothing waits here for memory to answer.
    #[inline]
    #[must_use]
    pub fn place(&self, text: &str, word: &HashedWord) -> Place {
        let length = word.end - word.start;
        if length > LONGEST {
            return Place::NONE;
        }
        let home = self.home(word.hash);
        let taken = self.entries[home].key == key(text.as_bytes(), word.end, length);
        if taken { Place(u32::try_from(home).unwrap_or(u32::MAX)) } else { Place::NONE }
    }

    /// The entry at a place.
    #[inline]
    #[must_use]
    pub fn get(&self, place: Place) -> Option<&Entry> {
        self.entries.get(place.0 as usize)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the table has fewer places than 32 bits count")]
    const fn home(&self, hash: u64) -> usize {
        hash as u32 as usize & (self.entries.len() - 1)
    }
}

/// The bytes of a word of 1 to [`LONGEST`] that ends at `end`, the last one highest. No word has a zero inside.
#[inline]
fn key(bytes: &[u8], end: usize, length: usize) -> u128 {
    match bytes[..end].last_chunk() {
        Some(last) => u128::from_le_bytes(*last) >> (8 * (LONGEST - length)),
        // At the beginning of a text there is less to read at once.
        None => bytes[end - length..end].iter().rev().fold(0, |key, byte| key << 8 | u128::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::abuse::tests::DENSE;
    use super::*;

    fn entry(text: &str, word: usize) -> Option<&'static Entry> {
        let counts = Counts::of(text);
        DENSE.lexicon.get(DENSE.lexicon.place(text, &counts.words()[word]))
    }

    #[test]
    fn a_word_is_found_wherever_it_stands() {
        let found = entry("government", 0).unwrap();
        for (text, word) in [("the government", 1), ("the government of all the people", 1), ("a 'government'!", 1)] {
            assert_eq!(entry(text, word).unwrap().key, found.key, "{text}");
        }
        assert_eq!(found.key.to_le_bytes()[..11], *b"government\0");
    }

    #[test]
    fn no_other_word_is_taken_for_one() {
        let (place, other) = ((0..).find_map(|n| {
            // Another word whose place is that of a known one.
            let word = format!("zq{n}");
            let home = DENSE.lexicon.home(stable_hash(word.as_bytes()));
            (DENSE.lexicon.entries[home].key != 0).then_some((home, word))
        }))
        .unwrap();
        assert!(DENSE.lexicon.entries[place].key != 0 && entry(&other, 0).is_none());
        assert!(entry("don't", 0).is_none() && entry("шит", 0).is_none());
        // Seventeen letters are too many; its first sixteen are no word either.
        assert!(entry("disenfranchisement", 0).is_none());
    }

    #[test]
    fn nearly_all_words_of_the_vocabulary_have_an_entry() {
        let taken = DENSE.lexicon.entries.iter().filter(|entry| entry.key != 0).count();
        assert!(taken > 18_000, "{taken}");
        assert!(["the", "and", "you", "people", "government"].iter().all(|word| entry(word, 0).is_some()));
    }
}
