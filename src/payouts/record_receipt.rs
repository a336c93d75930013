//! Records and voids receipts.

use super::error::PayoutError;
use super::events::{self, PayoutEvent, ReceiptPayload};
use super::receipt::{NewReceipt, Receipt, ReceiptStatus};
use super::store;
use crate::cooperatives::{self, AccessError, GroupPermit};
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, ReceiptId};
use crate::ledger;
use crate::web::{FieldError, FieldErrors, Rule};

/// Records a receipt.
pub fn record_receipt(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    new: &NewReceipt,
) -> Result<Receipt, PayoutError> {
    let today = cooperatives::load_zone(tx, permit.cooperative)?.day_of(now);
    let bought_on = new.bought_on.unwrap_or(today);
    if bought_on > today {
        return Err(PayoutError::Invalid(FieldErrors::single("/bought_on", Rule::NotYet)));
    }
    if store::find_member_name(tx, permit.group, new.member)?.is_none() {
        return Err(PayoutError::Invalid(FieldErrors::single("/membership", FieldError::Unknown)));
    }
    let receipt = Receipt {
        id: new.id,
        cooperative: permit.cooperative,
        group: permit.group,
        member: new.member,
        bought_on,
        what: new.what.trim().to_owned(),
        amount: new.amount,
        status: ReceiptStatus::Open,
        payout: None,
        noted_at: now,
        noted_by: permit.account,
    };
    store::insert_receipt(tx, &receipt)?;
    record_event(tx, now, PayoutEvent::ReceiptNoted, &receipt, permit.account)?;
    Ok(receipt)
}

/// Voids an open receipt.
pub(super) fn void_receipt(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &cooperatives::Roles,
    id: ReceiptId,
) -> Result<Receipt, PayoutError> {
    let receipt = store::find_receipt(tx, id)?.ok_or(AccessError::Hidden)?;
    let account = roles.account.ok_or(AccessError::Hidden)?;
    let can_see = roles.role_in_group(receipt.group).is_some() || roles.has_any_office(receipt.cooperative);
    AccessError::check(roles.is_officer_of_group(receipt.group), can_see)?;
    ledger::lock_cooperative(tx, receipt.cooperative)?;
    if !store::void_receipt(tx, id)? {
        let receipt = store::find_receipt(tx, id)?.ok_or(AccessError::Hidden)?;
        return Err(PayoutError::ReceiptNotOpen(receipt.status));
    }
    let receipt = Receipt { status: ReceiptStatus::Void, ..receipt };
    record_event(tx, now, PayoutEvent::ReceiptVoided, &receipt, account)?;
    Ok(receipt)
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: fn(ReceiptPayload) -> PayoutEvent,
    receipt: &Receipt,
    by: AccountId,
) -> Result<(), PayoutError> {
    let Receipt { id, group, amount, .. } = *receipt;
    let event = kind(ReceiptPayload { receipt: id, group, amount }).about(id);
    events::record(tx, now, &event.by(by).in_cooperative(receipt.cooperative))?;
    Ok(())
}
