//! The API as a platform, a moderator and an editor meet it: over HTTP.

mod access;
mod appeal;
mod archive;
mod audit;
mod bad_input;
mod batch;
mod bulk;
mod correction;
mod description;
mod edit;
mod erase;
mod event;
mod hand_on;
mod held;
mod learning;
mod queue;
mod report;
mod request_id;
mod submit;
mod thread;
