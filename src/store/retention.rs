//! How long what is personal is kept, and finding all of it when somebody is erased.
//!
//! Every comment stands on one shelf: its state, and whether its body is kept. Shelves are sorted by time, so what has
//! to go is the beginning of one. Dropping a body is a step like any other ([`crate::comment::Change::forgets`]), taken by
//! [`super::Store::advance`].

use super::StoreError;
use crate::comment::{AuthorId, Comment, CorrectionId, SiteId, State, Timestamp};
use async_trait::async_trait;
use std::time::Duration;

/// How long a store knows that an author was erased: longer than any submission is on its way. The author is known by
/// a hash alone.
pub const ERASURE_MEMORY: Duration = Duration::from_hours(1);

/// How many comments are in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateCount {
    pub state: State,
    /// With text and author.
    pub kept: u64,
    /// Of which text and author were dropped.
    pub dropped: u64,
}

/// Finds what has to be dropped.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Comments with a body whose last step left them in this state before then; those longest there first, on Redis
    /// of each partition. Fewer than `limit` only if these are all.
    async fn aged(
        &self,
        site: &SiteId,
        state: State,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Comment>, StoreError>;
    /// How many comments of a site are in which state, in the order of [`State::ALL`].
    async fn state_counts(&self, site: &SiteId) -> Result<Vec<StateCount>, StoreError>;
    /// Notes that an author is erased; answers up to when. From then on, for [`ERASURE_MEMORY`], no comment of the author
    /// is admitted that was received before that moment: each of them either is found by [`Retention::authored`] or
    /// is answered [`super::Admission::Erased`].
    async fn begin_erasure(&self, site: &SiteId, author: &AuthorId, now: Timestamp) -> Result<Timestamp, StoreError>;
    /// Comments of an author with a body, received before `until`, as [`Retention::begin_erasure`] answered it; `limit` at
    /// most. None are left when it answers none.
    async fn authored(
        &self,
        site: &SiteId,
        author: &AuthorId,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Comment>, StoreError>;
    /// Takes back every report of a reader, by the hash that [`super::Report::reporter`] has; answers how many.
    async fn forget_reporter(&self, site: &SiteId, reporter: &str) -> Result<u64, StoreError>;
    /// Drops corrections; answers how many there were.
    async fn forget_corrections(&self, site: &SiteId, ids: &[CorrectionId]) -> Result<u64, StoreError>;
    /// Takes events out of the log that are older than `before`, the first ones, `limit` at most (of each partition, on
    /// Redis); answers how many. None goes that lies after one of the cursors in `not_after`: somebody has not had it
    /// yet. From then on a cursor before what is left is answered [`StoreError::CursorExpired`].
    async fn trim_events(
        &self,
        site: &SiteId,
        before: Timestamp,
        not_after: &[String],
        limit: usize,
    ) -> Result<u64, StoreError>;
    /// Sees to it that what was dropped is nowhere in the store's files, as far as that is the store's to do.
    async fn scrub(&self) -> Result<(), StoreError>;
}

/// The shelf of comments in a state.
pub(super) const fn shelf(state: State, kept: bool) -> &'static str {
    match (state, kept) {
        (State::Published, true) => "published",
        (State::Pending, true) => "pending",
        (State::Rejected, true) => "rejected",
        (State::Withdrawn, true) => "withdrawn",
        (State::Published, false) => "published:dropped",
        (State::Pending, false) => "pending:dropped",
        (State::Rejected, false) => "rejected:dropped",
        (State::Withdrawn, false) => "withdrawn:dropped",
    }
}

/// The shelf of a comment.
pub(super) const fn shelf_of(comment: &Comment) -> &'static str {
    shelf(comment.state, matches!(comment.body, crate::comment::Body::Kept { .. }))
}
