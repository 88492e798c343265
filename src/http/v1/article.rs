//! Articles.

use super::parse::ArticleBody;
use super::view::ArticleView;
use crate::comment::ArticleId;
use crate::http::authority::{Reader, Submitter};
use crate::http::json::Json;
use crate::http::problem::{Code, Problem};
use crate::service::{Ombud, ServiceError};
use actix_web::{HttpResponse, Responder, get, put, web};

/// Register or update an article.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "The platform's own id")),
    responses((status = 201, description = "New", body = ArticleView), (status = 200, description = "Updated", body = ArticleView),
              (status = 422, description = "`invalid_article` and the codes of a wrong body")))]
#[put("/v1/articles/{id}")]
pub async fn put(
    caller: Submitter,
    id: web::Path<String>,
    body: Json<ArticleBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = ArticleId::parse(id.into_inner())?;
    let article = body.0.into_article(&caller.site, id, ombud.now());
    let (article, new) = ombud.put_article(article).await?;
    let mut response = if new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(ArticleView::from(article)))
}

/// An article.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "The platform's own id")),
    responses((status = 200, description = "The article", body = ArticleView), (status = 404, description = "`article_not_found`")))]
#[get("/v1/articles/{id}")]
pub async fn get(caller: Reader, id: web::Path<String>, ombud: web::Data<Ombud>) -> Result<impl Responder, Problem> {
    let id = ArticleId::parse(id.into_inner())?;
    let article = ombud.article(&caller.site, &id).await.map_err(not_found)?;
    Ok(HttpResponse::Ok().json(ArticleView::from(article)))
}

/// An unknown article in the address is a 404; in a body it is a 422.
pub fn not_found(error: ServiceError) -> Problem {
    match error {
        ServiceError::UnknownArticle(id) => {
            Problem::new(Code::ArticleNotFound, format!("no article \"{id}\" on this site"))
        }
        other => other.into(),
    }
}
