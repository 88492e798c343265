//! Policies that wait for somebody else's word.

use super::StoreError;
use crate::policy::{CandidateId, CandidatePolicy, PolicyFiles};
use async_trait::async_trait;

/// What trying a policy before it is in force needs of a store. As policies are, candidates are the store's.
#[async_trait]
pub trait Candidates: Send + Sync {
    /// Keeps a candidate with its files. Of more than `keep`, those written first make way. One that is there stays as it is.
    async fn put_candidate(
        &self,
        candidate: &CandidatePolicy,
        files: &PolicyFiles,
        keep: u32,
    ) -> Result<(), StoreError>;
    /// All of them, the last written first.
    async fn candidates(&self) -> Result<Vec<CandidatePolicy>, StoreError>;
    /// One of them, with its files.
    async fn candidate(&self, id: &CandidateId) -> Result<Option<(CandidatePolicy, PolicyFiles)>, StoreError>;
    /// Drops a candidate and its files; answers whether it was there.
    async fn remove_candidate(&self, id: &CandidateId) -> Result<bool, StoreError>;
}
