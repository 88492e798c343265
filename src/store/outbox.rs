//! The outbox's half of the port: what each webhook endpoint has been told, what it still waits for, and what was
//! given up.
//!
//! Events are not copied when they happen: the log is the outbox, and an endpoint has a cursor into it. What the
//! cursor passes becomes a [`Delivery`] of the endpoint's own in the same step, and stays one until it is settled.
//!
//! One replica delivers for an endpoint at a time, under a lease. Every write of a deliverer names its lease, and
//! writes nothing if another has taken it since: a replica that slept through its lease can't undo what the next one did.

use super::StoreError;
use crate::comment::{CommentId, EndpointId, SiteId, Timestamp};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An endpoint's outbox, by the site whose events it hears.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OutboxId {
    pub site: SiteId,
    pub endpoint: EndpointId,
}

/// The right to deliver for an endpoint, until another replica has taken it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxLease {
    pub outbox: OutboxId,
    /// Of this lease and no other.
    pub token: Uuid,
}

/// An event on its way to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The event's id, unique on its site.
    pub event_id: String,
    pub comment: CommentId,
    /// The comment's version after the event: deliveries of one comment go out in this order.
    pub version: u64,
    /// The very bytes that are signed and sent.
    pub body: String,
    pub happened_at: Timestamp,
    /// When it is to be tried next.
    pub due_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// How many places of the schedule are used up; less than `attempts` where the endpoint was paused.
    pub step: u32,
    pub first_tried_at: Option<Timestamp>,
    /// What came of the last attempt: a status, or why there was none.
    pub last_outcome: Option<String>,
}

/// A delivery that was given up. Kept until it is replayed, or makes way for newer ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    #[serde(flatten)]
    pub delivery: Delivery,
    pub died_at: Timestamp,
}

/// Whether an endpoint is sent to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum OutboxStatus {
    #[default]
    Active,
    /// Too much failed in a row: one delivery now and then finds out whether it is back.
    Paused {
        since: Timestamp,
        /// The outcome that was one too many.
        why: String,
        probe_at: Timestamp,
    },
    /// It answered that it is gone for good.
    Disabled { since: Timestamp },
}

/// How an endpoint stands. Written by compare-and-set: a deliverer and an operator don't undo each other's word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxStanding {
    /// Counts writes; 0 for one that was never written.
    pub revision: u64,
    #[serde(flatten)]
    pub status: OutboxStatus,
    /// Failures since the last success.
    pub failures: u32,
    /// It asked to be left alone until then.
    pub rest_until: Option<Timestamp>,
    /// When it last took an event.
    pub delivered_at: Option<Timestamp>,
}

/// An outbox at a glance. All numbers are sizes of sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxState {
    /// Where it stands in the site's events; `None` before it was first seen.
    pub cursor: Option<String>,
    pub standing: OutboxStanding,
    pub waiting: u64,
    /// When the oldest event happened that waits.
    pub oldest_waiting: Option<Timestamp>,
    pub dead: u64,
    /// Until when a replica holds its lease, in the past if it has expired.
    pub leased_until: Option<Timestamp>,
}

/// What is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DuePage {
    /// By when they are due. Of each comment the first that waits, and no other.
    pub deliveries: Vec<Delivery>,
    /// When the next one will be that is not due yet.
    pub next: Option<Timestamp>,
}

/// What a deliverer writes in one step.
#[derive(Debug, Clone, Default)]
pub struct Settlement {
    /// The cursor after the events of `waiting` that are new; `None`: as it was.
    pub cursor: Option<String>,
    /// Deliveries that are new, or stand otherwise than before.
    pub waiting: Vec<Delivery>,
    /// Deliveries that are over.
    pub delivered: Vec<Delivery>,
    /// Deliveries that are over too, and are kept.
    pub dead: Vec<DeadLetter>,
    /// Of the dead, at most so many are kept, none that died before the time.
    pub keep_dead: (u32, Timestamp),
    /// Written if the standing's revision is the one before; else all but this is.
    pub standing: Option<OutboxStanding>,
}

/// Which dead letters go out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    All,
    /// The one of this event.
    One(String),
}

/// One page of dead letters, the first that died first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeadLetterPage {
    pub dead: Vec<DeadLetter>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// What the store does for webhooks.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Takes the lease if nobody holds it, or it has expired. `Err` says until when another holds it.
    async fn take_outbox(
        &self,
        lease: &OutboxLease,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Result<(), Timestamp>, StoreError>;
    /// Extends the lease; answers whether it still is this one. It may have expired, as long as nobody took it.
    async fn keep_outbox(&self, lease: &OutboxLease, expires_at: Timestamp) -> Result<bool, StoreError>;
    /// Gives the lease back, if it still is this one.
    async fn leave_outbox(&self, lease: &OutboxLease) -> Result<(), StoreError>;
    async fn outbox(&self, id: &OutboxId) -> Result<OutboxState, StoreError>;
    /// Writes what was taken in and what became of it, in one step; answers whether the lease still is this one. If
    /// not, nothing was written.
    async fn settle(&self, lease: &OutboxLease, settlement: &Settlement) -> Result<bool, StoreError>;
    /// Up to `limit` deliveries that are due.
    async fn due(&self, id: &OutboxId, now: Timestamp, limit: usize) -> Result<DuePage, StoreError>;
    /// Dead letters, `limit` a page. `after` is the `next` of the page before.
    async fn dead_letters(
        &self,
        id: &OutboxId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DeadLetterPage, StoreError>;
    /// Makes dead letters due now, with the whole schedule before them; answers how many. Says so as news.
    async fn replay(&self, id: &OutboxId, which: &Replay, now: Timestamp) -> Result<u64, StoreError>;
    /// Writes a standing, if its revision follows the one that stands; answers whether it did. Says so as news.
    async fn put_outbox_standing(&self, id: &OutboxId, standing: &OutboxStanding) -> Result<bool, StoreError>;
}

impl DeadLetter {
    /// The delivery as it was before it was first tried, due at a time.
    #[must_use]
    pub(super) fn again(self, due_at: Timestamp) -> Delivery {
        Delivery { due_at, attempts: 0, step: 0, first_tried_at: None, ..self.delivery }
    }
}
