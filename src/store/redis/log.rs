//! Events of a whole site, and the audit trail of a comment.

use super::RedisStore;
use super::comment::locate;
use super::connection::parsed;
use super::cursor::{Cursor, StreamId};
use super::key::Partition;
use super::script::Call;
use crate::comment::{AuditEntry, CommentId, Event, SiteId};
use crate::store::{EventPage, StoreError};
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
        None => Cursor::start(partitions.len()),
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
        call.arg("COUNT").arg(run)
    };
    let calls = empty.iter().map(range).collect();
    for (ahead, reply) in empty.iter_mut().zip(store.connection.each(calls).await?) {
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
    let newest =
        |partition: Partition| Call::command("XREVRANGE").arg(partition.events()).arg("+").arg("-").arg("COUNT").arg(1);
    let calls = store.keys.partitions(site).into_iter().map(newest).collect();
    let mut ids = Vec::new();
    for reply in store.connection.each(calls).await? {
        let entries: Vec<(String, HashMap<String, String>)> = parsed(reply)?;
        ids.push(entries.first().map(|(id, _)| id.parse()).transpose()?.unwrap_or_default());
    }
    Ok(Cursor(ids).write(site))
}

pub(super) async fn audit(store: &RedisStore, site: &SiteId, id: &CommentId) -> Result<Vec<AuditEntry>, StoreError> {
    let Some(at) = locate(store, site, std::slice::from_ref(id)).await?.pop().flatten() else {
        return Ok(Vec::new());
    };
    let key = store.keys.partition(site, &at.article).audit(id);
    let entries: Vec<String> = store.connection.one(Call::command("LRANGE").arg(key).arg(0).arg(-1)).await?;
    entries.iter().map(|entry| Ok(serde_json::from_str(entry)?)).collect()
}
