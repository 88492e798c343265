//! What the console is told by the settings.

use actix_web::HttpRequest;
use actix_web::http::header::HOST;
use std::net::IpAddr;

/// How the console is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSettings {
    /// Whether it is served at all.
    pub enabled: bool,
    /// Where browsers find it: `https://HOST`, or `http://HOST` where there is no TLS. `None`: at whatever name they
    /// ask for, over HTTPS but on this very machine.
    pub origin: Option<String>,
}

impl Default for ConsoleSettings {
    fn default() -> Self {
        Self { enabled: true, origin: None }
    }
}

impl ConsoleSettings {
    /// Whether browsers come over HTTPS, so that cookies are kept to it.
    pub(super) fn is_secure(&self, request: &HttpRequest) -> bool {
        match &self.origin {
            Some(origin) => origin.starts_with("https://"),
            None => !host(request).is_some_and(is_this_machine),
        }
    }

    /// Whether a form comes from one of our own pages. Browsers say so themselves; older ones say whence.
    pub(super) fn is_own(&self, request: &HttpRequest) -> bool {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        match header("sec-fetch-site") {
            Some(site) => site == "same-origin",
            None => header("origin").is_some_and(|origin| self.is_origin(origin, request)),
        }
    }

    fn is_origin(&self, origin: &str, request: &HttpRequest) -> bool {
        if let Some(own) = &self.origin {
            return origin == own;
        }
        let scheme = if self.is_secure(request) { "https" } else { "http" };
        host(request).is_some_and(|host| origin == format!("{scheme}://{host}"))
    }
}

/// The name, and the port if one was named, that the browser asked.
fn host(request: &HttpRequest) -> Option<&str> {
    request.headers().get(HOST)?.to_str().ok()
}

/// Whether a host's name is one for this machine, whatever the port.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn this_machine_has_several_names() {
        for own in ["localhost", "localhost:8080", "127.0.0.1:1", "127.3.2.1", "[::1]:8080"] {
            assert!(is_this_machine(own), "{own}");
        }
        for other in ["localhost.example", "10.0.0.1:80", "[::2]", "127.0.0.1.example", ""] {
            assert!(!is_this_machine(other), "{other}");
        }
    }

    #[test]
    fn a_form_of_another_site_is_told_apart() {
        let settings = ConsoleSettings::default();
        let named = ConsoleSettings { origin: Some("https://desk.example".to_owned()), ..settings.clone() };
        let asked = |headers: &[(&'static str, &'static str)]| {
            let request = TestRequest::default().insert_header(("host", "desk.example"));
            headers.iter().fold(request, |request, header| request.insert_header(*header)).to_http_request()
        };
        for own in [&[("sec-fetch-site", "same-origin")][..], &[("origin", "https://desk.example")]] {
            assert!(settings.is_own(&asked(own)) && named.is_own(&asked(own)), "{own:?}");
        }
        for other in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "http://desk.example")],
            &[("origin", "https://desk.example.evil.example")],
            &[("sec-fetch-site", "same-site"), ("origin", "https://desk.example")],
            &[("sec-fetch-site", "cross-site")],
        ] {
            assert!(!settings.is_own(&asked(other)) && !named.is_own(&asked(other)), "{other:?}");
        }
    }
}
