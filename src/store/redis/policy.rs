//! The policies published, all in one slot: few, and read once a second by every replica.
//!
//! They are numbered without a gap, so that their count is the number of the last; a number is taken by whoever writes it
//! first.

use super::RedisStore;
use super::connection::parsed;
use super::script::Call;
use crate::comment::Timestamp;
use crate::policy::{PolicyFiles, PublishedPolicy, ReplicaPolicy};
use crate::store::StoreError;
use crate::store::policies::{Policies, packed, unpacked};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What a replica said, and until when that is kept.
#[derive(Serialize, Deserialize)]
struct Said {
    #[serde(flatten)]
    replica: ReplicaPolicy,
    until_ms: i64,
}

#[async_trait]
impl Policies for RedisStore {
    async fn policy_in_force(&self) -> Result<Option<PublishedPolicy>, StoreError> {
        let number: u64 = self.connection.one(Call::command("HLEN").arg(self.keys.policies().published())).await?;
        Ok(self.numbered(number, number).await?.pop())
    }

    async fn publish_policy(&self, policy: &PublishedPolicy, files: &PolicyFiles) -> Result<bool, StoreError> {
        let keys = self.keys.policies();
        let last: u64 = self.connection.one(Call::command("HLEN").arg(keys.published())).await?;
        if last + 1 != policy.number {
            return Ok(self.numbered(policy.number, policy.number).await?.pop().as_ref() == Some(policy));
        }
        // The files first: a crash in between leaves files that nobody knows of, and the call may be repeated.
        let keep = Call::command("HSETNX").arg(keys.files()).arg(&policy.revision).arg(packed(files)?);
        self.connection.one::<i64>(keep).await?;
        let doc = serde_json::to_string(policy)?;
        let take = Call::command("HSETNX").arg(keys.published()).arg(policy.number).arg(doc);
        let taken: bool = self.connection.one(take).await?;
        // The reply to the first attempt may have been lost.
        Ok(taken || self.numbered(policy.number, policy.number).await?.pop().as_ref() == Some(policy))
    }

    async fn published_policies(&self, before: Option<u64>, limit: usize) -> Result<Vec<PublishedPolicy>, StoreError> {
        let last: u64 = self.connection.one(Call::command("HLEN").arg(self.keys.policies().published())).await?;
        let newest = before.map_or(last, |before| last.min(before.saturating_sub(1)));
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        let mut found = self.numbered(newest.saturating_sub(limit) + 1, newest).await?;
        found.reverse();
        Ok(found)
    }

    async fn policy_files(&self, revision: &str) -> Result<Option<PolicyFiles>, StoreError> {
        let get = Call::command("HGET").arg(self.keys.policies().files()).arg(revision);
        let bytes: Option<Vec<u8>> = self.connection.one(get).await?;
        bytes.map(|bytes| unpacked(&bytes)).transpose()
    }

    async fn put_replica(&self, replica: &ReplicaPolicy, until: Timestamp) -> Result<(), StoreError> {
        let key = self.keys.policies().replicas();
        let forgotten = self.said().await?.into_iter().filter(|said| said.until_ms <= replica.at.as_millisecond());
        let said = Said { replica: replica.clone(), until_ms: until.as_millisecond() };
        let put = Call::command("HSET").arg(&key).arg(&replica.replica).arg(serde_json::to_string(&said)?);
        let forget = |said: Said| Call::command("HDEL").arg(&key).arg(said.replica.replica);
        let calls = forgotten.filter(|said| said.replica.replica != replica.replica).map(forget);
        for answer in self.connection.each(std::iter::once(put).chain(calls).collect()).await? {
            parsed::<i64>(answer)?;
        }
        Ok(())
    }

    async fn replicas(&self, now: Timestamp) -> Result<Vec<ReplicaPolicy>, StoreError> {
        let said = self.said().await?.into_iter().filter(|said| said.until_ms > now.as_millisecond());
        let mut replicas: Vec<ReplicaPolicy> = said.map(|said| said.replica).collect();
        replicas.sort_by(|a, b| a.replica.cmp(&b.replica));
        Ok(replicas)
    }
}

impl RedisStore {
    /// The policies with these numbers that there are, in order.
    async fn numbered(&self, first: u64, last: u64) -> Result<Vec<PublishedPolicy>, StoreError> {
        let first = first.max(1);
        if last < first {
            return Ok(Vec::new());
        }
        let get = Call::command("HMGET").arg(self.keys.policies().published());
        let docs: Vec<Option<String>> = self.connection.one((first..=last).fold(get, Call::arg)).await?;
        docs.into_iter().flatten().map(|doc| Ok(serde_json::from_str(&doc)?)).collect()
    }

    async fn said(&self) -> Result<Vec<Said>, StoreError> {
        let get = Call::command("HVALS").arg(self.keys.policies().replicas());
        let docs: Vec<String> = self.connection.one(get).await?;
        docs.iter().map(|doc| Ok(serde_json::from_str(doc)?)).collect()
    }
}
