//! Receipts: what members laid out for ingredients, to be paid back before anything is divided.

use diesel::prelude::*;

use super::error::CapitalError;
use super::store;
use crate::cooperatives::{self, AccessError, GroupPermit};
use crate::db::Tx;
use crate::db::schema::ingredient_receipts;
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, MembershipId, PayoutId, ReceiptId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Rupiah};
use crate::ledger;
use crate::web::{FieldError, FieldErrors};

text_enum! {
    /// Where a receipt stands.
    ReceiptStatus {
        /// It waits for a payout.
        Open = "open",
        /// It was paid back.
        Repaid = "repaid",
        /// It was noted by mistake.
        Void = "void",
    }
}

/// What a member laid out.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ingredient_receipts)]
#[diesel(treat_none_as_default_value = false)]
pub struct Receipt {
    /// Its id.
    pub id: ReceiptId,
    /// Of which cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// For which group.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// Who laid it out.
    #[diesel(column_name = membership_id)]
    pub member: MembershipId,
    /// On which day.
    pub bought_on: Day,
    /// For what.
    pub what: String,
    /// How much.
    pub amount: Rupiah,
    /// Where it stands.
    pub status: ReceiptStatus,
    /// By which payout it was paid back.
    #[diesel(column_name = payout_id)]
    pub payout: Option<PayoutId>,
    /// When it was noted.
    pub noted_at: Instant,
    /// By whom.
    pub noted_by: AccountId,
}

/// What is noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// The receipt's id, new.
    pub id: ReceiptId,
    /// Who laid it out.
    pub member: MembershipId,
    /// On which day; today when it is not said.
    pub on: Option<Day>,
    /// For what.
    pub what: String,
    /// How much.
    pub amount: Rupiah,
}

/// Notes a receipt.
pub fn note_receipt(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    spent: &Spent,
) -> Result<Receipt, CapitalError> {
    let today = ledger::zone_of(tx, permit.cooperative)?.day_of(now);
    let on = spent.on.unwrap_or(today);
    if on > today {
        return Err(CapitalError::Faulty(FieldErrors::one("/bought_on", NOT_YET)));
    }
    if !store::is_member(tx, permit.group, spent.member)? {
        return Err(CapitalError::Faulty(FieldErrors::one("/membership", FieldError::Unknown)));
    }
    let receipt = Receipt {
        id: spent.id,
        cooperative: permit.cooperative,
        group: permit.group,
        member: spent.member,
        bought_on: on,
        what: spent.what.trim().to_owned(),
        amount: spent.amount,
        status: ReceiptStatus::Open,
        payout: None,
        noted_at: now,
        noted_by: permit.account,
    };
    store::insert_receipt(tx, &receipt)?;
    tell(tx, now, "receipt.noted", &receipt, permit.account)?;
    Ok(receipt)
}

/// Takes a receipt back that waits for a payout.
pub(super) fn void(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &cooperatives::Roles,
    id: ReceiptId,
) -> Result<Receipt, CapitalError> {
    let receipt = store::receipt(tx, id)?.ok_or(AccessError::Hidden)?;
    let account = roles.account.ok_or(AccessError::Hidden)?;
    if !roles.is_officer_of(receipt.group) {
        let knows = roles.role_in(receipt.group).is_some() || roles.oversees(receipt.cooperative);
        return Err(if knows { AccessError::Forbidden } else { AccessError::Hidden }.into());
    }
    ledger::hold(tx, receipt.cooperative)?;
    if !store::void_receipt(tx, id)? {
        let receipt = store::receipt(tx, id)?.ok_or(AccessError::Hidden)?;
        return Err(CapitalError::ReceiptNotOpen(receipt.status));
    }
    let receipt = Receipt { status: ReceiptStatus::Void, ..receipt };
    tell(tx, now, "receipt.voided", &receipt, account)?;
    Ok(receipt)
}

fn tell(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: events::Kind,
    receipt: &Receipt,
    by: AccountId,
) -> Result<(), CapitalError> {
    let event = Event::new(kind, receipt.id)
        .by(by)
        .in_cooperative(receipt.cooperative)
        .with("receipt", receipt.id)
        .with("group", receipt.group)
        .with("amount", receipt.amount);
    events::record(tx, now, &event)?;
    Ok(())
}

pub(super) const NOT_YET: FieldError =
    FieldError::Rule { code: "not-yet", id: "Tanggal ini belum tiba.", en: "This day has not come yet." };
