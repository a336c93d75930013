//! An update of a charge from a gateway.

use serde::{Deserialize, Serialize};

use super::charge::ChargeStatus;
use crate::kernel::Rupiah;

/// An update of a charge, independent of the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeUpdate {
    /// The status; `None` if the gateway's status is unknown here.
    pub status: Option<ChargeStatus>,
    /// The amount of the charge; `None` if it is not in whole rupiah.
    pub amount: Option<Rupiah>,
    /// Total refunded so far, if reported.
    #[serde(rename = "given_back")]
    pub refunded_total: Option<Rupiah>,
    /// Keys of the refunds.
    pub refund_keys: Vec<String>,
    /// Transaction id of the gateway.
    pub transaction: Option<String>,
    /// Text of the QR code.
    pub qr_text: Option<String>,
    /// URL of the QR code's picture.
    pub qr_url: Option<String>,
}

impl ChargeUpdate {
    /// An update of the status alone.
    pub fn of_status(status: ChargeStatus) -> ChargeUpdate {
        ChargeUpdate {
            status: Some(status),
            amount: None,
            refunded_total: None,
            refund_keys: Vec::new(),
            transaction: None,
            qr_text: None,
            qr_url: None,
        }
    }
}

/// Parses a decimal amount as gateways write it: `147356.00`. `None` for anything else; sen are not rounded.
pub(super) fn whole_rupiah(text: &str) -> Option<Rupiah> {
    let (whole, cents) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(cents) || cents.len() > 2 || cents.bytes().any(|byte| byte != b'0') {
        return None;
    }
    whole.parse().ok().map(Rupiah).filter(|amount| *amount <= Rupiah::MAX_LINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_amount_is_whole_rupiah_or_none() {
        for (text, amount) in [
            ("147356.00", Some(147_356)),
            ("147356", Some(147_356)),
            ("147356.0", Some(147_356)),
            ("0.00", Some(0)),
            ("1000000000000.00", Some(1_000_000_000_000)),
            ("1000000000001.00", None),
            ("147356.50", None),
            ("147356.001", None),
            ("147356.", None),
            (".00", None),
            ("-147356.00", None),
            ("+147356.00", None),
            ("1e5", None),
            ("147,356.00", None),
            (" 147356.00", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(whole_rupiah(text), amount.map(Rupiah), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_is_read_as_it_was_written(amount in 0..=Rupiah::MAX_LINE.0, cents in 0..100_u8) {
            let read = whole_rupiah(&format!("{amount}.{cents:02}"));
            prop_assert_eq!(read, (cents == 0).then_some(Rupiah(amount)));
        }

        #[test]
        fn nothing_that_is_sent_breaks_the_reader(text in ".{0,40}") {
            let _ = whole_rupiah(&text);
        }
    }
}
