//! Every JSON body of every face, and what is made of it before anybody is asked. The first byte says whose it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ombud::http::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    if let Some((whose, body)) = bytes.split_first() {
        fuzzing::body(*whose, body);
    }
});
