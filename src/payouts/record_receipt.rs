//! Records and voids receipts.

use super::error::{NOT_YET, PayoutError};
use super::receipt::{NewReceipt, Receipt, ReceiptStatus};
use super::store;
use crate::cooperatives::{self, AccessError, GroupPermit};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, ReceiptId};
use crate::ledger;
use crate::web::{FieldError, FieldErrors};

/// Records a receipt.
pub fn record_receipt(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    new: &NewReceipt,
) -> Result<Receipt, PayoutError> {
    let today = ledger::load_zone(tx, permit.cooperative)?.day_of(now);
    let bought_on = new.bought_on.unwrap_or(today);
    if bought_on > today {
        return Err(PayoutError::Invalid(FieldErrors::single("/bought_on", NOT_YET)));
    }
    if !store::is_member(tx, permit.group, new.member)? {
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
    record_event(tx, now, "receipt.noted", &receipt, permit.account)?;
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
    if !roles.is_officer_of(receipt.group) {
        let can_see = roles.role_in(receipt.group).is_some() || roles.has_office_in(receipt.cooperative);
        return Err(if can_see { AccessError::Forbidden } else { AccessError::Hidden }.into());
    }
    ledger::lock_cooperative(tx, receipt.cooperative)?;
    if !store::void_receipt(tx, id)? {
        let receipt = store::find_receipt(tx, id)?.ok_or(AccessError::Hidden)?;
        return Err(PayoutError::ReceiptNotOpen(receipt.status));
    }
    let receipt = Receipt { status: ReceiptStatus::Void, ..receipt };
    record_event(tx, now, "receipt.voided", &receipt, account)?;
    Ok(receipt)
}

fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: events::Kind,
    receipt: &Receipt,
    by: AccountId,
) -> Result<(), PayoutError> {
    let event = Event::new(kind, receipt.id)
        .by(by)
        .in_cooperative(receipt.cooperative)
        .with("receipt", receipt.id)
        .with("group", receipt.group)
        .with("amount", receipt.amount);
    events::record(tx, now, &event)?;
    Ok(())
}
