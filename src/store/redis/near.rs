//! The index of nearly the same texts, see [`crate::store::near`].

use super::connection::parsed;
use super::key::Keys;
use super::script::{Call, NEAR_NOTE};
use crate::comment::{Comment, Fingerprint};
use crate::store::near::{Count, KEPT, bands, is_kept};
use crate::store::{FactsQuery, StoreError};
use redis::Value;

/// How long a text is remembered after it was last noted, in milliseconds: two days, twice the window.
const LIFETIME_MS: i64 = 2 * FactsQuery::SAME_TEXT_WINDOW_MS;

/// Brings the index up to this version of a comment.
pub(super) fn note(keys: &Keys, comment: &Comment) -> Call {
    let near = keys.near(&comment.site);
    let Fingerprint { near: bits, words, .. } = comment.fingerprint;
    let written = if is_kept(comment.fingerprint) { format!("{bits:016x}") } else { String::new() };
    Call::script(&NEAR_NOTE, &[near.of(&comment.id), near.guard()])
        .arg(near.bands())
        .arg(comment.id.as_str())
        .arg(comment.version)
        .arg(written)
        .arg(words)
        .arg(comment.created_at.as_millisecond())
        .arg(KEPT)
        .arg(LIFETIME_MS)
}

/// The questions whose replies [`count`] takes: one a band, none where nothing is to be counted.
pub(super) fn candidates(keys: &Keys, query: &FactsQuery) -> Vec<Call> {
    if query.near.is_none_or(|near| query.fingerprint.words < near.min_words) {
        return Vec::new();
    }
    let near = keys.near(&query.site);
    let until = query.created_at.as_millisecond();
    let from = until - FactsQuery::SAME_TEXT_WINDOW_MS;
    let newest = |(band, value)| {
        let call = Call::command("ZRANGE").arg(near.band(band, value)).arg(until).arg(format!("({from}"));
        call.arg("BYSCORE").arg("REV").arg("LIMIT").arg(0).arg(KEPT)
    };
    bands(query.fingerprint.near).map(newest).collect()
}

/// How many comments have nearly the text asked about, by the replies to [`candidates`].
pub(super) fn count(query: &FactsQuery, replies: Vec<Value>) -> Result<u64, StoreError> {
    let Some(nearness) = query.near else { return Ok(0) };
    let mut count = Count::new(query.fingerprint, nearness, &query.comment);
    for reply in replies {
        for member in parsed::<Vec<String>>(reply)? {
            let (near, words, id) = read(&member)
                .ok_or_else(|| StoreError::Corrupt("an entry of the near texts does not parse".to_owned()))?;
            count.look_at(id, near, words);
        }
    }
    Ok(count.total())
}

/// Reads `NEAR WORDS ID`, as `near_note.lua` writes it.
fn read(member: &str) -> Option<(u64, u32, &str)> {
    let mut parts = member.splitn(3, ' ');
    Some((u64::from_str_radix(parts.next()?, 16).ok()?, parts.next()?.parse().ok()?, parts.next()?))
}
