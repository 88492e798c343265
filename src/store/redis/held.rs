//! Events that are held back, each in its comment's partition.
//!
//! Looking through all partitions of all sites every second would be work for nothing. So a replica remembers the
//! partitions in which its own decisions are held, and asks those when something is due. Now and then, and first
//! when it starts, it asks them all: for what a replica held that is gone.

use super::RedisStore;
use super::connection::parsed;
use super::key::Partition;
use super::lane::{HELD, HELD_EVENTS};
use super::script::{Call, TELL};
use crate::comment::{SiteId, Timestamp};
use crate::store::StoreError;
use crate::store::held::{HeldEvents, due_bounds};
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How often all partitions are asked, in milliseconds.
const SWEEP_MS: i64 = 30_000;
/// How many partitions are asked in one round trip.
const ROUND: usize = 512;

/// The partitions that are known to hold something, and when its first is due, in milliseconds.
#[derive(Default)]
pub(super) struct Known {
    partitions: HashMap<String, (SiteId, Partition, i64)>,
    /// When all were asked last.
    swept_ms: Option<i64>,
}

impl Known {
    /// Notes that a partition holds something that is due then.
    fn note(&mut self, site: &SiteId, partition: &Partition, due_ms: i64) {
        let known = self.partitions.entry(partition.base().to_owned());
        let (_, _, first) = known.or_insert_with(|| (site.clone(), partition.clone(), due_ms));
        *first = due_ms.min(*first);
    }

    /// Takes out those that have something due. What is noted meanwhile stays.
    fn take_due(&mut self, now: Timestamp) -> Vec<(SiteId, Partition)> {
        let (until, from) = due_bounds(now);
        let due = self.partitions.extract_if(|_, (_, _, due_ms)| *due_ms <= until || *due_ms > from);
        due.map(|(_, (site, partition, _))| (site, partition)).collect()
    }

    /// Whether it is time to ask all, which is noted then. A clock that went back makes it time.
    fn is_sweep(&mut self, now_ms: i64) -> bool {
        let waits = self.swept_ms.is_some_and(|swept| (swept..swept + SWEEP_MS).contains(&now_ms));
        if !waits {
            self.swept_ms = Some(now_ms);
        }
        !waits
    }

    fn first_due(&self) -> Option<i64> {
        self.partitions.values().map(|(_, _, due_ms)| *due_ms).min()
    }
}

fn known(store: &RedisStore) -> MutexGuard<'_, Known> {
    store.held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers that a step of this replica is held.
pub(super) fn note(store: &RedisStore, site: &SiteId, partition: &Partition, due: Timestamp) {
    known(store).note(site, partition, due.as_millisecond());
}

#[async_trait]
impl HeldEvents for RedisStore {
    async fn release_due(&self, now: Timestamp, limit: usize) -> Result<Option<Timestamp>, StoreError> {
        let sweep = known(self).is_sweep(now.as_millisecond());
        let mut asked = known(self).take_due(now);
        if sweep {
            let sites = super::registry::sites(self).await.inspect_err(|_| forget_sweep(self, &asked, now))?;
            let of_site = |site: SiteId| self.keys.partitions(&site).into_iter().map(move |p| (site.clone(), p));
            asked = sites.into_iter().flat_map(|site| of_site(site.id)).collect();
        }
        for round in asked.chunks(ROUND) {
            let told = self.tell(round, now, limit).await;
            // What could not be asked is asked again.
            told.inspect_err(|_| forget_sweep(self, &asked, now))?;
        }
        let first = known(self).first_due();
        first.map(|ms| Timestamp::from_millisecond(ms).map_err(|e| StoreError::Corrupt(e.to_string()))).transpose()
    }
}

/// After a failure: these partitions are due still, and all are asked again soon.
fn forget_sweep(store: &RedisStore, asked: &[(SiteId, Partition)], now: Timestamp) {
    let mut known = known(store);
    known.swept_ms = None;
    for (site, partition) in asked {
        known.note(site, partition, now.as_millisecond());
    }
}

impl RedisStore {
    /// Puts what is due in these partitions into the log, and notes when the next is.
    async fn tell(&self, round: &[(SiteId, Partition)], now: Timestamp, limit: usize) -> Result<(), StoreError> {
        let (until, from) = due_bounds(now);
        let call = |(site, partition): &(SiteId, Partition)| {
            Call::script(&TELL, &[partition.events(), partition.at(HELD), partition.at(HELD_EVENTS)])
                .arg(until)
                .arg(from)
                .arg(limit)
                .arg(self.keys.news())
                .arg(site.as_str())
        };
        let replies = self.connection.each(round.iter().map(call).collect()).await?;
        for ((site, partition), reply) in round.iter().zip(replies) {
            let next: String = parsed(reply)?;
            if next.is_empty() {
                continue;
            }
            let next = next.parse().map_err(|_| StoreError::Corrupt("a held event has no time".to_owned()))?;
            known(self).note(site, partition, next);
        }
        Ok(())
    }
}

/// What a store remembers, shared by its calls.
pub(super) type Remembered = Mutex<Known>;

#[cfg(test)]
mod tests {
    use super::super::key::Keys;
    use super::*;

    #[test]
    fn what_is_due_is_taken_once_and_all_are_asked_now_and_then() {
        let site = SiteId::parse("daily").unwrap();
        let [one, two, ..] = &Keys::new("", 4).partitions(&site)[..] else { panic!("four partitions") };
        let mut known = Known::default();
        known.note(&site, one, 5_000);
        known.note(&site, one, 9_000);
        known.note(&site, two, 8_000);
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        assert!(known.take_due(at(4_999)).is_empty());
        assert_eq!(known.take_due(at(5_000)).len(), 1);
        assert!(known.take_due(at(5_000)).is_empty());
        assert_eq!(known.first_due(), Some(8_000));
        // The clock goes back by an hour: what it held is due.
        assert_eq!(known.take_due(at(8_000 - 3_600_000)).len(), 1);
        let asked = [0, 29_999, 30_000, 31_000, 20_000, 20_001].map(|ms| known.is_sweep(ms));
        assert_eq!(asked, [true, false, true, false, true, false]);
    }
}
