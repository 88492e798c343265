//! The queue's words: entries, orders, and the lease a moderator holds while she reads.

use super::{Attribute, CommentId, Priority, Role, Timestamp};
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
    /// ISO 639-3 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// For whom it waits; `None` for anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
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

/// Two numbers bound no band of scores.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InvalidBand {
    #[error("a score is a number from 0 to 1, not {0}")]
    Range(f64),
    #[error("`min` must not be above `max`")]
    Empty,
}

/// The scores of one attribute from `min` to `max`, both included; each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    attribute: Attribute,
    min: f64,
    max: f64,
}

impl Band {
    /// # Errors
    /// [`InvalidBand`] if a bound is no score, or `min` is above `max`.
    pub fn new(attribute: Attribute, min: f64, max: f64) -> Result<Self, InvalidBand> {
        if let Some(outside) = [min, max].into_iter().find(|bound| !(0.0..=1.0).contains(bound)) {
            return Err(InvalidBand::Range(outside));
        }
        if min > max { Err(InvalidBand::Empty) } else { Ok(Self { attribute, min, max }) }
    }

    #[must_use]
    pub const fn attribute(&self) -> Attribute {
        self.attribute
    }

    #[must_use]
    pub const fn min(&self) -> f64 {
        self.min
    }

    #[must_use]
    pub const fn max(&self) -> f64 {
        self.max
    }
}

/// A string is no claim id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a claim id")]
pub struct InvalidClaimId;

/// The id of a claim. It names the comment it is for, so that any replica finds it without an index, and says when
/// it was made, so that a decision under it knows without asking.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClaimId {
    token: String,
    comment: CommentId,
}

impl ClaimId {
    /// A new claim on a comment; `token` must be unguessable and never used before: a UUID of version 7 (RFC 9562),
    /// which begins with the time it was made.
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

    /// When the claim was made, to the millisecond; `None` for a token that does not say. True only of a claim that
    /// the store knows: anybody can write one down.
    #[must_use]
    pub fn claimed_at(&self) -> Option<Timestamp> {
        let (seconds, nanoseconds) = uuid::Uuid::parse_str(&self.token).ok()?.get_timestamp()?.to_unix();
        Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanoseconds).ok()?).ok()
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

    #[test]
    fn a_claim_id_says_when_it_was_made() {
        let comment = CommentId::parse("c1").unwrap();
        let made = uuid::Timestamp::from_unix_time(1_767_225_600, 123_000_000, 0, 0);
        let id = ClaimId::new(uuid::Uuid::new_v7(made), comment.clone());
        assert_eq!(id.claimed_at(), Some("2026-01-01T00:00:00.123Z".parse().unwrap()));
        assert_eq!(ClaimId::new(uuid::Uuid::from_u128(7), comment).claimed_at(), None);
    }

    #[test]
    fn a_band_lies_within_the_scale() {
        let band = |min, max| Band::new(Attribute::Toxicity, min, max);
        assert!(band(0.0, 1.0).is_ok() && band(0.5, 0.5).is_ok());
        assert_eq!(band(0.6, 0.5), Err(InvalidBand::Empty));
        assert_eq!(band(-0.1, 0.5), Err(InvalidBand::Range(-0.1)));
        assert_eq!(band(0.1, 1.5), Err(InvalidBand::Range(1.5)));
        assert!(band(f64::NAN, 0.5).is_err() && band(0.5, f64::NAN).is_err());
    }
}
