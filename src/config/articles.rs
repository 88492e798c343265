//! `[articles]`: whether unknown articles are read where they are published, and where that may be.

use crate::delivery::fetch::FetchSettings;
use crate::delivery::outward::Network;
use anyhow::{Context as _, ensure};
use serde::Deserialize;

/// The section as it is written.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ArticlesFile {
    fetch: bool,
    hosts: Vec<String>,
    private_networks: Vec<String>,
    contact: String,
}

impl ArticlesFile {
    /// `None`: nothing is fetched.
    pub(super) fn checked(self) -> anyhow::Result<Option<FetchSettings>> {
        let Self { fetch, hosts, private_networks, contact } = self;
        for host in &hosts {
            let plain = host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
            let name = !host.is_empty() && plain && !host.starts_with('.');
            ensure!(name, "`articles.hosts` has \"{host}\"; write hosts as in \"www.example.com\"");
        }
        let private_networks: Vec<Network> = private_networks
            .iter()
            .map(|network| network.parse().context("`articles.private_networks`"))
            .collect::<anyhow::Result<_>>()?;
        let visible = |c: char| c.is_ascii_graphic() && !matches!(c, '(' | ')');
        ensure!(contact.chars().all(visible), "`articles.contact` is a web or mail address");
        let hosts = hosts.iter().map(|host| host.to_lowercase()).collect();
        Ok(fetch.then(|| FetchSettings { hosts, private_networks, contact, ..FetchSettings::default() }))
    }
}
