//! Events that are held back for a while, so that a decision can be undone before anybody hears of it.
//!
//! A change with [`Change::event_due`] writes its event into a held place beside the log. The next step of the same
//! comment puts it into the log before its own, so that a comment's events stay in order; only an undo
//! ([`Change::takes_back`]) drops it, and its own with it. Whatever is left is put into the log when it is due.
//!
//! [`Change::event_due`]: crate::comment::Change::event_due
//! [`Change::takes_back`]: crate::comment::Change::takes_back

use super::StoreError;
use crate::comment::Timestamp;
use async_trait::async_trait;
use std::time::Duration;

/// No event is held longer. One that is due later than this from now was held by a clock that went back, and is due.
/// Twice the longest window a policy may set, as replicas' clocks differ.
pub const LONGEST_HOLD: Duration = Duration::from_mins(10);

/// Puts held events into the log.
#[async_trait]
pub trait HeldEvents: Send + Sync {
    /// Puts events that are due into the log, `limit` at most in one atomic step; answers when to ask again, as far as
    /// the store knows: at once, if some that are due are left. Any number of replicas may ask at once; each event
    /// goes into the log once.
    async fn release_due(&self, now: Timestamp, limit: usize) -> Result<Option<Timestamp>, StoreError>;
}

/// Until which time an event is due at `now`, and from which on it is again.
pub(super) fn due_bounds(now: Timestamp) -> (i64, i64) {
    let longest = i64::try_from(LONGEST_HOLD.as_millis()).unwrap_or(i64::MAX);
    (now.as_millisecond(), now.as_millisecond().saturating_add(longest))
}
