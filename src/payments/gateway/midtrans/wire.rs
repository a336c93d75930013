//! Messages of Midtrans, and their mapping to charge updates.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::signature::is_signature;
use crate::kernel::{Rupiah, hex};
use crate::payments::gateway::charge::ChargeStatus;
use crate::payments::gateway::charge_update::{ChargeUpdate, whole_rupiah};

/// Maximum length of an identifier.
const MAX_NAME_LENGTH: usize = 255;
/// Maximum length of a QR code's text.
const MAX_QR_TEXT_LENGTH: usize = 2000;

/// A message about a charge, in a response or a notification. Unknown members are ignored.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct MidtransMessage {
    status_code: Text,
    pub(super) order_id: Text,
    gross_amount: Text,
    currency: Text,
    transaction_id: Text,
    transaction_status: Text,
    fraud_status: Text,
    signature_key: Text,
    qr_string: Text,
    refund_amount: Text,
    refund_key: Text,
    refunds: Vec<Refund>,
}

/// One refund of several.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Refund {
    refund_amount: Text,
    refund_key: Text,
}

/// Text, or a number as written; anything else is `None`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Value")]
pub(super) struct Text(pub(super) Option<String>);

impl From<Value> for Text {
    fn from(value: Value) -> Self {
        Text(match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }
}

impl MidtransMessage {
    /// Parses a body; `None` if it is not an object of this shape.
    pub(super) fn read(body: &[u8]) -> Option<MidtransMessage> {
        serde_json::from_slice(body).ok()
    }

    /// With the HTTP status, if the body has no status code.
    pub(super) fn with_code(mut self, status: u16) -> MidtransMessage {
        self.status_code.0.get_or_insert_with(|| status.to_string());
        self
    }

    /// The status code, which resembles an HTTP status.
    pub(super) fn code(&self) -> u16 {
        self.status_code.0.as_deref().and_then(|code| code.parse().ok()).unwrap_or(0)
    }

    /// Whether it is about the charge with this reference.
    pub(super) fn is_about(&self, reference: &str) -> bool {
        self.order_id.0.as_deref() == Some(reference) && self.is_bounded()
    }

    /// Whether its identifiers are short and free of control characters, so that they can be stored.
    pub(super) fn is_bounded(&self) -> bool {
        let names = [&self.order_id, &self.transaction_id, &self.transaction_status, &self.fraud_status];
        let short = |text: &String, longest| text.len() <= longest && !text.chars().any(char::is_control);
        names.into_iter().flat_map(|name| &name.0).all(|name| short(name, MAX_NAME_LENGTH))
            && self.qr_string.0.iter().all(|code| short(code, MAX_QR_TEXT_LENGTH))
    }

    /// Whether it is signed with this key.
    pub(super) fn is_signed_by(&self, secret: &SecretString) -> bool {
        let signed = (&self.signature_key.0, &self.order_id.0, &self.status_code.0, &self.gross_amount.0);
        match signed {
            (Some(signature), Some(order), Some(code), Some(amount)) => {
                is_signature(signature, order, code, amount, secret)
            }
            _ => false,
        }
    }

    /// Key of the event; the same for repeated notifications. Amounts are part of it, because partial refunds may
    /// repeat.
    pub(super) fn event_key(&self) -> String {
        let mut digest = Sha256::new();
        for part in [
            &self.order_id,
            &self.transaction_id,
            &self.transaction_status,
            &self.fraud_status,
            &self.status_code,
            &self.gross_amount,
            &self.refund_amount,
        ] {
            let part = part.0.as_deref().unwrap_or_default();
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part.as_bytes());
        }
        hex(&digest.finalize())
    }

    /// The charge update of this message. `qr_code` returns the URL of the code's picture for a transaction id.
    pub(super) fn charge_update(&self, qr_code: impl Fn(&str) -> String) -> ChargeUpdate {
        let rupiah = self.currency.0.as_deref().is_none_or(|currency| currency == "IDR");
        let amount = |text: &Text| text.0.as_deref().filter(|_| rupiah).and_then(whole_rupiah);
        let each = self.refunds.iter().map(|refund| amount(&refund.refund_amount)).collect::<Option<Vec<Rupiah>>>();
        let refunded_total = match each {
            Some(parts) if !parts.is_empty() => Rupiah::sum(parts).ok(),
            _ => amount(&self.refund_amount),
        };
        let keys = self.refunds.iter().map(|refund| &refund.refund_key).chain([&self.refund_key]);
        let names_a_code = |id: &&String| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        ChargeUpdate {
            status: self.status(),
            amount: amount(&self.gross_amount),
            refunded_total,
            refund_keys: keys.filter_map(|key| key.0.clone()).collect(),
            transaction: self.transaction_id.0.clone(),
            qr_text: self.qr_string.0.clone(),
            qr_url: self.transaction_id.0.as_ref().filter(names_a_code).map(|id| qr_code(id)),
        }
    }

