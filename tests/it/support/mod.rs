//! What the tests stand on.

pub mod app;
pub mod browser;
pub mod client;
#[cfg(feature = "otlp")]
pub mod collector;
pub mod coral;
pub mod decisions;
pub mod desk;
pub mod foreign;
pub mod labelled;
pub mod model;
pub mod page;
pub mod program;
pub mod receiver;
pub mod redis;
pub mod sample;
