//! What goes wrong, as RFC 9457 problem details with a stable `code`.
//!
//! The one place where errors of the rooms below become HTTP. What is internal goes to the log once,
//! here, and never to the caller.

use super::metrics;
use super::v1::view::CommentView;
use crate::comment::{InvalidAuthorName, InvalidClaimId, InvalidId, InvalidText, TransitionError};
use crate::delivery::audience::Full;
use crate::service::LeaseError;
use crate::service::ServiceError;
use crate::telemetry::Request;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value, json};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal;)*) => {
        /// Every code a problem can carry. Codes are stable: programs may rely on them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as it is written.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// A few words on what it means, the same every time.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    MalformedJson = "malformed_json", 400, "The body is not JSON";
    JsonTooDeep = "json_too_deep", 400, "The JSON is nested too deep";
    InvalidUnicode = "invalid_unicode", 400, "The body is not valid Unicode";
    BodyUnreadable = "body_unreadable", 400, "The body ended early or could not be read";
    InvalidQuery = "invalid_query", 400, "A query parameter is wrong";
    UnknownCursor = "unknown_cursor", 400, "The cursor is not one that ombud gave out";
    IdMissing = "id_missing", 400, "Neither an id nor an Idempotency-Key";
    KeyMissing = "key_missing", 401, "No API key";
    KeyInvalid = "key_invalid", 401, "The API key is wrong or revoked";
    ScopeMissing = "scope_missing", 403, "The API key may not do this";
    RoleMissing = "role_missing", 403, "The API key lacks a role";
    NoSuchAddress = "no_such_address", 404, "Nothing is served here";
    CommentNotFound = "comment_not_found", 404, "No such comment on this site";
    ArticleNotFound = "article_not_found", 404, "No such article on this site";
    ClaimNotFound = "claim_not_found", 404, "No such claim";
    MethodNotAllowed = "method_not_allowed", 405, "The address does not take this method";
    BodyTooSlow = "body_too_slow", 408, "The body took too long to come in";
    ContentDiffers = "content_differs", 409, "The id is taken by other content";
    VersionStale = "version_stale", 409, "The comment has moved on";
    ClaimedByOther = "claimed_by_other", 409, "Somebody else is reading the comment";
    ClaimExpired = "claim_expired", 409, "The claim is over";
    ClaimForOther = "claim_for_other_comment", 409, "The claim is for another comment";
    StateUnchanged = "state_unchanged", 409, "The comment is that already";
    NotPending = "not_pending", 409, "The comment does not wait for a moderator";
    NotRejected = "not_rejected", 409, "The comment is not rejected";
    AppealOpen = "appeal_open", 409, "An appeal is open already";
    AppealDeclined = "appeal_declined", 409, "An appeal was declined";
    AppealsClosed = "appeals_closed", 409, "This publication takes no appeals";
    CommentWithdrawn = "comment_withdrawn", 409, "The comment was withdrawn";
    BodyDropped = "body_dropped", 409, "Text and author of the comment were dropped";
    AuthorErased = "author_erased", 409, "The author was erased meanwhile";
    NothingToUndo = "nothing_to_undo", 409, "There is no decision to take back";
    CursorExpired = "cursor_expired", 410, "Events after the cursor are no longer kept";
    PolicyInvalid = "policy_invalid", 422, "The policy is not well formed";
    BodyTooLarge = "body_too_large", 413, "The body is too large";
    NotJson = "media_type_unsupported", 415, "The body must be JSON";
    UnknownField = "unknown_field", 422, "A field that ombud does not know";
    MissingField = "missing_field", 422, "A field is missing";
    WrongType = "wrong_type", 422, "A field has the wrong type or value";
    InvalidIdentifier = "invalid_id", 422, "An id breaks the rules for ids";
    InvalidAuthor = "invalid_author", 422, "The author's name breaks its rules";
    TextEmpty = "text_empty", 422, "The text is empty";
    TextTooLong = "text_too_long", 422, "The text is too long";
    ControlCharacter = "control_character", 422, "The text holds a control character";
    InvalidArticle = "invalid_article", 422, "The article breaks a limit";
    ArticleIdDiffers = "article_id_differs", 422, "Two article ids in one request";
    UnknownArticle = "unknown_article", 422, "The article is unknown";
    UnknownParent = "unknown_parent", 422, "The parent is unknown";
    ParentOfOtherArticle = "parent_of_other_article", 422, "The parent stands under another article";
    ParentCycle = "parent_cycle", 422, "A comment can't answer itself";
    IdempotencyKeyReused = "idempotency_key_reused", 422, "The Idempotency-Key belongs to another request";
    UnknownRole = "unknown_role", 422, "The policy knows no such role";
    SelectionMismatch = "selection_mismatch", 422, "The selection is for another decision";
    CreatedInFuture = "created_in_future", 422, "The comment is from the future";
    RateLimited = "rate_limited", 429, "Too many requests";
    Internal = "internal", 500, "A fault in ombud";
    Unavailable = "unavailable", 503, "ombud can't do this now";
}

