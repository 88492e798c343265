//! A site's own models, as every store keeps them.

use super::StoreError;
use crate::classifier::{Card, Check};
use crate::comment::{Action, ModelId, Timestamp};
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use serde::{Deserialize, Serialize};
use std::io::Read as _;

/// A model that was made for a site, or that was to be: one that failed a check is kept as its card alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelVersion {
    pub id: ModelId,
    pub made_at: Timestamp,
    pub card: Card,
}

impl ModelVersion {
    /// The checks it failed: with one of them it is never put in force.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.card.site.iter().flat_map(|site| &site.checks).filter(|check| !check.passed)
    }

    /// Whether it passed every check.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failed().next().is_none()
    }
}

/// How many comments were decided so by the model in force, and would have been so by a shadow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ShadowCount {
    pub live: Action,
    pub shadow: Action,
    pub comments: u64,
}

/// Packs a model's file for keeping: most of its table is zeros.
pub(super) fn packed(file: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    GzEncoder::new(file, Compression::default()).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The file that was packed.
pub(super) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut file = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut file).map_err(unreadable)?;
    Ok(file)
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn unreadable(error: std::io::Error) -> StoreError {
    StoreError::Corrupt(format!("a model's file can't be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_as_it_is() {
        let file: Vec<u8> = (0..10_000u32).flat_map(|n| [0, (n % 7) as u8]).collect();
        let bytes = packed(&file).unwrap();
        assert!(bytes.len() < file.len() / 4);
        assert_eq!(unpacked(&bytes).unwrap(), file);
        assert!(matches!(unpacked(&bytes[..bytes.len() / 2]), Err(StoreError::Corrupt(_))));
    }
}
