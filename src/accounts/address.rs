//! The network address of a caller, as limits count it.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::web::address::{client_address, household};

/// Where a call came from: an IPv4 address, or the /64 of an IPv6 one, since that is what one household has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerAddress {
    text: String,
    loopback: bool,
}

impl CallerAddress {
    /// The caller behind this address.
    pub fn of(address: IpAddr) -> Self {
        let address = address.to_canonical();
        CallerAddress { text: household(address).to_string(), loopback: address.is_loopback() }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the caller is on this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl FromRequest for CallerAddress {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(CallerAddress::of(client_address(request))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_address() {
        let of = |text: &str| CallerAddress::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
        assert!(of("::1").is_loopback() && of("127.0.0.1").is_loopback());
    }
}
