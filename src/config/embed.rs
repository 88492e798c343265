//! `[embed]`: which sites' readers come to ombud themselves.

use crate::comment::SiteId;
use crate::http::embed::{EmbedSettings, EmbedSite, NOTICE, Origin};
use anyhow::{Context as _, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The section as it is written.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct EmbedFile {
    sites: BTreeMap<SiteId, SiteFile>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteFile {
    #[serde(default)]
    origins: Vec<String>,
    #[serde(default = "yes")]
    guests: bool,
    #[serde(default = "notice")]
    notice: String,
}

const fn yes() -> bool {
    true
}

fn notice() -> String {
    NOTICE.to_owned()
}

impl EmbedFile {
    /// # Errors
    /// Names the key that is wrong.
    pub(super) fn checked(self) -> anyhow::Result<EmbedSettings> {
        let site = |(id, file): (SiteId, SiteFile)| {
            let site = file.checked().with_context(|| format!("`embed.sites.{id}`"))?;
            anyhow::Ok((id, site))
        };
        let sites = self.sites.into_iter().map(site).collect::<anyhow::Result<_>>()?;
        Ok(EmbedSettings { sites })
    }
}

impl SiteFile {
    fn checked(self) -> anyhow::Result<EmbedSite> {
        let origins = self.origins.iter().map(|origin| Origin::parse(origin)).collect::<Result<_, _>>()?;
        let notice = self.notice.trim();
        let one_line = !notice.chars().any(char::is_control) && notice.chars().count() <= 300;
        ensure!(one_line && !notice.is_empty(), "`notice` is one line of 1 to 300 characters");
        Ok(EmbedSite { origins, guests: self.guests, notice: notice.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../config/ombud.toml");

    fn checked(written: &str) -> anyhow::Result<EmbedSettings> {
        toml::from_str::<EmbedFile>(written).expect("a section").checked()
    }

    #[test]
    fn what_the_shipped_file_shows_of_a_site_can_be_written_and_is_the_default() {
        let shown = SHIPPED.split("# [embed.sites.").nth(1).expect("a site");
        let lines: Vec<&str> = shown
            .lines()
            .take_while(|line| !line.is_empty())
            .map(|line| line.strip_prefix("# ").unwrap_or(line))
            .filter(|line| !line.starts_with('#') && !line.trim_start().starts_with('#'))
            .collect();
        let settings = checked(&format!("[sites.{}", lines.join("\n"))).expect("settings");
        let site = &settings.sites[&SiteId::parse("the-daily").expect("a site")];
        let origins = vec![Origin::parse("https://www.the-daily.example").expect("an origin")];
        assert_eq!(*site, EmbedSite { origins, ..EmbedSite::default() });
    }

    #[test]
    fn a_site_is_checked() {
        assert_eq!(checked("[sites.a]").expect("settings").sites.len(), 1);
        for bad in [
            "[sites.a]\norigins = [\"https://a.example/path\"]",
            "[sites.a]\nnotice = \"\"",
            "[sites.a]\nnotice = \"two\\nlines\"",
        ] {
            assert!(checked(bad).is_err(), "{bad}");
        }
    }
}
