//! Scoring without storing.

use super::parse::{InlineArticle, comment_id};
use super::view::ScoreView;
use crate::comment::{ArticleId, AuthorId, CommentText};
use crate::http::authority::Submitter;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::service::{Ombud, ScoreRequest};
use actix_web::{HttpResponse, Responder, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// A text to score, with as much context as there is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreBody {
    text: String,
    /// A registered article.
    article_id: Option<String>,
    /// An article sent along; wins over `article_id`.
    article: Option<InlineArticle>,
    /// A comment that ombud knows.
    parent_id: Option<String>,
    /// The text it answers, where ombud does not know the comment.
    parent_text: Option<String>,
    /// Texts of the thread so far, newest first, where ombud does not know the thread.
    #[serde(default)]
    thread: Vec<String>,
    /// The author, whose record the rules look at.
    author_id: Option<String>,
}

/// Score a text and decide on it as if it were submitted. Nothing is stored.
#[utoipa::path(tag = "comments", request_body = ScoreBody,
    responses((status = 200, description = "Scores, evidence, and what the policy would decide", body = ScoreView),
              (status = 422, description = "`unknown_article`, `text_empty` and the codes of a wrong body")))]
#[post("/v1/score")]
pub async fn post(
    caller: Submitter,
    body: Json<ScoreBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let body = body.0;
    let article_id =
        body.article_id.map(ArticleId::parse).transpose().map_err(|e| Problem::from(e).at("article_id"))?;
    let article = body.article.map(|a| a.into_article(&caller.site, article_id.as_ref(), ombud.now())).transpose()?;
    let request = ScoreRequest {
        site: caller.site.clone(),
        text: CommentText::parse(body.text)?,
        article_id,
        article,
        parent_id: comment_id(body.parent_id, "parent_id")?,
        parent_text: body.parent_text,
        thread: body.thread,
        author: body.author_id.map(AuthorId::parse).transpose().map_err(|e| Problem::from(e).at("author_id"))?,
    };
    let scored = ombud.score(&request).await?;
    Ok(HttpResponse::Ok().json(ScoreView {
        scores: scored.verdict.scores,
        evidence: scored.judgement.evidence,
        drift: scored.judgement.drift,
        decision: scored.verdict.decision,
    }))
}
