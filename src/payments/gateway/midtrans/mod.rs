//! Midtrans Core API: QRIS charges, their status, refunds and notifications.

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
use client::{Client, HttpMethod};
use wire::MidtransMessage;

/// Name of this gateway.
pub(super) const NAME: &str = "midtrans";
/// Maximum amount of one QRIS payment.
const MOST: Rupiah = Rupiah(10_000_000);

/// Midtrans, with one merchant account.
#[derive(Debug)]
pub struct Midtrans {
    client: Client,
    secret: SecretString,
}

impl Midtrans {
    /// Midtrans with these settings; opens no connection.
    pub fn new(settings: &Settings) -> Result<Self, CertificateError> {
        let has_own_key = !settings.signature_key.expose_secret().is_empty();
        let secret = if has_own_key { &settings.signature_key } else { &settings.server_key };
        Ok(Midtrans { client: Client::new(settings)?, secret: secret.clone() })
    }

    fn charge_update(&self, message: &MidtransMessage) -> ChargeUpdate {
        message.charge_update(|transaction| self.client.address(&format!("/v2/qris/{transaction}/qr-code")))
    }

    /// The update in a response about this reference, or the error it stands for.
    fn interpret(&self, message: &MidtransMessage, reference: &str) -> Result<ChargeUpdate, GatewayError> {
        match message.code() {
            // A response about the charge is valid whatever its code: 202 is denied, 407 is expired.
            200..=299 | 407 if message.is_about(reference) => Ok(self.charge_update(message)),
            406 => Err(GatewayError::AlreadyKnown),
            // Credentials, contract or load: retryable once someone fixes it.
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

    fn max_amount(&self) -> Rupiah {
        MOST
    }

    fn charge(&self, request: &ChargeRequest) -> Result<ChargeUpdate, GatewayError> {
        let body = json!({
            "payment_type": "qris",
            "transaction_details": {"order_id": request.reference, "gross_amount": request.amount},
            "custom_expiry": {
                "order_time": request.from.utc().format("%Y-%m-%d %H:%M:%S +0000").to_string(),
                "expiry_duration": request.minutes,
                "unit": "minute",
            },
        });
        let message = self.client.call(HttpMethod::Post, "/v2/charge", Some(&body))?;
        self.interpret(&message, &request.reference)
    }

    fn status(&self, reference: &str) -> Result<Option<ChargeUpdate>, GatewayError> {
        let message = self.client.call(HttpMethod::Get, &format!("/v2/{reference}/status"), None)?;
        if message.code() == 404 {
            return Ok(None);
        }
        self.interpret(&message, reference).map(Some)
    }

    fn refund(&self, request: &RefundRequest) -> Result<ChargeUpdate, GatewayError> {
        let body = json!({"refund_key": request.key, "amount": request.amount, "reason": "Pengembalian dari koperasi"});
        let message = self.client.call(HttpMethod::Post, &format!("/v2/{}/refund", request.reference), Some(&body))?;
        self.interpret(&message, &request.reference)
    }

    fn parse_notification(&self, body: &[u8]) -> Result<WebhookNotification, WebhookError> {
        let message = MidtransMessage::read(body).ok_or(WebhookError::Unreadable)?;
        if !message.is_signed_by(&self.secret) {
            return Err(WebhookError::Forged);
        }
        let reference = message.order_id.0.clone().filter(|_| message.is_bounded()).ok_or(WebhookError::Unreadable)?;
        Ok(WebhookNotification { reference, key: message.event_key(), update: self.charge_update(&message) })
    }
}
