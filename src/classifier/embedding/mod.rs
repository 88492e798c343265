//! Sentence embeddings, from pieces of words.

mod basic;
pub mod wordpiece;
