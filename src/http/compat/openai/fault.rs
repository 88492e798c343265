//! What goes wrong, in the shape in which OpenAI's clients read errors.

use crate::http::problem::{Code, Problem};
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde_json::json;

/// An error. Prints as its status and code alone: the message may hold what the caller sent.
pub(super) struct Fault {
    status: StatusCode,
    kind: &'static str,
    code: Option<&'static str>,
    param: Option<String>,
    message: String,
    retry_after_seconds: Option<u64>,
}

/// What clients call the caller's own mistakes.
const INVALID: &str = "invalid_request_error";

impl Fault {
    fn new(status: StatusCode, kind: &'static str, code: Option<&'static str>, message: impl Into<String>) -> Self {
        Self { status, kind, code, param: None, message: message.into(), retry_after_seconds: None }
    }

    /// A request that makes no sense, and the parameter that is wrong.
    pub fn invalid(param: Option<&str>, code: &'static str, message: impl Into<String>) -> Self {
        let param = param.map(str::to_owned);
        Self { param, ..Self::new(StatusCode::BAD_REQUEST, INVALID, Some(code), message) }
    }

    /// The answer to any method but POST.
    pub fn method(request: &HttpRequest) -> Self {
        let message = format!("Not allowed to {} on {}; use POST.", request.method(), request.path());
        Self::new(StatusCode::METHOD_NOT_ALLOWED, INVALID, Some("method_not_supported"), message)
    }

    #[cfg(test)]
    pub fn code(&self) -> Option<&str> {
        self.code
    }

    #[cfg(test)]
    pub fn param(&self) -> Option<&str> {
        self.param.as_deref()
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        let status = StatusCode::from_u16(problem.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (kind, code) = match problem.code() {
            Code::KeyMissing => (INVALID, None),
            Code::KeyInvalid => (INVALID, Some("invalid_api_key")),
            Code::ScopeMissing => (INVALID, Some("insufficient_permissions")),
            Code::RateLimited => ("requests", Some("rate_limit_exceeded")),
            Code::Unavailable => ("server_error", Some("unavailable")),
            Code::BodyTooLarge => (INVALID, Some("request_too_large")),
            _ if status.is_server_error() => ("server_error", None),
            // All that is wrong with the body itself: it is never the wrong resource or a conflict here.
            _ => return Self::new(StatusCode::BAD_REQUEST, INVALID, Some(problem.code().name()), problem.detail()),
        };
        let again = matches!(problem.code(), Code::RateLimited | Code::Unavailable);
        Self {
            retry_after_seconds: again.then(|| problem.retry_after_seconds()),
            ..Self::new(status, kind, code, problem.detail())
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), self.code.unwrap_or(self.kind))
    }
}

impl std::fmt::Debug for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fault({self})")
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((RETRY_AFTER, seconds));
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            response.insert_header((ALLOW, "POST"));
        }
        response.json(json!({"error": {
            "message": self.message,
            "type": self.kind,
            "param": self.param,
            "code": self.code,
        }}))
    }
}

impl actix_web::Responder for Fault {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_status_and_kind() {
        for (code, status, kind, named, again) in [
            (Code::KeyMissing, 401, INVALID, None, false),
            (Code::KeyInvalid, 401, INVALID, Some("invalid_api_key"), false),
            (Code::ScopeMissing, 403, INVALID, Some("insufficient_permissions"), false),
            (Code::RateLimited, 429, "requests", Some("rate_limit_exceeded"), true),
            (Code::Unavailable, 503, "server_error", Some("unavailable"), true),
            (Code::Internal, 500, "server_error", None, false),
            (Code::BodyTooLarge, 413, INVALID, Some("request_too_large"), false),
            (Code::MalformedJson, 400, INVALID, Some("malformed_json"), false),
            (Code::WrongType, 400, INVALID, Some("wrong_type"), false),
        ] {
            let fault = Fault::from(Problem::new(code, "Because.").retry_after(7));
            assert_eq!((fault.status.as_u16(), fault.kind, fault.code), (status, kind, named), "{}", code.name());
            let response = fault.error_response();
            let seconds = response.headers().get(RETRY_AFTER).map(|value| value.to_str().unwrap());
            assert_eq!(seconds, again.then_some("7"), "{}", code.name());
            assert!(!format!("{fault:?} {fault}").contains("Because"));
        }
    }
}
