//! Reading a site whole, and writing it into another store.
//!
//! What a site has beside this (keys, corrections, models, events) is read by the methods of [`super::Store`], page by
//! page. The order is by id, the same in every store. Restoring may be repeated: what is there already is left alone.

use super::StoreError;
use crate::comment::{Article, ArticleId, AuditEntry, Comment, CommentId, Event, SiteId, SiteModels, Step, Timestamp};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A comment with everything that is kept with it. Its lease is not: whoever reads it claims it anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArchivedComment {
    pub comment: Comment,
    /// Oldest first.
    pub audit: Vec<AuditEntry>,
    /// By reporter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<ArchivedReport>,
    /// Whether readers ever reported it, see [`super::Reported`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reported: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldEvent>,
}

impl ArchivedComment {
    /// Whether readers ever reported it, also where nobody kept that yet.
    #[must_use]
    pub fn was_reported(&self) -> bool {
        self.reported || !self.reports.is_empty() || self.audit.iter().any(|entry| entry.step == Step::Reported)
    }
}

/// A reader's report, since a moderator last decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ArchivedReport {
    /// The reader, hashed.
    pub reporter: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub at: Timestamp,
}

/// An event that is not told yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeldEvent {
    pub due_at: Timestamp,
    pub event: Event,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Import {
    /// It begins now, or goes on after it was broken off.
    Open,
    /// An import of something else was begun here, and not ended.
    Other,
}

/// Reads and restores a site.
#[async_trait]
pub trait Archive: Send + Sync {
    /// A site's articles after an id, by id.
    async fn articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleId>,
        limit: usize,
    ) -> Result<Vec<Article>, StoreError>;
    /// A site's comments after an id, by id; each is of one moment.
    async fn archived(
        &self,
        site: &SiteId,
        after: Option<&CommentId>,
        limit: usize,
    ) -> Result<Vec<ArchivedComment>, StoreError>;
    /// Begins an import into a site, or goes on with the one of the same name.
    async fn begin_import(&self, site: &SiteId, name: &str) -> Result<Import, StoreError>;
    /// Writes a comment, unless one of its id is there; no event is told.
    async fn restore_comment(&self, archived: &ArchivedComment) -> Result<(), StoreError>;
    /// Puts events at the end of the log, in order. `first` is the place of the first of them in the import, from 1: those
    /// that are in the log already are not put there again.
    async fn restore_events(&self, site: &SiteId, first: u64, events: &[Event]) -> Result<(), StoreError>;
    /// Writes how a site's models stand, whatever stood before.
    async fn restore_models(&self, site: &SiteId, models: &SiteModels) -> Result<(), StoreError>;
    /// Forgets that there was an import.
    async fn end_import(&self, site: &SiteId) -> Result<(), StoreError>;
}
