//! One comment with all that is known of it, and deciding on it anew.

use super::authority::{Entered, Review, SignedIn};
use super::conflict::{self, Conflict};
use super::form::Posted;
use super::history_page::{Page, Typed};
use super::me::sentence;
use super::page;
use super::refusal::Refusal;
use crate::comment::CommentId;
use crate::http::json::Query;
use crate::service::{Decided, ModeratorDecision, Ombud, ServiceError, Verb};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// Longest that a note may be, in bytes, as for the API.
const LONGEST_NOTE: usize = 2_000;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    done: String,
}

type Address = web::Path<(String, String)>;

/// `GET /console/{site}/comments/{id}`
pub async fn get(
    signed_in: SignedIn<Review>,
    address: Address,
    asked: Query<Asked>,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let id = id(address)?;
    let mut page = Page::of(&signed_in, &ombud, &id).await?;
    page.done = match asked.0.done.as_str() {
        "publish" => "Approved.",
        "reject" => "Rejected.",
        "opinion" => "Your opinion is taken down. More have to agree before it counts.",
        "undone" => "Taken back. The comment stands where it stood before.",
        _ => "",
    };
    Ok(page::answer(StatusCode::OK, &page))
}

/// `POST /console/{site}/comments/{id}/decision`
pub async fn decide(
    posted: Posted<Review>,
    address: Address,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let id = id(address)?;
    let (expected_version, typed) = (version(&posted)?, Typed::of(&posted.fields));
    let verb = match posted.fields.line("action") {
        "publish" => Verb::Publish,
        "reject" => Verb::Reject,
        _ => return Err(Refusal::unreadable("A comment is approved or rejected, and nothing else.")),
    };
    let refuse = async |why: &str| {
        let page = Page { refused: why.to_owned(), typed: typed.clone(), ..Page::of(&posted, &ombud, &id).await? };
        Ok(page::answer(StatusCode::UNPROCESSABLE_ENTITY, &page))
    };
    let known = ombud.policy().reject_reason(&typed.reason).is_some();
    if verb == Verb::Reject && !known {
        return refuse("Choose a reason for the rejection.").await;
    }
    if typed.note.len().max(typed.to_author.len()) > LONGEST_NOTE {
        return refuse("A note has at most 2,000 bytes: about 2,000 letters.").await;
    }
    let decision = ModeratorDecision {
        verb,
        reason_code: (verb == Verb::Reject).then(|| typed.reason.clone()),
        note: Some(typed.note.clone()).filter(|note| !note.is_empty()),
        to_author: Some(typed.to_author.clone()).filter(|words| !words.is_empty()),
        expected_version,
        claim_id: None,
    };
    match ombud.decide(&posted.person.caller(), &id, decision).await {
        Ok(Decided { opinions: Some(_), .. }) => Ok(done(&posted, &id, "opinion")),
        Ok(_) => Ok(done(&posted, &id, verb.action().name())),
        Err(error) => too_late(&posted, &ombud, &id, error, Some(verb), typed).await,
    }
}

/// `POST /console/{site}/comments/{id}/undo`
pub async fn undo(posted: Posted<Review>, address: Address, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let id = id(address)?;
    match ombud.undo(&posted.person.caller(), &id, version(&posted)?).await {
        Ok(_) => Ok(done(&posted, &id, "undone")),
        Err(error) => too_late(&posted, &ombud, &id, error, None, Typed::default()).await,
    }
}

fn id(address: Address) -> Result<CommentId, Refusal> {
    CommentId::parse(address.into_inner().1).map_err(|error| Refusal::unreadable(&sentence(&error.to_string())))
}

/// The version that she read.
fn version(posted: &Posted<Review>) -> Result<u64, Refusal> {
    let version = posted.fields.line("version").parse();
    version.map_err(|_| Refusal::unreadable("The form does not say what it was about. Open the comment anew."))
}

/// On to where she came from.
fn done(posted: &Posted<Review>, id: &CommentId, what: &str) -> HttpResponse {
    let shell = posted.shell(super::shell::Room::Elsewhere);
    let to = if posted.fields.line("back") == "mine" { shell.to("/mine") } else { super::listed::address(&shell, id) };
    page::see(&format!("{to}?done={what}"))
}

/// The comment as it stands now, where that is not as she saw it, with what she had typed.
async fn too_late(
    entered: &Entered,
    ombud: &Ombud,
    id: &CommentId,
    error: ServiceError,
    verb: Option<Verb>,
    typed: Typed,
) -> Result<HttpResponse, Refusal> {
    let for_others = matches!(error, ServiceError::RoleMissing(_));
    let Conflict { title, detail, overrule, .. } =
        conflict::of(ombud, &entered.person.caller(), id, error, verb).await?;
    // How to overrule it stands below.
    let conflict = if overrule.is_some() { title } else { format!("{title} {detail}") };
    let page = Page { typed, conflict, ..Page::of(entered, ombud, id).await? };
    Ok(page::answer(if for_others { StatusCode::FORBIDDEN } else { StatusCode::CONFLICT }, &page))
}
