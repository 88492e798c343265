//! Readers' reports.

use crate::comment::CommentId;
use crate::http::authority::Submitter;
use crate::http::json::Json;
use crate::http::problem::{Code, Problem};
use crate::service::Ombud;
use actix_web::{HttpResponse, Responder, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A reader's report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportBody {
    /// The platform's id of the reader; kept only as a hash. The same reader counts once.
    reporter_id: String,
    /// Why, in the platform's own code.
    reason: Option<String>,
}

/// What a report led to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportView {
    /// Distinct readers who reported it since a moderator last decided.
    reports: u32,
    /// Whether this report sent the comment to the queue.
    queued: bool,
}

/// Report a published comment. At the policy's number of distinct readers it goes back to the queue.
#[utoipa::path(tag = "comments", request_body = ReportBody, params(("id" = String, Path, description = "The comment's id")),
    responses((status = 202, description = "Counted", body = ReportView),
              (status = 404, description = "`comment_not_found`"),
              (status = 409, description = "`state_unchanged`: it is not published")))]
#[post("/v1/comments/{id}/reports")]
pub async fn post(
    caller: Submitter,
    id: web::Path<String>,
    body: Json<ReportBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = CommentId::parse(id.into_inner())?;
    if body.0.reporter_id.is_empty() || body.0.reporter_id.len() > 200 {
        return Err(Problem::new(Code::InvalidIdentifier, "1 to 200 bytes").at("reporter_id"));
    }
    if body.0.reason.as_ref().is_some_and(|r| r.len() > 200) {
        return Err(Problem::new(Code::WrongType, "at most 200 bytes").at("reason"));
    }
    let outcome = ombud.report(&caller.site, &id, &body.0.reporter_id, body.0.reason).await?;
    Ok(HttpResponse::Accepted().json(ReportView { reports: outcome.distinct, queued: outcome.escalated }))
}
