//! Where a request comes from, with a proxy in front or without.

use actix_web::http::header::HeaderName;
use actix_web::{HttpRequest, web};
use std::net::IpAddr;

/// What stands in front of ombud.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxy {
    /// The header in which it says who asks; the last address in it counts. `None`: whoever connects asks.
    pub address_header: Option<HeaderName>,
}

/// The network that a request comes from, as whatever is counted by it names it: an IPv4 address, or of an IPv6 address
/// the first half, which is what a home or an office has.
///
/// `None` where that can't be told: the proxy's header holds no address, or no header is named and whoever connects is on
/// this very machine, which is where a proxy would be. The address would be everybody's then.
pub(super) fn network(request: &HttpRequest) -> Option<String> {
    let header = request.app_data::<web::Data<Proxy>>().and_then(|proxy| proxy.address_header.as_ref());
    let address: IpAddr = match header {
        // Proxies add at the end; what stands before it the client may have made up.
        Some(name) => {
            let value = request.headers().get_all(name).next_back()?.to_str().ok()?;
            value.rsplit(',').next()?.trim().parse().ok()?
        }
        None => request.peer_addr()?.ip(),
    };
    match address.to_canonical() {
        address if header.is_none() && address.is_loopback() => None,
        IpAddr::V4(address) => Some(address.to_string()),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Some(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn of(peer: &str, header: Option<&'static str>, forwarded: &[&str]) -> Option<String> {
        let proxy = Proxy { address_header: header.map(HeaderName::from_static) };
        let request = TestRequest::get().peer_addr(peer.parse().expect("an address"));
        let request = request.app_data(web::Data::new(proxy));
        let add = |request: TestRequest, value: &&str| request.append_header(("x-forwarded-for", *value));
        network(&forwarded.iter().fold(request, add).to_http_request())
    }

    #[test]
    fn whoever_connects_asks_unless_that_may_be_a_proxy() {
        let peer = |peer| of(peer, None, &["198.51.100.7"]);
        assert_eq!(peer("192.0.2.1:9").as_deref(), Some("192.0.2.1"));
        assert_eq!(peer("[::ffff:192.0.2.1]:9").as_deref(), Some("192.0.2.1"));
        assert_eq!((peer("127.0.0.1:9"), peer("[::1]:9")), (None, None));
    }

    #[test]
    fn the_last_address_that_the_proxy_wrote_counts() {
        let told = |forwarded: &[&str]| of("127.0.0.1:9", Some("x-forwarded-for"), forwarded);
        assert_eq!(told(&["203.0.113.9, 198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(told(&["203.0.113.9", "198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(told(&["127.0.0.1"]).as_deref(), Some("127.0.0.1"));
        assert_eq!((told(&["198.51.100.7, unknown"]), told(&[])), (None, None));
    }

    #[test]
    fn a_home_is_one_network() {
        let home = of("[2001:db8:1:2:3:4:5:6]:9", None, &[]);
        assert_eq!(home.as_deref(), Some("2001:db8:1:2::/64"));
        assert_eq!(home, of("[2001:db8:1:2::1]:9", None, &[]));
        assert_ne!(home, of("[2001:db8:1:3::1]:9", None, &[]));
    }
}
