//! A reader sends a comment.

use super::page::{Parameters, Visit};
use super::refusal::{Refusal, sentence};
use super::sender::{author, read, stale_form};
use super::thread::{Draft, again, answered, known};
use crate::comment::{Article, Comment, CommentText};
use crate::http::problem::{Code, Problem};
use crate::http::rate::check_author;
use crate::service::{Form, Ombud, Written};
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};

/// `POST /embed/{site}/articles/{id}/comments`: leads to the comment's private link, where its author sees at once what
/// became of it. What can't be taken is shown again, with what to mend.
pub(super) async fn post(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (site, article) = path.into_inner();
    let visit = Visit::to(&request, &ombud, &site).await?;
    let sent = read(&request, payload, &visit).await?;
    let article = known(&ombud, &visit, article).await?;
    let parent = match sent.filled("parent") {
        Some(id) => Some(answered(&ombud, &visit, &article, id).await?),
        None => None,
    };
    match take(&request, &ombud, &visit, &article, parent.as_ref(), &sent).await? {
        Ok(comment) => {
            let link = ombud.private_link(&visit.site, &comment.id).await;
            let link = link.map_err(|error| visit.refuse(&error.into()))?;
            let to = visit.of_comment(&comment.id, &format!("follow/{link}"));
            Ok(HttpResponse::SeeOther().insert_header((LOCATION, to)).finish())
        }
        Err(problem) => {
            let text = |name: &str| sent.get(name).unwrap_or_default().to_owned();
            let draft = Draft { name: text("name"), text: text("text"), problem };
            again(&request, &ombud, &visit, &article, parent, draft).await
        }
    }
}

/// Takes the comment in, or says what the reader can mend.
async fn take(
    request: &HttpRequest,
    ombud: &Ombud,
    visit: &Visit,
    article: &Article,
    parent: Option<&Comment>,
    sent: &Parameters,
) -> Result<Result<Comment, String>, Refusal> {
    if !article.comments_open {
        return Err(visit.refuse(&Problem::new(Code::StateUnchanged, "")));
    }
    let about = article.id.as_str();
    if let Some(stale) = stale_form(ombud, visit, Form::Comment, about, sent).await? {
        return Ok(Err(stale.to_owned()));
    }
    let author = match author(request, ombud, visit, sent).await? {
        Ok(author) => author,
        Err(mend) => return Ok(Err(mend)),
    };
    // Browsers send line ends as the web has them.
    let text = sent.get("text").unwrap_or_default().replace("\r\n", "\n");
    let text = match CommentText::parse(text.trim()) {
        Ok(text) => text,
        Err(error) => return Ok(Err(sentence(&error.into()))),
    };
    if let Err(problem) = check_author(request, &visit.site, &author.id) {
        return Ok(Err(sentence(&problem)));
    }
    let written = Written {
        article_id: article.id.clone(),
        parent_id: parent.map(|parent| parent.id.clone()),
        author,
        text,
        form: sent.get("form").unwrap_or_default().to_owned(),
    };
    let submitted = ombud.write(&visit.site, written).await.map_err(|error| visit.refuse(&error.into()))?;
    Ok(Ok(submitted.comment))
}
