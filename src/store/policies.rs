//! The policies of a store over time, which all replicas agree on.

use super::StoreError;
use crate::comment::Timestamp;
use crate::policy::{PolicyFiles, PublishedPolicy, ReplicaPolicy};
use async_trait::async_trait;
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use std::io::Read as _;

/// What agreeing on a policy needs of a store. Policies are the store's, not a site's: whoever serves from it judges alike.
#[async_trait]
pub trait Policies: Send + Sync {
    /// The policy in force: the last one published. `None` where none was.
    async fn policy_in_force(&self) -> Result<Option<PublishedPolicy>, StoreError>;
    /// Publishes a policy, if its number is the next; answers whether it did. The same again is done already.
    async fn publish_policy(&self, policy: &PublishedPolicy, files: &PolicyFiles) -> Result<bool, StoreError>;
    /// The policies published, newest first, from the number before `before` on.
    async fn published_policies(&self, before: Option<u64>, limit: usize) -> Result<Vec<PublishedPolicy>, StoreError>;
    /// The files of a revision that was published.
    async fn policy_files(&self, revision: &str) -> Result<Option<PolicyFiles>, StoreError>;
    /// Says what a replica judges by. It is forgotten after `until`, unless it is said again.
    async fn put_replica(&self, replica: &ReplicaPolicy, until: Timestamp) -> Result<(), StoreError>;
    /// What replicas have said that is not forgotten, by name.
    async fn replicas(&self, now: Timestamp) -> Result<Vec<ReplicaPolicy>, StoreError>;
}

/// Packs files for keeping.
pub(super) fn packed(files: &PolicyFiles) -> Result<Vec<u8>, StoreError> {
    let (doc, mut bytes) = (serde_json::to_vec(files)?, Vec::new());
    GzEncoder::new(&doc[..], Compression::default()).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The files that were packed.
pub(super) fn unpacked(bytes: &[u8]) -> Result<PolicyFiles, StoreError> {
    let mut doc = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut doc).map_err(unreadable)?;
    Ok(serde_json::from_slice(&doc)?)
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn unreadable(error: std::io::Error) -> StoreError {
    StoreError::Corrupt(format!("a policy's files can't be read: {error}"))
}
