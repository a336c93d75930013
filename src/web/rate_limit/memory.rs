//! Token buckets per address and per account, in this process. Password guessing has stored counters of its own.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use serde::Deserialize;

use crate::kernel::ids::AccountId;
use crate::web::address::{client_address, rate_limit_key};
use crate::web::{Code, Problem};

const MINUTE: Duration = Duration::from_secs(60);
/// From this many buckets on, full ones are removed.
const PURGE_THRESHOLD: usize = 50_000;

/// The rate limits of requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether requests are limited at all.
    pub enabled: bool,
    /// Whether callers on the loopback interface are exempt.
    pub loopback_free: bool,
    /// Requests per minute and address.
    pub address_per_minute: u32,
    /// Requests per minute and account.
    pub account_per_minute: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { enabled: true, loopback_free: true, address_per_minute: 1200, account_per_minute: 240 }
    }
}

/// A bucket after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitStatus {
    /// The policy: `address` or `account`.
    pub policy: &'static str,
    /// Requests per minute.
    pub quota: u32,
    /// Requests left now.
    pub left: u32,
    /// Seconds until the bucket is full again.
    pub full_in: u32,
}

impl RateLimitStatus {
    /// The value of `RateLimit-Policy`.
    pub fn policy_header(&self) -> String {
        format!("\"{}\";q={};w=60", self.policy, self.quota)
    }

    /// The value of `RateLimit`.
    pub fn header(&self) -> String {
        format!("\"{}\";r={};t={}", self.policy, self.left, self.full_in)
    }
}

/// The buckets of this process.
#[derive(Debug)]
pub struct Limiter {
    settings: Settings,
    addresses: Mutex<HashMap<IpAddr, Bucket>>,
    accounts: Mutex<HashMap<AccountId, Bucket>>,
}

/// A token bucket, as the time at which it is full: a full bucket holds the tokens of a minute.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    full_at: Stopwatch,
}

impl Limiter {
    /// Full buckets for every caller.
    pub fn new(settings: Settings) -> Self {
        Limiter { settings, addresses: Mutex::default(), accounts: Mutex::default() }
    }

    /// Charges a request to the address. `None` when it is not limited; a 429 problem when the bucket is empty.
    pub fn charge_address(&self, address: IpAddr, now: Stopwatch) -> Result<Option<RateLimitStatus>, Problem> {
        if !self.settings.enabled || (self.settings.loopback_free && address.is_loopback()) {
            return Ok(None);
        }
        charge_bucket(&self.addresses, rate_limit_key(address), "address", self.settings.address_per_minute, now)
            .map(Some)
    }

    /// Charges a request to the account. `None` when it is not limited; a 429 problem when the bucket is empty.
    pub fn charge_account(
        &self,
        account: AccountId,
        address: IpAddr,
        now: Stopwatch,
    ) -> Result<Option<RateLimitStatus>, Problem> {
        if !self.settings.enabled || (self.settings.loopback_free && address.is_loopback()) {
            return Ok(None);
        }
        charge_bucket(&self.accounts, account, "account", self.settings.account_per_minute, now).map(Some)
    }
}

fn charge_bucket<K: Eq + Hash>(
    buckets: &Mutex<HashMap<K, Bucket>>,
    key: K,
    policy: &'static str,
    quota: u32,
    now: Stopwatch,
) -> Result<RateLimitStatus, Problem> {
    let refill_interval = MINUTE.checked_div(quota).unwrap_or(MINUTE);
    let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
    if buckets.len() >= PURGE_THRESHOLD {
        buckets.retain(|_, bucket| bucket.full_at > now);
    }
    let bucket = buckets.entry(key).or_insert(Bucket { full_at: now });
    let missing = bucket.full_at.saturating_duration_since(now).saturating_add(refill_interval);
    if missing > MINUTE {
        let wait = missing.saturating_sub(MINUTE);
        return Err(Problem::new(Code::TooManyRequests).retry_after(round_up_to_seconds(wait).max(1)));
    }
    bucket.full_at = now.checked_add(missing).unwrap_or(now);
    let left = MINUTE.saturating_sub(missing).as_nanos().checked_div(refill_interval.as_nanos().max(1)).unwrap_or(0);
    Ok(RateLimitStatus {
        policy,
        quota,
        left: u32::try_from(left).unwrap_or(quota),
        full_in: round_up_to_seconds(missing),
    })
}

fn round_up_to_seconds(duration: Duration) -> u32 {
    let seconds = u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
    if duration.subsec_nanos() > 0 { seconds.saturating_add(1) } else { seconds }
}

/// Charges the request to its account; the extractors of authenticated callers call this.
pub fn charge(request: &HttpRequest, account: AccountId) -> Result<(), Problem> {
    let Some(limiter) = request.app_data::<Data<Limiter>>() else { return Ok(()) };
    if let Some(status) = limiter.charge_account(account, client_address(request), Stopwatch::now())? {
        request.extensions_mut().insert(status);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_allows_its_quota_and_refills() {
        let settings = Settings { loopback_free: false, address_per_minute: 3, ..Settings::default() };
        let limiter = Limiter::new(settings);
        let address: IpAddr = "192.0.2.7".parse().unwrap();
        let start = Stopwatch::now();
        let left: Vec<u32> = (0..3).map(|_| limiter.charge_address(address, start).unwrap().unwrap().left).collect();
        assert_eq!(left, [2, 1, 0]);
        let refused = limiter.charge_address(address, start).unwrap_err();
        assert_eq!(refused.code(), Code::TooManyRequests);
        assert!(limiter.charge_address("192.0.2.8".parse().unwrap(), start).is_ok());
        assert!(limiter.charge_address(address, start + Duration::from_secs(20)).is_ok());
        assert!(limiter.charge_address(address, start + Duration::from_secs(21)).is_err());
    }

    #[test]
    fn loopback_callers_can_be_exempt() {
        let settings = Settings { address_per_minute: 1, ..Settings::default() };
        let limiter = Limiter::new(settings);
        for _ in 0..10 {
            assert_eq!(limiter.charge_address("127.0.0.1".parse().unwrap(), Stopwatch::now()).unwrap(), None);
        }
    }
}
