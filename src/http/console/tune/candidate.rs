//! One candidate for the policy: what it changes and what it would do, for whoever approves or withdraws it.

use super::effect::{Effect, Span};
use super::{in_words, moved, numbered};
use crate::comment::ModeratorRole;
use crate::http::console::authority::{Editors, Entered, SignedIn};
use crate::http::console::form::Posted;
use crate::http::console::refusal::Refusal;
use crate::http::console::revision::{Line, line};
use crate::http::console::shell::{Room, Shell};
use crate::http::console::{page, words};
use crate::policy::{CandidateId, CandidatePolicy, PolicyFiles};
use crate::service::{CandidateError, Ombud, difference};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "console/tune/candidate.html")]
struct Page {
    shell: Shell,
    id: String,
    by: String,
    note: String,
    revision: String,
    base: u64,
    when: words::When,
    moved: Vec<String>,
    effect: Option<Effect>,
    changes: Vec<Line>,
    /// Why she can't approve it; empty where she can.
    not_approved: String,
    /// Whether another policy is in force than it was written against.
    stale: bool,
    withdraws: bool,
    /// What was not done, and why.
    refused: String,
}

impl Page {
    async fn of(
        entered: &Entered,
        ombud: &Ombud,
        candidate: &CandidatePolicy,
        files: &PolicyFiles,
    ) -> Result<Self, Refusal> {
        let now = ombud.now();
        let me = entered.moderator();
        let own = candidate.by == me.name.as_str();
        let (stale, why) = match ombud.policy_to_change().await {
            Ok((in_force, _)) if in_force.number != candidate.base => {
                let why = format!(
                    "Policy {}, which {} published, is in force now, and this was written against number {}. Try it again on the one in force.",
                    in_force.number, in_force.by, candidate.base
                );
                (true, why)
            }
            Ok(_) if own => (false, "You wrote it, so another editor or an admin has to approve it.".to_owned()),
            Ok(_) => (false, String::new()),
            Err(error @ CandidateError::SeveralSites(_)) => (false, words::capitalised(&format!("{error}."))),
            Err(error) => return Err(super::refusal(error)),
        };
        let base = numbered(ombud, candidate.base).await?;
        let changes = base.map(|base| difference(&base, files)).unwrap_or_default();
        Ok(Self {
            shell: entered.shell(Room::Policy),
            id: candidate.id.to_string(),
            by: candidate.by.clone(),
            note: candidate.note.clone().unwrap_or_default(),
            revision: candidate.revision.clone(),
            base: candidate.base,
            when: words::When::of(candidate.at, now),
            moved: moved(ombud, candidate, files).await?.iter().map(in_words).collect(),
            effect: candidate.replayed.as_ref().map(|effect| Effect::of(effect, Span::Month, now)),
            changes: changes.lines().map(line).collect(),
            not_approved: why,
            stale,
            withdraws: own || me.role == ModeratorRole::Admin,
            refused: String::new(),
        })
    }
}

/// The candidate that the address names.
pub(super) async fn named(
    entered: &Entered,
    ombud: &Ombud,
    request: &HttpRequest,
) -> Result<(CandidatePolicy, PolicyFiles), Refusal> {
    let id = CandidateId::parse(request.match_info().query("id")).ok_or_else(|| Refusal::no_candidate(entered))?;
    match ombud.candidate(&id).await {
        // Where the store serves several sites, each sees its own.
        Ok((candidate, _)) if candidate.site != entered.site.id => Err(Refusal::no_candidate(entered)),
        Ok(found) => Ok(found),
        Err(CandidateError::Unknown) => Err(Refusal::no_candidate(entered)),
        Err(error) => Err(super::refusal(error)),
    }
}

/// `GET /console/{site}/policy/candidates/{id}`
pub async fn get(
    signed_in: SignedIn<Editors>,
    request: HttpRequest,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (candidate, files) = named(&signed_in, &ombud, &request).await?;
    Ok(page::answer(StatusCode::OK, &Page::of(&signed_in, &ombud, &candidate, &files).await?))
}

/// `POST /console/{site}/policy/candidates/{id}/replay`: shows what it would do now, with comments to read.
pub async fn replay(
    posted: Posted<Editors>,
    request: HttpRequest,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (candidate, files) = named(&posted, &ombud, &request).await?;
    match ombud.try_policy(&posted.site.id, &files).await {
        Ok(replay) => {
            let mut page = Page::of(&posted, &ombud, &candidate, &files).await?;
            page.effect = Some(Effect::shown(&posted, &ombud, &page.shell, &replay, Span::Month).await?);
            Ok(page::answer(StatusCode::OK, &page))
        }
        Err(error) => refused(&posted, &ombud, &candidate, &files, error).await,
    }
}

/// `POST /console/{site}/policy/candidates/{id}/approve`
pub async fn approve(
    posted: Posted<Editors>,
    request: HttpRequest,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (candidate, files) = named(&posted, &ombud, &request).await?;
    match ombud.approve_candidate(posted.moderator(), &candidate.id).await {
        Ok(published) => Ok(page::see(&format!("/console/{}/policy/{}", posted.site.id, published.number))),
        Err(error) => refused(&posted, &ombud, &candidate, &files, error).await,
    }
}

/// `POST /console/{site}/policy/candidates/{id}/withdraw`
pub async fn withdraw(
    posted: Posted<Editors>,
    request: HttpRequest,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (candidate, files) = named(&posted, &ombud, &request).await?;
    match ombud.withdraw_candidate(posted.moderator(), &candidate.id).await {
        Ok(()) => Ok(page::see(&format!("/console/{}/policy", posted.site.id))),
        Err(error) => refused(&posted, &ombud, &candidate, &files, error).await,
    }
}

/// The candidate's page again, with why nothing was done.
async fn refused(
    posted: &Posted<Editors>,
    ombud: &Ombud,
    candidate: &CandidatePolicy,
    files: &PolicyFiles,
    error: CandidateError,
) -> Result<HttpResponse, Refusal> {
    let (status, why) = match error {
        CandidateError::Own => {
            (StatusCode::FORBIDDEN, "You wrote it: another editor or an admin has to approve it.".to_owned())
        }
        CandidateError::NotHers => {
            (StatusCode::FORBIDDEN, "It can be withdrawn by whoever wrote it, or by an admin.".to_owned())
        }
        CandidateError::Overtaken(in_force) if in_force.revision == candidate.revision => {
            let who = in_force.approved_by.as_deref().unwrap_or(&in_force.by);
            (StatusCode::CONFLICT, format!("{who} was faster: it is in force as number {}.", in_force.number))
        }
        CandidateError::Overtaken(in_force) => (
            StatusCode::CONFLICT,
            format!(
                "{} published number {} after this was written. It was not approved.",
                in_force.by, in_force.number
            ),
        ),
        CandidateError::SeveralSites(several) => {
            (StatusCode::CONFLICT, words::capitalised(&format!("{}.", CandidateError::SeveralSites(several))))
        }
        CandidateError::Replaying => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Somebody else is trying a change just now, and one is tried at a time. Try again in a moment.".to_owned(),
        ),
        CandidateError::Unknown => return Err(Refusal::no_candidate(posted)),
        other => return Err(super::refusal(other)),
    };
    let page = Page { refused: why, ..Page::of(posted, ombud, candidate, files).await? };
    Ok(page::answer(status, &page))
}
