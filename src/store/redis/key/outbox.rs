//! The names of a webhook endpoint's keys: all in one slot of their own, so that one script can settle everything.

use super::Keys;
use crate::store::OutboxId;

/// What an endpoint has been told, and what it waits for.
pub(in super::super) struct OutboxKeys {
    /// HASH: `cursor`; `standing` (JSON) and its `revision`; while leased, `token` and `expires_at` (milliseconds).
    pub(in super::super) state: String,
    /// HASH: event id → `DUE_MS DELIVERY` (JSON).
    pub(in super::super) waiting: String,
    /// ZSET: comment id by when the first of its deliveries is due.
    pub(in super::super) due: String,
    /// ZSET: event id of what waits, by when it happened.
    pub(in super::super) oldest: String,
    /// HASH: event id → dead letter (JSON).
    pub(in super::super) dead: String,
    /// ZSET, all scores 0: `DIED EVENT_ID` of the dead letters.
    pub(in super::super) dead_order: String,
    /// What the keys of lanes begin with; a comment's id follows. ZSET: event id of the comment's deliveries, by version.
    pub(in super::super) lanes: String,
    /// See [`super::Partition::guard`].
    pub(in super::super) guard: String,
}

impl Keys {
    pub(in super::super) fn outbox(&self, id: &OutboxId) -> OutboxKeys {
        let OutboxId { site, endpoint } = id;
        let at = |suffix: &str| self.name(format_args!("{{{site}:hook:{endpoint}}}:{suffix}"));
        OutboxKeys {
            state: at("state"),
            waiting: at("waiting"),
            due: at("due"),
            oldest: at("oldest"),
            dead: at("dead"),
            dead_order: at("dead:order"),
            lanes: at("lane:"),
            guard: at("guard"),
        }
    }
}

impl OutboxKeys {
    /// In the order in which `lua/outbox.lua` takes them.
    pub(in super::super) fn all(&self) -> [String; 7] {
        [&self.state, &self.waiting, &self.due, &self.oldest, &self.dead, &self.dead_order, &self.guard]
            .map(String::clone)
    }
}
