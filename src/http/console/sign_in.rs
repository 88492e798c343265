//! Signing in and out.

use super::again::{self, Kept};
use super::authority::{self, Newcomer, SignedIn};
use super::form::{Fields, Open, Posted};
use super::refusal::Refusal;
use super::settings::ConsoleSettings;
use super::{cookie, page, words};
use crate::comment::Site;
use crate::http::json::Query;
use crate::http::proxy;
use crate::service::{Ombud, SignIn, SignInError};
use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, SET_COOKIE, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The page to sign in on.
#[derive(Template, Default)]
#[template(path = "console/sign_in.html")]
pub(super) struct Page {
    site_id: String,
    site_name: String,
    /// What was typed before.
    name: String,
    /// Where to go on.
    to: String,
    kept: Kept,
    /// Why she is not signed in, if she tried.
    refused: String,
    /// What she should know beside.
    notice: &'static str,
}

impl Page {
    fn of(site: &Site) -> Self {
        Self { site_id: site.id.to_string(), site_name: site.name.clone(), ..Self::default() }
    }

    /// The page for somebody who was signed in when she began to write.
    pub(super) fn after_expiry(site: &Site, kept: Kept) -> Self {
        let notice = if kept.is_empty() {
            "You were signed out before this was sent, and nothing was changed. Sign in and do it again."
        } else {
            "You were signed out before this was sent, and nothing was changed. Sign in; then you can send it after all."
        };
        Self { kept, notice, ..Self::of(site) }
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    to: String,
    #[serde(default)]
    lost: String,
    #[serde(default)]
    done: String,
}

/// `GET /console/{site}/sign-in`
pub async fn get(request: HttpRequest, asked: Query<Asked>) -> Result<HttpResponse, Refusal> {
    let site = authority::site(&request).await?;
    let Asked { to, lost, done } = asked.0;
    let to = page::own_address(site.id.as_str(), &to).unwrap_or_default();
    if SignedIn::<Newcomer>::of(&request).await.is_ok() {
        return Ok(page::see(&onward(&site, to)));
    }
    let notice = match (lost.as_str(), done.as_str()) {
        ("yes", _) => {
            "If you signed in just now: your browser did not keep the cookie. It does so over HTTPS only, unless \
             public_url in ombud.toml says that the console has none."
        }
        (_, "signed-out") => "You are signed out.",
        _ => "",
    };
    Ok(page::answer(StatusCode::OK, &Page { to: to.to_owned(), notice, ..Page::of(&site) }))
}

/// `POST /console/{site}/sign-in`
pub async fn post(
    request: HttpRequest,
    form: Open,
    ombud: web::Data<Ombud>,
    settings: web::Data<ConsoleSettings>,
) -> Result<HttpResponse, Refusal> {
    let (site, Open(fields)) = (authority::site(&request).await?, form);
    let browser = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let network = proxy::network(&request);
    let attempt = SignIn {
        site: &site.id,
        name: fields.line("name"),
        password: fields.text("password"),
        network: network.as_deref(),
        browser: &words::browser(browser),
    };
    let token = match ombud.sign_in(attempt).await {
        Ok(token) => token,
        Err(error) => return refused(&site, &fields, error, &ombud),
    };
    // Whoever was signed in here before is not any more.
    if let Some(earlier) = cookie::token(&request, &settings, &site.id) {
        ombud.sign_out(&site.id, &earlier).await?;
    }
    let keep = cookie::keep(&request, &settings, &site.id, &token);
    let kept = Kept::carried(&fields, site.id.as_str());
    let mut answer = match ombud.signed_in(&site.id, &token).await?.filter(|_| !kept.is_empty()) {
        Some(person) if !person.moderator.password_given => {
            let entered = authority::Entered::new(site, person, token);
            HttpResponse::Ok().content_type("text/html; charset=utf-8").body(again::html(&entered, &kept))
        }
        _ => page::see(&onward(&site, fields.line("to"))),
    };
    if let Ok(keep) = keep.parse() {
        answer.headers_mut().insert(SET_COOKIE, keep);
    }
    Ok(answer)
}

/// Where to after signing in.
fn onward(site: &Site, to: &str) -> String {
    page::own_address(site.id.as_str(), to).map_or_else(|| format!("/console/{}", site.id), str::to_owned)
}

/// The same page again, with what was typed but for the password.
fn refused(site: &Site, fields: &Fields, error: SignInError, ombud: &Ombud) -> Result<HttpResponse, Refusal> {
    let (status, refused, wait) = match error {
        SignInError::Refused => {
            let why = "This name and this password don't go together, or the account is shut.".to_owned();
            (StatusCode::UNAUTHORIZED, why, None)
        }
        SignInError::WaitUntil(until) => {
            // Of a second begun, the whole.
            let seconds = words::seconds(ombud.now(), until) + 1;
            let why = format!("Too many attempts. Try again in {}.", words::duration(seconds));
            (StatusCode::TOO_MANY_REQUESTS, why, Some(seconds))
        }
        SignInError::Service(error) => return Err(error.into()),
    };
    let page = Page {
        name: fields.line("name").chars().take(100).collect(),
        to: page::own_address(site.id.as_str(), fields.line("to")).unwrap_or_default().to_owned(),
        kept: Kept::carried(fields, site.id.as_str()),
        refused,
        ..Page::of(site)
    };
    let mut answer = page::answer(status, &page);
    if let Some(seconds) = wait {
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Ok(answer)
}

/// `POST /console/{site}/sign-out`
pub async fn out(
    request: HttpRequest,
    posted: Posted<Newcomer>,
    ombud: web::Data<Ombud>,
    settings: web::Data<ConsoleSettings>,
) -> Result<HttpResponse, Refusal> {
    let site = &posted.site.id;
    if let Some(token) = cookie::token(&request, &settings, site) {
        ombud.sign_out(site, &token).await?;
    }
    let mut answer = page::see(&format!("/console/{site}/sign-in?done=signed-out"));
    if let Ok(forget) = cookie::forget(&request, &settings, site).parse() {
        answer.headers_mut().insert(SET_COOKIE, forget);
    }
    Ok(answer)
}
