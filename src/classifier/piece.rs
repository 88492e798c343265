//! What each word piece says about abuse: the weights of the embedding's dimensions, folded into the pieces.
//!
//! The dense features of a text are the sum of its pieces' vectors over the root of the sum of their squared
//! lengths. But for that one divisor they are linear in the pieces, so a piece's vector times the weights is a
//! row of its own, made once when a model is read: scoring looks up eight small numbers a piece instead of 128.

use super::abuse::COLUMNS;
use super::count::HashedWord;
use super::embedding::{DIMENSIONS, Embedding};
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
    rows: Vec<PieceRow>,
    /// Raw score per unit of a row, for each column.
    scale: [f32; COLUMNS],
}

/// What one piece says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PieceRow {
    weights: [i8; COLUMNS],
    /// Squared length of the piece's vector.
    square: f32,
}

impl PieceRow {
    /// The row of what says nothing.
    pub const NOTHING: Self = Self { weights: [0; COLUMNS], square: 0.0 };
}

/// The sum over a text's pieces.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PieceSum {
    units: [i32; COLUMNS],
    squares: f32,
}

impl PieceSum {
    /// Adds a piece.
    #[inline]
    pub fn add(&mut self, row: &PieceRow) {
        self.squares += row.square;
        // By way of 16 bits, which every processor widens eight at a time.
        let mut wide = [0i16; COLUMNS];
        for (wide, weight) in wide.iter_mut().zip(row.weights) {
            *wide = i16::from(weight);
        }
        for (sum, weight) in self.units.iter_mut().zip(wide) {
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
        let row = |(row, square): &([f32; COLUMNS], f32)| PieceRow {
            weights: std::array::from_fn(|k| (row[k] / scale[k]).round() as i8),
            square: *square,
        };
        let rows = said.iter().map(row).collect();
        Self { embedding: Arc::clone(embedding), dense: *dense, rows, scale }
    }

    /// Every piece with its row, in the order of the vocabulary.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &PieceRow)> {
        (0u32..).zip(&self.rows).map(|(id, row)| (self.embedding.vocabulary().piece(id), row))
    }

    /// Adds the pieces of a word of a normalised text.
    pub fn add(&self, sum: &mut PieceSum, text: &str, word: &HashedWord) {
        let text = &text[word.start..word.end];
        self.embedding.each_piece(text, word.hash, sum, |sum, piece| sum.add(&self.rows[piece as usize]));
    }

    /// What the pieces of a sum add to the raw score of each column.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a sum of small numbers")]
    pub fn raw(&self, sum: &PieceSum) -> [f32; COLUMNS] {
        let unit = unit(sum.squares);
        std::array::from_fn(|k| sum.units[k] as f32 * self.scale[k] * unit)
    }

    /// What the pieces of one word, `part`, add to the raw score of a column, as a part of the whole.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a sum of small numbers")]
    pub fn part(&self, whole: &PieceSum, part: &PieceSum, column: usize) -> f32 {
        part.units[column] as f32 * self.scale[column] * unit(whole.squares)
    }
}
