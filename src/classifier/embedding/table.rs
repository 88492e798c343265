//! The static embedding: a vector for every word piece, and a text as the sum of its pieces.

use super::meaning::{DIMENSIONS, Meaning};
use super::wordpiece::Vocabulary;
use crate::text::{StableHash, stable_hash};

/// Word pieces with their vectors, one byte a number.
pub struct Embedding {
    pub(super) vocabulary: Vocabulary,
    pub(super) vectors: Vec<[i8; DIMENSIONS]>,
    /// By piece: what a unit of its vector is worth; the rarer the piece, the more. 0 for punctuation.
    pub(super) scale: Vec<f32>,
    /// Where an ordinary text points: taken away from every text, as it says nothing about any.
    pub(super) mean: [f32; DIMENSIONS],
}

impl Embedding {
    /// The word pieces.
    #[must_use]
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// How many word pieces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.vectors.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// A hash of all its numbers: tells it from any other embedding.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hash = StableHash::new();
        self.vectors.iter().flatten().for_each(|value| hash.write(value.cast_unsigned()));
        let floats = self.scale.iter().chain(&self.mean);
        floats.flat_map(|value| value.to_le_bytes()).for_each(|byte| hash.write(byte));
        hash.finish()
    }

    /// The word pieces of a normalised text, by number, appended; punctuation is left out.
    pub fn pieces(&self, normalised: &str, pieces: &mut Vec<u32>) {
        for run in runs(normalised) {
            self.vocabulary.pieces_of_word(run, pieces);
        }
    }

    /// Adds the word pieces of one word of a normalised text to `sum`, as [`Self::pieces`] finds them, without
    /// allocating. `hash` is the word's [`stable_hash`].
    pub fn each_piece<S: Copy>(&self, word: &str, hash: u64, sum: &mut S, add: impl Fn(&mut S, u32)) {
        let mut add_run = |run: &str, hash: u64| {
            let before = *sum;
            if !self.vocabulary.cut(run, hash, |piece, _| add(sum, piece)) {
                // A word that can't be cut is unknown as a whole, and the unknown says nothing.
                *sum = before;
            }
        };
        if word.bytes().all(|b| b.is_ascii_alphanumeric()) {
            add_run(word, hash);
        } else {
            runs(word).for_each(|run| add_run(run, stable_hash(run.as_bytes())));
        }
    }

    /// Whether a piece says anything; punctuation does not.
    #[must_use]
    pub fn speaks(&self, piece: u32) -> bool {
        self.scale[piece as usize] > 0.0
    }

    /// The vector of a piece without its weight.
    #[must_use]
    pub fn row(&self, piece: u32) -> &[i8; DIMENSIONS] {
        &self.vectors[piece as usize]
    }

    /// The vector of a piece, weighted.
    #[must_use]
    pub fn vector(&self, piece: u32) -> [f32; DIMENSIONS] {
        let scale = self.scale[piece as usize];
        self.vectors[piece as usize].map(|v| f32::from(v) * scale)
    }

    /// What a normalised text is about; `None` where no piece of it says anything.
    #[must_use]
    pub fn meaning(&self, normalised: &str) -> Option<Meaning> {
        let mut pieces = Vec::with_capacity(normalised.len() / 4);
        self.pieces(normalised, &mut pieces);
        self.meaning_of(&pieces)
    }

    /// What these pieces are about together; `None` if none says anything.
    #[must_use]
    pub fn meaning_of(&self, pieces: &[u32]) -> Option<Meaning> {
        let mut sum = [0.0f32; DIMENSIONS];
        for piece in pieces {
            let scale = self.scale[*piece as usize];
            for (sum, value) in sum.iter_mut().zip(&self.vectors[*piece as usize]) {
                *sum += scale * f32::from(*value);
            }
        }
        let mut vector = *Meaning::toward(sum)?.as_array();
        for (value, mean) in vector.iter_mut().zip(&self.mean) {
            *value -= mean;
        }
        Meaning::toward(vector)
    }
}

/// Runs of letters and digits: what the pieces are looked for in.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty())
}
