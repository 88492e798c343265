//! Reading: normalisation is idempotent, its spans lie in the original, and HTML is read without a fault.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ombud::text::{detect, fingerprint, markup, normalise};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let once = normalise(&text);
    let twice = normalise(once.as_str());
    assert_eq!(once.as_str(), twice.as_str(), "normalisation is idempotent");
    let points = u32::try_from(text.chars().count()).expect("a short text");
    let length = once.as_str().len();
    for (start, end) in [(0, length), (length / 3, length / 2), (0, 0)] {
        if once.as_str().is_char_boundary(start) && once.as_str().is_char_boundary(end) {
            let (from, to) = once.span(start, end);
            assert!(from <= to && to <= points, "a span lies in the text");
        }
    }
    let _ = fingerprint(&once);
    // Telling the language takes most of the time, in a library of trigrams: some of the inputs are enough.
    if bytes.len().is_multiple_of(8) {
        let _ = detect(&text);
    }
    let _ = markup::plain(&text);
});
