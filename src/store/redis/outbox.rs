//! What webhook endpoints have been told, and what they wait for.

use super::RedisStore;
use super::connection::parsed;
use super::key::OutboxKeys;
use super::place::sortable;
use super::script::{Call, OUTBOX_DUE, OUTBOX_KEEP, OUTBOX_REPLAY, OUTBOX_SETTLE, OUTBOX_STAND, OUTBOX_TAKE};
use crate::comment::Timestamp;
use crate::store::{
    DeadLetter, DeadLetterPage, Delivery, DuePage, Outbox, OutboxId, OutboxLease, OutboxStanding, OutboxState, Replay,
    Settlement, StoreError,
};
use async_trait::async_trait;
use serde::Serialize;
use serde_json::json;

/// How many dead letters go out again in one step.
const REPLAYED: usize = 500;

/// A delivery as the scripts take it.
#[derive(Serialize)]
struct Put<'a> {
    id: &'a str,
    comment: &'a str,
    version: String,
    due: String,
    happened: String,
    doc: String,
}

impl<'a> Put<'a> {
    fn of(delivery: &'a Delivery) -> Result<Self, StoreError> {
        Ok(Self {
            id: &delivery.event_id,
            comment: delivery.comment.as_str(),
            version: delivery.version.to_string(),
            due: delivery.due_at.as_millisecond().to_string(),
            happened: delivery.happened_at.as_millisecond().to_string(),
            doc: serde_json::to_string(delivery)?,
        })
    }
}

