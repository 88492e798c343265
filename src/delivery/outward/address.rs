//! Which addresses belong to the internet, and to no network of one's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address can be reached by anybody. What is private, of this machine or of this link, reserved, or
/// leads to another address (mapped, 6to4, Teredo, NAT64) is not: the registries of RFC 6890.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// A block of addresses, written as in `10.1.0.0/16`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    /// How many bits name the block.
    bits: u32,
}

/// A text is no block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no network; write one as in \"10.1.0.0/16\", or an address")]
pub struct InvalidNetwork(String);

impl std::str::FromStr for Network {
    type Err = InvalidNetwork;
    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let invalid = || InvalidNetwork(text.to_owned());
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let first: IpAddr = address.parse().map_err(|_| invalid())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| invalid()))?;
        if bits > most { Err(invalid()) } else { Ok(Self { first, bits }) }
    }
}

impl Network {
    pub(super) fn holds(self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(other)) => {
                (first.to_bits() ^ other.to_bits()).checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(first), IpAddr::V6(other)) => {
                (first.to_bits() ^ other.to_bits()).checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// The first address of a block, and how many bits name it.
const RESERVED_V4: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),       // this network
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // shared with a provider's customers
    ([127, 0, 0, 0], 8),     // this machine
    ([169, 254, 0, 0], 16),  // this link, and clouds' metadata
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocols
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 31, 196, 0], 24), // sinks of name servers
    ([192, 52, 193, 0], 24), // multicast by tunnel
    ([192, 88, 99, 0], 24),  // relays of 6to4
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),   // measuring
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 3),     // multicast, and all that is reserved
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let within = |(first, bits): &([u8; 4], u32)| (address.to_bits() ^ u32::from_be_bytes(*first)) >> (32 - bits) == 0;
    !RESERVED_V4.iter().any(within)
}

/// Of what is global unicast (`2000::/3`), the blocks that are not for the public.
const RESERVED_V6: [([u16; 2], u32); 4] = [
    ([0x2001, 0x0000], 23), // protocols, Teredo among them
    ([0x2001, 0x0db8], 32), // documentation
    ([0x2002, 0x0000], 16), // 6to4
    ([0x3fff, 0x0000], 20), // documentation
];

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let start = u32::from(first) << 16 | u32::from(second);
    let within = |([a, b], bits): &([u16; 2], u32)| (start ^ (u32::from(*a) << 16 | u32::from(*b))) >> (32 - bits) == 0;
    first & 0xe000 == 0x2000 && !RESERVED_V6.iter().any(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_what_its_bits_name() {
        let holds = |network: &str, address: &str| {
            network.parse::<Network>().expect("a network").holds(address.parse().expect("an address"))
        };
        for (network, within, without) in [
            ("10.1.0.0/16", "10.1.255.255", "10.2.0.0"),
            ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("::1", "::1", "::2"),
            ("0.0.0.0/0", "127.0.0.1", "::1"),
        ] {
            assert!(holds(network, within) && !holds(network, without), "{network}");
        }
        for bad in ["", "10.1", "10.1.0.0/33", "10.1.0.0/x", "10.1.0.0/", "::/129", "example.com"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_internet_is_public() {
        let public = ["1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "223.255.255.255", "2606:4700::1111"];
        let private = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.0.1",
            "198.19.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:1.1.1.1",
            "64:ff9b::a00:1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
        ];
        for (addresses, expected) in [(&public[..], true), (&private[..], false)] {
            for text in addresses {
                assert_eq!(is_public(text.parse().expect("an address")), expected, "{text}");
            }
        }
    }
}
