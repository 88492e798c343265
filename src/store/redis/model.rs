//! A site's own models, what their shadows would have decided, and what people decided, to learn from.

use super::RedisStore;
use super::comment::comment;
use super::connection::parsed;
use super::script::{Call, STANDING};
use crate::comment::{Action, CommentId, ModelId, SiteId, SiteModels};
use crate::store::model::{ModelVersion, ShadowCount, packed, unpacked};
use crate::store::{ModeratedPage, StoreError};

/// The file first: a crash in between leaves a file that nobody knows of, and the call may be repeated.
pub(super) async fn put(
    store: &RedisStore,
    site: &SiteId,
    version: &ModelVersion,
    file: Option<&[u8]>,
) -> Result<(), StoreError> {
    let keys = store.keys.models(site);
    if let Some(file) = file {
        let bytes = packed(file)?;
        let put = Call::command("HSET").arg(&keys.files).arg(version.id.as_str()).arg(bytes);
        store.connection.one::<i64>(put).await?;
    }
    let doc = serde_json::to_string(version)?;
    store.connection.one(Call::command("HSETNX").arg(&keys.versions).arg(version.id.as_str()).arg(doc)).await
}

pub(super) async fn all(store: &RedisStore, site: &SiteId) -> Result<Vec<ModelVersion>, StoreError> {
    let docs: Vec<String> = store.connection.one(Call::command("HVALS").arg(store.keys.models(site).versions)).await?;
    let versions = docs.iter().map(|doc| Ok(serde_json::from_str(doc)?));
    let mut versions = versions.collect::<Result<Vec<ModelVersion>, StoreError>>()?;
    versions.sort_by(|a, b| (a.made_at, &a.id).cmp(&(b.made_at, &b.id)));
    Ok(versions)
}

pub(super) async fn file(store: &RedisStore, site: &SiteId, id: &ModelId) -> Result<Option<Vec<u8>>, StoreError> {
    let get = Call::command("HGET").arg(store.keys.models(site).files).arg(id.as_str());
    let bytes: Option<Vec<u8>> = store.connection.one(get).await?;
    bytes.map(|bytes| unpacked(&bytes)).transpose()
}

pub(super) async fn standing(store: &RedisStore, site: &SiteId) -> Result<SiteModels, StoreError> {
    let get = Call::command("HGET").arg(store.keys.models(site).standing).arg("doc");
    let doc: Option<String> = store.connection.one(get).await?;
    Ok(doc.map(|doc| serde_json::from_str(&doc)).transpose()?.unwrap_or_default())
}

pub(super) async fn put_standing(store: &RedisStore, site: &SiteId, models: &SiteModels) -> Result<bool, StoreError> {
    let call = Call::script(&STANDING, &[store.keys.models(site).standing])
        .arg(models.version.saturating_sub(1))
        .arg(models.version)
        .arg(serde_json::to_string(models)?);
    let (written, repeated): (bool, bool) = store.connection.told(call).await?;
    // The reply to the first attempt may have been lost.
    Ok(written || (repeated && standing(store, site).await? == *models))
}

pub(super) async fn shadow_counts(
    store: &RedisStore,
    site: &SiteId,
    id: &ModelId,
) -> Result<Vec<ShadowCount>, StoreError> {
    let partitions = store.keys.partitions(site);
    let mut counts = Vec::new();
    for (live, shadow) in Action::pairs() {
        let sizes = partitions.iter().map(|p| Call::command("ZCARD").arg(p.shadowed(id, live, shadow))).collect();
        let mut comments = 0;
        for size in store.connection.each(sizes).await? {
            comments += parsed::<u64>(size)?;
        }
        counts.push(ShadowCount { live, shadow, comments });
    }
    Ok(counts)
}

/// A cursor is `PARTITION ID`: the last comment read, in the order of the partitions and of the ids in each.
pub(super) async fn moderated(
    store: &RedisStore,
    site: &SiteId,
    after: Option<&str>,
    limit: usize,
) -> Result<ModeratedPage, StoreError> {
    let partitions = store.keys.partitions(site);
    let (mut number, mut last) = after.map_or(Ok((0, None)), read_cursor)?;
    let mut comments = Vec::new();
    while let Some(partition) = partitions.get(number) {
        let from = last.as_ref().map_or_else(|| "-".to_owned(), |id| format!("({id}"));
        let range = Call::command("ZRANGE").arg(partition.moderated()).arg(from).arg("+").arg("BYLEX");
        let range = range.arg("LIMIT").arg(0).arg(limit - comments.len());
        let ids: Vec<String> = store.connection.one(range).await?;
        let ids = ids.iter().map(|id| CommentId::parse(id.as_str())).collect::<Result<Vec<_>, _>>();
        let ids = ids.map_err(|_| StoreError::Corrupt("an index names no comment".to_owned()))?;
        let gets = ids.iter().map(|id| Call::command("HGET").arg(partition.comment(id)).arg("doc")).collect();
        for doc in store.connection.each(gets).await? {
            let doc = parsed::<Option<String>>(doc)?;
            comments.extend(doc.as_deref().map(comment).transpose()?);
        }
        match ids.last() {
            Some(id) if comments.len() >= limit => {
                return Ok(ModeratedPage { comments, next: Some(format!("{number} {id}")) });
            }
            Some(id) => last = Some(id.clone()),
            None => (number, last) = (number + 1, None),
        }
    }
    Ok(ModeratedPage { comments, next: None })
}

fn read_cursor(cursor: &str) -> Result<(usize, Option<CommentId>), StoreError> {
    let (number, id) = cursor.split_once(' ').ok_or(StoreError::UnknownCursor)?;
    let number = number.parse().map_err(|_| StoreError::UnknownCursor)?;
    let id = CommentId::parse(id).map_err(|_| StoreError::UnknownCursor)?;
    Ok((number, Some(id)))
}
