//! Handing a comment on: to a role, to more moderators, or to anybody else.

use super::decision::{claim_id, words};
use super::filter::role_of;
use super::view::DecidedView;
use crate::comment::{ClaimId, CommentId};
use crate::http::authority::Reviewer;
use crate::http::json::Json;
use crate::http::problem::{Code, Problem};
use crate::service::{HandOn, Ombud, Receiver};
use actix_web::{HttpResponse, Responder, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// To whom a comment is handed on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationBody {
    /// One of the policy's roles.
    role: String,
    /// For them; at most 2,000 bytes.
    note: Option<String>,
    /// The version that was read.
    expected_version: u64,
    /// The claim under which it was read.
    claim_id: Option<String>,
}

/// Hand a pending comment on to those who have a role: nobody else is handed it, and nobody else can decide on it.
#[utoipa::path(tag = "queue", request_body = EscalationBody, params(("id" = String, Path, description = "The comment's id")),
    responses((status = 200, description = "Handed on", body = DecidedView),
              (status = 403, description = "`role_missing`: it was handed on before, to a role that the key lacks"),
              (status = 404, description = "`comment_not_found`"),
              (status = 409, description = "`version_stale`, `claimed_by_other`, `claim_expired`, `claim_for_other_comment`, `not_pending`, `state_unchanged`, `comment_withdrawn`"),
              (status = 422, description = "`unknown_role`")))]
#[post("/v1/comments/{id}/escalate")]
pub async fn escalate(
    caller: Reviewer,
    id: web::Path<String>,
    body: Json<EscalationBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = CommentId::parse(id.into_inner())?;
    let EscalationBody { role, note: written, expected_version, claim_id: claim } = body.0;
    let to = Receiver::Role { role: role_of(role, "role")?, note: words(written, "note")? };
    let hand_on = HandOn { to, expected_version, claim_id: claim_id(claim)? };
    Ok(HttpResponse::Ok().json(DecidedView::from(ombud.hand_on(&caller, &id, hand_on).await?)))
}

/// How many have to agree.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondOpinionBody {
    /// 2 to 5; default 2.
    opinions: Option<u8>,
    /// The version that was read.
    expected_version: u64,
    /// The claim under which it was read.
    claim_id: Option<String>,
}

/// Ask that several moderators agree on this comment before a decision counts.
#[utoipa::path(tag = "queue", request_body = SecondOpinionBody, params(("id" = String, Path, description = "The comment's id")),
    responses((status = 200, description = "Asked", body = DecidedView),
              (status = 403, description = "`role_missing`"),
              (status = 404, description = "`comment_not_found`"),
              (status = 409, description = "`version_stale`, `claimed_by_other`, `claim_expired`, `claim_for_other_comment`, `not_pending`, `comment_withdrawn`; `state_unchanged` if as many are needed already")))]
#[post("/v1/comments/{id}/second-opinion")]
pub async fn second_opinion(
    caller: Reviewer,
    id: web::Path<String>,
    body: Json<SecondOpinionBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = CommentId::parse(id.into_inner())?;
    let SecondOpinionBody { opinions, expected_version, claim_id: claim } = body.0;
    let opinions = opinions.unwrap_or(2);
    if !(2..=5).contains(&opinions) {
        return Err(Problem::new(Code::WrongType, "`opinions` is 2 to 5").at("opinions"));
    }
    let hand_on = HandOn { to: Receiver::Moderators(opinions), expected_version, claim_id: claim_id(claim)? };
    Ok(HttpResponse::Ok().json(DecidedView::from(ombud.hand_on(&caller, &id, hand_on).await?)))
}

/// Pass a claimed comment over: others are handed it at once, the same moderator not for some time.
#[utoipa::path(tag = "queue", params(("id" = String, Path, description = "The claim's id")),
    responses((status = 204, description = "Passed over"),
              (status = 404, description = "`claim_not_found`"), (status = 409, description = "`claim_expired`")))]
#[post("/v1/queue/claims/{id}/skip")]
pub async fn skip(caller: Reviewer, id: web::Path<String>, ombud: web::Data<Ombud>) -> Result<impl Responder, Problem> {
    ombud.skip(&caller, &ClaimId::parse(&id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}
