//! How text is read: normalisation with a map back to the original, fingerprints, language.

mod fingerprint;
mod language;
mod normalise;

pub use fingerprint::fingerprint;
pub use language::{Language, detect};
pub use normalise::{Normalised, normalise};
