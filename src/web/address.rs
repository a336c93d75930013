//! Where a request comes from: the peer, or what a proxy that we know says of it.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use actix_web::web::Data;

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A network by its address and the length of its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Reads `10.0.0.0/8`, or one address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address.parse().ok()?, Some(prefix.parse().ok()?)),
            None => (text.trim().parse().ok()?, None),
        };
        let longest = if matches!(address, IpAddr::V4(_)) { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        (prefix <= longest).then_some(Network { address, prefix })
    }

    /// Whether the address lies in it.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32_u32.saturating_sub(self.prefix);
                u32::from(own).checked_shr(shift).unwrap_or(0) == u32::from(other).checked_shr(shift).unwrap_or(0)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128_u32.saturating_sub(self.prefix);
                u128::from(own).checked_shr(shift).unwrap_or(0) == u128::from(other).checked_shr(shift).unwrap_or(0)
            }
            _ => false,
        }
    }
}

/// The proxies whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// The networks of these texts; what is no network is left out (the configuration refuses it).
    pub fn new(networks: &[String]) -> Self {
        Proxies(networks.iter().filter_map(|text| Network::parse(text)).collect())
    }

    fn know(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }

    /// The right-most hop that is not one of ours.
    fn client(&self, peer: IpAddr, forwarded: &[&str]) -> IpAddr {
        let mut client = peer;
        for hop in forwarded.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !self.know(client) {
                break;
            }
            let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
            client = hop.to_canonical();
        }
        client
    }
}

/// The address of whoever made this request. A proxy is believed only when the configuration names it.
pub fn client_address(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
    let Some(proxies) = request.app_data::<Data<Proxies>>() else { return peer };
    let forwarded: Vec<&str> = request.headers().get_all(&FORWARDED).filter_map(|value| value.to_str().ok()).collect();
    proxies.client(peer, &forwarded)
}

/// What counts as one caller: an IPv4 address, or the /64 that one household is given.
pub fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(own) => {
            let kept = u128::from(own).checked_shr(64).and_then(|high| high.checked_shl(64)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from(kept))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn networks_hold_their_addresses() {
        let cases = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("::/0", "10.1.1.1", false),
        ];
        for (network, address, held) in cases {
            assert_eq!(Network::parse(network).unwrap().holds(ip(address)), held, "{network} {address}");
        }
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "a/8", "10.0.0.0/-1"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_known_proxies_are_believed_and_only_their_own_word() {
        let proxies = Proxies::new(&["10.0.0.0/8".to_owned()]);
        assert_eq!(proxies.client(ip("203.0.113.9"), &["1.2.3.4"]), ip("203.0.113.9"));
        assert_eq!(proxies.client(ip("10.0.0.1"), &["1.2.3.4"]), ip("1.2.3.4"));
        assert_eq!(proxies.client(ip("10.0.0.1"), &["6.6.6.6, 1.2.3.4, 10.0.0.2"]), ip("1.2.3.4"));
        assert_eq!(proxies.client(ip("10.0.0.1"), &["6.6.6.6", "1.2.3.4, 10.0.0.2"]), ip("1.2.3.4"));
        assert_eq!(proxies.client(ip("10.0.0.1"), &["nonsense"]), ip("10.0.0.1"));
        assert_eq!(proxies.client(ip("10.0.0.1"), &[]), ip("10.0.0.1"));
        assert_eq!(Proxies::default().client(ip("10.0.0.1"), &["1.2.3.4"]), ip("10.0.0.1"));
    }

    #[test]
    fn a_household_shares_its_prefix() {
        assert_eq!(household(ip("2001:db8:1:2:3::4")), ip("2001:db8:1:2::"));
        assert_eq!(household(ip("192.0.2.7")), ip("192.0.2.7"));
    }
}
