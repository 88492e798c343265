//! The record of one step, kept for as long as the comment and longer.

use super::{Action, Actor, CommentId, DecisionTimes, Role, State, Step, Timestamp};
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
    /// What was decided; of an opinion, what the moderator would decide.
    pub action: Action,
    /// Codes of the reasons.
    pub reasons: Vec<String>,
    pub policy_revision: String,
    pub model_revision: String,
    /// SHA-256 of the text at this version, in hex.
    pub text_sha256: String,
    /// For whom the comment waits after the step, if it was handed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub role: Option<Role>,
    /// The moments of a moderator's decision or opinion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<DecisionTimes>,
}
