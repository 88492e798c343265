//! The HTTP API, version 1.

mod appeal;
mod article;
mod audit;
mod author;
mod batch;
mod bulk;
mod comment;
pub(super) mod decision;
mod event;
pub(super) mod filter;
#[cfg(fuzzing)]
pub mod fuzzing;
mod hand_on;
mod parse;
mod policy;
mod queue;
mod report;
mod score;
mod thread;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers every call of the API, in the order the document lists them.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(article::put)
        .service(article::get)
        .service(comment::post)
        .service(batch::post)
        .service(comment::get)
        .service(comment::patch)
        .service(comment::delete)
        .service(thread::get)
        .service(report::post)
        .service(appeal::post)
        .service(score::post)
        .service(queue::get)
        .service(queue::take)
        .service(queue::heartbeat)
        .service(queue::release)
        .service(hand_on::skip)
        .service(decision::post)
        .service(decision::undo)
        .service(hand_on::escalate)
        .service(hand_on::second_opinion)
        .service(bulk::preview)
        .service(bulk::decide)
        .service(event::get)
        .service(author::delete)
        .service(policy::get)
        .service(policy::replay)
        .service(audit::get);
}
