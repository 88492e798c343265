//! The integration tests, as one binary: two cores link it once.

mod api;
mod asset;
mod cases;
mod compat;
mod console;
mod crash;
mod embed;
mod fetch;
mod hostile;
mod integrations;
mod layers;
mod licences;
mod metrics;
mod program;
mod readme;
mod replay;
mod replicas;
mod screens;
mod store;
mod support;
mod torture;
mod webhook;
mod wordpiece;
