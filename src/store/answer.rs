//! The questions a store is asked, and its answers.

use crate::comment::{
    ArticleId, AuthorId, Band, Claim, Comment, CommentId, Correction, Event, Fingerprint, QueueOrder, Role, SiteId,
    Timestamp,
};
use crate::policy::Nearness;
use serde::Serialize;

/// Names what [`super::Store::facts`] gathers.
#[derive(Debug, Clone)]
pub struct FactsQuery {
    pub site: SiteId,
    /// The comment being judged: it never counts as its own history.
    pub comment: CommentId,
    pub article: ArticleId,
    pub parent: Option<CommentId>,
    pub author: AuthorId,
    pub fingerprint: Fingerprint,
    /// When the comment was written: what counts as "before".
    pub created_at: Timestamp,
    /// What counts as nearly the same text; `None` where nobody asks for how many there were.
    pub near: Option<Nearness>,
}

impl FactsQuery {
    /// How many recent published comments make the thread so far.
    pub const THREAD: usize = 20;
    /// How many earlier submissions of the author are looked at.
    pub const SUBMISSIONS: usize = 50;
    /// How many earlier rejections of the author are looked at.
    pub const REJECTIONS: usize = 20;
    /// How far back the same text, and nearly the same, counts as repeated on the site, in milliseconds: 24 h.
    pub const SAME_TEXT_WINDOW_MS: i64 = 24 * 60 * 60 * 1000;
}

/// What became of a comment that was sent in.
#[derive(Debug, Clone, PartialEq)]
pub enum Admission {
    New,
    /// A comment of this id is there already; as it stands now.
    Exists(Box<Comment>),
    /// The author was erased after the comment was received, and it was not taken in.
    Erased,
}

/// What an idempotency key is tied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub comment: CommentId,
}

/// With what right a step is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lease {
    /// The step needs none (an edit, a withdrawal, an undo) and goes ahead whoever reads.
    Free,
    /// The step needs that nobody but `holder` holds the comment, and, if a claim is named, that the
    /// claim is live.
    Held { holder: String, claim: Option<crate::comment::ClaimId> },
}

impl Lease {
    /// The step needs that nobody at all holds the comment: no holder has an empty name.
    #[must_use]
    pub fn nobodys() -> Self {
        Self::Held { holder: String::new(), claim: None }
    }
}

/// Why a step was not taken. Nothing was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Conflict {
    /// There is no such comment.
    Missing,
    /// The comment moved on; as it stands now.
    Stale(Box<Comment>),
    /// Somebody else holds it.
    Held(Claim),
    /// The claim named is over.
    Lease(LeaseError),
}

/// Why a lease is no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeaseError {
    #[error("there is no such claim: it was released, or the comment was decided")]
    Unknown,
    #[error("the claim has expired")]
    Expired,
}

/// A reader's report.
#[derive(Debug, Clone)]
pub struct Report {
    pub site: SiteId,
    pub comment: CommentId,
    /// The platform's id of the reader, hashed by the service; the same reader counts once.
    pub reporter: String,
    /// Why, as the platform names it.
    pub reason: Option<String>,
    pub at: Timestamp,
}

/// What a report led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportOutcome {
    /// Distinct readers since a moderator last decided.
    pub distinct: u32,
    /// Whether this report sent the comment to the queue.
    pub escalated: bool,
}

/// One page of an article's published conversations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ThreadPage {
    /// All published comments of the conversations on this page, by conversation, then by time and id.
    pub comments: Vec<Comment>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// One page of comments on which a person's decision stands, in an order of the store's own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModeratedPage {
    pub comments: Vec<Comment>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// One page of a site's corrections, in the order in which each was first said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CorrectionPage {
    pub corrections: Vec<Correction>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// Which pending comments are wanted.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ClaimFilter {
    pub section: Option<String>,
    pub article: Option<ArticleId>,
    /// A reason code.
    pub reason: Option<String>,
    /// Between which bounds an attribute's score lies; a comment without a score has none.
    pub band: Option<Band>,
    /// ISO 639-3 code.
    pub language: Option<String>,
    /// Those that were handed on to this role; `None` for those that were not handed on.
    pub role: Option<Role>,
}

impl ClaimFilter {
    /// Whether a comment waits and is one of those wanted.
    #[must_use]
    pub fn lets_through(&self, comment: &Comment) -> bool {
        let Some(entry) = comment.queue_entry() else { return false };
        let within = |band: &Band| {
            comment.scores.get(band.attribute()).is_some_and(|score| (band.min()..=band.max()).contains(&score))
        };
        self.role == entry.role
            && self.section.as_ref().is_none_or(|section| entry.section.as_ref() == Some(section))
            && self.article.as_ref().is_none_or(|article| comment.article_id == *article)
            && self.reason.as_ref().is_none_or(|reason| entry.reasons.contains(reason))
            && self.language.as_ref().is_none_or(|language| entry.language.as_ref() == Some(language))
            && self.band.as_ref().is_none_or(within)
    }
}

/// A moderator asks for work.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    pub site: SiteId,
    pub holder: String,
    pub limit: usize,
    pub order: QueueOrder,
    pub filter: ClaimFilter,
    pub now: Timestamp,
    pub expires_at: Timestamp,
    /// Unguessable tokens for the claims, one for each that may be made.
    pub tokens: Vec<uuid::Uuid>,
}

/// The queue at a glance. Every number is that of a set or kept with it, and costs the same however much waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueOverview {
    pub depth: u64,
    /// Of these, how many somebody holds.
    pub claimed: u64,
    pub oldest_queued_at: Option<Timestamp>,
    /// By section name, for comments whose article has one.
    pub by_section: Vec<(String, u64)>,
    /// By reason code; a comment with two reasons counts under both.
    pub by_reason: Vec<(String, u64)>,
    /// By ISO 639-3 code, for comments whose language could be told.
    pub by_language: Vec<(String, u64)>,
    /// By role, for comments that were handed on.
    pub by_role: Vec<(String, u64)>,
}

/// A run of events.
#[derive(Debug, Clone, PartialEq)]
pub struct EventPage {
    /// Each with the cursor that stands right after it.
    pub events: Vec<(String, Event)>,
    /// Where to go on: after the last event here, or where one started if there was none.
    pub next: String,
    /// Whether more events were there to read.
    pub more: bool,
}

/// What a store promises about a comment that it acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durability {
    /// `sqlite` or `redis`.
    pub store: &'static str,
    /// One sentence on what a crash could lose.
    pub statement: String,
    /// Whether an acknowledged comment survives a power cut.
    pub fsync: bool,
    /// What the statement rests on, for each server that takes writes. Empty where there is none.
    pub servers: Vec<ServerDurability>,
}

/// The settings of a server that decide what it can lose; `None` where it doesn't tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerDurability {
    /// Its address, without secrets.
    pub name: String,
    pub append_only: Option<bool>,
    pub appendfsync: Option<String>,
    /// 0 is no limit.
    pub maxmemory_bytes: Option<u64>,
    pub maxmemory_policy: Option<String>,
    /// How many replicas are connected.
    pub replicas: Option<u64>,
    pub min_replicas_to_write: Option<u64>,
}
