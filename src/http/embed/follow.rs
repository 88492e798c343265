//! A comment as its author follows it by the private link: what became of it and why, the appeal, and taking it back.

use super::conversation::Moment;
use super::page::{Frame, Keep, Place, Visit, answer};
use super::refusal::Refusal;
use super::sender::read;
use super::why;
use crate::comment::{AppealState, AppealText, Comment, CommentId, State};
use crate::service::{Ombud, ServiceError};
use crate::text::legible;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

/// Where an appeal is written.
struct Appealing {
    action: String,
    text: String,
    problem: Option<String>,
    longest: usize,
}

#[derive(Template)]
#[template(path = "embed/follow.html")]
struct Page {
    frame: Frame,
    /// For the style sheet: the state's name.
    state: &'static str,
    headline: &'static str,
    sentences: Vec<String>,
    /// Why, where it is not published.
    reasons: Vec<String>,
    /// What the moderator who decided wrote to the author.
    told: Option<String>,
    text: Option<String>,
    time: Moment,
    /// The author's appeal, in her words.
    appealed: Option<String>,
    appealing: Option<Appealing>,
    /// Where it is taken back.
    withdraw: Option<String>,
    /// The address of this very page.
    own: String,
    thread: String,
    faq: String,
}

type Link = web::Path<(String, String, String)>;

/// `GET /embed/{site}/comments/{id}/follow/{link}`
pub(super) async fn get(request: HttpRequest, path: Link, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let (visit, id, link) = visit(&request, path, &ombud).await?;
    let followed = ombud.followed(&visit.site, &id, &link).await;
    let comment = followed.map_err(|error| visit.refuse(&error.into()))?;
    let page = page(&ombud, &visit, comment, &link, None).await?;
    Ok(answer(&request, &page, StatusCode::OK, Keep::Never, &visit.setting.origins))
}

/// `POST /embed/{site}/comments/{id}/follow/{link}/appeal`
pub(super) async fn appeal(
    request: HttpRequest,
    path: Link,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (visit, id, link) = visit(&request, path, &ombud).await?;
    let sent = read(&request, payload, &visit).await?;
    let text = sent.get("text").unwrap_or_default().replace("\r\n", "\n");
    let refuse = |error: ServiceError| visit.refuse(&error.into());
    match AppealText::parse(text.trim()) {
        Ok(text) => {
            ombud.appeal_by_link(&visit.site, &id, &link, text).await.map_err(refuse)?;
            Ok(back(&visit, &id, &link))
        }
        Err(error) => {
            let comment = ombud.followed(&visit.site, &id, &link).await.map_err(refuse)?;
            let page = page(&ombud, &visit, comment, &link, Some((text, error.to_string()))).await?;
            Ok(answer(&request, &page, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &visit.setting.origins))
        }
    }
}

/// `POST /embed/{site}/comments/{id}/follow/{link}/withdraw`
pub(super) async fn withdraw(
    request: HttpRequest,
    path: Link,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (visit, id, link) = visit(&request, path, &ombud).await?;
    read(&request, payload, &visit).await?;
    let withdrawn = ombud.withdraw_by_link(&visit.site, &id, &link).await;
    withdrawn.map_err(|error| visit.refuse(&error.into()))?;
    Ok(back(&visit, &id, &link))
}

async fn visit(request: &HttpRequest, path: Link, ombud: &Ombud) -> Result<(Visit, CommentId, String), Refusal> {
    let (site, id, link) = path.into_inner();
    let visit = Visit::to(request, ombud, &site).await?;
    let id = CommentId::parse(id).map_err(|error| visit.refuse(&error.into()))?;
    Ok((visit, id, link))
}

fn back(visit: &Visit, id: &CommentId, link: &str) -> HttpResponse {
    let to = visit.of_comment(id, &format!("follow/{link}"));
    HttpResponse::SeeOther().insert_header((LOCATION, to)).finish()
}

async fn page(
    ombud: &Ombud,
    visit: &Visit,
    comment: Comment,
    link: &str,
    refused: Option<(String, String)>,
) -> Result<Page, Refusal> {
    let follow = |step: &str| visit.of_comment(&comment.id, &format!("follow/{link}{step}"));
    let appeals = ombud.policy().takes_appeals();
    let (headline, mut sentences) = standing(&comment, appeals);
    if comment.state == State::Pending
        && let Some((since, now)) =
            ombud.longest_wait(&visit.site).await.map_err(|error| visit.refuse(&error.into()))?
    {
        sentences
            .push(format!("The comment that has waited longest has waited {}.", spoken(now.duration_since(since))));
    }
    let appealing = (appeals && comment.may_appeal()).then(|| {
        let (text, problem) = refused.map_or((String::new(), None), |(text, problem)| (text, Some(problem)));
        Appealing { action: follow("/appeal"), text, problem, longest: AppealText::MAX_CHARACTERS }
    });
    let appealed = comment.appeal.as_ref().and_then(|appeal| appeal.text.as_ref());
    let kept = comment.text().is_some();
    Ok(Page {
        frame: visit.frame("Your comment"),
        state: comment.state.name(),
        headline,
        sentences,
        reasons: why::reasons(&comment),
        told: comment.decision.to_author.as_deref().map(legible),
        text: comment.text().map(|text| legible(text.as_str())),
        time: comment.created_at.into(),
        appealed: appealed.map(|text| legible(text.as_str())),
        appealing,
        withdraw: (kept && comment.state != State::Withdrawn).then(|| follow("/withdraw")),
        own: follow(""),
        thread: visit.thread(&comment.article_id, &Place::default(), None),
        faq: visit.faq(),
    })
}

/// What became of a comment, and what follows from it.
fn standing(comment: &Comment, appeals: bool) -> (&'static str, Vec<String>) {
    let appeal = comment.appeal.as_ref().map(|appeal| appeal.state);
    let (headline, sentences): (_, &[&str]) = match (comment.state, appeal) {
        (State::Published, Some(AppealState::Upheld)) => {
            ("Published.", &["A moderator read your appeal and agreed with you."])
        }
        (State::Published, _) => ("Published.", &["Readers see your comment in the discussion."]),
        (State::Pending, Some(AppealState::Open)) => {
            ("Your appeal waits for a moderator.", &["She decides with your words before her. This page will say how."])
        }
        (State::Pending, _) => (
            "Waiting for a moderator.",
            &["Nobody else sees your comment until she has read it. This page will say how she decides."],
        ),
        (State::Rejected, Some(AppealState::Declined)) => {
            ("Not published.", &["A moderator read your appeal and decided as before. That is final."])
        }
        (State::Rejected, _) if appeals && comment.may_appeal() => {
            ("Not published.", &["If you think that this is wrong, you can appeal: a person takes another look."])
        }
        (State::Rejected, _) => ("Not published.", &[]),
        (State::Withdrawn, _) => ("Taken back.", &["Nobody sees this comment any longer."]),
    };
    (headline, sentences.iter().map(|sentence| (*sentence).to_owned()).collect())
}

/// "5 minutes", "3 hours", "2 days".
fn spoken(time: jiff::SignedDuration) -> String {
    let minutes = time.as_mins().max(1);
    let (number, unit) = match minutes {
        0..120 => (minutes, "minute"),
        120..2880 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_spoken_of_in_units_that_people_use() {
        let spoken = |minutes| spoken(jiff::SignedDuration::from_mins(minutes));
        assert_eq!([spoken(0), spoken(18), spoken(119)], ["1 minute", "18 minutes", "119 minutes"]);
        assert_eq!([spoken(120), spoken(2879), spoken(2880)], ["2 hours", "47 hours", "2 days"]);
    }
}
