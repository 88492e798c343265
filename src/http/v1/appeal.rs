//! Authors' appeals.

use super::view::CommentView;
use crate::comment::{AppealText, CommentId, InvalidAppealText};
use crate::http::authority::Submitter;
use crate::http::json::Json;
use crate::http::problem::{Code, Problem};
use crate::service::Ombud;
use actix_web::{HttpResponse, Responder, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// An author's appeal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealBody {
    /// What the author says, for whoever decides; 1 to 2,000 characters. Kept as long as the comment's own text.
    text: String,
    /// The version that the author was shown; without it, the appeal is against how the comment stands.
    expected_version: Option<u64>,
}

/// Appeal against a rejection: the comment goes back to the queue, for those who have the role that the policy names.
/// One appeal is open at most, and one that was declined is the last.
#[utoipa::path(tag = "comments", request_body = AppealBody, params(("id" = String, Path, description = "The comment's id")),
    responses((status = 200, description = "It waits for a moderator; so it is answered to the same appeal again", body = CommentView),
              (status = 404, description = "`comment_not_found`"),
              (status = 409, description = "`not_rejected`, `appeal_open`, `appeal_declined`, `appeals_closed`, `version_stale`, `comment_withdrawn`, `body_dropped`"),
              (status = 422, description = "`text_empty`, `text_too_long`, `control_character`")))]
#[post("/v1/comments/{id}/appeals")]
pub async fn post(
    caller: Submitter,
    id: web::Path<String>,
    body: Json<AppealBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let id = CommentId::parse(id.into_inner())?;
    let text = AppealText::parse(body.0.text)?;
    let comment = ombud.appeal(&caller.site, &id, text, body.0.expected_version, caller.actor()).await?;
    Ok(HttpResponse::Ok().json(CommentView::from(comment)))
}

impl From<InvalidAppealText> for Problem {
    fn from(error: InvalidAppealText) -> Self {
        let code = match error {
            InvalidAppealText::Empty => Code::TextEmpty,
            InvalidAppealText::TooLong => Code::TextTooLong,
            InvalidAppealText::ControlCharacter(_) => Code::ControlCharacter,
        };
        Self::new(code, error.to_string()).at("text")
    }
}
