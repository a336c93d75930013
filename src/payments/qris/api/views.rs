//! Request and response bodies of QRIS codes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::Conn;
use crate::kernel::ids::{AccountId, QrisCodeId};
use crate::kernel::{Instant, Version};
use crate::payments::qris::access::QrisAccess;
use crate::payments::qris::code::{QrisAction, QrisCode, QrisDifference, QrisStatus};
use crate::payments::qris::error::QrisError;
use crate::payments::qris::payload::{MAX_LENGTH, Payload};
use crate::payments::qris::propose::{QrisDecision, differences_from_active};
use crate::payments::qris::store;
use crate::web::{FieldError, FieldErrors, Validate};

/// A QRIS code to set.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"payload": "00020101021126680016ID.CO.CONTOH.WWW01189360999900000000190215CIHONJE000000010303UMI51440014ID.CO.QRIS.WWW0215ID10999999999990303UMI5204549953033605802ID5923KOPERASI CONTOH CIHONJE6008BANYUMAS6105531656304669B"}))]
pub(super) struct ProposeQris {
    /// The text of the printed code, as scanned.
    #[schema(min_length = 1, max_length = 512)]
    pub(super) payload: String,
}

impl Validate for ProposeQris {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_length("/payload", Payload::trim(&self.payload).chars().count(), 1..=MAX_LENGTH);
        if let Err(error) = Payload::of_merchant(&self.payload) {
            errors.add("/payload", error);
        }
    }
}

/// A transition of a proposed code.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "approve", "merchant_id_ends": "9999"}))]
pub(super) struct DecideQris {
    /// The decision.
    action: QrisAction,
    /// For `approve`: the last four characters of the merchant id on the cooperative's sticker.
    #[schema(min_length = 4, max_length = 4)]
    merchant_id_ends: Option<String>,
}

impl Validate for DecideQris {
    fn validate(&self, errors: &mut FieldErrors) {
        let named = self.merchant_id_ends.is_some();
        errors.require(self.action != QrisAction::Approve || named, "/merchant_id_ends", FieldError::Required);
        if let Some(ends) = &self.merchant_id_ends {
            errors.check_length("/merchant_id_ends", ends.chars().count(), 4..=4);
        }
    }
}

impl DecideQris {
    pub(super) fn decision(&self, expected_version: Option<i64>) -> QrisDecision {
        QrisDecision { action: self.action, ends: self.merchant_id_ends.clone(), expected_version }
    }
}

/// A QRIS code, active, proposed or former.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QrisCodeView {
    /// Its id.
    pub(super) id: QrisCodeId,
    /// The text of the code.
    #[schema(max_length = 512, example = "00020101021126…")]
    payload: String,
    /// Its national merchant id (NMID).
    #[schema(max_length = 99, example = "ID1099999999999")]
    merchant_id: String,
    /// Its merchant name.
    #[schema(max_length = 99, example = "KOPERASI CONTOH CIHONJE")]
    merchant_name: String,
    /// Its status.
    status: QrisStatus,
    /// For a proposed code: its differences from the active one. Compare it with the sticker.
    #[schema(max_items = 3)]
    differs: Vec<QrisDifference>,
    /// When it was proposed.
    pub(super) proposed_at: Instant,
    /// The account that proposed it.
    proposed_by: AccountId,
    /// When it was decided.
    decided_at: Option<Instant>,
    /// The account that decided it.
    decided_by: Option<AccountId>,
    /// Incremented with every change.
    pub(super) version: Version,
    /// The actions the caller may perform now.
    #[schema(max_items = 2)]
    actions: Vec<QrisAction>,
}

impl QrisCodeView {
    /// The code as this caller sees it.
    pub(super) fn load(conn: &mut Conn, access: QrisAccess, code: QrisCode) -> Result<Self, QrisError> {
        let is_proposed = code.status == QrisStatus::Proposed;
        let differs = match is_proposed {
            true => {
                let active = store::find_by_status(conn, code.cooperative, QrisStatus::Active)?;
                differences_from_active(active.as_ref(), &Payload::parse(&code.payload)?)?
            }
            false => Vec::new(),
        };
        let can_decide = is_proposed && access.can_decide;
        let approve = (can_decide && code.proposed_by != access.account).then_some(QrisAction::Approve);
        let refuse = can_decide.then_some(QrisAction::Refuse);
        Ok(QrisCodeView {
            id: code.id,
            payload: code.payload,
            merchant_id: code.merchant_id,
            merchant_name: code.merchant_name,
            status: code.status,
            differs,
            proposed_at: code.proposed_at,
            proposed_by: code.proposed_by,
            decided_at: code.decided_at,
            decided_by: code.decided_by,
            version: code.version,
            actions: approve.into_iter().chain(refuse).collect(),
        })
    }
}
