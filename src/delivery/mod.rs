//! How others hear of what happened.

pub mod stream;
