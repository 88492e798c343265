//! What was sent by a form: that it came from a page of ours, and from whom.
//!
//! Why so: `docs/decisions/0029-forms-without-cookies.md`.

use super::page::{Parameters, Visit};
use super::refusal::Refusal;
use crate::comment::{Author, GUEST_PREFIX};
use crate::http::problem::{Code, Problem};
use crate::http::rate::Rate;
use crate::http::{json, proxy};
use crate::service::{Form, InvalidForm, Ombud};
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::{HttpRequest, web};

/// Longest name that a guest may choose, in characters.
const LONGEST_NAME: usize = 60;

/// Reads a form that a page of ours sent.
///
/// # Errors
/// A page that says so if it comes from elsewhere, is too long, or comes too often from this address.
pub(super) async fn read(request: &HttpRequest, payload: web::Payload, visit: &Visit) -> Result<Parameters, Refusal> {
    if !is_from_here(request) {
        let problem = Problem::new(Code::ScopeMissing, "This form was sent by another site, and was not taken.");
        return Err(visit.refuse(&problem));
    }
    if let Some(rate) = request.app_data::<web::Data<Rate>>() {
        rate.check_address(request, &visit.site, &network(request)).map_err(|problem| visit.refuse(&problem))?;
    }
    let body = json::body(request, payload.into_inner()).await.map_err(|problem| visit.refuse(&problem))?;
    let body = String::from_utf8(body);
    let unreadable = |_| visit.refuse(&Problem::new(Code::InvalidUnicode, "The form can't be read."));
    Ok(Parameters::parse(&body.map_err(unreadable)?))
}

/// Whether the browser says that one of our own pages sent this. Programs say nothing, and borrow nobody's browser.
fn is_from_here(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return site == "same-origin";
    }
    // Browsers of before 2023, which all say at least this.
    match (header(ORIGIN.as_str()), header(HOST.as_str())) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        (Some(_), None) => false,
    }
}

/// What is wrong with a form's token, if something is, in a sentence for the reader.
pub(super) async fn stale_form(
    ombud: &Ombud,
    visit: &Visit,
    form: Form,
    about: &str,
    sent: &Parameters,
) -> Result<Option<&'static str>, Refusal> {
    let token = sent.get("form").unwrap_or_default();
    let checked = ombud.check_form(&visit.site, form, about, token).await;
    Ok(match checked.map_err(|error| visit.refuse(&error.into()))? {
        Ok(()) => None,
        Err(InvalidForm::Expired | InvalidForm::Forged) => {
            Some("This page lay open for long. Look at your words once more, and send them again.")
        }
    })
}

/// Who sent a form: the reader whom the platform's token names, or a guest of a name.
///
/// # Errors
/// The outer is a page for what can't be done; the inner a sentence about what the reader can mend.
pub(super) async fn author(
    request: &HttpRequest,
    ombud: &Ombud,
    visit: &Visit,
    sent: &Parameters,
) -> Result<Result<Author, String>, Refusal> {
    let refuse = |error: crate::service::ServiceError| visit.refuse(&error.into());
    if let Some(token) = sent.filled("reader") {
        let reader = ombud.signed_reader(&visit.site, token).await.map_err(refuse)?;
        return Ok(reader.map_err(|_| {
            "You are no longer signed in. Load the article's page anew, then send this again.".to_owned()
        }));
    }
    if !visit.setting.guests {
        return Ok(Err("Sign in on the article's page to write a comment.".to_owned()));
    }
    let name = sent.filled("name").unwrap_or_default();
    let readable = name.chars().any(char::is_alphanumeric) && !name.chars().any(char::is_control);
    if !readable || name.chars().count() > LONGEST_NAME {
        return Ok(Err(format!("Write a name of up to {LONGEST_NAME} characters, with a letter or a digit.")));
    }
    let id = ombud.guest(&visit.site, name, &network(request)).await.map_err(refuse)?;
    Ok(Author::new(id, Some(name.to_owned())).map_err(|error| error.to_string()))
}

/// Who reports, as reports are counted: the reader whom a token names, or whoever is at this address.
pub(super) async fn reporter(
    request: &HttpRequest,
    ombud: &Ombud,
    visit: &Visit,
    sent: &Parameters,
) -> Result<String, Refusal> {
    let refuse = |error: crate::service::ServiceError| visit.refuse(&error.into());
    if let Some(token) = sent.filled("reader")
        && let Ok(reader) = ombud.signed_reader(&visit.site, token).await.map_err(refuse)?
    {
        return Ok(reader.id.into());
    }
    Ok(ombud.guest(&visit.site, "", &network(request)).await.map_err(refuse)?.into())
}

/// Whether an author is a guest, by the id.
pub(super) fn is_guest(author: &Author) -> bool {
    author.id.as_str().starts_with(GUEST_PREFIX)
}

/// The network that a request comes from; empty where that can't be told, which makes all of these one.
fn network(request: &HttpRequest) -> String {
    proxy::network(request).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_our_own_pages_send_forms() {
        let sent = |headers: &[(&str, &str)]| {
            let plain = TestRequest::post().insert_header(("host", "comments.example"));
            let request = headers.iter().fold(plain, |request, header| request.append_header(*header));
            is_from_here(&request.to_http_request())
        };
        assert!(sent(&[]) && sent(&[("sec-fetch-site", "same-origin"), ("origin", "https://behind.example")]));
        assert!(sent(&[("origin", "https://comments.example")]));
        for from in ["cross-site", "same-site", "none"] {
            assert!(!sent(&[("sec-fetch-site", from), ("origin", "https://comments.example")]), "{from}");
        }
        assert!(!sent(&[("origin", "https://evil.example")]) && !sent(&[("origin", "null")]));
    }
}
