//! Policies that wait for somebody else's word.

use super::SqliteStore;
use super::index::{docs, to_doc};
use crate::policy::{CandidateId, CandidatePolicy, PolicyFiles};
use crate::store::StoreError;
use crate::store::candidates::Candidates;
use crate::store::policies::{packed, unpacked};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};

#[async_trait]
impl Candidates for SqliteStore {
    async fn put_candidate(
        &self,
        candidate: &CandidatePolicy,
        files: &PolicyFiles,
        keep: u32,
    ) -> Result<(), StoreError> {
        let (candidate, files) = (candidate.clone(), files.clone());
        self.writer.run(move |db| put(db, &candidate, &files, keep)).await
    }

    async fn candidates(&self) -> Result<Vec<CandidatePolicy>, StoreError> {
        self.readers.run(|db| docs(db, "SELECT doc FROM candidates ORDER BY place DESC", [])).await
    }

    async fn candidate(&self, id: &CandidateId) -> Result<Option<(CandidatePolicy, PolicyFiles)>, StoreError> {
        let id = id.to_string();
        let get = move |db: &Connection| {
            let found: Option<(String, Vec<u8>)> = db
                .prepare_cached("SELECT doc, files FROM candidates WHERE id = ?1")?
                .query_row([&id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            found.map(|(doc, files)| Ok((serde_json::from_str(&doc)?, unpacked(&files)?))).transpose()
        };
        self.readers.run(get).await
    }

    async fn remove_candidate(&self, id: &CandidateId) -> Result<bool, StoreError> {
        let id = id.to_string();
        let remove = move |db: &Connection| {
            let removed = db.prepare_cached("DELETE FROM candidates WHERE id = ?1")?.execute([&id])?;
            Ok(removed > 0)
        };
        self.writer.run(remove).await
    }
}

fn put(db: &Connection, candidate: &CandidatePolicy, files: &PolicyFiles, keep: u32) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR IGNORE INTO candidates (id, doc, files) VALUES (?1, ?2, ?3)")?.execute(params![
        candidate.id.as_str(),
        to_doc(candidate)?,
        packed(files)?
    ])?;
    db.prepare_cached(
        "DELETE FROM candidates WHERE place NOT IN (SELECT place FROM candidates ORDER BY place DESC LIMIT ?1)",
    )?
    .execute([keep])?;
    Ok(())
}
