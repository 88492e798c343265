//! The audit trail.

use crate::comment::{AuditEntry, CommentId};
use crate::http::authority::Administrator;
use crate::http::json::Query;
use crate::http::problem::Problem;
use crate::service::Ombud;
use actix_web::{HttpResponse, Responder, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Whose trail.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    comment_id: String,
}

/// A comment's steps, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditView {
    entries: Vec<AuditEntry>,
}

/// Every step of a comment: when, by whom, from where to where, for what reasons.
#[utoipa::path(tag = "audit", params(AuditQuery),
    responses((status = 200, description = "The trail", body = AuditView), (status = 404, description = "`comment_not_found`")))]
#[get("/v1/audit")]
pub async fn get(
    caller: Administrator,
    query: Query<AuditQuery>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = CommentId::parse(query.0.comment_id)?;
    Ok(HttpResponse::Ok().json(AuditView { entries: ombud.audit(&caller.site, &id).await? }))
}
