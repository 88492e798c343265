//! A reader reports a comment.

use super::conversation::{Moment, name};
use super::page::{Frame, Keep, Place, Visit, answer};
use super::refusal::Refusal;
use super::sender::{read, reporter, stale_form};
use crate::comment::{Comment, CommentId, CommentText};
use crate::http::foreign::legible;
use crate::http::problem::{Code, Problem};
use crate::service::{Form, Ombud, ServiceError};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "embed/report.html")]
struct Page {
    frame: Frame,
    name: String,
    text: String,
    time: Moment,
    thread: String,
    /// `None` once it was sent.
    asked: Option<Asked>,
    limit: u32,
}

/// Whether the reader is asked what is wrong with the comment.
#[derive(Clone, Copy)]
enum Asking {
    Plainly,
    /// Once more, as what she sent can't be taken.
    Again(&'static str),
    /// She has said it.
    NoLonger,
}

/// What is asked of the reader.
struct Asked {
    action: String,
    form: String,
    /// Code and words of each reason.
    reasons: Vec<(String, String)>,
    problem: Option<&'static str>,
}

/// `GET /embed/{site}/comments/{id}/report`
pub(super) async fn get(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (visit, comment) = reported(&request, path, &ombud).await?;
    let page = page(&ombud, &visit, &comment, Asking::Plainly).await?;
    Ok(answer(&request, &page, StatusCode::OK, Keep::Never, &visit.setting.origins))
}

/// `POST /embed/{site}/comments/{id}/reports`
pub(super) async fn post(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (visit, comment) = reported(&request, path, &ombud).await?;
    let sent = read(&request, payload, &visit).await?;
    if let Some(stale) = stale_form(&ombud, &visit, Form::Report, comment.id.as_str(), &sent).await? {
        let page = page(&ombud, &visit, &comment, Asking::Again(stale)).await?;
        return Ok(answer(&request, &page, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &visit.setting.origins));
    }
    let policy = ombud.policy();
    let reason = sent.filled("reason").filter(|code| policy.reject_reason(code).is_some()).map(str::to_owned);
    let reporter = reporter(&request, &ombud, &visit, &sent).await?;
    let outcome = ombud.report(&visit.site, &comment.id, &reporter, reason).await;
    outcome.map_err(|error: ServiceError| visit.refuse(&error.into()))?;
    let page = page(&ombud, &visit, &comment, Asking::NoLonger).await?;
    Ok(answer(&request, &page, StatusCode::OK, Keep::Never, &visit.setting.origins))
}

/// A comment that readers see.
async fn reported(
    request: &HttpRequest,
    path: web::Path<(String, String)>,
    ombud: &Ombud,
) -> Result<(Visit, Comment), Refusal> {
    let (site, id) = path.into_inner();
    let visit = Visit::to(request, ombud, &site).await?;
    let id = CommentId::parse(id).map_err(|error| visit.refuse(&error.into()))?;
    let comment = ombud.comment(&visit.site, &id).await.map_err(|error| visit.refuse(&error.into()))?;
    if comment.is_shown() {
        return Ok((visit, comment));
    }
    Err(visit.refuse(&Problem::new(Code::CommentNotFound, "")))
}

async fn page(ombud: &Ombud, visit: &Visit, comment: &Comment, asking: Asking) -> Result<Page, Refusal> {
    let policy = ombud.policy();
    let asked = match asking {
        Asking::NoLonger => None,
        Asking::Plainly | Asking::Again(_) => {
            let form = ombud.form(&visit.site, Form::Report, comment.id.as_str()).await;
            let reasons = policy.reject_reasons().iter().map(|r| (r.code.clone(), r.text.clone())).collect();
            Some(Asked {
                action: visit.of_comment(&comment.id, "reports"),
                form: form.map_err(|error| visit.refuse(&error.into()))?,
                reasons,
                problem: if let Asking::Again(problem) = asking { Some(problem) } else { None },
            })
        }
    };
    Ok(Page {
        frame: visit.frame("Report a comment"),
        name: name(comment.author()),
        text: legible(comment.text().map(CommentText::as_str).unwrap_or_default()),
        time: comment.created_at.into(),
        thread: visit.thread(&comment.article_id, &Place::default(), None),
        asked,
        limit: policy.report_limit(),
    })
}
