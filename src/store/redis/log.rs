//! Events of a whole site, and the audit trail of a comment.

use super::RedisStore;
use super::comment::locate;
use super::connection::parsed;
use super::cursor::{Cursor, StreamId};
use super::key::Partition;
use super::script::{Call, TRIM};
use crate::comment::{AuditEntry, CommentId, Event, SiteId, Timestamp};
use crate::store::{EventPage, StoreError};
use redis::Value;
use std::collections::{HashMap, VecDeque};

/// What a partition's stream held after some id, as far as it was read.
struct Ahead {
    partition: Partition,
    events: VecDeque<(StreamId, String)>,
    /// The last id read from the server.
    read_to: StreamId,
    /// Whether the last read may have left some behind.
    more: bool,
}

/// Reads a page of events: partitions are read ahead in small runs and merged by time.
///
/// Each partition has its own place in the cursor, so an event that arrives in one while another is
/// read is neither missed nor read twice; it merely comes later in the merge.
pub(super) async fn events(
    store: &RedisStore,
    site: &SiteId,
    after: Option<&str>,
    limit: usize,
) -> Result<EventPage, StoreError> {
    let partitions = store.keys.partitions(site);
    let mut cursor = match after {
        Some(after) => Cursor::read(after, site, partitions.len())?,
        None => Cursor(trimmed(store, &partitions).await?),
    };
    // Twice an even share: a page is mostly one round trip, and little is read in vain.
    let run = (2 * limit / partitions.len()).clamp(8, 1_000);
    let mut ahead: Vec<Ahead> = partitions
        .into_iter()
        .zip(&cursor.0)
        .map(|(partition, id)| Ahead { partition, events: VecDeque::new(), read_to: *id, more: true })
        .collect();
    let mut events = Vec::new();
    loop {
        refill(store, &mut ahead, run).await?;
        // While every partition with more shows its next event, the earliest of them is the next.
        while !ahead.iter().any(|a| a.events.is_empty() && a.more) {
            let heads = ahead.iter().enumerate().filter_map(|(i, a)| Some((a.events.front()?.0, i)));
            let Some((id, number)) = heads.min().filter(|_| events.len() < limit) else {
                let more = ahead.iter().any(|a| !a.events.is_empty());
                return Ok(EventPage { events, next: cursor.write(site), more });
            };
            cursor.0[number] = id;
            if let Some((_, payload)) = ahead[number].events.pop_front() {
                events.push((cursor.write(site), serde_json::from_str::<Event>(&payload)?));
            }
        }
    }
}

/// Reads on in the partitions whose run is used up.
async fn refill(store: &RedisStore, ahead: &mut [Ahead], run: usize) -> Result<(), StoreError> {
    let mut empty: Vec<&mut Ahead> = ahead.iter_mut().filter(|a| a.events.is_empty() && a.more).collect();
    let range = |a: &&mut Ahead| {
        let call = Call::command("XRANGE").arg(a.partition.events()).arg(format!("({}", a.read_to)).arg("+");
        call.arg("COUNT").arg(run).telling()
    };
    // How far the log was trimmed is asked after it was read: what is trimmed in between was read, or is missed here.
    let calls = empty.iter().flat_map(|a| [range(a), Call::command("GET").arg(a.partition.trimmed())]).collect();
    let mut replies = store.connection.each(calls).await?.into_iter();
    for ahead in &mut empty {
        let (reply, trimmed) = (replies.next().unwrap_or(Value::Nil), replies.next().unwrap_or(Value::Nil));
        if ahead.read_to < stream_id(trimmed)? {
            return Err(StoreError::CursorExpired);
        }
        let entries: Vec<(String, HashMap<String, String>)> = parsed(reply)?;
        ahead.more = entries.len() == run;
        for (id, mut fields) in entries {
            let payload = fields.remove("event").ok_or_else(|| StoreError::Corrupt("an empty event".to_owned()))?;
            ahead.read_to = id.parse()?;
            ahead.events.push_back((ahead.read_to, payload));
        }
    }
    Ok(())
}

