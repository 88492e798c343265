//! `[metrics]` and `[traces]`: who may watch ombud, and how.

use crate::startup::MetricsSettings;
use anyhow::{Context as _, ensure};
use serde::Deserialize;
use std::path::PathBuf;
use url::Url;

/// Fewest characters of a token that is taken for one.
const MIN_TOKEN: usize = 16;

/// `[metrics]` as it is written.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MetricsFile {
    enabled: bool,
    /// Empty: beside the API.
    bind: String,
    /// Empty: no token.
    token_file: PathBuf,
}

impl Default for MetricsFile {
    fn default() -> Self {
        Self { enabled: true, bind: String::new(), token_file: PathBuf::new() }
    }
}

impl MetricsFile {
    /// `None`: metrics are neither kept nor served.
    pub(super) fn checked(&self) -> anyhow::Result<Option<MetricsSettings>> {
        if !self.enabled {
            return Ok(None);
        }
        let bind = match self.bind.as_str() {
            "" => None,
            bind => Some(bind.parse().with_context(|| format!("`metrics.bind` is \"{bind}\", which is no address"))?),
        };
        let path = &self.token_file;
        let token = if path.as_os_str().is_empty() {
            None
        } else {
            let read = std::fs::read_to_string(path);
            let token = read.with_context(|| format!("`metrics.token_file`, {}", path.display()))?.trim().to_owned();
            let whole = token.len() >= MIN_TOKEN && token.bytes().all(|b| b.is_ascii_graphic());
            ensure!(whole, "{} holds no token: one line of {MIN_TOKEN} characters or more", path.display());
            Some(token)
        };
        Ok(Some(MetricsSettings { bind, token }))
    }
}

/// `[traces]` as it is written.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TracesFile {
    /// Empty: nothing is sent.
    otlp_endpoint: String,
    ratio: f64,
}

impl Default for TracesFile {
    fn default() -> Self {
        Self { otlp_endpoint: String::new(), ratio: 1.0 }
    }
}

/// Where spans go, and how many.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceSettings {
    /// The collector's base address; `/v1/traces` follows it.
    pub endpoint: Url,
    /// The share of traces that begin here and are recorded, 0 to 1.
    pub ratio: f64,
}

impl TracesFile {
    /// `None`: no span is sent.
    pub(super) fn checked(&self) -> anyhow::Result<Option<TraceSettings>> {
        let Self { otlp_endpoint, ratio } = self;
        ensure!((0.0..=1.0).contains(ratio), "`traces.ratio` is {ratio}; it is a share, 0 to 1");
        if otlp_endpoint.is_empty() {
            return Ok(None);
        }
        ensure!(cfg!(feature = "otlp"), "`traces.otlp_endpoint` needs an ombud that was built with `--features otlp`");
        let endpoint: Url = otlp_endpoint.parse().context("`traces.otlp_endpoint`")?;
        ensure!(matches!(endpoint.scheme(), "http" | "https"), "`traces.otlp_endpoint` is neither http nor https");
        Ok(Some(TraceSettings { endpoint, ratio: *ratio }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(written: &str) -> anyhow::Result<Option<MetricsSettings>> {
        toml::from_str::<MetricsFile>(written).expect("a section").checked()
    }

    #[test]
    fn a_token_comes_from_a_file_that_holds_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        let with = |token: &str| {
            std::fs::write(&path, token).expect("written");
            metrics(&format!("token_file = {path:?}"))
        };
        let settings = with("0123456789abcdef\n").expect("settings").expect("enabled");
        assert_eq!(settings, MetricsSettings { bind: None, token: Some("0123456789abcdef".to_owned()) });
        for bad in ["", "short", "two words that are long"] {
            let error = format!("{:#}", with(bad).expect_err("no token"));
            assert!(error.contains("holds no token") && (bad.is_empty() || !error.contains(bad)), "{error}");
        }
        assert!(metrics("token_file = \"/nowhere/token\"").is_err());
    }

    #[test]
    fn metrics_are_served_where_they_are_asked_for() {
        assert_eq!(metrics("").expect("settings"), Some(MetricsSettings::default()));
        assert_eq!(metrics("enabled = false\nbind = \"nowhere\"").expect("settings"), None);
        let settings = metrics("bind = \"127.0.0.1:9464\"").expect("settings").expect("enabled");
        assert_eq!(settings.bind, Some(([127, 0, 0, 1], 9464).into()));
        assert!(metrics("bind = \"localhost\"").is_err());
    }

    #[test]
    fn spans_need_a_build_that_sends_them() {
        let traces = |written: &str| toml::from_str::<TracesFile>(written).expect("a section").checked();
        assert_eq!(traces("").expect("settings"), None);
        assert!(traces("ratio = 1.5").is_err());
        assert_eq!(traces("otlp_endpoint = \"http://127.0.0.1:4318\"").is_ok(), cfg!(feature = "otlp"));
        assert!(traces("otlp_endpoint = \"127.0.0.1:4318\"").is_err());
    }
}
