//! Midtrans, by its Core API: QRIS charges, their status, refunds, and what it tells by itself.

mod client;
mod signature;
mod wire;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::charge_update::ChargeUpdate;
use super::provider::{ChargeRequest, Gateway, GatewayError, RefundRequest, WebhookError, WebhookNotification};
use super::settings::Settings;
use crate::kernel::Rupiah;
pub use client::CertificateError;
use client::{Client, Method};
use wire::Said;

/// The name of this gateway.
pub(super) const NAME: &str = "midtrans";
/// The most that is paid by one QRIS code.
const MOST: Rupiah = Rupiah(10_000_000);

/// Midtrans, as one merchant reaches it.
pub struct Midtrans {
    client: Client,
    secret: SecretString,
}

impl Midtrans {
    /// Midtrans by these settings; nothing is connected yet.
    pub fn new(settings: &Settings) -> Result<Self, CertificateError> {
        let own = !settings.signature_key.expose_secret().is_empty();
        let secret = if own { &settings.signature_key } else { &settings.server_key };
        Ok(Midtrans { client: Client::new(settings)?, secret: secret.clone() })
    }

    fn news(&self, said: &Said) -> ChargeUpdate {
        said.news(|transaction| self.client.address(&format!("/v2/qris/{transaction}/qr-code")))
    }

    /// What was answered about this reference, or why there is no such answer.
    fn answered(&self, said: &Said, reference: &str) -> Result<ChargeUpdate, GatewayError> {
        match said.code() {
            // What it tells of a charge is good whatever code it has: 202 is denied, 407 has expired.
            200..=299 | 407 if said.is_about(reference) => Ok(self.news(said)),
            406 => Err(GatewayError::Known),
            // Our key, our contract, or its load: somebody sets it right, and it is tried again.
            code @ (401..=403 | 408 | 429 | 500..) => Err(GatewayError::Later(format!("it answered {code}"))),
            code @ 400..=499 => Err(GatewayError::Refused(format!("it answered {code}"))),
            code => Err(GatewayError::Later(format!("it answered {code} about something else"))),
        }
    }
}

impl Gateway for Midtrans {
    fn name(&self) -> &'static str {
        NAME
    }

    fn most(&self) -> Rupiah {
        MOST
    }

    fn charge(&self, wanted: &ChargeRequest) -> Result<ChargeUpdate, GatewayError> {
        let body = json!({
            "payment_type": "qris",
            "transaction_details": {"order_id": wanted.reference, "gross_amount": wanted.amount},
            "custom_expiry": {
                "order_time": wanted.from.utc().format("%Y-%m-%d %H:%M:%S +0000").to_string(),
                "expiry_duration": wanted.minutes,
                "unit": "minute",
            },
        });
        let said = self.client.call(Method::Post, "/v2/charge", Some(&body))?;
        self.answered(&said, &wanted.reference)
    }

    fn status(&self, reference: &str) -> Result<Option<ChargeUpdate>, GatewayError> {
        let said = self.client.call(Method::Get, &format!("/v2/{reference}/status"), None)?;
        if said.code() == 404 {
            return Ok(None);
        }
        self.answered(&said, reference).map(Some)
    }

    fn refund(&self, giving: &RefundRequest) -> Result<ChargeUpdate, GatewayError> {
        let body = json!({"refund_key": giving.key, "amount": giving.amount, "reason": "Pengembalian dari koperasi"});
        let said = self.client.call(Method::Post, &format!("/v2/{}/refund", giving.reference), Some(&body))?;
        self.answered(&said, &giving.reference)
    }

    fn read(&self, body: &[u8]) -> Result<WebhookNotification, WebhookError> {
        let said = Said::read(body).ok_or(WebhookError::Unreadable)?;
        if !said.is_signed_by(&self.secret) {
            return Err(WebhookError::Forged);
        }
        let reference = said.order_id.clone().filter(|_| said.is_bounded()).ok_or(WebhookError::Unreadable)?;
        Ok(WebhookNotification { reference, key: said.event_key(), news: self.news(&said) })
    }
}

impl std::fmt::Debug for Midtrans {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Midtrans").field("client", &self.client).finish_non_exhaustive()
    }
}
