//! The record of one step, kept for as long as the comment and longer.

use super::{Action, Actor, CommentId, State, Step, Timestamp};
use serde::{Deserialize, Serialize};

/// One line of a comment's audit trail. Holds no text, only its hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditEntry {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(value_type = String)]
    pub comment_id: CommentId,
    /// The comment's version after the step.
    pub version: u64,
    pub step: Step,
    pub actor: Actor,
    pub from: Option<State>,
    pub to: State,
    pub action: Action,
    /// Codes of the reasons.
    pub reasons: Vec<String>,
    pub policy_revision: String,
    pub model_revision: String,
    /// SHA-256 of the text at this version, in hex.
    pub text_sha256: String,
}
