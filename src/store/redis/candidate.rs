//! Policies that wait for somebody else's word, in the slot of the policies.

use super::RedisStore;
use super::script::{CANDIDATE_PUT, CANDIDATE_REMOVE, Call};
use crate::policy::{CandidateId, CandidatePolicy, PolicyFiles};
use crate::store::StoreError;
use crate::store::candidates::Candidates;
use crate::store::policies::{packed, unpacked};
use async_trait::async_trait;

#[async_trait]
impl Candidates for RedisStore {
    async fn put_candidate(
        &self,
        candidate: &CandidatePolicy,
        files: &PolicyFiles,
        keep: u32,
    ) -> Result<(), StoreError> {
        let call = Call::script(&CANDIDATE_PUT, &self.keys.policies().candidates())
            .arg(candidate.id.as_str())
            .arg(serde_json::to_string(candidate)?)
            .arg(packed(files)?)
            .arg(keep);
        self.connection.one::<i64>(call).await.map(drop)
    }

    async fn candidates(&self) -> Result<Vec<CandidatePolicy>, StoreError> {
        let [docs, _, order] = self.keys.policies().candidates();
        let range = Call::command("ZRANGE").arg(order).arg(0).arg(-1).arg("REV");
        let ids: Vec<String> = self.connection.one(range).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let docs: Vec<Option<String>> = self.connection.one(Call::command("HMGET").arg(docs).arg(ids)).await?;
        // What made way between the two calls is missing.
        docs.iter().flatten().map(|doc| Ok(serde_json::from_str(doc)?)).collect()
    }

    async fn candidate(&self, id: &CandidateId) -> Result<Option<(CandidatePolicy, PolicyFiles)>, StoreError> {
        let [docs, files, _] = self.keys.policies().candidates();
        let doc: Option<String> = self.connection.one(Call::command("HGET").arg(docs).arg(id.as_str())).await?;
        let files: Option<Vec<u8>> = self.connection.one(Call::command("HGET").arg(files).arg(id.as_str())).await?;
        let found = doc.zip(files);
        found.map(|(doc, files)| Ok((serde_json::from_str(&doc)?, unpacked(&files)?))).transpose()
    }

    async fn remove_candidate(&self, id: &CandidateId) -> Result<bool, StoreError> {
        let call = Call::script(&CANDIDATE_REMOVE, &self.keys.policies().candidates()).arg(id.as_str());
        let (removed, repeated): (bool, bool) = self.connection.told(call).await?;
        // The reply to the first attempt may have been lost.
        Ok(removed || repeated)
    }
}
