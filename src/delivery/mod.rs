//! What goes out: how others hear of what happened, and how pages elsewhere are read.

pub mod audience;
pub mod fetch;
pub mod stream;
