//! Which store, as an address: `sqlite:PATH` or `redis://…`.

use std::path::{Path, PathBuf};

/// A string names no store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a store is sqlite:PATH, redis://HOST:PORT[/DB] or redis+unix:///PATH")]
pub struct InvalidStoreUrl;

/// A parsed store address. `Debug` and `Display` hide a password.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    Sqlite(PathBuf),
    Redis(String),
}

impl StoreUrl {
    /// Resolves a relative SQLite path against the data folder.
    #[must_use]
    pub fn within(self, data_dir: &Path) -> Self {
        match self {
            Self::Sqlite(path) if path.is_relative() => Self::Sqlite(data_dir.join(path)),
            other => other,
        }
    }
}

impl std::str::FromStr for StoreUrl {
    type Err = InvalidStoreUrl;
    fn from_str(url: &str) -> Result<Self, InvalidStoreUrl> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            if path.is_empty() {
                return Err(InvalidStoreUrl);
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        let redis = ["redis://", "redis+unix://", "unix://"].iter().any(|scheme| url.starts_with(scheme));
        if redis { Ok(Self::Redis(url.to_owned())) } else { Err(InvalidStoreUrl) }
    }
}

impl std::fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Redis(url) => match url.rsplit_once('@') {
                Some((_, host)) => write!(f, "redis://***@{host}"),
                None => f.write_str(url),
            },
        }
    }
}

impl std::fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_parses_and_hides_its_password() {
        let sqlite: StoreUrl = "sqlite:ombud.db".parse().unwrap();
        assert_eq!(sqlite.within(Path::new("/data")).to_string(), "sqlite:/data/ombud.db");
        let redis: StoreUrl = "redis://user:secret@127.0.0.1:6379".parse().unwrap();
        assert_eq!(format!("{redis:?}"), "StoreUrl(redis://***@127.0.0.1:6379)");
        for bad in ["", "sqlite:", "postgres://x", "ombud.db"] {
            assert_eq!(bad.parse::<StoreUrl>(), Err(InvalidStoreUrl), "{bad}");
        }
    }
}
