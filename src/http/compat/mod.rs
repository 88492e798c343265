//! Interfaces that comment systems speak already: thin adapters over the service, each in a room of its own.
//!
//! Each answers in the shapes and with the errors of the interface it stands in for, and never with a problem
//! document of ours.

pub mod akismet;
pub mod coral;
#[cfg(fuzzing)]
pub mod fuzzing;
mod openai;
mod perspective;
mod text;

use actix_web::web::ServiceConfig;

/// Every interface, at the addresses that its clients expect.
pub fn configure(config: &mut ServiceConfig) {
    perspective::configure(config);
    openai::configure(config);
    akismet::configure(config);
    coral::configure(config);
}