/// A problem, ready to be answered. Prints as its code alone: details and extensions hold what the caller
/// sent, or a whole comment.
pub struct Problem {
    code: Code,
    detail: String,
    extension: Map<String, Value>,
    advice: Advice,
}

/// What a header says beside the body.
enum Advice {
    RetryAfterSeconds(u64),
    /// What an address takes, where it doesn't take what was sent.
    Allow(Box<str>),
}

impl Problem {
    /// A problem of this code. `detail` is for people, and goes to the caller only.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), extension: Map::new(), advice: Advice::RetryAfterSeconds(1) }
    }

    /// The address does not take this method, but these.
    pub(super) fn method_not_allowed(method: &Method, allowed: &str) -> Self {
        let detail = format!("this address does not take {method}; it takes {allowed}");
        Self { advice: Advice::Allow(allowed.into()), ..Self::new(Code::MethodNotAllowed, detail) }
    }

    /// The same problem, pointing at a member of the body or a parameter.
    #[must_use]
    pub fn at(mut self, pointer: &str) -> Self {
        self.extension.insert("pointer".to_owned(), json!(pointer));
        self
    }

    /// The same problem, saying when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.advice = Advice::RetryAfterSeconds(seconds);
        self
    }

    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// What is wrong with this very request, for its sender.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// When it makes sense to try again, where the code says that it may.
    #[must_use]
    pub fn retry_after_seconds(&self) -> u64 {
        match self.advice {
            Advice::RetryAfterSeconds(seconds) => seconds,
            Advice::Allow(_) => 1,
        }
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.extension.insert(name.to_owned(), value);
        self
    }

    /// The problem as JSON.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({
            "type": format!("/docs#{}", self.code.name()),
            "title": self.code.title(),
            "status": self.code.status(),
            "detail": self.detail,
            "code": self.code.name(),
        });
        if let Some(body) = body.as_object_mut() {
            body.extend(self.extension.clone());
        }
        body
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.name())
    }
}

impl std::fmt::Debug for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Frameworks log errors by `Debug`.
        write!(f, "Problem({self})")
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        metrics::refused(self.code);
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        match self.code {
            Code::KeyMissing | Code::KeyInvalid => {
                response.insert_header(("www-authenticate", "Bearer"));
            }
            Code::Unavailable | Code::RateLimited => {
                response.insert_header((RETRY_AFTER, self.retry_after_seconds()));
            }
            // What was not read would be taken for the next request.
            Code::BodyTooSlow => {
                response.force_close();
            }
            _ => {}
        }
        if let Advice::Allow(methods) = &self.advice {
            response.insert_header((ALLOW, &**methods));
        }
        let mut body = self.body();
        if let Some(request) = Request::current().filter(|_| self.status_code().is_server_error()) {
            // What the caller names when they ask why; the log has it too.
            body["request_id"] = json!(request.id());
        }
        response.body(body.to_string())
    }
}

