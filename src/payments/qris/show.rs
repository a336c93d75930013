//! The QRIS code of a payment.

use serde::Serialize;
use utoipa::ToSchema;

use super::code::QrisCode;
use super::payload::Payload;
use super::store;
use crate::db::{Conn, Result};
use crate::kernel::ids::CooperativeId;
use crate::kernel::{Language, Rupiah};
use crate::payments::payment::{Direction, MAX_QRIS_AMOUNT, Method, Payment, Status};
use crate::web::Rule;

/// The active code of a cooperative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::payments) struct Scannable {
    code: QrisCode,
    /// Whether payment codes contain the amount.
    amounts: bool,
}

/// A code to scan for one payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scan {
    pub(super) text: String,
    /// The amount in the code.
    pub(super) amount: Option<Rupiah>,
    /// A notice to show with the code.
    pub(super) label: String,
}

fn is_open(payment: &Payment) -> bool {
    (payment.method, payment.direction, payment.status) == (Method::Qris, Direction::In, Status::Pending)
}

impl Scannable {
    /// The active code of this cooperative, if it has one.
    pub(in crate::payments) fn of(conn: &mut Conn, cooperative: CooperativeId) -> Result<Option<Scannable>> {
        Ok(store::find_offered(conn, cooperative)?.map(|(code, amounts)| Scannable { code, amounts }))
    }

    /// The active code of the payment's cooperative, if the payment is paid by it.
    pub(in crate::payments) fn of_payment(conn: &mut Conn, payment: &Payment) -> Result<Option<Scannable>> {
        if is_open(payment) { Scannable::of(conn, payment.cooperative) } else { Ok(None) }
    }

    /// The code of this payment, while it is pending.
    pub(super) fn scan(&self, payment: &Payment, number: &str, language: Language) -> Option<Scan> {
        let due = payment.transfer_amount.unwrap_or(payment.amount);
        is_open(payment).then(|| self.for_due(due, number, language).ok()).flatten()
    }

    fn for_due(&self, due: Rupiah, number: &str, language: Language) -> std::result::Result<Scan, Rule> {
        let printed = Payload::parse(&self.code.payload)?;
        let text = match self.amounts {
            // Codes that were set before their additional data was checked may have no room for the bill number.
            true => match printed.for_payment(due, Some(number)).and_then(|payload| payload.text()) {
                Ok(text) => text,
                Err(_) => printed.for_payment(due, None)?.text()?,
            },
            false => self.code.payload.clone(),
        };
        let how = match (language, self.amounts) {
            (Language::Indonesian, false) => format!("Isi nominal {due} sendiri. Bukan bukti pembayaran."),
            (Language::Indonesian, true) => format!("Nominal otomatis {due} (uji dulu). Bukan bukti pembayaran."),
            (Language::English, false) => format!("Enter {due} yourself. No proof of payment."),
            (Language::English, true) => {
                format!("The amount of {due} is filled in (try it first). No proof of payment.")
            }
        };
        let label = format!("{}. {how}", self.code.merchant_name);
        Ok(Scan { text, amount: self.amounts.then_some(due), label })
    }
}

/// How to pay an announced payment by the cooperative's QRIS.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::payments) struct PaymentQrisView {
    /// Text of the code, to be drawn as a QR code.
    #[schema(max_length = 512, example = "00020101021126…")]
    payload: String,
    /// The amount in the code; null if the payer enters it.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 10_000_000)]
    amount: Option<Rupiah>,
    /// A notice to show with the code: it is no proof of payment.
    #[schema(
        max_length = 200,
        example = "KOPERASI CONTOH CIHONJE. Isi nominal Rp146.644 sendiri. Bukan bukti pembayaran."
    )]
    label: String,
    /// The merchant's name, which the banking app must show before the payer confirms.
    #[schema(max_length = 99, example = "KOPERASI CONTOH CIHONJE")]
    merchant_name: String,
    /// Its national merchant id.
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
    /// Its URL, for callers who see the payment.
    #[schema(max_length = 200, example = "/v1/payments/019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11/qris/svg")]
    url: String,
}

impl PaymentQrisView {
    /// How to pay this payment, with URLs below this path; `None` if it cannot be paid by QRIS now.
    pub(in crate::payments) fn of(
        scannable: &Scannable,
        payment: &Payment,
        number: &str,
        path: &str,
        language: Language,
    ) -> Option<Self> {
        let Scan { text, amount, label } = scannable.scan(payment, number, language)?;
        let picture = |format: &str| QrisPicture { url: format!("{path}/payments/{}/qris/{format}", payment.id) };
        Some(PaymentQrisView {
            payload: text,
            amount,
            label,
            merchant_name: scannable.code.merchant_name.clone(),
            merchant_id: scannable.code.merchant_id.clone(),
            svg: picture("svg"),
            png: picture("png"),
        })
    }
}

/// Payment by the cooperative's QRIS, with `"method": "qris"`; the payment then has a code.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::payments) struct QrisOffer {
    /// The merchant's name.
    #[schema(max_length = 99, example = "KOPERASI CONTOH CIHONJE")]
    merchant_name: String,
    /// The national merchant id.
    #[schema(max_length = 99, example = "ID1099999999999")]
    merchant_id: String,
    /// Whether payment codes contain the amount.
    amounts: bool,
    /// Maximum amount of one payment.
    most: Rupiah,
}

impl From<&Scannable> for QrisOffer {
    fn from(scannable: &Scannable) -> Self {
        QrisOffer {
            merchant_name: scannable.code.merchant_name.clone(),
            merchant_id: scannable.code.merchant_id.clone(),
            amounts: scannable.amounts,
            most: MAX_QRIS_AMOUNT,
        }
    }
}
