//! Sites and keys.

use super::index::{docs, one_doc, to_doc};
use crate::comment::{ApiKey, KeyHash, Site, SiteId};
use crate::store::StoreError;
use rusqlite::{Connection, params};

pub(super) fn put(db: &Connection, site: &Site) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR REPLACE INTO sites (id, doc) VALUES (?1, ?2)")?
        .execute(params![site.id.as_str(), to_doc(site)?])?;
    Ok(())
}

pub(super) fn all(db: &Connection) -> Result<Vec<Site>, StoreError> {
    docs(db, "SELECT doc FROM sites ORDER BY id", [])
}

pub(super) fn get(db: &Connection, site: &SiteId) -> Result<Option<Site>, StoreError> {
    one_doc(db, "SELECT doc FROM sites WHERE id = ?1", [site.as_str()])
}

pub(super) fn put_key(db: &Connection, key: &ApiKey) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR REPLACE INTO keys (site, id, hash, doc) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![key.site.as_str(), key.id.as_str(), key.hash.as_str(), to_doc(key)?])?;
    Ok(())
}

pub(super) fn keys(db: &Connection, site: &SiteId) -> Result<Vec<ApiKey>, StoreError> {
    docs(db, "SELECT doc FROM keys WHERE site = ?1 ORDER BY id", [site.as_str()])
}

pub(super) fn key_by_hash(db: &Connection, hash: &KeyHash) -> Result<Option<ApiKey>, StoreError> {
    one_doc(db, "SELECT doc FROM keys WHERE hash = ?1", [hash.as_str()])
}
