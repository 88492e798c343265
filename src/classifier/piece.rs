//! What each word piece says about abuse: the weights of the embedding's dimensions, folded into the pieces.
//!
//! The dense features of a text are the sum of its pieces' vectors over the root of the sum of their squared
//! lengths. But for that one divisor they are linear in the pieces, so a piece's vector times the weights is a
//! row of its own, made once when a model is read: scoring looks up eight small numbers a piece instead of 128.

use super::abuse::COLUMNS;
use super::count::HashedWord;
use super::embedding::{DIMENSIONS, Embedding};
use crate::text::stable_hash;
use std::sync::Arc;

/// Weights of the embedding's dimensions, by dimension and column.
pub type DenseWeights = [[f32; COLUMNS]; DIMENSIONS];

/// How long the dense features' vector is beside that of the n-grams, which has length 1. A longer one
/// learns faster and more of what tells the sources apart.
const DENSE_LENGTH: f32 = 0.4;

/// The dense features of some pieces; all zero where none says anything.
#[must_use]
pub fn dense(embedding: &Embedding, pieces: &[u32]) -> [f32; DIMENSIONS] {
    let mut sum = [0.0f32; DIMENSIONS];
    let mut squares = 0.0f32;
    for piece in pieces {
        for (sum, value) in sum.iter_mut().zip(embedding.vector(*piece)) {
            *sum += value;
            squares += value * value;
        }
    }
    let unit = unit(squares);
    sum.map(|value| value * unit)
}

fn unit(squares: f32) -> f32 {
    if squares > 0.0 { DENSE_LENGTH / squares.sqrt() } else { 0.0 }
}

/// The folded weights.
#[derive(Clone)]
pub struct PieceWeights {
    pub embedding: Arc<Embedding>,
    pub dense: DenseWeights,
    rows: Vec<Row>,
    words: WordRows,
    /// Raw score per unit of a row, for each column.
    scale: [f32; COLUMNS],
}

#[derive(Clone, Copy)]
struct Row {
    weights: [i8; COLUMNS],
    /// Squared length of the piece's vector.
    square: f32,
}

/// The rows of the pieces that are whole words, by the word's [`stable_hash`]: an open-addressing table of its own,
/// so that neither the vocabulary nor the rows are touched for them.
///
/// A word is told by 47 bits of its hash. That another word has them all is a chance of one in some billions, and
/// would cost that word its own row.
#[derive(Clone)]
struct WordRows {
    /// A power of two, at most half full.
    slots: Vec<WordRow>,
}

#[derive(Clone, Copy)]
struct WordRow {
    /// High bits of the hash; 0 where the slot is free.
    tag: u32,
    row: Row,
}

impl WordRows {
    fn of(embedding: &Embedding, rows: &[Row]) -> Self {
        let free = WordRow { tag: 0, row: Row { weights: [0; COLUMNS], square: 0.0 } };
        let mut table = Self { slots: vec![free; (2 * rows.len()).next_power_of_two()] };
        for (id, row) in (0u32..).zip(rows) {
            let piece = embedding.vocabulary().piece(id);
            if piece.bytes().all(|b| b.is_ascii_alphanumeric()) {
                let hash = stable_hash(piece.as_bytes());
                let mut at = table.home(hash);
                while table.slots[at].tag != 0 {
                    at = (at + 1) & (table.slots.len() - 1);
                }
                table.slots[at] = WordRow { tag: tag(hash), row: *row };
            }
        }
        table
    }

    fn find(&self, hash: u64) -> Option<&Row> {
        let mut at = self.home(hash);
        loop {
            let slot = &self.slots[at];
            if slot.tag == tag(hash) {
                return Some(&slot.row);
            }
            if slot.tag == 0 {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "the table has fewer places than 32 bits count")]
    const fn home(&self, hash: u64) -> usize {
        hash as u32 as usize & (self.slots.len() - 1)
    }
}

/// The half of a hash that [`WordRows::home`] does not use; never 0, which marks a free slot.
const fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32 | 1
}

/// The sum over a text's pieces.
#[derive(Clone, Copy, Default)]
pub struct PieceSum {
    units: [i32; COLUMNS],
    squares: f32,
}

impl PieceSum {
    fn add(&mut self, row: &Row) {
        self.squares += row.square;
        for (sum, weight) in self.units.iter_mut().zip(row.weights) {
            *sum += i32::from(weight);
        }
    }
}

impl PieceWeights {
    #[must_use]
    pub fn fold(embedding: &Arc<Embedding>, dense: &DenseWeights) -> Self {
        let pieces = 0..u32::try_from(embedding.len()).unwrap_or(u32::MAX);
        let said = |piece: u32| {
            let vector = embedding.vector(piece);
            let mut row = [0.0f32; COLUMNS];
            for (value, weights) in vector.iter().zip(dense) {
                for (sum, weight) in row.iter_mut().zip(weights) {
                    *sum += value * weight;
                }
            }
            (row, vector.iter().map(|v| v * v).sum())
        };
        let said: Vec<([f32; COLUMNS], f32)> = pieces.map(said).collect();
        let scale = std::array::from_fn(|k| {
            let largest = said.iter().map(|(row, _)| row[k].abs()).fold(0.0, f32::max);
            if largest > 0.0 { largest / 127.0 } else { 1.0 }
        });
        #[expect(clippy::cast_possible_truncation, reason = "at most 127 by the scale")]
        let row = |(row, square): &([f32; COLUMNS], f32)| Row {
            weights: std::array::from_fn(|k| (row[k] / scale[k]).round() as i8),
            square: *square,
        };
        let rows: Vec<Row> = said.iter().map(row).collect();
        let words = WordRows::of(embedding, &rows);
        Self { embedding: Arc::clone(embedding), dense: *dense, rows, words, scale }
    }

    /// Adds up the pieces of a normalised text that was cut into words.
    #[must_use]
    pub fn sum(&self, text: &str, words: &[HashedWord]) -> PieceSum {
        let mut sum = PieceSum::default();
        for word in words {
            // Most words are one piece, found in one look at memory.
            if let Some(row) = self.words.find(word.hash) {
                sum.add(row);
            } else {
                let text = &text[word.start..word.end];
                self.embedding.each_piece(text, word.hash, &mut sum, |sum, piece| sum.add(&self.rows[piece as usize]));
            }
        }
        sum
    }

    /// What the pieces of a sum add to the raw score of each column.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a sum of small numbers")]
    pub fn raw(&self, sum: &PieceSum) -> [f32; COLUMNS] {
        let unit = unit(sum.squares);
        std::array::from_fn(|k| sum.units[k] as f32 * self.scale[k] * unit)
    }

    /// What one word of the text adds to the raw score of a column, as a part of that sum.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a sum of small numbers")]
    pub fn part(&self, sum: &PieceSum, text: &str, word: &HashedWord, column: usize) -> f32 {
        self.sum(text, std::slice::from_ref(word)).units[column] as f32 * self.scale[column] * unit(sum.squares)
    }
}
