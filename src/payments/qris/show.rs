//! The code by which one payment is paid.

use serde::Serialize;
use utoipa::ToSchema;

use super::code::QrisCode;
use super::payload::{Payload, PayloadError};
use super::store;
use crate::db::{Conn, Result};
use crate::kernel::ids::CooperativeId;
use crate::kernel::{Language, Rupiah};
use crate::payments::payment::{Direction, Method, Payment, Status};

/// What buyers of a cooperative can scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::payments) struct Scannable {
    code: QrisCode,
    /// Whether codes carry the amount.
    amounts: bool,
}

/// A code to scan for one payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scan {
    pub(super) text: String,
    /// The amount in the code.
    pub(super) amount: Option<Rupiah>,
    /// What people must know of it.
    pub(super) label: String,
}

impl Scannable {
    /// What this cooperative offers, if it has set a code.
    pub(in crate::payments) fn of(conn: &mut Conn, cooperative: CooperativeId) -> Result<Option<Scannable>> {
        Ok(store::offered(conn, cooperative)?.map(|(code, amounts)| Scannable { code, amounts }))
    }

    /// The code of this payment, as long as it can be paid by one.
    pub(super) fn scan(&self, payment: &Payment, number: &str, language: Language) -> Option<Scan> {
        let is_open = payment.method == Method::Qris
            && payment.direction == Direction::In
            && matches!(payment.status, Status::Pending);
        let due = payment.transfer_amount.unwrap_or(payment.amount);
        is_open.then(|| self.for_due(due, number, language).ok()).flatten()
    }

    fn for_due(&self, due: Rupiah, number: &str, language: Language) -> std::result::Result<Scan, PayloadError> {
        let printed = Payload::parse(&self.code.payload)?;
        if !self.amounts {
            let label = match language {
                Language::Indonesian => {
                    format!("{}. Isi nominal {due} sendiri. Bukan bukti pembayaran.", self.code.merchant_name)
                }
                Language::English => {
                    format!("{}. Enter {due} yourself. No proof of payment.", self.code.merchant_name)
                }
            };
            return Ok(Scan { text: self.code.payload.clone(), amount: None, label });
        }
        // A bill's number has 25 characters at the most, or it is left out.
        let bill = Some(number).filter(|number| number.is_ascii() && number.len() <= 25);
        let text = printed.for_payment(due, bill)?.text()?;
        let label = match language {
            Language::Indonesian => {
                format!("{}. Nominal otomatis {due} (uji dulu). Bukan bukti pembayaran.", self.code.merchant_name)
            }
            Language::English => {
                format!(
                    "{}. The amount of {due} is filled in (try it first). No proof of payment.",
                    self.code.merchant_name
                )
            }
        };
        Ok(Scan { text, amount: Some(due), label })
    }
}

/// How an announced payment is paid by the cooperative's QRIS.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::payments) struct QrisShown {
    /// The text of the code, to be drawn as a QR code.
    #[schema(max_length = 512, example = "00020101021126…")]
    payload: String,
    /// The amount in the code; null where who pays enters it.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 10_000_000)]
    amount: Option<Rupiah>,
    /// What people must know of it, to be shown beside it: a code never proves that it was paid.
    #[schema(
        max_length = 200,
        example = "KOPERASI CONTOH CIHONJE. Isi nominal Rp146.644 sendiri. Bukan bukti pembayaran."
    )]
    label: String,
    /// Who is paid, by the code: what the banking app must show before one agrees.
    #[schema(max_length = 99, example = "KOPERASI CONTOH CIHONJE")]
    merchant_name: String,
    /// The national merchant id in it.
    #[schema(max_length = 99, example = "ID1099999999999")]
    merchant_id: String,
    /// The code as SVG.
    svg: QrisPicture,
    /// The code as PNG.
    png: QrisPicture,
}

/// A code as a picture.
#[derive(Debug, Serialize, ToSchema)]
struct QrisPicture {
    /// Where it is read, by those who see the payment.
    #[schema(max_length = 200, example = "/v1/payments/019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11/qris/svg")]
    url: String,
}

impl QrisShown {
    /// How this payment is paid, by somebody who finds payments under this path.
    pub(in crate::payments) fn of(
        with: &Scannable,
        payment: &Payment,
        number: &str,
        path: &str,
        language: Language,
    ) -> Option<Self> {
        let Scan { text, amount, label } = with.scan(payment, number, language)?;
        let picture = |format: &str| QrisPicture { url: format!("{path}/payments/{}/qris/{format}", payment.id) };
        Some(QrisShown {
            payload: text,
            amount,
            label,
            merchant_name: with.code.merchant_name.clone(),
            merchant_id: with.code.merchant_id.clone(),
            svg: picture("svg"),
            png: picture("png"),
        })
    }
}

/// That the cooperative can be paid by its QRIS: announced with `"method": "qris"`, a payment shows its code.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::payments) struct QrisOffer {
    /// Who is paid.
    #[schema(max_length = 99, example = "KOPERASI CONTOH CIHONJE")]
    merchant_name: String,
    /// The national merchant id.
    #[schema(max_length = 99, example = "ID1099999999999")]
    merchant_id: String,
    /// Whether its codes carry the amount.
    amounts: bool,
    /// The most that it takes at once.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64, example = 10_000_000)]
    most: Rupiah,
}

impl From<&Scannable> for QrisOffer {
    fn from(it: &Scannable) -> Self {
        QrisOffer {
            merchant_name: it.code.merchant_name.clone(),
            merchant_id: it.code.merchant_id.clone(),
            amounts: it.amounts,
            most: super::payload::MOST,
        }
    }
}
