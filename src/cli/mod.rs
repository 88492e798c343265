//! The command line: one file a subcommand.

pub mod evaluate;
mod model;
mod progress;
pub mod score;
pub mod train;
mod training_data;
