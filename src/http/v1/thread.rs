//! The published thread.

use super::article::not_found;
use super::parse::page_size;
use super::view::EntryView;
use crate::comment::ArticleId;
use crate::http::authority::Reader;
use crate::http::json::Query;
use crate::http::problem::Problem;
use crate::service::Ombud;
use actix_web::{HttpResponse, Responder, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ThreadQuery {
    /// The `next` of the page before.
    after: Option<String>,
    /// Conversations on a page, 1 to 200; default 50.
    limit: Option<usize>,
}

/// A page of a thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadView {
    comments: Vec<EntryView>,
    /// Ask for the next page with `after`; null at the end.
    next: Option<String>,
}

/// What readers see: the published comments under an article, nested, oldest conversation first.
#[utoipa::path(tag = "comments", params(("id" = String, Path, description = "The article's id"), ThreadQuery),
    responses((status = 200, description = "A page of the thread", body = ThreadView),
              (status = 400, description = "`unknown_cursor`, `invalid_query`"),
              (status = 404, description = "`article_not_found`")))]
#[get("/v1/articles/{id}/comments")]
pub async fn get(
    caller: Reader,
    id: web::Path<String>,
    query: Query<ThreadQuery>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = ArticleId::parse(id.into_inner())?;
    let limit = page_size(query.0.limit, 50, 200)?;
    let thread = ombud.thread(&caller.site, &id, query.0.after.as_deref(), limit).await.map_err(not_found)?;
    let comments = thread.entries.into_iter().map(EntryView::from).collect();
    Ok(HttpResponse::Ok().json(ThreadView { comments, next: thread.next }))
}
