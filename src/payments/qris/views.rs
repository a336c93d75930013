//! QRIS codes as clients send and read them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::code::{QrisAction, QrisCode, QrisDifference, QrisStatus};
use super::payload::{MOST_CHARACTERS, Payload};
use super::propose::Decision;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, QrisCodeId};
use crate::web::{FieldError, FieldErrors, Validate};

/// A code to be paid by.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"payload": "00020101021126680016ID.CO.CONTOH.WWW01189360999900000000190215CIHONJE000000010303UMI51440014ID.CO.QRIS.WWW0215ID10999999999990303UMI5204549953033605802ID5923KOPERASI CONTOH CIHONJE6008BANYUMAS6105531656304669B"}))]
pub(super) struct ProposeQris {
    /// The text of the printed code, as a scanner reads it.
    #[schema(min_length = 1, max_length = 512)]
    pub(super) payload: String,
}

impl Validate for ProposeQris {
    fn check(&self, errors: &mut FieldErrors) {
        errors.length("/payload", self.payload.trim().chars().count(), 1..=MOST_CHARACTERS);
        if let Err(error) = Payload::of_merchant(&self.payload) {
            errors.add("/payload", error.into());
        }
    }
}

/// What a second person says.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "approve", "merchant_id_ends": "9999"}))]
pub(super) struct DecideQris {
    /// What they do.
    action: QrisAction,
    /// The last four characters of the merchant id, as they stand on the cooperative's sticker: `approve` only.
    #[schema(min_length = 4, max_length = 4)]
    merchant_id_ends: Option<String>,
}

impl Validate for DecideQris {
    fn check(&self, errors: &mut FieldErrors) {
        let named = self.merchant_id_ends.is_some();
        errors.require(self.action != QrisAction::Approve || named, "/merchant_id_ends", FieldError::Required);
        if let Some(ends) = &self.merchant_id_ends {
            errors.length("/merchant_id_ends", ends.chars().count(), 4..=4);
        }
    }
}

impl DecideQris {
    pub(super) fn decision(self, expected: Option<i64>) -> Decision {
        Decision { action: self.action, ends: self.merchant_id_ends, expected }
    }
}

/// A code, active or proposed or of before.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QrisCodeView {
    /// Its id.
    id: QrisCodeId,
    /// What it says.
    #[schema(max_length = 512, example = "00020101021126…")]
    payload: String,
    /// The national merchant id in it (NMID).
    #[schema(max_length = 99, example = "ID1099999999999")]
    merchant_id: String,
    /// The merchant's name in it.
    #[schema(max_length = 99, example = "KOPERASI CONTOH CIHONJE")]
    merchant_name: String,
    /// Where it stands.
    status: QrisStatus,
    /// While it is proposed: in what it pays someone else than the active one does. Compare it with the sticker.
    #[schema(max_items = 3)]
    differs: Vec<QrisDifference>,
    /// When it was proposed.
    proposed_at: Instant,
    /// By whom.
    proposed_by: AccountId,
    /// When it was decided.
    decided_at: Option<Instant>,
    /// By whom.
    decided_by: Option<AccountId>,
    /// Grows by one with every change.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 1)]
    pub(super) version: i64,
    /// What you may do with it now.
    #[schema(max_items = 2)]
    actions: Vec<QrisAction>,
}

impl QrisCodeView {
    /// The code as this person sees it, who acts for the cooperative or only watches.
    pub(super) fn of(code: QrisCode, differs: Vec<QrisDifference>, caller: AccountId, acts: bool) -> Self {
        let waits = code.status == QrisStatus::Proposed;
        let approves = waits && acts && code.proposed_by != caller;
        let approve = approves.then_some(QrisAction::Approve);
        let refuse = (waits && acts).then_some(QrisAction::Refuse);
        QrisCodeView {
            id: code.id,
            payload: code.payload,
            merchant_id: code.merchant_id,
            merchant_name: code.merchant_name,
            status: code.status,
            differs: if waits { differs } else { Vec::new() },
            proposed_at: code.proposed_at,
            proposed_by: code.proposed_by,
            decided_at: code.decided_at,
            decided_by: code.decided_by,
            version: code.version,
            actions: approve.into_iter().chain(refuse).collect(),
        }
    }
}
