//! Settings of the process: `config/ombud.toml`, and what the command line overrides.

mod articles;
mod console;
mod coral;
mod embed;
mod limits;
mod observation;
mod proxy;
mod retention;
mod statements;
mod store;
mod webhooks;

use crate::comment::SessionTerms;
use crate::delivery::fetch::FetchSettings;
use crate::delivery::webhook::Webhooks;
use crate::http::compat::coral::CoralSettings;
use crate::http::console::ConsoleSettings;
use crate::http::embed::EmbedSettings;
use crate::http::{Limits, Proxy};
use crate::service::{Periods, Promotion, Schedule};
use crate::startup::{MetricsSettings, PolicySource};
use crate::store::StoreUrl;
use crate::store::redis::RedisSettings;
use anyhow::{Context as _, ensure};
use articles::ArticlesFile;
use console::ConsoleFile;
use coral::CoralFile;
use embed::EmbedFile;
use limits::LimitsFile;
use observation::{MetricsFile, TracesFile};
use proxy::ProxyFile;
use retention::RetentionFile;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use store::RedisFile;

pub use observation::TraceSettings;
pub use statements::load_statement_terms;

/// The folder that is read when none is named, if it is there.
pub const DEFAULT_FOLDER: &str = "config";

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LogFile {
    format: LogFormat,
    level: String,
}

impl Default for LogFile {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

/// How a model that ran in shadow comes into force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PromotionFile {
    #[default]
    ByHand,
    AfterShadow,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LearningFile {
    /// 0 is never.
    every_days: u16,
    hour: u8,
    promote: PromotionFile,
    max_changed: f64,
    min_comments: u64,
}

impl Default for LearningFile {
    fn default() -> Self {
        let Schedule { every_days, hour, .. } = Schedule::default();
        Self { every_days, hour, promote: PromotionFile::default(), max_changed: 0.05, min_comments: 500 }
    }
}

impl LearningFile {
    fn checked(&self) -> anyhow::Result<Schedule> {
        let Self { every_days, hour, promote, max_changed, min_comments } = *self;
        ensure!(hour < 24, "`learning.hour` is {hour}; it is an hour of the day, 0 to 23");
        ensure!(every_days <= 366, "`learning.every_days` is {every_days}; it is 0 to 366");
        ensure!((0.0..=1.0).contains(&max_changed), "`learning.max_changed` is {max_changed}; it is a share, 0 to 1");
        let promotion = match promote {
            PromotionFile::ByHand => Promotion::ByHand,
            PromotionFile::AfterShadow => Promotion::AfterShadow { max_changed, min_comments },
        };
        Ok(Schedule { every_days, hour, promotion })
    }
}

/// `ombud.toml` as it is written.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    bind: String,
    data_dir: PathBuf,
    store: String,
    redis: RedisFile,
    proxy: ProxyFile,
    limits: LimitsFile,
    learning: LearningFile,
    retention: RetentionFile,
    console: ConsoleFile,
    coral: CoralFile,
    embed: EmbedFile,
    articles: ArticlesFile,
    log: LogFile,
    metrics: MetricsFile,
    traces: TracesFile,
}

impl Default for File {
    fn default() -> Self {
        Self {
            bind: "127.0.0.1:8080".to_owned(),
            data_dir: PathBuf::from("data"),
            store: "sqlite:ombud.db".to_owned(),
            redis: RedisFile::default(),
            proxy: ProxyFile::default(),
            limits: LimitsFile::default(),
            learning: LearningFile::default(),
            retention: RetentionFile::default(),
            console: ConsoleFile::default(),
            coral: CoralFile::default(),
            embed: EmbedFile::default(),
            articles: ArticlesFile::default(),
            log: LogFile::default(),
            metrics: MetricsFile::default(),
            traces: TracesFile::default(),
        }
    }
}

/// What the command line says; each wins over the file. Global: they may stand before or after a subcommand
/// such as `key add`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Overrides {
    /// Folder with ombud.toml, policy.toml, words.toml and webhooks.toml [default: ./config if it is there]
    #[arg(long, value_name = "DIR", env = "OMBUD_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// Folder for ombud's own files [default: data]
    #[arg(long, value_name = "DIR", env = "OMBUD_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// Where comments are kept: sqlite:PATH, redis://HOST:PORT, or a Cluster or Sentinels [default: sqlite:ombud.db]
    #[arg(long, value_name = "URL", env = "OMBUD_STORE", hide_env_values = true, global = true)]
    pub store: Option<StoreUrl>,
}

/// Checked settings.
pub struct Settings {
    pub bind: SocketAddr,
    pub data_dir: PathBuf,
    pub store: StoreUrl,
    /// What is asked of a store on Redis.
    pub redis: RedisSettings,
    /// What stands in front of it.
    pub proxy: Proxy,
    pub limits: Limits,
    pub learning: Schedule,
    /// How long what is personal is kept.
    pub retention: Periods,
    /// The moderators' console.
    pub console: ConsoleSettings,
    /// How long people stay signed in there.
    pub sessions: SessionTerms,
    /// Coral's moderation phase.
    pub coral: CoralSettings,
    /// Pages for readers.
    pub embed: EmbedSettings,
    /// Whether and where unknown articles are fetched.
    pub articles: Option<FetchSettings>,
    /// Who is told of events.
    pub webhooks: Webhooks,
    pub log_format: LogFormat,
    /// A filter in the manner of `RUST_LOG`.
    pub log_level: String,
    /// Whether and where metrics are served.
    pub metrics: Option<MetricsSettings>,
    /// Whether and where spans are sent.
    pub traces: Option<TraceSettings>,
    /// Where the policy comes from. It is checked.
    pub policy: PolicySource,
}

