//! Model files: a file that is damaged or made up is refused, whatever its header says of what follows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ombud::classifier::{AbuseModel, Embedding, TopicalityModel, card};
use std::sync::{Arc, LazyLock};

static EMBEDDING: LazyLock<Arc<Embedding>> = LazyLock::new(Embedding::embedded);

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
    match kind >> 1 & 3 {
        0 => drop(AbuseModel::from_bytes(&file, &EMBEDDING)),
        1 => drop(Embedding::from_bytes(&file)),
        _ => drop(TopicalityModel::from_bytes(&file, Arc::clone(&EMBEDDING))),
    }
});
