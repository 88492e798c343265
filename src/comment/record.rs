//! A comment as ombud keeps it.

use super::key::hex;
use super::{
    Appeal, ArticleId, Author, Basis, Body, CommentId, CommentText, DecidedBy, Decision, EarlierText, Escalation,
    Priority, QueueEntry, Scores, Shadowed, SiteId, State, Timestamp, Vote,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// SHA-256 over what the platform sent: the same id with another hash is another comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentHash(String);

impl ContentHash {
    /// Hashes the fields in order; `None` and the empty string differ, and no field runs into the next.
    #[must_use]
    pub fn of(fields: &[Option<&str>]) -> Self {
        let mut hasher = Sha256::new();
        for field in fields {
            match field {
                None => hasher.update([0]),
                Some(value) => {
                    hasher.update([1]);
                    hasher.update((value.len() as u64).to_le_bytes());
                    hasher.update(value.as_bytes());
                }
            }
        }
        Self(hex(&hasher.finalize()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a text looks like after normalisation, for finding repeats.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Hash of the normalised words: equal for texts that read the same.
    pub exact: u64,
    /// `SimHash` of word trigrams (Charikar 2002): near texts differ in few bits.
    pub near: u64,
    /// How many words were read; short texts repeat by nature.
    pub words: u32,
}

/// What a moderator's decision replaced, so that it can be undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    pub state: State,
    pub decision: Decision,
    pub queued_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinions_asked: Option<u8>,
    /// The appeal as it stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<Appeal>,
}

/// A comment with its state, scores and the decision in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    pub site: SiteId,
    pub id: CommentId,
    pub article_id: ArticleId,
    pub parent_id: Option<CommentId>,
    /// The top-level comment of this conversation; the comment itself if it has no parent.
    pub root_id: CommentId,
    pub root_created_at: Timestamp,
    /// 0 for a top-level comment.
    pub depth: u32,
    /// The article's section when the comment came in.
    pub section: Option<String>,
    #[serde(flatten)]
    pub body: Body,
    /// When the reader wrote it, as the platform says.
    pub created_at: Timestamp,
    /// When ombud accepted it.
    pub received_at: Timestamp,
    /// When its last step was taken.
    pub updated_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub content_hash: ContentHash,
    pub fingerprint: Fingerprint,
    pub state: State,
    /// Counts steps, from 1. Every step names the version it expects.
    pub version: u64,
    pub scores: Scores,
    pub decision: Decision,
    pub priority: Priority,
    /// Since when it waits; set exactly while pending.
    pub queued_at: Option<Timestamp>,
    pub undo: Option<Box<Undo>>,
    /// Set where a model ran in shadow when ombud last decided on the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadowed: Option<Shadowed>,
    /// What ombud's own last decision on the text rested on; gone with the body, and never known of comments that came in
    /// before ombud kept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Box<Basis>>,
    /// ISO 639-3 code of the text's language; `None` where it could not be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What moderators said, while too few agree; one each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<Vote>,
    /// How many moderators have to agree, where one asked for more than the policy does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinions_asked: Option<u8>,
    /// Set while it waits for those who have a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
    /// The author's last appeal, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<Appeal>,
}

impl Comment {
    /// The queue's view of a pending comment; `None` in every other state.
    #[must_use]
    pub fn queue_entry(&self) -> Option<QueueEntry> {
        let queued_at = self.queued_at?;
        let asks = |r: &&super::Reason| r.action >= super::Action::Review;
        Some(QueueEntry {
            queued_at,
            priority: self.priority,
            section: self.section.clone(),
            language: self.language.clone(),
            role: self.escalation.as_ref().map(|e| e.role.clone()),
            reasons: self.decision.reasons.iter().filter(asks).map(|r| r.code.clone()).collect(),
        })
    }

    /// What a shadow would have decided, of a comment that counts: one taken back no longer does.
    #[must_use]
    pub fn counted_shadow(&self) -> Option<&Shadowed> {
        self.shadowed.as_ref().filter(|_| self.state != State::Withdrawn)
    }

    /// Whether a person's decision stands, which a model can learn from.
    #[must_use]
    pub fn moderated(&self) -> bool {
        let decided = matches!(self.state, State::Published | State::Rejected);
        self.decision.by == DecidedBy::Moderator && decided && self.text().is_some()
    }

    /// The text, unless the body was dropped.
    #[must_use]
    pub fn text(&self) -> Option<&CommentText> {
        match &self.body {
            Body::Kept { text, .. } => Some(text),
            Body::Dropped { .. } => None,
        }
    }

    /// The author, unless the body was dropped.
    #[must_use]
    pub fn author(&self) -> Option<&Author> {
        match &self.body {
            Body::Kept { author, .. } => Some(author),
            Body::Dropped { .. } => None,
        }
    }

    /// What it said before edits, oldest first; for moderators alone.
    #[must_use]
    pub fn earlier(&self) -> &[EarlierText] {
        match &self.body {
            Body::Kept { earlier, .. } => earlier,
            Body::Dropped { .. } => &[],
        }
    }

    /// When the body was dropped, if it was.
    #[must_use]
    pub fn dropped_at(&self) -> Option<Timestamp> {
        match &self.body {
            Body::Kept { .. } => None,
            Body::Dropped { dropped } => Some(dropped.at),
        }
    }

    /// Whether readers see it: it is published, and there is something to see.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.state == State::Published && self.text().is_some()
    }

    /// SHA-256 of the text, in hex; of a text that was dropped too.
    #[must_use]
    pub fn text_sha256(&self) -> String {
        match &self.body {
            Body::Kept { text, .. } => hex(&Sha256::digest(text.as_str().as_bytes())),
            Body::Dropped { dropped } => dropped.text_sha256.clone(),
        }
    }
}
