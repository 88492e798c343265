//! For which sites readers' pages are served, and how.

use crate::comment::SiteId;
use std::collections::BTreeMap;

/// What stands above the comment box unless a site says otherwise.
pub const NOTICE: &str = "Comments are moderated and generally will be posted if they are on-topic and not abusive.";

/// Which sites' readers come to ombud themselves. A site that is not listed has no pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmbedSettings {
    pub sites: BTreeMap<SiteId, EmbedSite>,
}

/// The pages of one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedSite {
    /// Whose pages may show these in a frame.
    pub origins: Vec<Origin>,
    /// Whether readers without a token of the platform's may write, under a name of their choice.
    pub guests: bool,
    /// One line above the comment box.
    pub notice: String,
}

impl Default for EmbedSite {
    fn default() -> Self {
        Self { origins: Vec::new(), guests: true, notice: NOTICE.to_owned() }
    }
}

/// An origin, or all the subdomains of one: `https://www.example.com`, `https://*.example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// A string is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no origin; write it as in \"https://www.example.com\" or \"https://*.example.com\", without a path"
)]
pub struct InvalidOrigin(String);

impl Origin {
    /// Parses an origin: `http://` or `https://`, a host, perhaps a port.
    ///
    /// # Errors
    /// [`InvalidOrigin`] for anything else: what stands in a header must not say more than that.
    pub fn parse(value: &str) -> Result<Self, InvalidOrigin> {
        let wrong = || InvalidOrigin(value.to_owned());
        let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://")).ok_or_else(wrong)?;
        let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
        let host = host.strip_prefix("*.").unwrap_or(host);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        let named = !host.is_empty() && host.chars().all(plain) && !host.starts_with('.') && !host.ends_with('.');
        if named && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0)) {
            Ok(Self(value.to_ascii_lowercase()))
        } else {
            Err(wrong())
        }
    }

    /// All the ports of a host, for trying things on one machine.
    ///
    /// # Errors
    /// As [`Origin::parse`]; and if a port is named.
    pub fn any_port(value: &str) -> Result<Self, InvalidOrigin> {
        let Self(host) = Self::parse(value)?;
        if host.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok()) {
            return Err(InvalidOrigin(value.to_owned()));
        }
        Ok(Self(format!("{host}:*")))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_port_is_of_a_host() {
        let any = |host: &str| Origin::any_port(host).map(|origin| origin.as_str().to_owned());
        assert_eq!(any("http://127.0.0.1").as_deref(), Ok("http://127.0.0.1:*"));
        assert!(any("http://127.0.0.1:80").is_err() && any("*").is_err());
    }

    #[test]
    fn an_origin_says_no_more_than_that() {
        for good in ["https://www.example.com", "http://127.0.0.1:8080", "https://*.example.com", "https://Example.com"]
        {
            assert!(Origin::parse(good).is_ok(), "{good}");
        }
        let bad = [
            "",
            "*",
            "example.com",
            "https://",
            "https://a.example/",
            "https://a.example;script-src *",
            "ftp://a.example",
            "https://a.example:0",
            "https://a.example:x",
            "https://.example",
            "https://a b",
            "https://*",
            "https://*.",
        ];
        for bad in bad {
            assert!(Origin::parse(bad).is_err(), "{bad}");
        }
    }
}
