//! The integration tests, as one binary: two cores link it once.

mod cases;
mod layers;
mod licences;
