//! Comments: in, out, changed, taken back.

use super::parse::{CommentBody, idempotency_key};
use super::view::CommentView;
use crate::comment::{CommentId, CommentText};
use crate::http::authority::{Reader, Submitter};
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::rate::check_author;
use crate::service::Ombud;
use actix_web::{HttpRequest, HttpResponse, Responder, delete, get, patch, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// Submit a comment: it is scored, decided on and stored before the answer.
///
/// The same comment again is answered 200 as it stands, and nothing happens twice.
#[utoipa::path(tag = "comments", request_body = CommentBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Serves platforms without ids of their own")),
    responses((status = 201, description = "Taken in", body = CommentView),
              (status = 200, description = "It was there already", body = CommentView),
              (status = 409, description = "`content_differs`: the id is taken by other content"),
              (status = 422, description = "`text_empty`, `text_too_long`, `control_character`, `unknown_article`, `unknown_parent`, `parent_of_other_article`, `parent_cycle`, `created_in_future`, `idempotency_key_reused` and the codes of a wrong body"),
              (status = 503, description = "`unavailable`: nothing was stored; send it again")))]
#[post("/v1/comments")]
pub async fn post(
    caller: Submitter,
    request: HttpRequest,
    body: Json<CommentBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let submission = body.0.parse(&caller.site, idempotency_key(&request)?, ombud.now())?;
    check_author(&request, &caller.site, &submission.author.id)?;
    let submitted = ombud.submit(submission, caller.actor()).await?;
    let mut response = if submitted.new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(CommentView::from(submitted.comment)))
}

/// A comment, in whatever state.
#[utoipa::path(tag = "comments", params(("id" = String, Path, description = "The comment's id")),
    responses((status = 200, description = "The comment", body = CommentView), (status = 404, description = "`comment_not_found`")))]
#[get("/v1/comments/{id}")]
pub async fn get(caller: Reader, id: web::Path<String>, ombud: web::Data<Ombud>) -> Result<impl Responder, Problem> {
    let id = CommentId::parse(id.into_inner())?;
    Ok(HttpResponse::Ok().json(CommentView::from(ombud.comment(&caller.site, &id).await?)))
}

/// A changed text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditBody {
    text: String,
    /// If given, the edit happens only on this version.
    expected_version: Option<u64>,
}

/// Edit a comment: the new text is scored and decided on anew.
#[utoipa::path(tag = "comments", request_body = EditBody, params(("id" = String, Path, description = "The comment's id")),
    responses((status = 200, description = "The comment as it now stands", body = CommentView),
              (status = 404, description = "`comment_not_found`"),
              (status = 409, description = "`version_stale`, `comment_withdrawn`")))]
#[patch("/v1/comments/{id}")]
pub async fn patch(
    caller: Submitter,
    id: web::Path<String>,
    body: Json<EditBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = CommentId::parse(id.into_inner())?;
    let text = CommentText::parse(body.0.text)?;
    let comment = ombud.edit(&caller.site, &id, text, body.0.expected_version, caller.actor()).await?;
    Ok(HttpResponse::Ok().json(CommentView::from(comment)))
}

/// Withdraw a comment: its author or the platform takes it back. Twice is no error.
#[utoipa::path(tag = "comments", params(("id" = String, Path, description = "The comment's id")),
    responses((status = 200, description = "Withdrawn", body = CommentView), (status = 404, description = "`comment_not_found`")))]
#[delete("/v1/comments/{id}")]
pub async fn delete(
    caller: Submitter,
    id: web::Path<String>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = CommentId::parse(id.into_inner())?;
    let comment = ombud.withdraw(&caller.site, &id, caller.actor()).await?;
    Ok(HttpResponse::Ok().json(CommentView::from(comment)))
}
