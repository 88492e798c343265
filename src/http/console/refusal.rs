//! What is refused, as a page that says what happened and what to do.

use super::again::{self, Kept};
use super::authority::{self, Entered};
use super::{page, sign_in};
use crate::comment::{Duty, ModeratorRole, Site};
use crate::http::problem::{Code, Problem};
use crate::service::ServiceError;
use crate::telemetry::Request;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use url::form_urlencoded::byte_serialize;

/// A refusal, ready to be answered. Prints as its status alone: a page may hold what she wrote.
pub struct Refusal {
    status: StatusCode,
    /// The page; empty where the browser is sent elsewhere.
    html: String,
    location: Option<String>,
    retry_after_seconds: Option<u64>,
    /// Whether it is only that nobody is signed in.
    wants_sign_in: bool,
}

#[derive(Template)]
#[template(path = "console/refusal.html")]
struct Page<'a> {
    title: &'a str,
    detail: &'a str,
    /// Where to go on, and what that is called.
    onward: (&'a str, &'a str),
    /// What the log calls this request, where the fault is ours.
    request_id: Option<String>,
}

/// The page after which the browser asks again for the same, now from one of our own pages.
#[derive(Template)]
#[template(path = "console/onward.html")]
struct Onward<'a> {
    address: &'a str,
}

impl Refusal {
    fn new(status: StatusCode, html: String) -> Self {
        Self { status, html, location: None, retry_after_seconds: None, wants_sign_in: false }
    }

    fn page(status: StatusCode, title: &str, detail: &str, onward: (&str, &str)) -> Self {
        let request_id = Request::current().filter(|_| status.is_server_error()).map(|r| r.id().to_owned());
        // A page of sentences can be written.
        Self::new(status, Page { title, detail, onward, request_id }.render().unwrap_or_default())
    }

    /// Sends the browser to another page.
    pub(super) fn see(address: &str) -> Self {
        Self { location: Some(address.to_owned()), ..Self::new(StatusCode::SEE_OTHER, String::new()) }
    }

