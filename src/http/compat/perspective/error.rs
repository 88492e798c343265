//! Errors in the shape of Google's APIs: `{"error": {"code", "message", "status", "details"}}`.

use crate::comment::InvalidLabels;
use crate::http::problem::{Code, Problem};
use crate::service::ServiceError;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Value, json};

/// The type of the details that the Comment Analyzer gives.
const ANALYZER: &str = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error";
/// The types of details that all of Google's APIs give.
const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";
const BAD_REQUEST: &str = "type.googleapis.com/google.rpc.BadRequest";

/// What went wrong, as a client of the Perspective API knows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GoogleError {
    status: u16,
    /// The name of the canonical code: `INVALID_ARGUMENT` and so on.
    name: &'static str,
    message: String,
    details: Option<Box<Value>>,
    retry_after_seconds: Option<u64>,
}

impl GoogleError {
    fn new(status: u16, name: &'static str, message: impl Into<String>) -> Self {
        Self { status, name, message: message.into(), details: None, retry_after_seconds: None }
    }

    fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "INVALID_ARGUMENT", message)
    }

    fn with(self, details: Value) -> Self {
        Self { details: Some(Box::new(details)), ..self }
    }

    fn analyzer(self, error_type: &str) -> Self {
        self.with(json!({"@type": ANALYZER, "errorType": error_type}))
    }

    pub fn comment_empty() -> Self {
        Self::invalid("Comment must be non-empty.").analyzer("COMMENT_EMPTY")
    }

    pub fn comment_too_long(bytes: usize, limit: usize) -> Self {
        Self::invalid(format!("Comment text was too many bytes. Value ({bytes}) exceeded limit ({limit})."))
            .analyzer("COMMENT_TOO_LONG")
    }

    pub fn no_requested_attributes() -> Self {
        Self::invalid("Missing requested_attributes").analyzer("NO_REQUESTED_ATTRIBUTES")
    }

    pub fn unknown_attribute(name: &str) -> Self {
        Self::invalid(format!("Unknown requested attribute: {name}")).analyzer("UNKNOWN_ATTRIBUTE")
    }

    pub fn score_type(score_type: &str, attribute: &str) -> Self {
        Self::invalid(format!("Requested score type {score_type} is not supported by attribute {attribute}"))
            .analyzer("SCORE_TYPE_NOT_SUPPORTED")
    }

    /// `requested`: whether the caller named the languages, or they were detected.
    pub fn language(attribute: &str, languages: &[String], requested: bool) -> Self {
        let member = if requested { "requestedLanguages" } else { "detectedLanguages" };
        let message = format!("Attribute {attribute} does not support request languages: {}", languages.join(","));
        let mut details = json!({"@type": ANALYZER, "errorType": "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"});
        details["languageNotSupportedByAttributeError"] = json!({member: languages, "attribute": attribute});
        Self::invalid(message).with(details)
    }

    pub fn no_attribute_scores() -> Self {
        Self::invalid("Missing attribute_scores").analyzer("NO_REQUESTED_ATTRIBUTES")
    }

    pub fn no_summary_score(attribute: &str) -> Self {
        Self::invalid(format!("Missing summary_score.value of attribute {attribute}")).analyzer("INVALID_SCORE")
    }

    pub fn suggestion(why: InvalidLabels) -> Self {
        Self::invalid(format!("The suggested scores can't be learned: {why}")).analyzer("INVALID_SCORE")
    }

    pub fn language_code(code: &str) -> Self {
        Self::invalid(format!("Invalid language code: {code}")).analyzer("INVALID_LANGUAGE_CODE")
    }

    pub fn language_detection_failed() -> Self {
        Self::invalid("Unable to detect language").analyzer("LANGUAGE_DETECTION_FAILED")
    }

    pub fn text_type() -> Self {
        Self::invalid("Unknown text type").analyzer("UNSUPPORTED_TEXT_TYPE")
    }

    pub fn two_contexts() -> Self {
        Self::invalid("Context can have either entries or article_and_parent_comment, but both fields were populated.")
            .analyzer("INVALID_CONTEXT")
    }

    pub fn bad_key() -> Self {
        Self::invalid("API key not valid. Please pass a valid API key.").with(json!({
            "@type": ERROR_INFO, "reason": "API_KEY_INVALID", "domain": "googleapis.com",
            "metadata": {"service": "commentanalyzer.googleapis.com"},
        }))
    }

    pub fn no_such_method() -> Self {
        Self::new(404, "NOT_FOUND", "Method not found.")
    }

    pub fn internal() -> Self {
        Self::new(500, "INTERNAL", "Internal error encountered.")
    }

    /// A batch of calls that can't be taken apart.
    pub fn batch(why: &str) -> Self {
        Self::invalid(format!("Failed to parse batch request. {why}"))
    }

    /// The error as JSON.
    pub fn body(&self) -> Value {
        let mut error = json!({"code": self.status, "message": self.message, "status": self.name});
        if let Some(details) = &self.details {
            error["details"] = json!([details]);
        }
        json!({ "error": error })
    }

    pub fn no_such_document() -> Self {
        Self::new(404, "NOT_FOUND", "Discovery document not found for API service.")
    }

    pub fn no_key() -> Self {
        Self::new(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers. Please use API Key.")
    }
}

impl From<Problem> for GoogleError {
    fn from(problem: Problem) -> Self {
        let detail = problem.detail().to_owned();
        match problem.code() {
            Code::KeyMissing => Self::no_key(),
            Code::KeyInvalid => Self::bad_key(),
            Code::ScopeMissing => Self::new(403, "PERMISSION_DENIED", detail),
            Code::RateLimited => Self {
                retry_after_seconds: Some(problem.retry_after_seconds()),
                ..Self::new(429, "RESOURCE_EXHAUSTED", format!("Quota exceeded: {detail}"))
            },
            Code::Unavailable => Self {
                retry_after_seconds: Some(problem.retry_after_seconds()),
                ..Self::new(503, "UNAVAILABLE", "The service is currently unavailable.")
            },
            Code::Internal => Self::internal(),
            // Whatever else was sent, most of it is text.
            Code::BodyTooLarge => {
                Self::invalid(format!("Request payload size exceeds the limit: {detail}.")).analyzer("COMMENT_TOO_LONG")
            }
            _ => {
                let message = format!("Invalid JSON payload received. {detail}");
                let violation = json!({"description": message});
                Self::invalid(message).with(json!({"@type": BAD_REQUEST, "fieldViolations": [violation]}))
            }
        }
    }
}

impl From<ServiceError> for GoogleError {
    fn from(error: ServiceError) -> Self {
        Problem::from(error).into()
    }
}

impl std::fmt::Display for GoogleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl ResponseError for GoogleError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((RETRY_AFTER, seconds));
        }
        response.json(self.body())
    }
}
