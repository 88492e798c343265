//! The moderators' console: over HTTP, and in a real browser.

mod browser;
mod candidate;
mod editor;
mod form;
mod guide;
mod people;
mod queue;
mod queue_browser;
mod search;
mod sign_in;
mod tune_browser;
