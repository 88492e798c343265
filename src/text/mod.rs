//! How text is read: normalisation with a map back to the original, words, fingerprints, language; and what
//! HTML says in plain words; and how texts are shown.

mod fingerprint;
mod fold;
mod hash;
mod language;
mod legible;
mod lookalike;
pub mod markup;
mod normalise;
mod normaliser;
mod origin;
mod repair;
mod watch;
mod word;

pub use fingerprint::fingerprint;
pub use hash::{StableHash, combine, fmix64, stable_hash};
pub use language::{Language, detect};
pub use legible::legible;
pub use normalise::{Normalised, normalise};
pub use normaliser::Normaliser;
pub use word::{Word, next_word, words};
