//! The queue and its claims.

use super::filter::{BandBody, FilterBody};
use super::view::{ClaimView, ClaimedView};
use crate::comment::{ClaimId, QueueOrder, Timestamp};
use crate::http::authority::Reviewer;
use crate::http::json::Json;
use crate::http::problem::{Code, Problem};
use crate::service::{ClaimQuery, Ombud};
use actix_web::{HttpResponse, Responder, delete, get, post, put, web};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The queue at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueView {
    /// Comments that wait for a moderator, claimed ones included.
    depth: u64,
    /// Of these, how many somebody is reading.
    claimed: u64,
    #[schema(value_type = Option<String>, format = DateTime)]
    oldest_queued_at: Option<Timestamp>,
    /// How long the oldest has waited, in seconds.
    oldest_age_seconds: Option<i64>,
    by_section: BTreeMap<String, u64>,
    /// By reason code; a comment with two reasons counts under both.
    by_reason: BTreeMap<String, u64>,
    /// By ISO 639-3 code, where the language could be told.
    by_language: BTreeMap<String, u64>,
    /// By role, for comments that were handed on.
    by_role: BTreeMap<String, u64>,
}

/// How much waits, since when, and why.
#[utoipa::path(tag = "queue", responses((status = 200, description = "The queue", body = QueueView)))]
#[get("/v1/queue")]
pub async fn get(caller: Reviewer, ombud: web::Data<Ombud>) -> Result<impl Responder, Problem> {
    let (overview, now) = ombud.queue(&caller.site).await?;
    let age = |since: Timestamp| now.duration_since(since).as_secs().max(0);
    Ok(HttpResponse::Ok().json(QueueView {
        depth: overview.depth,
        claimed: overview.claimed,
        oldest_queued_at: overview.oldest_queued_at,
        oldest_age_seconds: overview.oldest_queued_at.map(age),
        by_section: overview.by_section.into_iter().collect(),
        by_reason: overview.by_reason.into_iter().collect(),
        by_language: overview.by_language.into_iter().collect(),
        by_role: overview.by_role.into_iter().collect(),
    }))
}

/// Which comments a moderator wants to read.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimBody {
    /// 1 to 100; default 1.
    limit: Option<usize>,
    #[serde(default)]
    order: QueueOrder,
    section: Option<String>,
    /// An article's id.
    article: Option<String>,
    /// A reason's code.
    reason: Option<String>,
    attribute: Option<BandBody>,
    /// ISO 639-3 code.
    language: Option<String>,
    /// Comments that were handed on to this role; the key needs it. Without it, those that were not.
    role: Option<String>,
}

/// Claimed comments.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimsView {
    claims: Vec<ClaimedView>,
}

/// Claim comments to read. Until a claim expires nobody else is handed the same comment.
#[utoipa::path(tag = "queue", request_body = ClaimBody,
    responses((status = 201, description = "The claims; none if nothing waits", body = ClaimsView),
              (status = 403, description = "`role_missing`"), (status = 422, description = "`unknown_role`")))]
#[post("/v1/queue/claims")]
pub async fn take(caller: Reviewer, body: Json<ClaimBody>, ombud: web::Data<Ombud>) -> Result<impl Responder, Problem> {
    let limit = body.0.limit.unwrap_or(1);
    if !(1..=100).contains(&limit) {
        return Err(Problem::new(Code::WrongType, "`limit` is 1 to 100").at("limit"));
    }
    let ClaimBody { order, section, article, reason, attribute, language, role, .. } = body.0;
    let filter = FilterBody { section, article, reason, attribute, language, role }.parse("")?;
    let claimed = ombud.claim(&caller, ClaimQuery { limit, order, filter }).await?;
    Ok(HttpResponse::Created().json(ClaimsView { claims: claimed.into_iter().map(Into::into).collect() }))
}

/// Extend a claim: the moderator is still reading.
#[utoipa::path(tag = "queue", params(("id" = String, Path, description = "The claim's id")),
    responses((status = 200, description = "Extended", body = ClaimView),
              (status = 404, description = "`claim_not_found`"), (status = 409, description = "`claim_expired`")))]
#[put("/v1/queue/claims/{id}")]
pub async fn heartbeat(
    caller: Reviewer,
    id: web::Path<String>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let claim = ombud.heartbeat(&caller.site, &ClaimId::parse(&id)?).await?;
    Ok(HttpResponse::Ok().json(ClaimView::from(claim)))
}

/// Give a claimed comment back. Twice is no error.
#[utoipa::path(tag = "queue", params(("id" = String, Path, description = "The claim's id")),
    responses((status = 204, description = "Given back"), (status = 404, description = "`claim_not_found`")))]
#[delete("/v1/queue/claims/{id}")]
pub async fn release(
    caller: Reviewer,
    id: web::Path<String>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    ombud.release(&caller.site, &ClaimId::parse(&id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}
