//! `webhooks.toml`: who is told of events.

use crate::comment::{EndpointId, SiteId};
use crate::delivery::outward::{Network, Reach, authorities};
use crate::delivery::webhook::{Beginning, Endpoint, Rules, SecretFile, Webhooks};
use anyhow::{Context as _, ensure};
use rustls::RootCertStore;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// The file as it is written.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    pause_after: u32,
    dead_letters: DeadLettersFile,
    endpoint: Vec<EndpointFile>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeadLettersFile {
    keep: u32,
    keep_days: u32,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndpointFile {
    id: EndpointId,
    site: SiteId,
    url: String,
    secret_file: PathBuf,
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    from: From,
    #[serde(default = "timeout_ms")]
    timeout_ms: u64,
    #[serde(default = "concurrency")]
    concurrency: usize,
    #[serde(default)]
    private_networks: Vec<String>,
    #[serde(default)]
    ca_file: PathBuf,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum From {
    #[default]
    Now,
    Beginning,
}

const fn timeout_ms() -> u64 {
    15_000
}

const fn concurrency() -> usize {
    8
}

impl Default for File {
    fn default() -> Self {
        let rules = Rules::default();
        Self { pause_after: rules.pause_after, dead_letters: DeadLettersFile::default(), endpoint: Vec::new() }
    }
}

impl Default for DeadLettersFile {
    fn default() -> Self {
        let Rules { keep_dead, keep_dead_for, .. } = Rules::default();
        let days = keep_dead_for.as_secs() / (24 * 60 * 60);
        Self { keep: keep_dead, keep_days: u32::try_from(days).unwrap_or(u32::MAX) }
    }
}

/// Reads the file and the secrets that it names.
///
/// # Errors
/// Says where it is wrong.
pub(super) fn parse(text: &str) -> anyhow::Result<Webhooks> {
    let file: File = toml::from_str(text)?;
    ensure!(file.pause_after >= 1, "`pause_after` is 0; it is 1 or more");
    let DeadLettersFile { keep, keep_days } = file.dead_letters;
    ensure!((1..=1_000_000).contains(&keep), "`dead_letters.keep` is {keep}; it is 1 to 1000000");
    ensure!((1..=3_660).contains(&keep_days), "`dead_letters.keep_days` is {keep_days}; it is 1 to 3660");
    let mut ids = BTreeSet::new();
    for EndpointFile { id, .. } in &file.endpoint {
        ensure!(ids.insert(id), "there are two endpoints \"{id}\"");
    }
    let endpoint = |written: EndpointFile| {
        let id = written.id.clone();
        written.checked().map(Arc::new).with_context(|| format!("endpoint \"{id}\""))
    };
    let endpoints = file.endpoint.into_iter().map(endpoint).collect::<anyhow::Result<_>>()?;
    let keep_dead_for = Duration::from_hours(u64::from(keep_days) * 24);
    Ok(Webhooks { endpoints, rules: Rules { pause_after: file.pause_after, keep_dead: keep, keep_dead_for } })
}

impl EndpointFile {
    fn checked(self) -> anyhow::Result<Endpoint> {
        let Self { id, site, url, secret_file, events, from, timeout_ms, concurrency, private_networks, ca_file } =
            self;
        ensure!((100..=60_000).contains(&timeout_ms), "`timeout_ms` is {timeout_ms}; it is 100 to 60000");
        ensure!((1..=64).contains(&concurrency), "`concurrency` is {concurrency}; it is 1 to 64");
        let kinds = Endpoint::kinds();
        for event in &events {
            ensure!(kinds.contains(event), "`events` has \"{event}\"; there are {}", kinds.join(", "));
        }
        let networks = private_networks.iter().map(|network| network.parse().context("`private_networks`"));
        let (url, reach) = checked_url(&url, networks.collect::<anyhow::Result<_>>()?)?;
        let secrets = SecretFile::open(&secret_file).with_context(|| secret_file.display().to_string())?;
        let own = !ca_file.as_os_str().is_empty();
        let authorities = own.then(|| own_authorities(&ca_file)).transpose()?;
        Ok(Endpoint {
            id,
            site,
            url,
            events: (!events.is_empty()).then(|| events.into_iter().collect()),
            secrets,
            timeout: Duration::from_millis(timeout_ms),
            concurrency,
            reach,
            authorities,
            beginning: match from {
                From::Now => Beginning::Now,
                From::Beginning => Beginning::FirstEvent,
            },
        })
    }
}

fn own_authorities(file: &Path) -> anyhow::Result<Arc<RootCertStore>> {
    let pem = std::fs::read(file).with_context(|| format!("`ca_file` {}", file.display()))?;
    let read = authorities(&pem).map_err(anyhow::Error::msg);
    Ok(Arc::new(read.with_context(|| format!("`ca_file` {}", file.display()))?))
}

/// An address that may be sent to, and where its host may lead. What is sent in the clear stays in networks of one's own.
fn checked_url(url: &str, private_networks: Vec<Network>) -> anyhow::Result<(Url, Reach)> {
    let url = Url::parse(url).context("`url`")?;
    ensure!(matches!(url.scheme(), "http" | "https"), "`url` is neither http nor https");
    ensure!(url.username().is_empty() && url.password().is_none(), "`url` names a user; messages are signed instead");
    ensure!(url.fragment().is_none(), "`url` has a fragment, which is never sent");
    let clear = url.scheme() == "http";
    ensure!(
        !clear || !private_networks.is_empty(),
        "`url` is http, which anybody on the way can read; use https, or name the network of your own it is in, as \
         `private_networks`"
    );
    let reach = Reach { internet: !clear, private_networks };
    if let Some(Host::Ipv4(_) | Host::Ipv6(_)) = url.host() {
        let allowed = reach.allows_host(&url) == Some(true);
        ensure!(allowed, "`url` is an address that may not be asked; `private_networks` can allow a private one");
    }
    Ok((url, reach))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::webhook::new_secret;

    const SHIPPED: &str = include_str!("../../config/webhooks.toml");

    #[test]
    fn the_shipped_file_shows_every_default() {
        assert_eq!(toml::from_str::<File>(SHIPPED).unwrap(), File::default());
        let example: Vec<&str> =
            SHIPPED.lines().skip_while(|l| *l != "# [[endpoint]]").map_while(|l| l.strip_prefix("# ")).collect();
        let file: File = toml::from_str(&example.join("\n")).unwrap();
        let least = "[[endpoint]]\nid = \"cms\"\nsite = \"the-daily\"\nurl = \"https://cms.example.com/hooks/ombud\"\n\
                     secret_file = \"/etc/ombud/cms-secret\"";
        assert_eq!(file, toml::from_str(least).unwrap(), "the example shows the defaults");
    }

    /// What becomes of an endpoint with these lines.
    fn checked(lines: &str) -> anyhow::Result<Webhooks> {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        std::fs::write(&secret, new_secret().unwrap()).unwrap();
        std::fs::write(folder.path().join("weak"), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        std::fs::write(folder.path().join("empty"), "").unwrap();
        let at = |name: &str| format!("{:?}", folder.path().join(name));
        let lines = lines.replace("WEAK", &at("weak")).replace("EMPTY", &at("empty")).replace("SECRET", &at("secret"));
        parse(&lines.replace("ENDPOINT", "[[endpoint]]\nsite = \"s\""))
    }

    #[test]
    fn an_endpoint_is_checked() {
        let two = "ENDPOINT\nid = \"a\"\nurl = \"https://cms.example.com/\"\nsecret_file = SECRET\nENDPOINT\nid = \"b\"\n\
                   url = \"http://10.1.2.3:8080/x?y=z\"\nsecret_file = SECRET\nprivate_networks = [\"10.1.0.0/16\"]\n\
                   events = [\"comment.pending\"]\nfrom = \"beginning\"";
        let webhooks = checked(two).unwrap();
        let [a, b] = [&webhooks.endpoints[0], &webhooks.endpoints[1]];
        assert!(a.hears("comment.published") && a.reach.internet && a.beginning == Beginning::Now);
        assert!(!b.hears("comment.published") && b.hears("comment.pending") && !b.reach.internet);
        assert_eq!(b.beginning, Beginning::FirstEvent);
    }

    #[test]
    fn what_is_wrong_is_said_where() {
        let ok = "ENDPOINT\nid = \"a\"\nsecret_file = SECRET\n";
        let url = "url = \"https://cms.example.com/\"\n";
        for (lines, named) in [
            (format!("{ok}{url}{ok}{url}"), "two endpoints \"a\""),
            (format!("{ok}{url}colour = 1"), "colour"),
            (format!("pause = 3\n{ok}{url}"), "pause"),
            ("pause_after = 0".to_owned(), "pause_after"),
            ("[dead_letters]\nkeep = 0".to_owned(), "dead_letters.keep"),
            (format!("{ok}{url}timeout_ms = 1"), "timeout_ms"),
            (format!("{ok}{url}concurrency = 0"), "concurrency"),
            (format!("{ok}{url}events = [\"comment.liked\"]"), "comment.liked"),
            (format!("{ok}{url}private_networks = [\"10.1\"]"), "private_networks"),
            (format!("{ok}url = \"http://cms.example.com/\""), "http"),
            (format!("{ok}url = \"http://93.184.215.14/\"\nprivate_networks = [\"10.0.0.0/8\"]"), "may not be asked"),
            (format!("{ok}url = \"https://169.254.169.254/latest\""), "may not be asked"),
            (format!("{ok}url = \"https://[::ffff:127.0.0.1]/\""), "may not be asked"),
            (format!("{ok}url = \"https://a:b@cms.example.com/\""), "user"),
            (format!("{ok}url = \"ftp://cms.example.com/\""), "neither"),
            (format!("{ok}url = \"cms.example.com\""), "url"),
            (format!("ENDPOINT\nid = \"a\"\n{url}secret_file = WEAK"), "weak: line 1"),
            (format!("ENDPOINT\nid = \"a\"\n{url}secret_file = EMPTY"), "no secret"),
            (format!("ENDPOINT\nid = \"a\"\n{url}secret_file = \"/none/such\""), "/none/such"),
            (format!("{ok}{url}ca_file = \"/none/such\""), "`ca_file` /none/such"),
            (format!("{ok}{url}ca_file = EMPTY"), "no certificate"),
            (format!("ENDPOINT\nid = \"A\"\n{url}secret_file = SECRET"), "id"),
        ] {
            let error = format!("{:#}", checked(&lines).map(|_| lines.clone()).expect_err("it is wrong"));
            assert!(error.contains(named), "{named}: {error}");
        }
    }
}
