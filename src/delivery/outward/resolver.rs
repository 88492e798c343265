//! Resolves names to addresses that may be asked, and to no others. What is connected to is what was looked at here:
//! there is no second look-up in which a name could lead elsewhere.

use super::Reach;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// A host has no address that may be asked.
#[derive(Debug, thiserror::Error)]
#[error("no address that may be asked")]
pub struct NoAddress;

/// Asks the system's resolver, and leaves out what is out of reach.
pub struct Resolver(pub Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(within(&reach, found)?.into_iter()) as Addrs)
        })
    }
}

/// Of what a name led to, what may be asked.
///
/// # Errors
/// [`NoAddress`] if nothing may.
fn within(reach: &Reach, found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, NoAddress> {
    let allowed: Vec<SocketAddr> = found.filter(|address| reach.allows(address.ip())).collect();
    if allowed.is_empty() { Err(NoAddress) } else { Ok(allowed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(addresses: &[&str]) -> impl Iterator<Item = SocketAddr> {
        addresses.iter().map(|a| SocketAddr::new(a.parse().unwrap(), 443)).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn only_what_may_be_asked_is_left_of_a_name() {
        let internet = Reach { internet: true, private_networks: Vec::new() };
        let mixed = within(&internet, found(&["127.0.0.1", "1.1.1.1", "::ffff:10.0.0.1", "169.254.169.254"])).unwrap();
        assert_eq!(mixed, ["1.1.1.1:443".parse().unwrap()]);
        let own = Reach { internet: false, private_networks: vec!["10.1.0.0/16".parse().unwrap()] };
        let mixed = within(&own, found(&["1.1.1.1", "10.1.2.3", "10.2.0.1"])).unwrap();
        assert_eq!(mixed, ["10.1.2.3:443".parse().unwrap()]);
        assert!(within(&own, found(&["1.1.1.1", "::ffff:10.1.2.3"])).is_err());
    }

    /// Each connection looks anew, at the very addresses that it goes to: a name that led to the internet before may
    /// not lead inside now.
    #[test]
    fn a_name_that_leads_elsewhere_the_second_time_is_refused() {
        let internet = Reach { internet: true, private_networks: Vec::new() };
        assert!(within(&internet, found(&["93.184.215.14"])).is_ok());
        for inside in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"] {
            assert!(within(&internet, found(&[inside])).is_err(), "{inside}");
        }
    }
}
