//! What happened, as others hear of it.

use super::{ArticleId, CommentId, Decision, SiteId, State, Timestamp};
use serde::{Deserialize, Serialize};

/// Which step led to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Admitted,
    Edited,
    Reported,
    Decided,
    /// A moderator said what she thinks; more have to agree.
    Opinion,
    /// A moderator asked for more opinions.
    SecondOpinion,
    /// A moderator handed it on to those who have a role.
    Escalated,
    Undone,
    Withdrawn,
    /// Text and author were dropped, as the time of retention was over; the state is as before.
    BodyDropped,
    /// The author was erased: withdrawn, without text and author.
    Erased,
    /// The author appealed against a rejection.
    Appealed,
}

impl Step {
    pub const ALL: [Self; 12] = [
        Self::Admitted,
        Self::Edited,
        Self::Reported,
        Self::Decided,
        Self::Opinion,
        Self::SecondOpinion,
        Self::Escalated,
        Self::Undone,
        Self::Withdrawn,
        Self::BodyDropped,
        Self::Erased,
        Self::Appealed,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Edited => "edited",
            Self::Reported => "reported",
            Self::Decided => "decided",
            Self::Opinion => "opinion",
            Self::SecondOpinion => "second_opinion",
            Self::Escalated => "escalated",
            Self::Undone => "undone",
            Self::Withdrawn => "withdrawn",
            Self::BodyDropped => "body_dropped",
            Self::Erased => "erased",
            Self::Appealed => "appealed",
        }
    }
}

/// A step of a comment, written in the same atomic step as the change. Carries no text, no word of one,
/// no author and no note: who needs them asks for the comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Event {
    /// `COMMENT_ID@VERSION`: the same event has the same id wherever it is read, so receivers can drop doubles.
    pub id: String,
    /// `comment.` and the new state: `comment.published`, `comment.pending`, …
    #[serde(rename = "type")]
    pub kind: String,
    pub step: Step,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(value_type = String)]
    pub site: SiteId,
    #[schema(value_type = String)]
    pub comment_id: CommentId,
    #[schema(value_type = String)]
    pub article_id: ArticleId,
    pub state: State,
    /// The state before; null for a new comment.
    pub previous_state: Option<State>,
    pub version: u64,
    pub decision: Decision,
}
