//! The cookie with a session's token: one for each site, so that one browser can be signed in on several.

use super::settings::ConsoleSettings;
use crate::comment::{SessionToken, SiteId};
use actix_web::HttpRequest;
use actix_web::http::header::COOKIE;

/// What keeps a cookie to the pages of this origin, from scripts, and from requests that other sites cause.
const FLAGS: &str = "Path=/; HttpOnly; SameSite=Strict";

/// `__Host-`: browsers take it over HTTPS alone, and from no other host of the domain.
fn name(site: &SiteId, secure: bool) -> String {
    if secure { format!("__Host-ombud-{site}") } else { format!("ombud-{site}") }
}

/// The token that the browser sent.
pub(super) fn token(request: &HttpRequest, settings: &ConsoleSettings, site: &SiteId) -> Option<SessionToken> {
    let name = name(site, settings.is_secure(request));
    let sent = request.headers().get_all(COOKIE).filter_map(|value| value.to_str().ok());
    let mut pairs = sent.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| SessionToken::new(value))
}

/// The header that has the browser keep a token until it is closed.
pub(super) fn keep(request: &HttpRequest, settings: &ConsoleSettings, site: &SiteId, token: &SessionToken) -> String {
    let secure = settings.is_secure(request);
    let flag = if secure { "; Secure" } else { "" };
    format!("{}={}; {FLAGS}{flag}", name(site, secure), token.as_str())
}

/// The header that has the browser forget it.
pub(super) fn forget(request: &HttpRequest, settings: &ConsoleSettings, site: &SiteId) -> String {
    let secure = settings.is_secure(request);
    let flag = if secure { "; Secure" } else { "" };
    format!("{}=; Max-Age=0; {FLAGS}{flag}", name(site, secure))
}
