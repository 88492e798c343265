//! Names of the queue's indexes, relative to the partition.
//!
//! What waits for anybody and what was handed on to a role stand in lanes of their own, so a claim never walks past
//! what it may not have. In each lane a comment stands in three orders, whole and by each facet.

use crate::comment::{Attribute, QueueOrder, Role};

/// The pending comments that wait for the same people.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lane<'a>(pub(super) Option<&'a Role>);

/// Which of a lane's comments an index holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Facet<'a> {
    All,
    Section(&'a str),
    Article(&'a str),
    Reason(&'a str),
    Language(&'a str),
}

/// Kinds of facets whose names are listed.
pub(super) const SECTIONS: &str = "section";
pub(super) const REASONS: &str = "reason";
pub(super) const LANGUAGES: &str = "language";

/// SET: the roles that comments wait for.
pub(super) const ROLES: &str = "queue:roles";
/// ZSET: comment id by when its event is due; HASH: comment id → that event (JSON).
pub(super) const HELD: &str = "held";
pub(super) const HELD_EVENTS: &str = "held:events";

impl Lane<'_> {
    fn name(self) -> String {
        self.0.map_or_else(|| "queue".to_owned(), |role| format!("queue@{role}"))
    }

    /// ZSET, all scores 0: comments in one of the orders, all of them or those of one facet.
    pub(super) fn queue(self, order: QueueOrder, facet: Facet<'_>) -> String {
        let lane = self.name();
        let order = order_name(order);
        match facet {
            Facet::All => format!("{lane}:{order}"),
            Facet::Section(name) => format!("{lane}:{order}:{SECTIONS}:{name}"),
            Facet::Article(id) => format!("{lane}:{order}:article:{id}"),
            Facet::Reason(code) => format!("{lane}:{order}:{REASONS}:{code}"),
            Facet::Language(code) => format!("{lane}:{order}:{LANGUAGES}:{code}"),
        }
    }

    /// SET: the sections, reason codes or languages that its comments have.
    pub(super) fn facet_names(self, kind: &str) -> String {
        format!("{}:names:{kind}", self.name())
    }

    /// ZSET: comment id by an attribute's score.
    pub(super) fn scores(self, attribute: Attribute) -> String {
        format!("{}:scores:{}", self.name(), attribute.name())
    }
}

/// An order as the scripts know it.
pub(super) const fn order_name(order: QueueOrder) -> &'static str {
    match order {
        QueueOrder::Oldest => "oldest",
        QueueOrder::Uncertain => "uncertain",
        QueueOrder::Harmful => "harmful",
    }
}

/// ZSET: the ids of comments that somebody passed over, by when she may be handed them again.
pub(super) fn skipped(holder: &str) -> String {
    format!("skipped:{holder}")
}

/// ZSET, all scores 0: the ids of pending comments that somebody has given her opinion on.
pub(super) fn voted(holder: &str) -> String {
    format!("voted:{holder}")
}
