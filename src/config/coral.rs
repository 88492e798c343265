//! `[coral]`: who may call as Coral's moderation phase, and what it is answered.

use crate::comment::SiteId;
use crate::http::compat::coral::{BodyFormat, CoralSettings, CoralSite, Secrets};
use crate::policy::UnknownArticle;
use anyhow::{Context as _, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// The section as it is written.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CoralFile {
    answer_ms: u64,
    sites: BTreeMap<SiteId, SiteFile>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteFile {
    secret_file: PathBuf,
    #[serde(default)]
    format: BodyFormat,
    #[serde(default)]
    approve: bool,
    #[serde(default)]
    unknown_story: UnknownStory,
}

/// What happens to comments under a story that ombud does not know. Refusing is not among it: nobody could mend it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UnknownStory {
    #[default]
    Judge,
    Review,
}

impl Default for CoralFile {
    fn default() -> Self {
        let answer = CoralSettings::default().answer_within;
        Self { answer_ms: u64::try_from(answer.as_millis()).unwrap_or(u64::MAX), sites: BTreeMap::new() }
    }
}

impl CoralFile {
    /// Reads the secrets too.
    pub(super) fn checked(self) -> anyhow::Result<CoralSettings> {
        let answer_ms = self.answer_ms;
        ensure!((10..=10_000).contains(&answer_ms), "`coral.answer_ms` is {answer_ms}; it is 10 to 10000");
        let site = |(id, file): (SiteId, SiteFile)| {
            let site = file.checked().with_context(|| format!("`coral.sites.{id}`"))?;
            anyhow::Ok((id, site))
        };
        let sites = self.sites.into_iter().map(site).collect::<anyhow::Result<_>>()?;
        Ok(CoralSettings { answer_within: Duration::from_millis(answer_ms), sites })
    }
}

impl SiteFile {
    fn checked(self) -> anyhow::Result<CoralSite> {
        let path = self.secret_file;
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let secrets = Secrets::parse(&text).with_context(|| path.display().to_string())?;
        let unknown_story = match self.unknown_story {
            UnknownStory::Judge => UnknownArticle::Judge,
            UnknownStory::Review => UnknownArticle::Review,
        };
        Ok(CoralSite { secrets, format: self.format, approve: self.approve, unknown_story })
    }
}
