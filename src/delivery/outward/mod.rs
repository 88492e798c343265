//! Calls to others: to whom they may go, and over what TLS.
//!
//! Addresses come from outside, or lead elsewhere than whoever wrote them thought. So what counts is the address that is
//! connected to: names are resolved by [`Resolver`], which leaves out what may not be asked, and addresses in numbers, which
//! nobody resolves, are looked at by [`Reach::allows_host`].

mod address;
mod resolver;
mod tls;

pub use address::{InvalidNetwork, Network};
pub use resolver::{NoAddress, Resolver};
pub use tls::{authorities, client_config};

use std::net::IpAddr;
use url::{Host, Url};

/// Which addresses may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Whether addresses may be asked that the whole internet may reach.
    pub internet: bool,
    /// Networks that may be asked though they are private.
    pub private_networks: Vec<Network>,
}

impl Reach {
    /// Whether an address may be asked.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        (self.internet && address::is_public(address)) || self.allows_private(address)
    }

    /// Whether an address lies in one of the private networks named.
    fn allows_private(&self, address: IpAddr) -> bool {
        self.private_networks.iter().any(|network| network.holds(address))
    }

    /// Whether the host of an address may be asked as far as can be told before its name is resolved: a name may,
    /// what is written in numbers is looked at. `None`: it names no host.
    #[must_use]
    pub fn allows_host(&self, url: &Url) -> Option<bool> {
        Some(match url.host()? {
            Host::Domain(_) => true,
            Host::Ipv4(ip) => self.allows(ip.into()),
            Host::Ipv6(ip) => self.allows(ip.into()),
        })
    }
}

/// Whether a failure of reqwest has a cause of this type.
#[must_use]
pub fn caused_by<E: std::error::Error + 'static>(error: &reqwest::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(cause) = source {
        if cause.is::<E>() {
            return true;
        }
        source = cause.source();
    }
    false
}
