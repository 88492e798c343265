//! The integration tests, as one binary: two cores link it once.

mod api;
mod cases;
mod layers;
mod licences;
mod store;
mod support;
