//! What the tests stand on.

pub mod redis;
pub mod sample;
