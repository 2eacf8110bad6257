//! Whose address an address is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The network that one party usually holds: the /24 of an IPv4 address, the /64 of an IPv6 one. An IPv4 address
/// written as IPv6 (RFC 4291 §2.5.5.2) counts as IPv4.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << 8)).into(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
    }
}

/// The one party that an address usually belongs to: an IPv4 address alone, the whole /64 of an IPv6 one, since whoever
/// has one of its addresses has them all.
#[must_use]
pub fn party(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        v4 @ IpAddr::V4(_) => v4,
        v6 @ IpAddr::V6(_) => network(v6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_a_network() {
        let cases = [
            ("203.0.113.77", "203.0.113.0"),
            ("::ffff:203.0.113.77", "203.0.113.0"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ];
        for (address, expected) in cases {
            assert_eq!(network(address.parse().unwrap()), expected.parse::<IpAddr>().unwrap());
        }
    }

    #[test]
    fn an_ipv4_address_is_one_party_and_so_is_a_whole_ipv6_network() {
        let cases = [
            ("203.0.113.77", "203.0.113.77"),
            ("::ffff:203.0.113.77", "203.0.113.77"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ];
        for (address, expected) in cases {
            assert_eq!(party(address.parse().unwrap()), expected.parse::<IpAddr>().unwrap());
        }
    }
}