    /// Maps the status; captured money counts only once fraud detection accepts it.
    fn status(&self) -> Option<ChargeStatus> {
        let accepted = self.fraud_status.0.as_deref() == Some("accept");
        Some(match self.transaction_status.0.as_deref()? {
            "capture" if accepted => ChargeStatus::Paid,
            "settlement" => ChargeStatus::Paid,
            "pending" | "authorize" | "capture" => ChargeStatus::Pending,
            "expire" => ChargeStatus::Expired,
            "cancel" => ChargeStatus::Cancelled,
            "deny" => ChargeStatus::Denied,
            "failure" => ChargeStatus::Failed,
            "partial_refund" | "partial_chargeback" => ChargeStatus::PartlyRefunded,
            "refund" => ChargeStatus::Refunded,
            "chargeback" => ChargeStatus::ChargedBack,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn message(value: Value) -> MidtransMessage {
        MidtransMessage::read(value.to_string().as_bytes()).unwrap()
    }

    fn charge_update(value: Value) -> ChargeUpdate {
        message(value).charge_update(|id| format!("https://midtrans.example/v2/qris/{id}/qr-code"))
    }

    #[test]
    fn its_words_are_ours() {
        for (word, fraud, status) in [
            ("pending", None, Some(ChargeStatus::Pending)),
            ("authorize", None, Some(ChargeStatus::Pending)),
            ("settlement", None, Some(ChargeStatus::Paid)),
            ("settlement", Some("accept"), Some(ChargeStatus::Paid)),
            ("capture", Some("accept"), Some(ChargeStatus::Paid)),
            ("capture", Some("challenge"), Some(ChargeStatus::Pending)),
            ("capture", None, Some(ChargeStatus::Pending)),
            ("expire", None, Some(ChargeStatus::Expired)),
            ("cancel", None, Some(ChargeStatus::Cancelled)),
            ("deny", Some("deny"), Some(ChargeStatus::Denied)),
            ("failure", None, Some(ChargeStatus::Failed)),
            ("refund", None, Some(ChargeStatus::Refunded)),
            ("partial_refund", None, Some(ChargeStatus::PartlyRefunded)),
            ("chargeback", None, Some(ChargeStatus::ChargedBack)),
            ("partial_chargeback", None, Some(ChargeStatus::PartlyRefunded)),
            ("levitate", None, None),
        ] {
            let update = message(json!({"transaction_status": word, "fraud_status": fraud}));
            assert_eq!(update.status(), status, "{word} {fraud:?}");
        }
        assert_eq!(message(json!({})).status(), None);
    }

    #[test]
    fn what_went_back_is_the_sum_of_its_parts() {
        let parts = json!([
            {"refund_amount": "10000.00", "refund_key": "a"},
            {"refund_amount": 5000, "refund_key": "b"},
        ]);
        let update =
            charge_update(json!({"transaction_status": "partial_refund", "refunds": parts, "refund_amount": "1.00"}));
        assert_eq!(update.refunded_total, Some(Rupiah(15_000)));
        assert_eq!(update.refund_keys, ["a", "b"]);
        let update = charge_update(
            json!({"transaction_status": "partial_refund", "refund_amount": "7000.00", "refund_key": "c"}),
        );
        assert_eq!((update.refunded_total, update.refund_keys), (Some(Rupiah(7_000)), vec!["c".to_owned()]));
        let unclear = json!([{"refund_amount": "10000.50"}]);
        assert_eq!(
            charge_update(json!({"transaction_status": "partial_refund", "refunds": unclear})).refunded_total,
            None
        );
    }

    #[test]
    fn other_money_than_rupiah_is_no_amount() {
        assert_eq!(charge_update(json!({"gross_amount": "75000.00", "currency": "IDR"})).amount, Some(Rupiah(75_000)));
        assert_eq!(charge_update(json!({"gross_amount": "75000.00"})).amount, Some(Rupiah(75_000)));
        assert_eq!(charge_update(json!({"gross_amount": "75000.00", "currency": "SGD"})).amount, None);
    }

    #[test]
    fn the_same_event_has_the_same_key_and_another_has_another() {
        let event = |status: &str, back: Option<&str>| {
            message(json!({"order_id": "CIH-2611-0042-1", "transaction_status": status, "refund_amount": back}))
                .event_key()
        };
        assert_eq!(event("settlement", None), event("settlement", None));
        assert_ne!(event("settlement", None), event("pending", None));
        assert_ne!(event("partial_refund", Some("1000.00")), event("partial_refund", Some("2000.00")));
    }

    #[test]
    fn only_a_plain_id_leads_to_a_picture() {
        let update = charge_update(json!({"transaction_id": "57d5293c-e65f-4a29-95e4-5959c3fa335b"}));
        let picture = "https://midtrans.example/v2/qris/57d5293c-e65f-4a29-95e4-5959c3fa335b/qr-code";
        assert_eq!(update.qr_url.as_deref(), Some(picture));
        assert_eq!(charge_update(json!({"transaction_id": "../../x"})).qr_url, None);
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_breaks_the_reader(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = MidtransMessage::read(&body);
        }

        #[test]
        fn fields_of_any_kind_are_read_or_left(
            name in "(order_id|gross_amount|transaction_status|refunds|signature_key|status_code)",
            value in "(null|true|1|1.5|-3e400|\"x\"|\\[\\]|\\[1\\]|\\{\\}|\\[\\{\"refund_amount\": \\[\\]\\}\\])",
        ) {
            if let Some(message) = MidtransMessage::read(format!("{{\"{name}\": {value}}}").as_bytes()) {
                let _ = (message.charge_update(str::to_owned), message.event_key(), message.code());
                prop_assert!(!message.is_signed_by(&SecretString::from("SB-Mid-server-CONTOH")));
            }
        }
    }
}
