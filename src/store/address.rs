//! Which store, as an address: `sqlite:PATH`, or one of the forms of [`RedisAddress`].

mod redis;

pub use redis::{Host, InvalidRedisAddress, Login, RedisAddress, Topology};

use std::path::{Path, PathBuf};

/// A string names no store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStoreUrl {
    #[error(
        "a store is sqlite:PATH, redis://HOST:PORT[/DB], redis+cluster://HOST:PORT,…, \
         redis+sentinel://HOST:PORT,…?master=NAME (each with rediss for TLS) or redis+unix:///PATH"
    )]
    Unknown,
    #[error("sqlite: is to be followed by a path")]
    NoPath,
    #[error(transparent)]
    Redis(#[from] InvalidRedisAddress),
}

/// A parsed store address. `Debug` and `Display` hide passwords.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    Sqlite(PathBuf),
    Redis(RedisAddress),
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
        match url.strip_prefix("sqlite:") {
            Some("") => Err(InvalidStoreUrl::NoPath),
            Some(path) => Ok(Self::Sqlite(PathBuf::from(path))),
            None => match RedisAddress::parse(url)? {
                Some(address) => Ok(Self::Redis(address)),
                None => Err(InvalidStoreUrl::Unknown),
            },
        }
    }
}

impl std::fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Redis(address) => address.fmt(f),
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
        for bad in ["", "postgres://x", "ombud.db", "redis:6379"] {
            assert_eq!(bad.parse::<StoreUrl>(), Err(InvalidStoreUrl::Unknown), "{bad}");
        }
        assert_eq!("sqlite:".parse::<StoreUrl>(), Err(InvalidStoreUrl::NoPath));
    }
}
