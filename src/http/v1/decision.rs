//! A moderator's decision.

use super::view::{CommentView, DecidedView};
use crate::comment::{ClaimId, CommentId};
use crate::http::authority::Reviewer;
use crate::http::json::Json;
use crate::http::problem::{Code, Problem};
use crate::service::{ModeratorDecision, Ombud, Verb};
use actix_web::{HttpResponse, Responder, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// Publish or reject.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerbBody {
    Publish,
    Reject,
}

/// A decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    action: VerbBody,
    /// One of the policy's reasons, or the platform's own: a-z, 0-9, `_`, `-`, `.`, at most 64. A rejection
    /// needs one.
    reason_code: Option<String>,
    /// For colleagues; at most 2,000 bytes.
    note: Option<String>,
    /// For the author, who sees it beside the decision; at most 2,000 bytes.
    to_author: Option<String>,
    /// The version that was read.
    expected_version: u64,
    /// The claim under which it was read.
    claim_id: Option<String>,
}

impl DecisionBody {
    pub(super) fn parse(self) -> Result<ModeratorDecision, Problem> {
        Ok(ModeratorDecision {
            verb: verb(self.action, self.reason_code.as_deref())?,
            reason_code: self.reason_code,
            note: words(self.note, "note")?,
            to_author: words(self.to_author, "to_author")?,
            expected_version: self.expected_version,
            claim_id: claim_id(self.claim_id)?,
        })
    }
}

/// What to do, if the reason for it is one.
pub fn verb(action: VerbBody, reason_code: Option<&str>) -> Result<Verb, Problem> {
    let verb = match action {
        VerbBody::Publish => Verb::Publish,
        VerbBody::Reject => Verb::Reject,
    };
    match reason_code {
        None if verb == Verb::Reject => {
            Err(Problem::new(Code::MissingField, "a rejection needs a `reason_code`").at("reason_code"))
        }
        Some(code) if !is_code(code) => {
            let rule = "a reason code is 1 to 64 of a-z, A-Z, 0-9, `_`, `-` and `.`";
            Err(Problem::new(Code::WrongType, rule).at("reason_code"))
        }
        _ => Ok(verb),
    }
}

/// What a moderator writes: at most 2,000 bytes.
pub fn words(words: Option<String>, field: &str) -> Result<Option<String>, Problem> {
    if words.as_ref().is_some_and(|words| words.len() > 2_000) {
        return Err(Problem::new(Code::WrongType, "at most 2,000 bytes").at(field));
    }
    Ok(words)
}

/// The claim under which a comment was read.
pub fn claim_id(id: Option<String>) -> Result<Option<ClaimId>, Problem> {
    id.map(|id| ClaimId::parse(&id)).transpose().map_err(|e| Problem::from(e).at("claim_id"))
}

fn is_code(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

/// Decide on a comment. Where more moderators have to agree, this is one opinion, and the comment waits on.
#[utoipa::path(tag = "queue", request_body = DecisionBody, params(("id" = String, Path, description = "The comment's id")),
    responses((status = 200, description = "Decided, or one opinion more (`opinions`)", body = DecidedView),
              (status = 403, description = "`role_missing`"),
              (status = 404, description = "`comment_not_found`"),
              (status = 409, description = "`version_stale` (with the comment as it stands, `current`), `claimed_by_other`, `claim_expired`, `claim_for_other_comment`, `state_unchanged`, `comment_withdrawn`")))]
#[post("/v1/comments/{id}/decision")]
pub async fn post(
    caller: Reviewer,
    id: web::Path<String>,
    body: Json<DecisionBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = CommentId::parse(id.into_inner())?;
    let decided = ombud.decide(&caller, &id, body.0.parse()?).await?;
    Ok(HttpResponse::Ok().json(DecidedView::from(decided)))
}

/// Which decision to take back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoBody {
    /// The version that the decision made.
    expected_version: u64,
}

/// Take the last decision back: the comment stands where it stood before. If its event was not told yet, neither is
/// told.
#[utoipa::path(tag = "queue", request_body = UndoBody, params(("id" = String, Path, description = "The comment's id")),
    responses((status = 200, description = "Undone", body = CommentView),
              (status = 404, description = "`comment_not_found`"),
              (status = 409, description = "`version_stale`, `nothing_to_undo`, `comment_withdrawn`")))]
#[post("/v1/comments/{id}/undo")]
pub async fn undo(
    caller: Reviewer,
    id: web::Path<String>,
    body: Json<UndoBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = CommentId::parse(id.into_inner())?;
    let comment = ombud.undo(&caller, &id, body.0.expected_version).await?;
    Ok(HttpResponse::Ok().json(CommentView::from(comment)))
}