pub(super) async fn latest_cursor(store: &RedisStore, site: &SiteId) -> Result<String, StoreError> {
    let newest = |partition: &Partition| {
        Call::command("XREVRANGE").arg(partition.events()).arg("+").arg("-").arg("COUNT").arg(1).telling()
    };
    let partitions = store.keys.partitions(site);
    let mut ids: Vec<StreamId> = Vec::new();
    for reply in store.connection.each(partitions.iter().map(newest).collect()).await? {
        let entries: Vec<(String, HashMap<String, String>)> = parsed(reply)?;
        ids.push(entries.first().map(|(id, _)| id.parse()).transpose()?.unwrap_or_default());
    }
    let trimmed = trimmed(store, &partitions).await?;
    Ok(Cursor(ids.into_iter().zip(trimmed).map(|(id, trimmed)| id.max(trimmed)).collect()).write(site))
}

/// How far each partition's log was trimmed.
async fn trimmed(store: &RedisStore, partitions: &[Partition]) -> Result<Vec<StreamId>, StoreError> {
    let calls = partitions.iter().map(|partition| Call::command("GET").arg(partition.trimmed())).collect();
    store.connection.each(calls).await?.into_iter().map(stream_id).collect()
}

fn stream_id(reply: Value) -> Result<StreamId, StoreError> {
    Ok(parsed::<Option<String>>(reply)?.map(|id| id.parse()).transpose()?.unwrap_or_default())
}

/// Trims each partition by itself.
pub(super) async fn trim(
    store: &RedisStore,
    site: &SiteId,
    before: Timestamp,
    not_after: &[String],
    limit: usize,
) -> Result<u64, StoreError> {
    let partitions = store.keys.partitions(site);
    let bounds = not_after.iter().map(|cursor| Cursor::read(cursor, site, partitions.len()));
    let bounds = bounds.collect::<Result<Vec<_>, _>>()?;
    let first = |partition: &Partition, limit: usize| {
        Call::command("XRANGE").arg(partition.events()).arg("-").arg("+").arg("COUNT").arg(limit)
    };
    // Mostly the first of each is young, and there is nothing to do.
    let heads = store.connection.each(partitions.iter().map(|p| first(p, 1)).collect()).await?;
    let mut count = 0;
    for (number, (partition, head)) in partitions.iter().zip(heads).enumerate() {
        let bound = bounds.iter().map(|cursor| cursor.0[number]).min();
        if older(head, before, bound)?.is_none() {
            continue;
        }
        let run = store.connection.one::<Value>(first(partition, limit)).await?;
        let Some(last) = older(run, before, bound)? else { continue };
        let next = StreamId { sequence: last.sequence.saturating_add(1), ..last };
        let call = Call::script(&TRIM, &[partition.events(), partition.trimmed()]);
        count += store.connection.one::<u64>(call.arg(last.to_string()).arg(next.to_string())).await?;
    }
    Ok(count)
}

/// The last of a run's first events that are older, and not past a bound.
fn older(run: Value, before: Timestamp, bound: Option<StreamId>) -> Result<Option<StreamId>, StoreError> {
    let entries: Vec<(String, HashMap<String, String>)> = parsed(run)?;
    let mut last = None;
    for (id, fields) in entries {
        let id: StreamId = id.parse()?;
        let event = fields.get("event").ok_or_else(|| StoreError::Corrupt("an empty event".to_owned()))?;
        let event: Event = serde_json::from_str(event)?;
        if event.at >= before || bound.is_some_and(|bound| id > bound) {
            break;
        }
        last = Some(id);
    }
    Ok(last)
}

pub(super) async fn audit(store: &RedisStore, site: &SiteId, id: &CommentId) -> Result<Vec<AuditEntry>, StoreError> {
    let Some(at) = locate(store, site, std::slice::from_ref(id)).await?.pop().flatten() else {
        return Ok(Vec::new());
    };
    let key = store.keys.partition(site, &at.article).audit(id);
    let entries: Vec<String> = store.connection.one(Call::command("LRANGE").arg(key).arg(0).arg(-1)).await?;
    entries.iter().map(|entry| Ok(serde_json::from_str(entry)?)).collect()
}
