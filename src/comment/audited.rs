//! A decision of the machine's that was drawn to be judged by a person, who does not know what was decided.

use super::{Action, Attribute, Comment, CommentId, DecidedBy, State, Timestamp};
use serde::{Deserialize, Serialize};

/// How many numbers an [`Audit`] is drawn from, all equally likely.
const DRAWS: f64 = 4_294_967_296.0;

/// A string names no audit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the name of an audit")]
pub struct InvalidAuditId;

/// Names an audit: a comment, and the version of it on which the machine decided. Written `COMMENT@VERSION`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AuditId {
    pub comment: CommentId,
    pub version: u64,
}

impl AuditId {
    /// Parses what [`std::fmt::Display`] wrote.
    ///
    /// # Errors
    /// [`InvalidAuditId`] if it is anything else.
    pub fn parse(value: &str) -> Result<Self, InvalidAuditId> {
        let (comment, version) = value.rsplit_once('@').ok_or(InvalidAuditId)?;
        let comment = CommentId::parse(comment).map_err(|_| InvalidAuditId)?;
        Ok(Self { comment, version: version.parse().map_err(|_| InvalidAuditId)? })
    }
}

impl std::fmt::Display for AuditId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.comment, self.version)
    }
}

/// A decision that was drawn. It holds no text and names no author.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    pub comment_id: CommentId,
    /// The version of the comment that the decision made.
    pub version: u64,
    /// The number drawn, of 2³²; see [`super::ReaderKeys::draw`].
    pub draw: u32,
    /// Which share of all decisions was drawn when this one was.
    pub share: f64,
    /// When the machine decided.
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// What the machine did: publish or reject.
    pub action: Action,
    /// Codes of the machine's reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// The attributes for which the machine rejected, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    pub policy_revision: String,
    pub model_revision: String,
    /// `None` while it waits for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<AuditOutcome>,
}

/// What became of an audit; the first outcome is the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum AuditOutcome {
    /// A person said what should have become of the comment.
    Judged {
        by: String,
        at: Timestamp,
        /// Publish or reject.
        action: Action,
        /// Why it should have been rejected, one of the policy's codes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What that reason says of the comment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attribute: Option<Attribute>,
    },
    /// When somebody was to judge it, what the machine had decided on was no longer there.
    Void { at: Timestamp },
}

impl Audit {
    /// Whether a number is among the drawn ones, if this share of all is to be.
    #[must_use]
    pub fn is_drawn(draw: u32, share: f64) -> bool {
        f64::from(draw) < share * DRAWS
    }

    /// The audit of the decision that stands, if the machine made it and it holds nothing for a person.
    #[must_use]
    pub fn of(comment: &Comment, draw: u32, share: f64) -> Option<Self> {
        let decision = &comment.decision;
        let alone = decision.by == DecidedBy::Policy && matches!(comment.state, State::Published | State::Rejected);
        if !alone {
            return None;
        }
        let rejects = decision.reasons.iter().filter(|reason| reason.action == Action::Reject);
        let mut attributes: Vec<Attribute> = rejects.filter_map(|reason| reason.attribute).collect();
        attributes.sort_by_key(|attribute| attribute.index());
        attributes.dedup();
        Some(Self {
            comment_id: comment.id.clone(),
            version: comment.version,
            draw,
            share,
            at: comment.updated_at,
            section: comment.section.clone(),
            action: decision.action,
            reasons: decision.reasons.iter().map(|reason| reason.code.clone()).collect(),
            attributes,
            policy_revision: decision.policy_revision.clone(),
            model_revision: decision.model_revision.clone(),
            outcome: None,
        })
    }

    #[must_use]
    pub fn id(&self) -> AuditId {
        AuditId { comment: self.comment_id.clone(), version: self.version }
    }

    /// Whether what the machine decided on is there still: neither taken back, nor changed, nor dropped.
    #[must_use]
    pub fn can_be_judged(&self, comment: &Comment) -> bool {
        comment.changeable().is_ok() && comment.edited_at.is_none_or(|at| at <= self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::ReaderKeys;

    fn id(id: &str) -> CommentId {
        CommentId::parse(id).unwrap()
    }

    #[test]
    fn an_audit_is_named_by_comment_and_version() {
        for comment in ["c1", "a@7", "k-0@b"] {
            let named = AuditId { comment: id(comment), version: 12 };
            assert_eq!(AuditId::parse(&named.to_string()), Ok(named));
        }
        for wrong in ["", "c1", "c1@", "@1", "c1@x", "c1@-1"] {
            assert_eq!(AuditId::parse(wrong), Err(InvalidAuditId), "{wrong}");
        }
    }

    #[test]
    fn draws_are_even_and_nobody_without_the_secret_knows_them() {
        const OF: u32 = 20_000;
        let (keys, other) = (ReaderKeys::new("own".to_owned()), ReaderKeys::new("another".to_owned()));
        // Ids that count up, as platforms give them out; the same on every replica.
        let draws: Vec<u32> = (0..OF).map(|n| keys.draw(&id(&n.to_string()), 1)).collect();
        assert_eq!(draws[7], ReaderKeys::new("own".to_owned()).draw(&id("7"), 1));
        // Chi-squared over 100 equal cells: 99 on average, and beyond 149 once in a thousand.
        let mut cells = [0_u32; 100];
        for draw in &draws {
            cells[usize::try_from((u64::from(*draw) * 100) >> 32).unwrap()] += 1;
        }
        let expected = f64::from(OF) / 100.0;
        let chi: f64 = cells.iter().map(|seen| (f64::from(*seen) - expected).powi(2) / expected).sum();
        assert!(chi < 149.0, "{chi}");
        // Neither versions nor secrets follow from each other: of a tenth and a tenth, a hundredth is in both.
        let is_in = |draw| Audit::is_drawn(draw, 0.1);
        let besides: [fn(&ReaderKeys, &ReaderKeys, u32) -> u32; 2] =
            [|_, other, n| other.draw(&id(&n.to_string()), 1), |keys, _, n| keys.draw(&id(&n.to_string()), 2)];
        for beside in besides {
            let both = (0..OF).filter(|n| is_in(draws[*n as usize]) && is_in(beside(&keys, &other, *n))).count();
            assert!((150..=250).contains(&both), "{both}");
        }
        assert_eq!([0.0, 0.01, 0.2].map(|share| Audit::is_drawn(0, share)), [false, true, true]);
        assert!(!Audit::is_drawn(u32::MAX, 0.2));
    }
}
