//! The policies published. What replicas say is kept in memory: one process serves from a file.

use super::SqliteStore;
use super::index::{docs, one_doc, to_doc};
use crate::comment::Timestamp;
use crate::policy::{PolicyFiles, PublishedPolicy, ReplicaPolicy};
use crate::store::StoreError;
use crate::store::policies::{Policies, packed, unpacked};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What replicas said, by their names, and until when that is kept.
#[derive(Default)]
pub(super) struct Replicas(Mutex<BTreeMap<String, (ReplicaPolicy, Timestamp)>>);

#[async_trait]
impl Policies for SqliteStore {
    async fn policy_in_force(&self) -> Result<Option<PublishedPolicy>, StoreError> {
        self.readers.run(in_force).await
    }

    async fn publish_policy(&self, policy: &PublishedPolicy, files: &PolicyFiles) -> Result<bool, StoreError> {
        let (policy, files) = (policy.clone(), files.clone());
        self.writer.run(move |db| publish(db, &policy, &files)).await
    }

    async fn published_policies(&self, before: Option<u64>, limit: usize) -> Result<Vec<PublishedPolicy>, StoreError> {
        let sql = "SELECT doc FROM policies WHERE number < ?1 ORDER BY number DESC LIMIT ?2";
        let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers.run(move |db| docs(db, sql, [before, limit])).await
    }

    async fn policy_files(&self, revision: &str) -> Result<Option<PolicyFiles>, StoreError> {
        let revision = revision.to_owned();
        let get = move |db: &Connection| {
            let bytes: Option<Vec<u8>> = db
                .prepare_cached("SELECT files FROM policy_files WHERE revision = ?1")?
                .query_row([&revision], |row| row.get(0))
                .optional()?;
            bytes.map(|bytes| unpacked(&bytes)).transpose()
        };
        self.readers.run(get).await
    }

    async fn put_replica(&self, replica: &ReplicaPolicy, until: Timestamp) -> Result<(), StoreError> {
        let mut replicas = self.replicas.0.lock().unwrap_or_else(PoisonError::into_inner);
        replicas.retain(|_, (_, kept)| *kept > replica.at);
        replicas.insert(replica.replica.clone(), (replica.clone(), until));
        Ok(())
    }

    async fn replicas(&self, now: Timestamp) -> Result<Vec<ReplicaPolicy>, StoreError> {
        let replicas = self.replicas.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(replicas.values().filter(|(_, until)| *until > now).map(|(replica, _)| replica.clone()).collect())
    }
}

fn in_force(db: &Connection) -> Result<Option<PublishedPolicy>, StoreError> {
    one_doc(db, "SELECT doc FROM policies ORDER BY number DESC LIMIT 1", [])
}

fn publish(db: &Connection, policy: &PublishedPolicy, files: &PolicyFiles) -> Result<bool, StoreError> {
    let standing = in_force(db)?;
    if standing.as_ref() == Some(policy) {
        return Ok(true);
    }
    if standing.map_or(0, |standing| standing.number) + 1 != policy.number {
        return Ok(false);
    }
    db.prepare_cached("INSERT OR IGNORE INTO policy_files (revision, files) VALUES (?1, ?2)")?
        .execute(params![policy.revision, packed(files)?])?;
    db.prepare_cached("INSERT INTO policies (number, doc) VALUES (?1, ?2)")?
        .execute(params![policy.number, to_doc(policy)?])?;
    Ok(true)
}
