//! What things are: sites, articles, comments, decisions, and the pure transitions between states.
//!
//! Nothing here reads a clock, a file or a socket. Every value that comes from outside is parsed
//! once, by the one constructor of its type; a value that exists is valid.

mod actor;
mod appeal;
mod article;
mod attribute;
mod audit;
mod audited;
mod author;
mod basis;
mod body;
mod claim;
mod correction;
mod decision;
mod erasure;
mod escalation;
mod event;
mod identifier;
mod key;
mod model;
mod moderation;
mod moderator;
mod opinion;
mod reader;
mod record;
mod scores;
mod session;
mod state;
mod times;
mod transition;

pub use actor::Actor;
pub use appeal::{APPEAL, Appeal, AppealState, AppealText, InvalidAppealText};
pub use article::{Article, ArticleError};
pub use attribute::{Attribute, UnknownAttribute};
pub use audit::AuditEntry;
pub use audited::{Audit, AuditId, AuditOutcome, InvalidAuditId};
pub use author::{Author, InvalidAuthorName};
pub use basis::{ArticleBasis, Basis, Likeness, ParentBasis, SentBasis, ThreadBasis};
pub use body::{Body, CommentText, DroppedBody, EarlierText, InvalidText};
pub use claim::{Band, Claim, ClaimId, InvalidBand, InvalidClaimId, QueueEntry, QueueOrder};
pub use correction::{Correction, CorrectionId, CorrectionLabels, InvalidCorrectionId, InvalidLabels};
pub use decision::{Action, DecidedBy, Decision, Evidence, Priority, Reason, Span};
pub use escalation::{Escalation, InvalidRole, Role};
pub use event::{Event, Step};
pub use identifier::{ArticleId, AuthorId, CommentId, EndpointId, InvalidId, KeyId, SiteId};
pub(crate) use key::hex;
pub use key::{ApiKey, KeyHash, Scope, Site, UnknownScope};
pub use model::{InvalidModelId, ModelChange, ModelId, ModelStep, Shadow, Shadowed, SiteModels, SiteModelsError};
pub use moderator::{
    AccountEntry, AccountStep, Duty, InvalidModeratorName, Moderator, ModeratorName, ModeratorRole, PasswordHash,
    Theme, UnknownModeratorRole,
};
pub use opinion::{Opinions, Vote};
pub use reader::{GUEST_PREFIX, InvalidToken, LONGEST_TOKEN, ReaderKeys, ReaderKeysError, TokenSecret};
pub use record::{Comment, ContentHash, Fingerprint, Undo};
pub use scores::Scores;
pub use session::{AttemptOf, AttemptSubject, Session, SessionHash, SessionTerms, SessionToken};
pub use state::State;
pub use times::{DecisionTimes, Handling};
pub use transition::{Change, Draft, EDITED_AFTER_REVIEW, REPORTED, TransitionError, Verdict};

/// A point in time, UTC, kept to the millisecond. Written as RFC 3339.
pub type Timestamp = jiff::Timestamp;
