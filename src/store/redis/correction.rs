//! What platforms say that scores should have been.

use super::RedisStore;
use super::script::{CORRECT, Call};
use crate::comment::{Correction, SiteId};
use crate::store::{CorrectionPage, StoreError};

/// How often a correction is tried again when the same key amended it at the same time.
const ATTEMPTS: usize = 20;

pub(super) async fn put(
    store: &RedisStore,
    site: &SiteId,
    correction: &Correction,
    keep: u32,
) -> Result<(), StoreError> {
    let keys = store.keys.corrections(site);
    for _ in 0..ATTEMPTS {
        let get = Call::command("HGET").arg(&keys.docs).arg(correction.id.as_str());
        let found: Option<String> = store.connection.one(get).await?;
        let doc = match &found {
            Some(before) => serde_json::to_string(&correction.over(&serde_json::from_str(before)?))?,
            None => serde_json::to_string(correction)?,
        };
        let call = Call::script(&CORRECT, &[keys.docs.clone(), keys.order.clone()])
            .arg(correction.id.as_str())
            .arg(found.unwrap_or_default())
            .arg(doc)
            .arg(keep);
        if store.connection.one(call).await? {
            return Ok(());
        }
    }
    Err(StoreError::Unavailable("the same correction keeps being amended".to_owned()))
}

/// A cursor is the place of the last correction read.
pub(super) async fn page(
    store: &RedisStore,
    site: &SiteId,
    after: Option<&str>,
    limit: usize,
) -> Result<CorrectionPage, StoreError> {
    let after: u64 = after.map_or(Ok(0), |after| after.parse().map_err(|_| StoreError::UnknownCursor))?;
    let keys = store.keys.corrections(site);
    let range = Call::command("ZRANGE").arg(&keys.order).arg(format!("({after}")).arg("+inf").arg("BYSCORE");
    let range = range.arg("LIMIT").arg(0).arg(limit).arg("WITHSCORES");
    let places: Vec<(String, u64)> = store.connection.one(range).await?;
    let Some((_, last)) = places.last() else { return Ok(CorrectionPage::default()) };
    let ids = places.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>();
    let docs: Vec<Option<String>> = store.connection.one(Call::command("HMGET").arg(&keys.docs).arg(ids)).await?;
    // What made way between the two calls is missing.
    let corrections = docs.iter().flatten().map(|doc| Ok(serde_json::from_str(doc)?));
    let corrections = corrections.collect::<Result<Vec<Correction>, StoreError>>()?;
    Ok(CorrectionPage { corrections, next: (places.len() == limit).then(|| last.to_string()) })
}
