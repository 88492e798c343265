//! A static embedding: word pieces with a vector each, distilled from a sentence encoder (see
//! `models/embedding.py`). It says what a text is about, by its words alone and in a microsecond.

mod basic;
mod file;
mod meaning;
mod table;
pub mod wordpiece;

pub use meaning::{DIMENSIONS, Meaning};
pub use table::Embedding;
