//! What goes wrong, as Akismet says it: a word or a sentence as plain text, and a header that explains.

use crate::http::problem::{Code, Problem};
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, ResponseError};

/// Explains an answer that is none.
const HELP: &str = "x-akismet-debug-help";

/// An answer that is none. Prints as its status alone: the rest may hold what the caller sent.
pub(super) struct Refusal {
    status: StatusCode,
    body: String,
    help: String,
    allow: Option<&'static str>,
    retry_after_seconds: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, said: &str) -> Self {
        Self { status, body: said.to_owned(), help: said.to_owned(), allow: None, retry_after_seconds: None }
    }

    /// The key or the site's address is no good. Clients know the word.
    pub fn invalid(help: impl Into<String>) -> Self {
        Self { help: help.into(), ..Self::new(StatusCode::OK, "invalid") }
    }

    /// The request can't be answered as it is. Clients look for their words, find none and show the sentence.
    pub fn unclear(said: &str) -> Self {
        Self::new(StatusCode::OK, said)
    }

    /// Not a form.
    pub fn media_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send fields as application/x-www-form-urlencoded.")
    }

    /// Something of Akismet's that ombud does not have.
    pub fn absent(said: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, said)
    }

    /// The answer to any other address.
    pub fn address() -> Self {
        Self::absent("Nothing is served here.")
    }

    /// The answer to any other method at an address that takes forms.
    pub fn not_post() -> Self {
        Self { allow: Some("POST"), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "Use POST.") }
    }

    /// The answer to any other method at an address that is only read.
    pub fn not_get() -> Self {
        Self { allow: Some("GET"), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "Use GET.") }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        match problem.code() {
            Code::KeyMissing => Self::invalid("Empty \"api_key\" value"),
            Code::KeyInvalid | Code::ScopeMissing => Self::invalid(problem.detail()),
            Code::RateLimited | Code::Unavailable | Code::Internal | Code::BodyTooLarge | Code::BodyUnreadable => {
                let status = StatusCode::from_u16(problem.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let again = matches!(problem.code(), Code::RateLimited | Code::Unavailable);
                let retry_after_seconds = again.then(|| problem.retry_after_seconds());
                Self { retry_after_seconds, ..Self::new(status, problem.detail()) }
            }
            _ => Self::unclear(problem.detail()),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.status.as_u16())
    }
}

impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Refusal({self})")
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"));
        // A header holds visible ASCII only.
        let help: String = self.help.chars().map(|c| if matches!(c, ' '..='~') { c } else { '?' }).collect();
        response.insert_header((HELP, help));
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((RETRY_AFTER, seconds));
        }
        if let Some(method) = self.allow {
            response.insert_header((ALLOW, method));
        }
        response.body(self.body.clone())
    }
}

impl actix_web::Responder for Refusal {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header<'a>(response: &'a HttpResponse, name: &str) -> Option<&'a str> {
        response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    #[test]
    fn who_may_try_again_is_told_when() {
        for (code, status, again) in [
            (Code::RateLimited, 429, Some("7")),
            (Code::Unavailable, 503, Some("7")),
            (Code::Internal, 500, None),
            (Code::KeyInvalid, 200, None),
        ] {
            let response = Refusal::from(Problem::new(code, "Because.").retry_after(7)).error_response();
            assert_eq!((response.status().as_u16(), header(&response, "retry-after")), (status, again));
            assert_eq!(header(&response, HELP), Some("Because."));
        }
    }

    #[test]
    fn a_header_takes_whatever_is_to_be_said_and_logs_take_nothing() {
        let refusal = Refusal::from(Problem::new(Code::TextEmpty, "no \"é\"\r\nx-other: 1"));
        assert_eq!(header(&refusal.error_response(), HELP), Some("no \"?\"??x-other: 1"));
        assert_eq!(format!("{refusal:?} {refusal}"), "Refusal(200) 200");
    }
}
