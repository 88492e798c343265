//! How text is read: normalisation with a map back to the original, words, fingerprints, language.

mod fingerprint;
mod fold;
mod hash;
mod language;
mod lookalike;
mod normalise;
mod repair;
mod word;

pub use fingerprint::fingerprint;
pub(crate) use hash::{FNV_OFFSET, fnv1a};
pub use hash::{combine, fmix64, stable_hash};
pub use language::{Language, detect};
pub use normalise::{Normalised, normalise};
pub use word::{Word, words};
