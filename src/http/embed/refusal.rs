//! What goes wrong, as a page for people.

use super::look::Look;
use super::page::Frame;
use crate::http::metrics;
use crate::http::problem::{Code, Problem};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use askama::Template;

/// A page that says what went wrong. Prints as its code alone.
pub(super) struct Refusal {
    code: Code,
    sentence: String,
    retry_after: u64,
    look: Look,
}

#[derive(Template)]
#[template(path = "embed/refusal.html")]
struct Page {
    frame: Frame,
    sentence: String,
}

impl Refusal {
    pub(super) fn new(problem: &Problem, look: Look) -> Self {
        let (code, sentence) = (problem.code(), sentence(problem));
        Self { code, sentence, retry_after: problem.retry_after_seconds(), look }
    }
}

/// What a problem means to a reader, who neither sends JSON nor knows a policy.
pub(super) fn sentence(problem: &Problem) -> String {
    let plain = match problem.code() {
        Code::CommentNotFound | Code::UnknownParent => "There is no such comment here, or it is not shown any longer.",
        Code::ArticleNotFound | Code::UnknownArticle => "There are no comments here: ombud does not know this article.",
        Code::ParentOfOtherArticle => "The comment that you answer stands under another article.",
        Code::UnknownCursor => "This page of the discussion is no longer there. Begin at its start.",
        Code::TextEmpty => "Nothing was written.",
        Code::ControlCharacter => "The text holds a character that can't be shown.",
        Code::NotRejected => "Your comment is not rejected, so there is nothing to appeal against.",
        Code::AppealOpen => "You have appealed already. A moderator will read it.",
        Code::AppealDeclined => "Your appeal was declined, and that is final.",
        Code::AppealsClosed => "This publication takes no appeals.",
        Code::CommentWithdrawn => "The comment was taken back.",
        Code::BodyDropped | Code::AuthorErased => "The comment is no longer kept.",
        Code::StateUnchanged => "The comment is not shown any longer.",
        Code::ClaimedByOther | Code::VersionStale | Code::Unavailable => {
            "This can't be done at this moment. Try again in a minute."
        }
        Code::BodyTooLarge | Code::TextTooLong => "The text is too long.",
        Code::Internal => "Something went wrong here. It has been noted.",
        _ => return problem.detail().to_owned(),
    };
    plain.to_owned()
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.name())
    }
}

impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Refusal({self})")
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        metrics::refused(self.code);
        let frame = Frame::new("Comments", &self.look);
        let html = Page { frame, sentence: self.sentence.clone() }.render().unwrap_or_default();
        let mut answer = HttpResponse::build(self.status_code());
        answer
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((CACHE_CONTROL, "no-store"))
            // It says nothing of anybody, so it may stand in whichever frame asked for it.
            .insert_header((
                CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'",
            ));
        if matches!(self.code, Code::Unavailable | Code::RateLimited) {
            answer.insert_header((RETRY_AFTER, self.retry_after));
        }
        answer.body(html)
    }
}
