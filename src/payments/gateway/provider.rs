//! The interface of payment gateways.

use std::sync::Arc;

use super::charge_update::ChargeUpdate;
use super::midtrans::{CertificateError, Midtrans};
use super::settings::Settings;
use crate::kernel::{Instant, Rupiah};
use crate::web::verb_errors;

/// A payment gateway. Its methods block on the network: they are called by jobs, never inside a transaction.
pub trait Gateway: std::fmt::Debug + Send + Sync {
    /// Its name, as stored with charges.
    fn name(&self) -> &'static str;

    /// Maximum amount of a charge.
    fn max_amount(&self) -> Rupiah;

    /// Creates a charge.
    fn charge(&self, request: &ChargeRequest) -> Result<ChargeUpdate, GatewayError>;

    /// The status of this reference; `None` if the gateway does not know it.
    fn status(&self, reference: &str) -> Result<Option<ChargeUpdate>, GatewayError>;

    /// Requests a refund.
    fn refund(&self, request: &RefundRequest) -> Result<ChargeUpdate, GatewayError>;

    /// Verifies and parses a notification.
    fn parse_notification(&self, body: &[u8]) -> Result<WebhookNotification, WebhookError>;
}

/// A request to create a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRequest {
    /// Our reference.
    pub reference: String,
    /// The amount or quantity.
    pub amount: Rupiah,
    /// Start of the payment period.
    pub from: Instant,
    /// Length of the payment period, in minutes.
    pub minutes: i64,
}

/// A request to refund a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Reference of the charge.
    pub reference: String,
    /// Idempotency key of the refund.
    pub key: String,
    /// The amount or quantity.
    pub amount: Rupiah,
}

/// A notification from a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookNotification {
    /// Reference of the charge.
    pub reference: String,
    /// Key of the event; the same for repeated notifications.
    pub key: String,
    /// The update of the charge.
    pub update: ChargeUpdate,
}

/// Why a request to the gateway failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Temporary: unreachable, overloaded, or rejecting our credentials. Worth a retry.
    #[error("the gateway cannot be used now: {0}")]
    Later(String),
    /// Permanently refused.
    #[error("the gateway refuses: {0}")]
    Refused(String),
    /// The reference or key is already known.
    #[error("the gateway knows this already")]
    AlreadyKnown,
}

verb_errors! {
    /// Why a notification is rejected.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub enum WebhookError {
        /// It cannot be parsed.
        Unreadable => BodyUnreadable,
        /// Its signature is invalid.
        Forged => SignatureInvalid,
    }
}

/// The configured gateway, if any; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ConfiguredGateway(Option<Arc<dyn Gateway>>);

impl ConfiguredGateway {
    /// Opens the gateway of these settings; none without a server key.
    pub fn open(settings: &Settings) -> Result<Self, CertificateError> {
        if !settings.is_configured() {
            return Ok(ConfiguredGateway::default());
        }
        Ok(ConfiguredGateway(Some(Arc::new(Midtrans::new(settings)?))))
    }

    /// The gateway for new payments.
    pub fn active(&self) -> Option<&dyn Gateway> {
        self.0.as_deref()
    }

    /// The gateway of this name; fails with a retryable error if it is not configured.
    pub(super) fn find_by_name(&self, name: &str) -> Result<&dyn Gateway, GatewayError> {
        let gateway = self.active().filter(|gateway| gateway.name() == name);
        gateway.ok_or_else(|| GatewayError::Later(format!("no key is set for {name}")))
    }
}
