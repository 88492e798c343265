//! Reading a site's queue in order: a merge of its partitions.

use super::connection::{Connection, parsed};
use super::key::{Keys, Partition};
use super::lane::{Facet, Lane, order_name, skipped, voted};
use super::script::{Call, PEEK};
use crate::comment::{QueueOrder, SiteId, Timestamp};
use crate::store::{ClaimFilter, StoreError};

/// How many comments one call of the script looks at, at most; the rest is looked at by further calls, so that
/// nobody else waits for long.
const STEPS: usize = 1_000;

/// What to read.
pub(super) struct Peek<'a> {
    pub(super) site: &'a SiteId,
    pub(super) filter: &'a ClaimFilter,
    pub(super) order: QueueOrder,
    /// Whom they are for: then without what others hold, and what she skipped or has given her opinion on.
    pub(super) holder: Option<&'a str>,
    /// The member to go on after; empty at the beginning.
    pub(super) after: &'a str,
    pub(super) limit: usize,
    pub(super) now: Timestamp,
}

/// The queues that a comment must stand in to pass the filter.
pub(super) fn queues(partition: &Partition, filter: &ClaimFilter, order: QueueOrder) -> Vec<String> {
    let named = [
        filter.section.as_deref().map(Facet::Section),
        filter.article.as_ref().map(|id| Facet::Article(id.as_str())),
        filter.reason.as_deref().map(Facet::Reason),
        filter.language.as_deref().map(Facet::Language),
    ];
    let mut facets: Vec<_> = named.into_iter().flatten().collect();
    if facets.is_empty() {
        facets.push(Facet::All);
    }
    let lane = Lane(filter.role.as_ref());
    facets.into_iter().map(|facet| partition.at(&lane.queue(order, facet))).collect()
}

/// How far one partition was read.
struct Part {
    partition: Partition,
    found: Vec<String>,
    /// Where to read on; `None` at the end.
    on: Option<String>,
}

impl Peek<'_> {
    /// The first members over all partitions that may hold some, in order, and whether there may be more.
    pub(super) async fn run(
        &self,
        connection: &Connection,
        keys: &Keys,
    ) -> Result<(Vec<(String, Partition)>, bool), StoreError> {
        let partitions = match &self.filter.article {
            Some(article) => vec![keys.partition(self.site, article)],
            None => keys.partitions(self.site),
        };
        let start = |partition| Part { partition, found: Vec::new(), on: Some(self.after.to_owned()) };
        let mut parts: Vec<Part> = partitions.into_iter().map(start).collect();
        loop {
            let mut short: Vec<&mut Part> =
                parts.iter_mut().filter(|p| p.on.is_some() && p.found.len() < self.limit).collect();
            if short.is_empty() {
                break;
            }
            let calls = short.iter().map(|part| self.call(part)).collect();
            for (part, reply) in short.iter_mut().zip(connection.each(calls).await?) {
                let mut members = parsed::<Vec<String>>(reply)?.into_iter();
                part.on = members.next().filter(|on| !on.is_empty());
                // A few that were looked up by their scores come whole.
                part.found.extend(members.filter(|member| member.as_str() > self.after));
            }
        }
        let mut more = parts.iter().any(|part| part.on.is_some());
        let own = |part: Part| part.found.into_iter().map(move |member| (member, part.partition.clone()));
        let mut heads: Vec<_> = parts.into_iter().flat_map(own).collect();
        // Members sort as the order asks, so sorting them merges the partitions.
        heads.sort_by(|(a, _), (b, _)| a.cmp(b));
        more |= heads.len() > self.limit;
        heads.truncate(self.limit);
        Ok((heads, more))
    }

    fn call(&self, part: &Part) -> Call {
        let partition = &part.partition;
        let holder = self.holder.unwrap_or_default();
        let band = self.filter.band.as_ref();
        let lane = Lane(self.filter.role.as_ref());
        let mut keys = vec![
            partition.guard(),
            partition.leases(),
            partition.at(&skipped(holder)),
            partition.at(&voted(holder)),
            band.map_or_else(|| partition.leases(), |band| partition.at(&lane.scores(band.attribute()))),
        ];
        keys.extend(queues(partition, self.filter, self.order));
        let bound = |bound: Option<f64>| bound.map(|b| b.to_string()).unwrap_or_default();
        Call::script(&PEEK, &keys)
            .arg(self.now.as_millisecond())
            .arg(self.limit - part.found.len())
            .arg(STEPS)
            .arg(part.on.as_deref().unwrap_or_default())
            .arg(if self.holder.is_some() { "free" } else { "all" })
            .arg(bound(band.map(crate::comment::Band::min)))
            .arg(bound(band.map(crate::comment::Band::max)))
            .arg(partition.comments())
            .arg(order_name(self.order))
    }
}
