//! The queue's words: entries, orders, and the lease a moderator holds while she reads.

use super::{CommentId, Priority, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// What the queue knows of a pending comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueEntry {
    pub queued_at: Timestamp,
    pub priority: Priority,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Codes of the reasons that ask for a moderator.
    pub reasons: Vec<String>,
}

/// In which order the queue is worked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueOrder {
    /// Longest wait first.
    #[default]
    Oldest,
    /// Scores nearest to their thresholds first: where a person adds most.
    Uncertain,
    /// Likely worst first.
    Harmful,
}

/// A string is no claim id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a claim id")]
pub struct InvalidClaimId;

/// The id of a claim. It names the comment it is for, so that any replica finds it without an index.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClaimId {
    token: String,
    comment: CommentId,
}

impl ClaimId {
    /// A new claim on a comment; `token` must be unguessable and never used before.
    #[must_use]
    pub fn new(token: uuid::Uuid, comment: CommentId) -> Self {
        Self { token: token.simple().to_string(), comment }
    }

    /// Parses what [`std::fmt::Display`] wrote.
    ///
    /// # Errors
    /// [`InvalidClaimId`] if it is anything else.
    pub fn parse(value: &str) -> Result<Self, InvalidClaimId> {
        let (token, comment) = value.split_once('.').ok_or(InvalidClaimId)?;
        if token.len() != 32 || !token.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(InvalidClaimId);
        }
        let comment = URL_SAFE_NO_PAD.decode(comment).map_err(|_| InvalidClaimId)?;
        let comment = String::from_utf8(comment).map_err(|_| InvalidClaimId)?;
        let comment = CommentId::parse(comment).map_err(|_| InvalidClaimId)?;
        Ok(Self { token: token.to_owned(), comment })
    }

    /// The part that no other claim has.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    #[must_use]
    pub fn comment(&self) -> &CommentId {
        &self.comment
    }
}

impl std::fmt::Display for ClaimId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.token, URL_SAFE_NO_PAD.encode(self.comment.as_str()))
    }
}

impl TryFrom<String> for ClaimId {
    type Error = InvalidClaimId;
    fn try_from(value: String) -> Result<Self, InvalidClaimId> {
        Self::parse(&value)
    }
}

impl From<ClaimId> for String {
    fn from(value: ClaimId) -> String {
        value.to_string()
    }
}

/// A lease on one pending comment. Until it expires nobody else is handed the comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub id: ClaimId,
    /// Who holds it: the API key's id, or the moderator's name.
    pub holder: String,
    pub claimed_at: Timestamp,
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_id_round_trips_whatever_the_comment_id() {
        let comment = CommentId::parse("über/c.1?x=2").unwrap();
        let id = ClaimId::new(uuid::Uuid::from_u128(7), comment.clone());
        let back = ClaimId::parse(&id.to_string()).unwrap();
        assert_eq!((back.comment(), &back), (&comment, &id));
        for bad in ["", "x", "00.AA", "zz000000000000000000000000000000.AA"] {
            assert_eq!(ClaimId::parse(bad), Err(InvalidClaimId), "{bad}");
        }
    }
}
