//! Coral's external moderation phase: Coral asks about every comment before it is shown, and takes the answer.
//!
//! `POST /compat/coral/{site}`, signed. Coral waits for a fraction of a second and goes on without an answer, so
//! whatever keeps ombud from judging in time is answered too: the comment is withheld, as the policy's `on_error` says.

mod answer;
#[cfg(fuzzing)]
pub mod fuzzing;
mod refusal;
mod request;
mod settings;
mod signature;

pub use settings::{BodyFormat, CoralSettings, CoralSite};
pub use signature::{InvalidSecrets, Secrets};

use crate::comment::{Actor, Comment, KeyId, SiteId, State};
use crate::http::json;
use crate::http::problem::{Code, Problem};
use crate::policy::OnError;
use crate::service::{Ombud, ServiceError};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use answer::PhaseResponse;
use refusal::Refusal;
use request::{PhaseRequest, Read};

/// The phase's address. Nothing below it is answered with a problem document.
pub(super) fn configure(config: &mut ServiceConfig) {
    let phase = web::resource("/{site}").route(web::post().to(phase)).default_service(web::to(wrong_method));
    config.service(web::scope("/compat/coral").service(phase).default_service(web::to(nothing_here)));
}

async fn nothing_here() -> Refusal {
    Refusal::no_such_site()
}

async fn wrong_method() -> Refusal {
    Problem::new(Code::MethodNotAllowed, "a moderation phase takes POST alone").into()
}

async fn phase(
    request: HttpRequest,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
    settings: web::Data<CoralSettings>,
) -> Result<HttpResponse, Refusal> {
    let named = request.match_info().get("site").and_then(|name| SiteId::parse(name).ok());
    let site = named.ok_or_else(Refusal::no_such_site)?;
    let coral = settings.sites.get(&site).ok_or_else(Refusal::no_such_site)?;
    let body = json::body(&request, payload.into_inner()).await?;
    if !coral.secrets.signed(request.headers(), &body) {
        return Err(Refusal::not_signed());
    }
    json::check_media_type(&request)?;
    let Some(read) = json::parse::<PhaseRequest>(&body)?.read(&site, coral)? else {
        return Ok(PhaseResponse::respond(None));
    };
    let cut = read.cut;
    // On its own: the comment is kept even if Coral no longer waits.
    let judged = tokio::spawn(judge(ombud.get_ref().clone(), read));
    let judged = tokio::time::timeout(settings.answer_within, judged).await;
    let comment = match judged {
        Ok(Ok(Ok(Some(comment)))) => comment,
        Ok(Ok(Ok(None))) => return Err(Refusal::no_such_site()),
        Ok(Ok(Err(error))) => return without(&ombud, &site, &error),
        // What a panic says may quote the comment.
        Ok(Err(_)) => return without(&ombud, &site, &"judging it panicked"),
        Err(late) => return without(&ombud, &site, &late),
    };
    let answer = match comment.state {
        // Nobody looked at what was cut off.
        State::Published if cut => Some(PhaseResponse::withheld()),
        _ => PhaseResponse::of(&comment, coral),
    };
    Ok(PhaseResponse::respond(answer.as_ref()))
}

/// How the comment stands; `None` if there is no such site.
async fn judge(ombud: Ombud, read: Read) -> Result<Option<Comment>, ServiceError> {
    if !ombud.serves(&read.comment.site).await? {
        return Ok(None);
    }
    let key = KeyId::parse("coral").map_err(|e| ServiceError::Internal(e.to_string()))?;
    let actor = Actor::Platform { key };
    let comment = if read.is_edit {
        ombud.edit_unnamed(&read.comment, actor).await?
    } else {
        ombud.submit_unnamed(&read.comment, actor).await?
    };
    Ok(Some(comment))
}

/// The answer for a comment that could not be judged in time.
fn without(ombud: &Ombud, site: &SiteId, why: &dyn std::fmt::Display) -> Result<HttpResponse, Refusal> {
    tracing::warn!(%site, %why, "Coral is answered without a decision");
    match ombud.policy().on_error() {
        OnError::Review => Ok(PhaseResponse::respond(Some(&PhaseResponse::withheld()))),
        OnError::Refuse => Err(Refusal::unavailable()),
    }
}
