//! The network address of a caller, as rate limits count it.

use crate::web::DescribeOperation;
use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::web::address::{client_address, rate_limit_key};

/// The address of a request: an IPv4 address, or the /64 prefix of an IPv6 address, since one household has a whole /64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerAddress {
    text: String,
    loopback: bool,
}

impl CallerAddress {
    /// Normalizes an address.
    pub fn new(address: IpAddr) -> Self {
        let address = address.to_canonical();
        CallerAddress { text: rate_limit_key(address).to_string(), loopback: address.is_loopback() }
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
        ready(Ok(CallerAddress::new(client_address(request))))
    }
}

impl DescribeOperation for CallerAddress {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_address() {
        let address = |text: &str| CallerAddress::new(text.parse().unwrap());
        assert_eq!(address("2001:db8:1:2:3:4:5:6"), address("2001:db8:1:2::9"));
        assert_eq!(address("::ffff:10.0.0.1"), address("10.0.0.1"));
        assert!(address("::1").is_loopback() && address("127.0.0.1").is_loopback());
    }
}