impl actix_web::Responder for Problem {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &actix_web::HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let detail = error.to_string();
        match error {
            ServiceError::UnknownArticle(_) => Self::new(Code::UnknownArticle, detail).at("article_id"),
            ServiceError::UnknownComment(_) => Self::new(Code::CommentNotFound, detail),
            ServiceError::UnknownParent(_) => Self::new(Code::UnknownParent, detail).at("parent_id"),
            ServiceError::ParentOfOtherArticle { .. } => Self::new(Code::ParentOfOtherArticle, detail).at("parent_id"),
            ServiceError::ParentCycle => Self::new(Code::ParentCycle, detail).at("parent_id"),
            ServiceError::ContentDiffers(current) => {
                Self::new(Code::ContentDiffers, detail).with("current", json!(CommentView::from(*current)))
            }
            ServiceError::IdempotencyKeyReused => Self::new(Code::IdempotencyKeyReused, detail),
            ServiceError::IdMissing => Self::new(Code::IdMissing, detail).at("id"),
            ServiceError::CreatedInFuture => Self::new(Code::CreatedInFuture, detail).at("created_at"),
            ServiceError::ArticleIdDiffers(_) => Self::new(Code::ArticleIdDiffers, detail).at("article.id"),
            ServiceError::Stale(current) => {
                Self::new(Code::VersionStale, detail).with("current", json!(CommentView::from(*current)))
            }
            ServiceError::ClaimedByOther { holder, until } => {
                Self::new(Code::ClaimedByOther, detail).with("holder", json!(holder)).with("until", json!(until))
            }
            ServiceError::ClaimForOther => Self::new(Code::ClaimForOther, detail).at("claim_id"),
            ServiceError::Lease(LeaseError::Unknown | LeaseError::Expired) => Self::new(Code::ClaimExpired, detail),
            ServiceError::UnknownRole { .. } => Self::new(Code::UnknownRole, detail).at("role"),
            ServiceError::RoleMissing(role) => Self::new(Code::RoleMissing, detail).with("role", json!(role)),
            ServiceError::AppealsClosed => Self::new(Code::AppealsClosed, detail),
            ServiceError::SelectionMismatch => Self::new(Code::SelectionMismatch, detail).at("selection"),
            ServiceError::Transition(TransitionError::NotPending(_)) => Self::new(Code::NotPending, detail),
            ServiceError::Transition(TransitionError::AlreadyEscalated | TransitionError::OpinionsAsked) => {
                Self::new(Code::StateUnchanged, detail)
            }
            ServiceError::Transition(TransitionError::NotRejected(_)) => Self::new(Code::NotRejected, detail),
            ServiceError::Transition(TransitionError::AppealOpen) => Self::new(Code::AppealOpen, detail),
            ServiceError::Transition(TransitionError::AppealDeclined) => Self::new(Code::AppealDeclined, detail),
            ServiceError::Transition(TransitionError::Withdrawn) => Self::new(Code::CommentWithdrawn, detail),
            ServiceError::Transition(TransitionError::Already(_)) => Self::new(Code::StateUnchanged, detail),
            ServiceError::Transition(TransitionError::BodyDropped) => Self::new(Code::BodyDropped, detail),
            ServiceError::AuthorErased => Self::new(Code::AuthorErased, detail),
            ServiceError::Transition(TransitionError::NothingToUndo) => Self::new(Code::NothingToUndo, detail),
            ServiceError::Article(_) => Self::new(Code::InvalidArticle, detail),
            ServiceError::CursorExpired => Self::new(Code::CursorExpired, detail),
            ServiceError::UnknownCursor => Self::new(Code::UnknownCursor, detail),
            ServiceError::Replaying => Self::new(Code::Unavailable, detail),
            ServiceError::Unavailable(why) => {
                tracing::warn!(%why, "unavailable");
                Self::new(Code::Unavailable, "the store can't be reached; try again")
            }
            ServiceError::Internal(why) => {
                tracing::error!(%why, "internal fault");
                Self::new(Code::Internal, "a fault in ombud; it has been logged")
            }
        }
    }
}

impl From<Full> for Problem {
    fn from(error: Full) -> Self {
        let code = match error {
            Full::Listener => Code::RateLimited,
            Full::House => Code::Unavailable,
        };
        Self::new(code, error.to_string()).retry_after(30)
    }
}

impl From<InvalidId> for Problem {
    fn from(error: InvalidId) -> Self {
        Self::new(Code::InvalidIdentifier, error.to_string())
    }
}

impl From<InvalidAuthorName> for Problem {
    fn from(error: InvalidAuthorName) -> Self {
        Self::new(Code::InvalidAuthor, error.to_string()).at("author.name")
    }
}

impl From<InvalidClaimId> for Problem {
    fn from(error: InvalidClaimId) -> Self {
        Self::new(Code::ClaimNotFound, error.to_string())
    }
}

impl From<InvalidText> for Problem {
    fn from(error: InvalidText) -> Self {
        let code = match error {
            InvalidText::Empty => Code::TextEmpty,
            InvalidText::TooLong => Code::TextTooLong,
            InvalidText::ControlCharacter(_) => Code::ControlCharacter,
        };
        Self::new(code, error.to_string()).at("text")
    }
}
