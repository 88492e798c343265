//! ombud: comment moderation for publishers.
//!
//! This page is the table of contents. Rooms stand in reading order; each imports only from those
//! above it (`tests/it/layers.rs` holds them to it). `ARCHITECTURE.md` walks one comment through them.

pub mod comment;
pub mod text;

pub mod classifier;

pub mod training;

pub mod policy;

pub mod telemetry;

pub mod store;

pub mod delivery;

pub mod service;

pub mod http;

pub mod config;
pub mod startup;

pub mod cli;
