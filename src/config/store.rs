//! `[redis]` in `ombud.toml`: what is asked of a store on Redis beyond its address, and its secrets.

use crate::store::StoreUrl;
use crate::store::address::{Login, RedisAddress, Topology};
use crate::store::redis::{ClientCertificate, Demand, RedisSettings};
use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The section as it is written. An empty path is none.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RedisFile {
    partitions: u16,
    durability: Demand,
    replicas: u8,
    password_file: PathBuf,
    sentinel_password_file: PathBuf,
    ca_file: PathBuf,
    client_cert_file: PathBuf,
    client_key_file: PathBuf,
}

impl Default for RedisFile {
    fn default() -> Self {
        let RedisSettings { partitions, durability, replicas, .. } = RedisSettings::default();
        let none = PathBuf::new;
        Self {
            partitions,
            durability,
            replicas,
            password_file: none(),
            sentinel_password_file: none(),
            ca_file: none(),
            client_cert_file: none(),
            client_key_file: none(),
        }
    }
}

impl RedisFile {
    /// Reads the files it names, and puts the passwords into the address.
    pub(super) fn checked(&self, store: StoreUrl) -> anyhow::Result<(StoreUrl, RedisSettings)> {
        let Self { partitions, durability, replicas, .. } = *self;
        let most = RedisSettings::MOST_PARTITIONS;
        ensure!((1..=most).contains(&partitions), "`redis.partitions` is {partitions}; it is 1 to {most}");
        let certificate = match (read(&self.client_cert_file)?, read(&self.client_key_file)?) {
            (Some(chain), Some(key)) => Some(ClientCertificate { chain, key }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                bail!("`redis.client_cert_file` and `redis.client_key_file` go together")
            }
        };
        let authorities = read(&self.ca_file)?;
        let store = match store {
            StoreUrl::Redis(address) => StoreUrl::Redis(self.logged_in(address)?),
            StoreUrl::Sqlite(_) => store,
        };
        Ok((store, RedisSettings { partitions, durability, replicas, authorities, certificate }))
    }

    fn logged_in(&self, mut address: RedisAddress) -> anyhow::Result<RedisAddress> {
        if let Some(password) = password(&self.password_file)? {
            put(&mut address.login, password).context("`redis.password_file`")?;
        }
        if let Some(password) = password(&self.sentinel_password_file)? {
            let Topology::Sentinel { login, .. } = &mut address.topology else {
                bail!("`redis.sentinel_password_file` is for redis+sentinel://");
            };
            put(login, password).context("`redis.sentinel_password_file`")?;
        }
        Ok(address)
    }
}

/// Puts a password beside the user whom the address may name. Two passwords are a mistake.
fn put(login: &mut Option<Login>, password: String) -> anyhow::Result<()> {
    match login {
        Some(Login { password: standing, .. }) if !standing.is_empty() => bail!("the address has a password, too"),
        Some(login) => login.password = password,
        None => *login = Some(Login { user: None, password }),
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    Ok(Some(std::fs::read(path).with_context(|| path.display().to_string())?))
}

/// The one line of a file.
fn password(path: &Path) -> anyhow::Result<Option<String>> {
    let Some(bytes) = read(path)? else { return Ok(None) };
    let text = String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{} is not UTF-8", path.display()))?;
    let text = text.trim_end_matches(['\r', '\n']);
    ensure!(!text.is_empty() && !text.contains('\n'), "{} is to hold one line, the password", path.display());
    Ok(Some(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(written: &str, store: &str) -> anyhow::Result<(StoreUrl, RedisSettings)> {
        toml::from_str::<RedisFile>(written).expect("a section").checked(store.parse().expect("a store"))
    }

    #[test]
    fn secrets_come_from_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        std::fs::write(&path, "hunter2\n").expect("written");
        let login = |written: &str, store: &str| match checked(written, store)?.0 {
            StoreUrl::Redis(address) => anyhow::Ok(address),
            StoreUrl::Sqlite(_) => bail!("not asked for"),
        };
        let file = format!("password_file = {path:?}");
        let address = login(&file, "redis://h").expect("a login");
        assert_eq!(address.login, Some(Login { user: None, password: "hunter2".to_owned() }));
        let address = login(&file, "redis://ombud:@h").expect("a login");
        assert_eq!(address.login, Some(Login { user: Some("ombud".to_owned()), password: "hunter2".to_owned() }));
        assert!(login(&file, "redis://:other@h").is_err());
        let sentinel = login(&format!("sentinel_{file}"), "redis+sentinel://h?master=m").expect("a login");
        assert!(matches!(sentinel.topology, Topology::Sentinel { login: Some(_), .. }));
        assert!(login(&format!("sentinel_{file}"), "redis://h").is_err());
        std::fs::write(&path, "two\nlines\n").expect("written");
        assert!(login(&file, "redis://h").is_err());
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        for bad in ["partitions = 0", "partitions = 1025", "client_cert_file = \"Cargo.toml\"", "ca_file = \"/none\""] {
            assert!(checked(bad, "redis://h").is_err(), "{bad}");
        }
        let (_, settings) =
            checked("partitions = 64\ndurability = \"fsync\"\nreplicas = 1", "redis://h").expect("fine");
        assert_eq!((settings.partitions, settings.durability, settings.replicas), (64, Demand::Fsync, 1));
    }
}
