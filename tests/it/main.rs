//! The integration tests, in one binary: linking once is most of what a test run costs.

mod store;
mod support;
