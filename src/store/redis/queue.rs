//! The queue at a glance: the sum over a site's partitions.

use super::RedisStore;
use super::connection::parsed;
use super::lane::ROLES;
use super::place::time_of;
use super::script::{Call, OVERVIEW};
use crate::comment::{SiteId, Timestamp};
use crate::store::{QueueOverview, StoreError};
use std::collections::BTreeMap;

/// Sizes by name.
type Counts = Vec<(String, u64)>;
/// Role (empty: none), depth, the oldest member if any, sizes by section, by reason, by language.
type LanePart = (String, u64, Vec<String>, Counts, Counts, Counts);

pub(super) async fn overview(store: &RedisStore, site: &SiteId, now: Timestamp) -> Result<QueueOverview, StoreError> {
    let calls = store.keys.partitions(site).into_iter().map(|partition| {
        Call::script(&OVERVIEW, &[partition.leases(), partition.at(ROLES), partition.guard()])
            .arg(now.as_millisecond())
            .arg(partition.base())
    });
    let mut whole = QueueOverview::default();
    let [mut by_section, mut by_reason, mut by_language, mut by_role] = [const { BTreeMap::new() }; 4];
    for reply in store.connection.each(calls.collect()).await? {
        let (claimed, lanes): (u64, Vec<LanePart>) = parsed(reply)?;
        whole.claimed += claimed;
        for (role, depth, oldest, sections, reasons, languages) in lanes {
            whole.depth += depth;
            let oldest = oldest.first().and_then(|member| time_of(member));
            whole.oldest_queued_at = [whole.oldest_queued_at, oldest].into_iter().flatten().min();
            add(&mut by_section, sections);
            add(&mut by_reason, reasons);
            add(&mut by_language, languages);
            if !role.is_empty() {
                add(&mut by_role, vec![(role, depth)]);
            }
        }
    }
    whole.by_section = by_section.into_iter().collect();
    whole.by_reason = by_reason.into_iter().collect();
    whole.by_language = by_language.into_iter().collect();
    whole.by_role = by_role.into_iter().collect();
    Ok(whole)
}

fn add(sums: &mut BTreeMap<String, u64>, counts: Counts) {
    for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        *sums.entry(name).or_default() += count;
    }
}
