//! `[console]`: the pages for moderators.

use crate::comment::SessionTerms;
use crate::http::console::ConsoleSettings;
use anyhow::{Context as _, ensure};
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// The section as it is written.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ConsoleFile {
    enabled: bool,
    public_url: String,
    idle_minutes: u64,
    longest_hours: u64,
}

impl Default for ConsoleFile {
    fn default() -> Self {
        let SessionTerms { idle, longest } = SessionTerms::default();
        Self {
            enabled: ConsoleSettings::default().enabled,
            public_url: String::new(),
            idle_minutes: idle.as_secs() / 60,
            longest_hours: longest.as_secs() / 3600,
        }
    }
}

impl ConsoleFile {
    pub(super) fn checked(&self) -> anyhow::Result<(ConsoleSettings, SessionTerms)> {
        let Self { enabled, idle_minutes, longest_hours, .. } = *self;
        ensure!((1..=1440).contains(&idle_minutes), "`console.idle_minutes` is {idle_minutes}; it is 1 to 1440");
        ensure!((1..=720).contains(&longest_hours), "`console.longest_hours` is {longest_hours}; it is 1 to 720");
        let origin = Some(&self.public_url).filter(|url| !url.is_empty()).map(|url| origin(url)).transpose()?;
        let terms =
            SessionTerms { idle: Duration::from_mins(idle_minutes), longest: Duration::from_hours(longest_hours) };
        Ok((ConsoleSettings { enabled, origin }, terms))
    }
}

/// The scheme and host of an address that has nothing else.
fn origin(url: &str) -> anyhow::Result<String> {
    let parsed = Url::parse(url).context("`console.public_url`")?;
    let bare = parsed.path() == "/" && parsed.query().is_none() && parsed.username().is_empty();
    ensure!(
        matches!(parsed.scheme(), "http" | "https") && bare,
        "`console.public_url` is {url}; it is https://HOST, or http://HOST where there is no TLS, and nothing else"
    );
    Ok(parsed.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_a_host_and_nothing_else() {
        let checked = |written: &str| toml::from_str::<ConsoleFile>(written).expect("a section").checked();
        let (settings, terms) = checked("public_url = \"https://Desk.example/\"\nidle_minutes = 5").expect("settings");
        assert_eq!(settings.origin.as_deref(), Some("https://desk.example"));
        assert_eq!(terms.idle, Duration::from_mins(5));
        for bad in [
            "public_url = \"desk.example\"",
            "public_url = \"https://desk.example/console\"",
            "public_url = \"ftp://desk.example\"",
            "idle_minutes = 0",
            "longest_hours = 1000",
        ] {
            assert!(checked(bad).is_err(), "{bad}");
        }
    }
}
