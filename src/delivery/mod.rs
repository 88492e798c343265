//! What goes out: how others hear of what happened, and how pages elsewhere are read.

pub mod audience;
pub mod fetch;
pub mod outward;
pub mod stream;
mod time;
pub mod trace;
pub mod webhook;

pub use time::Time;
