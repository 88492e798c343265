//! Fingerprints, for finding repeated texts.

use super::Normalised;
use crate::comment::Fingerprint;

/// The fingerprint of a normalised text.
#[must_use]
pub fn fingerprint(_text: &Normalised) -> Fingerprint {
    Fingerprint::default()
}
