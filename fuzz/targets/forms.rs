//! What is not JSON: Akismet's forms, Perspective's batches, cursors and claims in addresses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ombud::http::fuzzing;

fuzz_target!(|bytes: &[u8]| fuzzing::form(bytes));
