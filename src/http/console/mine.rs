//! What she decided herself, to be looked at again.

use super::authority::{Review, SignedIn};
use super::listed::{self, Listed};
use super::refusal::Refusal;
use super::shell::{Room, Shell};
use super::{page, words};
use crate::comment::{Action, Comment};
use crate::http::json::Query;
use crate::service::{DecidedComment, Ombud, ServiceError};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

/// A comment that she decided on.
struct Decided {
    comment: Listed,
    /// What became of her word, and when she gave it.
    word: String,
    at: words::When,
    /// The version to take back, where her decision was the last step.
    undo: Option<u64>,
}

#[derive(Template)]
#[template(path = "console/mine.html")]
struct Page {
    shell: Shell,
    /// How many since midnight.
    today: String,
    decided: Vec<Decided>,
    /// Whether this is not the first page.
    on: bool,
    next: Option<String>,
    done: &'static str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
    done: String,
}

/// `GET /console/{site}/mine`
pub async fn get(
    signed_in: SignedIn<Review>,
    asked: Query<Asked>,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let Asked { after, done } = asked.0;
    let caller = signed_in.person.caller();
    let found = match ombud.decisions_of(&caller, Some(after.as_str()).filter(|after| !after.is_empty())).await {
        Ok(found) => found,
        Err(ServiceError::UnknownCursor) => {
            return Ok(page::see(&format!("/console/{}/mine", signed_in.site.id)));
        }
        Err(error) => return Err(error.into()),
    };
    let now = ombud.now();
    let today = ombud.decided_since(&caller, words::midnight(now)).await?;
    let shell = signed_in.shell(Room::Mine);
    let comments: Vec<&Comment> = found.decided.iter().map(|decided| &decided.comment).collect();
    let lines = listed::lines(&signed_in, &ombud, &shell, &comments).await?;
    let decided = found.decided.iter().zip(lines).map(|(DecidedComment { at, comment }, line)| Decided {
        comment: line,
        word: word(comment, caller.name()),
        at: words::When::of(*at, now),
        undo: takes_back(comment, caller.name()).then_some(comment.version),
    });
    let page = Page {
        today: match today {
            0 => "Nothing decided since midnight UTC.".to_owned(),
            1 => "1 comment decided since midnight UTC.".to_owned(),
            many => format!("{} comments decided since midnight UTC.", words::number(many)),
        },
        decided: decided.collect(),
        on: !after.is_empty(),
        next: found.next.map(|next| {
            let next: String = byte_serialize(next.as_bytes()).collect();
            shell.to(&format!("/mine?after={next}"))
        }),
        done: if done == "undone" { "Taken back. The comment stands where it stood before." } else { "" },
        shell,
    };
    Ok(page::answer(StatusCode::OK, &page))
}

/// Whether her decision is the last step, so that it can be taken back whole.
fn takes_back(comment: &Comment, name: &str) -> bool {
    comment.undo.is_some() && comment.changeable().is_ok() && comment.decision.moderator.as_deref() == Some(name)
}

/// What became of what she said.
fn word(comment: &Comment, name: &str) -> String {
    if comment.decision.moderator.as_deref() == Some(name) {
        return format!("You {} it", listed::verb(comment.decision.action));
    }
    match comment.votes.iter().find(|vote| vote.moderator == name).map(|vote| vote.action) {
        Some(Action::Publish) => "You were for approving it, and more have to agree",
        Some(Action::Review | Action::Reject) => "You were for rejecting it, and more have to agree",
        None => "You gave your word on it, and it has moved on since",
    }
    .to_owned()
}