impl Settings {
    /// Reads the files and applies the overrides.
    ///
    /// # Errors
    /// Names the file, and where in it, for whatever is missing or wrong.
    pub fn load(overrides: &Overrides, bind: Option<SocketAddr>) -> anyhow::Result<Self> {
        let folder = folder(overrides.config.as_deref())?;
        let file = match &folder {
            Some(folder) => read_optional(&folder.join("ombud.toml"))?,
            None => None,
        };
        let file: File = match &file {
            Some(text) => toml::from_str(text).context("ombud.toml")?,
            None => File::default(),
        };
        let data_dir = overrides.data_dir.clone().unwrap_or(file.data_dir);
        let store = match &overrides.store {
            Some(store) => store.clone(),
            None => file.store.parse().context("`store` in ombud.toml")?,
        };
        let (console, sessions) = file.console.checked().context("ombud.toml")?;
        let (store, redis) = file.redis.checked(store).context("ombud.toml")?;
        Ok(Self {
            bind: bind.map_or_else(|| file.bind.parse().context("`bind` in ombud.toml"), Ok)?,
            store: store.within(&data_dir),
            redis,
            data_dir,
            proxy: file.proxy.checked().context("ombud.toml")?,
            limits: file.limits.checked().context("ombud.toml")?,
            learning: file.learning.checked().context("ombud.toml")?,
            retention: file.retention.checked().context("ombud.toml")?,
            console,
            sessions,
            coral: file.coral.checked().context("ombud.toml")?,
            embed: file.embed.checked().context("ombud.toml")?,
            articles: file.articles.checked().context("ombud.toml")?,
            log_format: file.log.format,
            log_level: file.log.level,
            metrics: file.metrics.checked().context("ombud.toml")?,
            traces: file.traces.checked().context("ombud.toml")?,
            policy: load_policy(folder.as_deref())?,
            webhooks: load_webhooks(folder.as_deref())?,
        })
    }
}

/// The policy of a configuration folder; what is missing there is as shipped.
///
/// # Errors
/// Says where in which file the policy is wrong.
pub fn load_policy(folder: Option<&Path>) -> anyhow::Result<PolicySource> {
    let source = PolicySource::read(folder)?;
    source.parse()?;
    Ok(source)
}

/// The webhook endpoints of a configuration folder; none without the file.
///
/// # Errors
/// Says where in the file, or in which file of secrets, something is wrong.
pub fn load_webhooks(folder: Option<&Path>) -> anyhow::Result<Webhooks> {
    let text = folder.map(|folder| read_optional(&folder.join("webhooks.toml"))).transpose()?.flatten();
    text.map_or_else(|| Ok(Webhooks::default()), |text| webhooks::parse(&text).context("webhooks.toml"))
}

/// The folder named, which must be there, or the default one, if it is.
///
/// # Errors
/// Fails if the folder named is none.
pub fn folder(named: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
    match named {
        Some(folder) => {
            ensure!(folder.is_dir(), "{} is not a folder", folder.display());
            Ok(Some(folder.to_owned()))
        }
        None => Ok(Some(PathBuf::from(DEFAULT_FOLDER)).filter(|f| f.is_dir())),
    }
}

fn read_optional(path: &Path) -> anyhow::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../config/ombud.toml");

    #[test]
    fn the_shipped_file_shows_the_defaults() {
        let shipped: File = toml::from_str(SHIPPED).expect("ombud.toml");
        assert_eq!(shipped, File::default());
    }

    #[test]
    fn what_the_shipped_file_shows_of_a_site_can_be_written() {
        let site = SHIPPED.split("# [coral.sites.").nth(1).expect("a site");
        let lines =
            site.lines().map_while(|line| line.strip_prefix("# ").or(Some(line).filter(|l| l.starts_with("the"))));
        let written: Vec<&str> = lines.collect();
        let file: File = toml::from_str(&format!("[coral.sites.{}", written.join("\n"))).expect("a site");
        let missing = file.coral.checked().expect_err("there is no such file");
        assert!(format!("{missing:#}").contains("/etc/ombud/coral-secret"), "{missing:#}");
    }

    #[test]
    fn a_site_of_coral_needs_a_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        let checked = |secret: &str| {
            std::fs::write(&path, secret).expect("written");
            let written = format!("[coral.sites.the-daily]\nsecret_file = {path:?}\nunknown_story = \"review\"");
            toml::from_str::<File>(&written).expect("a section").coral.checked()
        };
        let settings = checked("0123456789abcdef\n").expect("settings");
        assert_eq!(settings.sites.keys().map(crate::comment::SiteId::as_str).collect::<Vec<_>>(), ["the-daily"]);
        for bad in ["", "# none\n", "short"] {
            let error = format!("{:#}", checked(bad).expect_err("no secret"));
            assert!(error.contains("coral.sites.the-daily"), "{error}");
        }
    }

    #[test]
    fn what_may_be_fetched_is_checked() {
        let checked = |written: &str| toml::from_str::<ArticlesFile>(written).expect("a section").checked();
        assert_eq!(checked("fetch = false").expect("settings"), None);
        let settings = checked("fetch = true\nhosts = [\"CMS.local\"]\nprivate_networks = [\"10.1.0.0/16\"]");
        let settings = settings.expect("settings").expect("switched on");
        assert_eq!((settings.hosts, settings.private_networks.len()), (vec!["cms.local".to_owned()], 1));
        for bad in ["private_networks = [\"10.1\"]", "hosts = [\"https://a.example/\"]", "contact = \"a)b\""] {
            assert!(checked(bad).is_err(), "{bad}");
        }
    }
}
