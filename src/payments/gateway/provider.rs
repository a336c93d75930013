//! What a gateway must be able to do, whoever runs it.

use std::sync::Arc;

use super::charge_update::ChargeUpdate;
use super::midtrans::{CertificateError, Midtrans};
use super::settings::Settings;
use crate::kernel::{Instant, Rupiah};

/// Another company that collects money and tells of it. Its methods wait for its machines: they are called by jobs, never
/// within a transaction.
pub trait Gateway: Send + Sync {
    /// Its name, as it stands beside what it is asked to collect.
    fn name(&self) -> &'static str;

    /// The most that it collects at once.
    fn most(&self) -> Rupiah;

    /// Asks it to collect this.
    fn charge(&self, wanted: &ChargeRequest) -> Result<ChargeUpdate, GatewayError>;

    /// What it knows of this reference; nothing when it was never asked to collect it.
    fn status(&self, reference: &str) -> Result<Option<ChargeUpdate>, GatewayError>;

    /// Asks it to give this back.
    fn refund(&self, giving: &RefundRequest) -> Result<ChargeUpdate, GatewayError>;

    /// Reads what somebody sent who says that they are the gateway.
    fn read(&self, body: &[u8]) -> Result<WebhookNotification, WebhookError>;
}

/// What a gateway is to collect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRequest {
    /// Under what it shall know it.
    pub reference: String,
    /// How much.
    pub amount: Rupiah,
    /// From when the buyer's time runs.
    pub from: Instant,
    /// How many minutes the buyer has.
    pub minutes: i64,
}

/// What a gateway is to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Of what it collected under this.
    pub reference: String,
    /// Under what it shall know this giving back: asked twice, it gives once.
    pub key: String,
    /// How much.
    pub amount: Rupiah,
}

/// What a gateway told by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookNotification {
    /// Of what.
    pub reference: String,
    /// The same for the same event, however often it is told.
    pub key: String,
    /// What it says.
    pub news: ChargeUpdate,
}

/// Why the gateway did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// It is away, busy, or at odds with our key: worth another try.
    #[error("the gateway cannot be used now: {0}")]
    Later(String),
    /// It will not, however often it is asked.
    #[error("the gateway refuses: {0}")]
    Refused(String),
    /// It knows this reference or key already.
    #[error("the gateway knows this already")]
    Known,
}

/// Why a notification is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// It cannot be read.
    #[error("a notification cannot be read")]
    Unreadable,
    /// It is not signed by the gateway.
    #[error("a notification is not signed by the gateway")]
    Forged,
}

/// The gateway that payments go through, if one is set up; cheap to clone.
#[derive(Clone, Default)]
pub struct ConfiguredGateway(Option<Arc<dyn Gateway>>);

impl ConfiguredGateway {
    /// The gateway of these settings; none without a key.
    pub fn open(settings: &Settings) -> Result<Self, CertificateError> {
        if !settings.is_configured() {
            return Ok(ConfiguredGateway::default());
        }
        Ok(ConfiguredGateway(Some(Arc::new(Midtrans::new(settings)?))))
    }

    /// The gateway that buyers are offered.
    pub fn offered(&self) -> Option<&dyn Gateway> {
        self.0.as_deref()
    }

    /// The gateway of this name.
    pub(super) fn named(&self, name: &str) -> Result<&dyn Gateway, GatewayError> {
        let found = self.offered().filter(|gateway| gateway.name() == name);
        found.ok_or_else(|| GatewayError::Later(format!("no key is set for {name}")))
    }
}

impl std::fmt::Debug for ConfiguredGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Gateways").field(&self.offered().map(Gateway::name)).finish()
    }
}
