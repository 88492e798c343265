//! Authors: what is known of them can be erased.

use crate::comment::AuthorId;
use crate::http::authority::Administrator;
use crate::http::problem::Problem;
use crate::service::Ombud;
use actix_web::{HttpResponse, Responder, delete, web};
use serde::Serialize;
use utoipa::ToSchema;

/// What was erased by this call.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasureView {
    /// Comments withdrawn, and without text and author from now on.
    comments: u64,
    /// Reports of others' comments taken back.
    reports: u64,
    /// Corrections of the comments' texts dropped.
    corrections: u64,
}

/// Erase an author: text and author of every comment, in whatever state, and the author's reports.
///
/// An author who is unknown, or erased already, is 200 with 0. If it fails on the way, send it again: it goes on.
#[utoipa::path(tag = "authors", params(("id" = String, Path, description = "The platform's own id")),
    responses((status = 200, description = "Erased", body = ErasureView),
              (status = 503, description = "`unavailable`: not all is erased; send it again")))]
#[delete("/v1/authors/{id}")]
pub async fn delete(
    caller: Administrator,
    id: web::Path<String>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = AuthorId::parse(id.into_inner())?;
    let erased = ombud.erase_author(&caller.site, &id, &caller.actor()).await?;
    let view = ErasureView { comments: erased.comments, reports: erased.reports, corrections: erased.corrections };
    Ok(HttpResponse::Ok().json(view))
}
