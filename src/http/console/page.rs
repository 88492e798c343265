//! Answers that are pages, and addresses of pages.

use super::refusal::Refusal;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

/// A page as an answer.
pub(super) fn answer(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html),
        Err(error) => {
            tracing::error!(%error, "a page can't be written");
            Refusal::incomplete().into()
        }
    }
}

/// Sends the browser to look at a page: what follows a form that was done.
pub(super) fn see(address: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::SEE_OTHER).insert_header(("location", address)).finish()
}

/// An address that a browser named, if it is one of a page of this site's console: never that of another server.
pub(super) fn own_address<'a>(site: &str, address: &'a str) -> Option<&'a str> {
    let rest = address.strip_prefix("/console/")?.strip_prefix(site)?;
    let plain = address.len() <= 2000 && address.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let within = rest.is_empty() || rest.starts_with('/') || rest.starts_with('?');
    let known = !rest.contains("//") && !rest.contains("/.") && !rest.starts_with("/sign-");
    (plain && within && known).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_nowhere_else() {
        for own in ["/console/daily", "/console/daily/people", "/console/daily?done=role", "/console/daily/me?x=1#y"] {
            assert_eq!(own_address("daily", own), Some(own));
        }
        for other in [
            "",
            "https://evil.example/console/daily",
            "//evil.example/console/daily",
            "/console/daily//evil.example",
            "/console/daily-2",
            "/console/daily/../weekly",
            "/console/daily/sign-in",
            "/console/daily/a\\b",
            "/console/daily/\r\nset-cookie:x",
            "/v1/comments",
        ] {
            assert_eq!(own_address("daily", other), None, "{other}");
        }
    }
}
