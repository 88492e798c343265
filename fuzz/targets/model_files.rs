//! Model files: a file that is damaged or made up is refused, whatever its header says of what follows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ombud::classifier::{Classifier, ModelBytes, card};
use std::sync::LazyLock;

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(Classifier::embedded);

/// Bytes that a made-up header may claim: more than any tensor of a small model.
const CLAIMED: usize = 1 << 16;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    // As it is, or as the header of a file: 8 bytes of length, the header, what it describes.
    let file = if kind & 1 == 0 {
        bytes.to_vec()
    } else {
        [&(bytes.len() as u64).to_le_bytes()[..], bytes, &vec![*kind; CLAIMED]].concat()
    };
    let _ = card(&file);
    let embedded = ModelBytes::EMBEDDED;
    match kind >> 1 & 3 {
        0 => drop(CLASSIFIER.with_abuse(&file)),
        1 => drop(ombud::classifier::Embedding::from_bytes(&file)),
        // What else is read before it takes too long to read at every try.
        2 if file.len() < 64 => drop(Classifier::from_bytes(ModelBytes { topicality: &file, ..embedded })),
        _ => drop(ombud::classifier::card(&file)),
    }
});
