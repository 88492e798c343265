//! The queue at a glance: the sum over a site's partitions.

use super::RedisStore;
use super::connection::parsed;
use super::key::{Facet, REASONS, SECTIONS};
use super::place::time_of;
use super::script::{Call, OVERVIEW};
use crate::comment::{QueueOrder, SiteId, Timestamp};
use crate::store::{QueueOverview, StoreError};
use std::collections::BTreeMap;

/// Depth, leased, the oldest member if any, sizes by section, sizes by reason.
type Part = (u64, u64, Vec<String>, Vec<(String, u64)>, Vec<(String, u64)>);

pub(super) async fn overview(store: &RedisStore, site: &SiteId, now: Timestamp) -> Result<QueueOverview, StoreError> {
    let order = QueueOrder::Oldest;
    let calls = store.keys.partitions(site).into_iter().map(|partition| {
        let keys = [
            partition.queue(order, Facet::All),
            partition.leases(),
            partition.facet_names(SECTIONS),
            partition.facet_names(REASONS),
            partition.guard(),
        ];
        Call::script(&OVERVIEW, &keys)
            .arg(now.as_millisecond())
            .arg(partition.queue(order, Facet::Section("")))
            .arg(partition.queue(order, Facet::Reason("")))
    });
    let mut whole = QueueOverview::default();
    let (mut by_section, mut by_reason) = (BTreeMap::new(), BTreeMap::new());
    for reply in store.connection.each(calls.collect()).await? {
        let (depth, claimed, oldest, sections, reasons): Part = parsed(reply)?;
        whole.depth += depth;
        whole.claimed += claimed;
        let oldest = oldest.first().and_then(|member| time_of(member));
        whole.oldest_queued_at = [whole.oldest_queued_at, oldest].into_iter().flatten().min();
        add(&mut by_section, sections);
        add(&mut by_reason, reasons);
    }
    whole.by_section = by_section.into_iter().collect();
    whole.by_reason = by_reason.into_iter().collect();
    Ok(whole)
}

fn add(sums: &mut BTreeMap<String, u64>, counts: Vec<(String, u64)>) {
    for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        *sums.entry(name).or_default() += count;
    }
}
