//! What can't be answered, in a shape of its own: Coral logs the status and goes on, and people read the rest.

use crate::comment::InvalidId;
use crate::http::problem::{Code, Problem};
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use serde_json::json;

/// A refusal: `{"error": {"code": …, "message": …}}`. Prints as its code alone.
#[derive(Debug)]
pub(super) struct Refusal(Problem);

impl Refusal {
    /// Nobody configured the site, or there is none: the two can't be told apart from outside.
    pub fn no_such_site() -> Self {
        Self(Problem::new(Code::NoSuchAddress, "no moderation phase is served here"))
    }

    pub fn not_signed() -> Self {
        let message = "X-Coral-Signature is missing or was made with another secret or over another body";
        Self(Problem::new(Code::KeyInvalid, message))
    }

    pub fn unavailable() -> Self {
        Self(Problem::new(Code::Unavailable, "the comment can't be judged now"))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<InvalidId> for Refusal {
    fn from(error: InvalidId) -> Self {
        Self(error.into())
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.0.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let error = json!({"code": self.0.code().name(), "message": self.0.detail()});
        let mut response = HttpResponse::build(self.status_code());
        if self.0.code() == Code::Unavailable {
            response.insert_header((RETRY_AFTER, self.0.retry_after_seconds()));
        }
        response.json(json!({"error": error}))
    }
}

impl Responder for Refusal {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}