    /// Nobody is signed in: asks to, and goes on to what was asked for.
    pub(super) fn sign_in(request: &HttpRequest, site: &Site) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let asked = request.uri().path_and_query().map_or("", |asked| asked.as_str());
        let asked = page::own_address(site.id.as_str(), asked).unwrap_or_default();
        // Browsers keep her cookie from requests that another site's link causes, so from this one she may look signed
        // out although she is not. Asked again from a page of ours, they send it.
        if header("sec-fetch-site") == Some("cross-site") && !asked.is_empty() {
            let html = Onward { address: asked }.render().unwrap_or_default();
            return Self { wants_sign_in: true, ..Self::new(StatusCode::OK, html) };
        }
        let home = format!("/console/{}", site.id);
        let sign_in = format!("{home}/sign-in");
        let to: String = if asked == home { String::new() } else { byte_serialize(asked.as_bytes()).collect() };
        // Whoever was sent here by the sign-in page has signed in just now: the browser did not keep the cookie.
        let lost =
            header("referer").is_some_and(|referer| referer.split('?').next().unwrap_or_default().ends_with(&sign_in));
        let lost = if lost { "&lost=yes" } else { "" };
        Self { wants_sign_in: true, ..Self::see(&format!("{sign_in}?to={to}{lost}")) }
    }

    /// Whether signing in is all that is missing.
    pub(super) const fn wants_sign_in(&self) -> bool {
        self.wants_sign_in
    }

    /// The page to sign in on, which keeps the form that was posted.
    pub(super) async fn keeping(self, request: &HttpRequest, fields: &super::form::Fields) -> Self {
        match authority::site(request).await {
            Ok(site) => {
                let kept = Kept::of(request, fields);
                let html = sign_in::Page::after_expiry(&site, kept).render().unwrap_or_default();
                Self::new(StatusCode::UNAUTHORIZED, html)
            }
            Err(refusal) => refusal,
        }
    }

    /// The form is from a page of an earlier session, or made up: she may send it once more, if she means it.
    pub(super) fn other_session(entered: &Entered, kept: &Kept) -> Self {
        if kept.is_empty() {
            let home = format!("/console/{}", entered.site.id);
            return Self::page(
                StatusCode::FORBIDDEN,
                "Not done: the page was from before you signed in",
                "Open the page again and fill in the form anew. Nothing was changed.",
                (&home, "To the overview"),
            );
        }
        let html = again::html(entered, kept);
        Self::new(StatusCode::FORBIDDEN, html)
    }

    /// Her role may not.
    pub(super) fn role(entered: &Entered, duty: Duty) -> Self {
        let needed = ModeratorRole::for_duty(duty);
        let detail = format!(
            "This page is for the role {needed}. You are {} here; an admin of the site can change that.",
            entered.moderator().role
        );
        let home = format!("/console/{}", entered.site.id);
        Self::page(StatusCode::FORBIDDEN, "Not yours to see", &detail, (&home, "To the overview"))
    }

    /// Another site's page sent the form.
    pub(super) fn foreign_form() -> Self {
        Self::page(
            StatusCode::FORBIDDEN,
            "Not done: the form came from elsewhere",
            "The browser says that a page of another site sent this, or does not say whence it came. Nothing was changed. \
             If you sent it yourself, the address in your browser may differ from public_url in ombud.toml.",
            ("/console", "To the console"),
        )
    }

    /// What was posted is no form.
    pub(super) fn no_form() -> Self {
        let detail = "This address takes forms, as browsers send them. Programs have the API.";
        Self::page(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Not a form", detail, ("/docs", "To the API"))
    }

    /// No site of this name answers.
    pub(super) fn no_site() -> Self {
        let detail = "No site of this name is moderated here. Look at the address once more, or choose the site.";
        Self::page(StatusCode::NOT_FOUND, "No such site", detail, ("/console", "Choose a site"))
    }

    /// There is no such page.
    pub(super) fn no_page() -> Self {
        let detail = "There is no such page in the console. It may have moved, or the address was cut short.";
        Self::page(StatusCode::NOT_FOUND, "Nothing here", detail, ("/console", "To the console"))
    }

    /// A candidate for the policy is not there any more.
    pub(super) fn no_candidate(entered: &Entered) -> Self {
        let detail = "It was approved or withdrawn, or made way for newer ones: the newest 50 are kept. What was approved is among the policies that were in force.";
        let policy = format!("/console/{}/policy", entered.site.id);
        Self::page(StatusCode::NOT_FOUND, "No such change", detail, (&policy, "To the policy"))
    }

    /// A field says what no form of ours does.
    pub(super) fn unreadable(detail: &str) -> Self {
        Self::page(StatusCode::UNPROCESSABLE_ENTITY, "Not understood", detail, ("/console", "To the console"))
    }

    /// The program was put together wrongly.
    pub(super) fn incomplete() -> Self {
        Problem::new(Code::Internal, "a fault in ombud; it has been logged").into()
    }
}

/// `GET /console/…` of what is not there.
pub(super) async fn nothing_here() -> Refusal {
    Refusal::no_page()
}

/// A page asked in a way that it does not take.
pub(super) async fn not_so() -> Refusal {
    let detail = "This address is where a form is sent. Open the page with the form.";
    Refusal::page(StatusCode::METHOD_NOT_ALLOWED, "Nothing to see here", detail, ("/console", "To the console"))
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let status = problem.status_code();
        let detail = match problem.code() {
            Code::Unavailable => "ombud can't reach where it keeps things. Nothing was changed; try again in a moment.",
            Code::Internal => "Something went wrong in ombud. It is in the log, under the number below.",
            _ => problem.detail(),
        };
        let retry = matches!(problem.code(), Code::Unavailable | Code::RateLimited);
        let refusal = Self::page(status, problem.code().title(), detail, ("/console", "To the console"));
        Self { retry_after_seconds: retry.then(|| problem.retry_after_seconds()), ..refusal }
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        Problem::from(error).into()
    }
}

impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Refusal({})", self.status)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "refused with {}", self.status)
    }
}

impl From<Refusal> for HttpResponse {
    fn from(refusal: Refusal) -> Self {
        refusal.error_response()
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((RETRY_AFTER, seconds));
        }
        match &self.location {
            Some(location) => response.insert_header((LOCATION, location.as_str())).finish(),
            None => response.insert_header((CONTENT_TYPE, "text/html; charset=utf-8")).body(self.html.clone()),
        }
    }
}

impl actix_web::Responder for Refusal {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}
