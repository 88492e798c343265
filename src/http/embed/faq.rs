//! The Comments FAQ: the policy in force, in plain words.

use super::page::{Frame, Keep, Visit, answer};
use super::refusal::Refusal;
use crate::policy::PlainWords;
use crate::service::Ombud;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "embed/faq.html")]
struct Page {
    frame: Frame,
    notice: String,
    guests: bool,
    words: PlainWords,
    /// The policy's revision, by which the editors find it.
    revision: String,
}

/// `GET /embed/{site}/faq`
pub(super) async fn get(
    request: HttpRequest,
    path: web::Path<String>,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let visit = Visit::to(&request, &ombud, &path).await?;
    let policy = ombud.policy();
    let page = Page {
        frame: visit.frame("Comments FAQ"),
        notice: visit.setting.notice.clone(),
        guests: visit.setting.guests,
        words: policy.in_plain_words(),
        revision: policy.revision().to_owned(),
    };
    Ok(answer(&request, &page, StatusCode::OK, Keep::AskAgain, &visit.setting.origins))
}
