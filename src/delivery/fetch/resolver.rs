//! Resolves names to public addresses alone. What is connected to is what was looked at here: there is no second
//! look-up in which a name could lead elsewhere.

use super::address::{Network, may_be_asked};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// A host has no address that may be asked.
#[derive(Debug, thiserror::Error)]
#[error("no address that may be asked")]
pub struct NoAddress;

pub struct Resolver {
    /// Networks that may be asked though they are private.
    pub private: Vec<Network>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|a| may_be_asked(a.ip(), &private)).collect();
            if allowed.is_empty() {
                return Err(NoAddress.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