#[async_trait]
impl Outbox for RedisStore {
    async fn take_outbox(
        &self,
        lease: &OutboxLease,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Result<(), Timestamp>, StoreError> {
        let call = Call::script(&OUTBOX_TAKE, &[self.keys.outbox(&lease.outbox).state])
            .arg(lease.token.to_string())
            .arg(expires_at.as_millisecond())
            .arg(now.as_millisecond());
        let held: Option<i64> = self.connection.one(call).await?;
        Ok(match held {
            None => Ok(()),
            Some(ms) => Err(from_ms(ms)?),
        })
    }

    async fn keep_outbox(&self, lease: &OutboxLease, expires_at: Timestamp) -> Result<bool, StoreError> {
        self.keep(lease, &expires_at.as_millisecond().to_string()).await
    }

    async fn leave_outbox(&self, lease: &OutboxLease) -> Result<(), StoreError> {
        self.keep(lease, "").await.map(drop)
    }

    async fn outbox(&self, id: &OutboxId) -> Result<OutboxState, StoreError> {
        let keys = self.keys.outbox(id);
        let state = Call::command("HMGET").arg(&keys.state).arg("cursor").arg("standing").arg("expires_at");
        let waiting = Call::command("HLEN").arg(&keys.waiting);
        let oldest = Call::command("ZRANGE").arg(&keys.oldest).arg(0).arg(0).arg("WITHSCORES");
        let dead = Call::command("HLEN").arg(&keys.dead);
        let [state, waiting, oldest, dead] = self.connection.all([state, waiting, oldest, dead]).await?;
        let (cursor, standing, expires_at): (Option<String>, Option<String>, Option<i64>) = parsed(state)?;
        let oldest: Vec<(String, i64)> = parsed(oldest)?;
        Ok(OutboxState {
            cursor,
            standing: standing.map(|doc| serde_json::from_str(&doc)).transpose()?.unwrap_or_default(),
            waiting: parsed(waiting)?,
            oldest_waiting: oldest.first().map(|(_, ms)| from_ms(*ms)).transpose()?,
            dead: parsed(dead)?,
            leased_until: expires_at.map(from_ms).transpose()?,
        })
    }

    async fn settle(&self, lease: &OutboxLease, settlement: &Settlement) -> Result<bool, StoreError> {
        let Settlement { cursor, waiting, delivered, dead, keep_dead: (kept, since), standing } = settlement;
        let over = delivered.iter().chain(dead.iter().map(|letter| &letter.delivery));
        let letters = dead.iter().map(|letter| {
            let doc = serde_json::to_string(letter)?;
            Ok(json!({"id": letter.delivery.event_id, "place": place(letter), "doc": doc}))
        });
        let mut work = json!({
            "put": waiting.iter().map(Put::of).collect::<Result<Vec<_>, _>>()?,
            "remove": over.map(|d| json!({"id": d.event_id, "comment": d.comment})).collect::<Vec<_>>(),
            "dead": letters.collect::<Result<Vec<_>, StoreError>>()?,
            "dead_kept": kept.to_string(),
            "dead_since": sortable(*since),
        });
        if let Some(cursor) = cursor {
            work["cursor"] = json!(cursor);
        }
        if let Some(standing) = standing {
            work["standing"] = written(standing)?;
        }
        let keys = self.keys.outbox(&lease.outbox);
        let call = Call::script(&OUTBOX_SETTLE, &keys.all()).arg(&keys.lanes).arg(work.to_string());
        self.connection.one(call.arg(lease.token.to_string())).await
    }

    async fn due(&self, id: &OutboxId, now: Timestamp, limit: usize) -> Result<DuePage, StoreError> {
        let OutboxKeys { waiting, due, lanes, guard, .. } = self.keys.outbox(id);
        let call = Call::script(&OUTBOX_DUE, &[waiting, due, guard]).arg(lanes).arg(now.as_millisecond()).arg(limit);
        let (docs, next): (Vec<String>, Option<i64>) = self.connection.one(call).await?;
        Ok(DuePage {
            deliveries: docs.iter().map(|doc| Ok(serde_json::from_str(doc)?)).collect::<Result<_, StoreError>>()?,
            next: next.map(from_ms).transpose()?,
        })
    }

    async fn dead_letters(
        &self,
        id: &OutboxId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DeadLetterPage, StoreError> {
        let keys = self.keys.outbox(id);
        let from = match after {
            Some(after) if after.contains(' ') => format!("({after}"),
            Some(_) => return Err(StoreError::UnknownCursor),
            None => "-".to_owned(),
        };
        let range = Call::command("ZRANGE").arg(&keys.dead_order).arg(from).arg("+").arg("BYLEX");
        let places: Vec<String> = self.connection.one(range.arg("LIMIT").arg(0).arg(limit)).await?;
        if places.is_empty() {
            return Ok(DeadLetterPage::default());
        }
        let ids: Vec<&str> = places.iter().filter_map(|place| Some(place.split_once(' ')?.1)).collect();
        let docs: Vec<Option<String>> = self.connection.one(Call::command("HMGET").arg(&keys.dead).arg(ids)).await?;
        // What was replayed between the two calls is missing.
        let dead = docs.iter().flatten().map(|doc| Ok(serde_json::from_str(doc)?));
        let next = places.last().filter(|_| places.len() == limit).cloned();
        Ok(DeadLetterPage { dead: dead.collect::<Result<_, StoreError>>()?, next })
    }

    /// Some at a time, each letter in one step.
    async fn replay(&self, id: &OutboxId, which: &Replay, now: Timestamp) -> Result<u64, StoreError> {
        let keys = self.keys.outbox(id);
        if let Replay::One(event_id) = which {
            let doc: Option<String> = self.connection.one(Call::command("HGET").arg(&keys.dead).arg(event_id)).await?;
            let letter: Option<DeadLetter> = doc.map(|doc| serde_json::from_str(&doc)).transpose()?;
            return self.again(id, letter.into_iter().collect(), now).await;
        }
        let (mut count, mut after) = (0, None::<String>);
        loop {
            let page = self.dead_letters(id, after.as_deref(), REPLAYED).await?;
            count += self.again(id, page.dead, now).await?;
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(count),
            }
        }
    }

    async fn put_outbox_standing(&self, id: &OutboxId, standing: &OutboxStanding) -> Result<bool, StoreError> {
        let work = json!({"standing": written(standing)?});
        let keys = self.keys.outbox(id);
        let call = Call::script(&OUTBOX_STAND, &keys.all()).arg(&keys.lanes).arg(work.to_string());
        self.connection.one(call.arg(self.keys.news()).arg(id.site.as_str())).await
    }
}

impl RedisStore {
    async fn keep(&self, lease: &OutboxLease, expires_at: &str) -> Result<bool, StoreError> {
        let call = Call::script(&OUTBOX_KEEP, &[self.keys.outbox(&lease.outbox).state]);
        self.connection.one(call.arg(lease.token.to_string()).arg(expires_at)).await
    }

    async fn again(&self, id: &OutboxId, letters: Vec<DeadLetter>, now: Timestamp) -> Result<u64, StoreError> {
        let letters = letters.into_iter().map(|letter| {
            let place = place(&letter);
            Ok(json!({"place": place, "delivery": Put::of(&letter.again(now))?}))
        });
        let work = json!({"replay": letters.collect::<Result<Vec<_>, StoreError>>()?});
        let keys = self.keys.outbox(id);
        let call = Call::script(&OUTBOX_REPLAY, &keys.all()).arg(&keys.lanes).arg(work.to_string());
        self.connection.one(call.arg(self.keys.news()).arg(id.site.as_str())).await
    }
}

/// A standing as the scripts take it.
fn written(standing: &OutboxStanding) -> Result<serde_json::Value, StoreError> {
    let before = standing.revision.saturating_sub(1).to_string();
    Ok(json!({"before": before, "revision": standing.revision.to_string(), "doc": serde_json::to_string(standing)?}))
}

/// Where a dead letter stands in the order, `DIED EVENT_ID`.
fn place(letter: &DeadLetter) -> String {
    format!("{} {}", sortable(letter.died_at), letter.delivery.event_id)
}

fn from_ms(ms: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(|e| StoreError::Corrupt(e.to_string()))
}
