//! What goes wrong in a use-case.

use crate::comment::{ArticleError, ArticleId, Comment, CommentId, Role, TransitionError};
use crate::store::{Conflict, LeaseError, StoreError};

/// Why a use-case was refused. Messages name ids, never texts or authors.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error("no article \"{0}\" on this site; send it first, or inline as `article`")]
    UnknownArticle(ArticleId),
    #[error("no comment \"{0}\" on this site")]
    UnknownComment(CommentId),
    #[error("the parent \"{0}\" is not a comment on this site; send parents before their replies")]
    UnknownParent(CommentId),
    #[error("the parent \"{parent}\" stands under the article \"{article}\"")]
    ParentOfOtherArticle { parent: CommentId, article: ArticleId },
    #[error("a comment can't answer itself")]
    ParentCycle,
    #[error("a comment of this id was sent before with other content")]
    ContentDiffers(Box<Comment>),
    #[error("this Idempotency-Key was used for another comment")]
    IdempotencyKeyReused,
    #[error("a comment needs an `id`, or the request an Idempotency-Key")]
    IdMissing,
    #[error("`created_at` lies more than five minutes in the future")]
    CreatedInFuture,
    #[error("the inline article has the id \"{0}\", and `article_id` names another")]
    ArticleIdDiffers(ArticleId),
    #[error("the comment has moved on to version {}", .0.version)]
    Stale(Box<Comment>),
    #[error("{holder} is reading this comment until {until}")]
    ClaimedByOther { holder: String, until: crate::comment::Timestamp },
    #[error("the claim is for another comment")]
    ClaimForOther,
    #[error("the policy knows no role \"{role}\"; its roles are: {known}")]
    UnknownRole { role: Role, known: String },
    #[error("this needs a key with the role \"{0}\"")]
    RoleMissing(Role),
    #[error("this publication takes no appeals")]
    AppealsClosed,
    #[error("the selection is not for this filter and decision: ask for a preview of them first")]
    SelectionMismatch,
    #[error(transparent)]
    Lease(#[from] LeaseError),
    #[error(transparent)]
    Transition(#[from] TransitionError),
    #[error(transparent)]
    Article(#[from] ArticleError),
    #[error(
        "the author was erased while the comment was on its way, so it was not taken in; send it again if it is to stand"
    )]
    AuthorErased,
    #[error("unknown cursor")]
    UnknownCursor,
    #[error("events after this cursor are no longer kept: read what you need anew, and go on from the latest cursor")]
    CursorExpired,
    #[error("another replay is running; this one can begin when it has ended")]
    Replaying,
    #[error("ombud can't take the comment now: {0}")]
    Unavailable(String),
    #[error("internal: {0}")]
    Internal(String),
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(why) => Self::Unavailable(why),
            StoreError::UnknownCursor => Self::UnknownCursor,
            StoreError::CursorExpired => Self::CursorExpired,
            StoreError::Corrupt(_) | StoreError::Layout(_) => Self::Internal(error.to_string()),
        }
    }
}

impl ServiceError {
    /// What a conflict of a step on `id` means to the caller.
    pub(super) fn conflict(conflict: Conflict, id: &CommentId) -> Self {
        match conflict {
            Conflict::Missing => Self::UnknownComment(id.clone()),
            Conflict::Stale(comment) => Self::Stale(comment),
            Conflict::Held(claim) => Self::ClaimedByOther { holder: claim.holder, until: claim.expires_at },
            Conflict::Lease(error) => Self::Lease(error),
        }
    }
}
