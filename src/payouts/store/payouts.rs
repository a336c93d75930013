//! Payouts and what they settle.

use diesel::prelude::*;

use crate::cooperatives::GroupRef;
use crate::db::schema::{
    groups, ingredient_receipts, memberships, payout_contributions, payout_items, payout_shares, payouts,
};
use crate::db::{Conn, Result, Tx, insert_rows};
use crate::kernel::Instant;
use crate::kernel::ids::{CooperativeId, GroupId, Id, PayoutId, SourceDocumentId};
use crate::ledger::{self, EntryKind};
use crate::payouts::divide::MemberShare;
use crate::payouts::payout::{Payout, PayoutStatus};
use crate::payouts::plan::PayoutPlan;
use crate::payouts::receipt::ReceiptStatus;

const MAX_ROWS_PER_STATEMENT: usize = 1_000;

/// Inserts a payout with its items, contributions and shares, and marks its receipts as repaid.
pub(in crate::payouts) fn insert_payout(tx: &mut Tx<'_>, plan: &PayoutPlan) -> Result<()> {
    let payout = plan.payout.id;
    diesel::insert_into(payouts::table).values(&plan.payout).execute(&mut **tx)?;
    for items in plan.items.chunks(MAX_ROWS_PER_STATEMENT) {
        let row = |item: &crate::payouts::payable::PayablePosting| {
            (
                payout_items::payout_id.eq(payout),
                payout_items::entry_id.eq(item.entry),
                payout_items::position.eq(item.position),
                payout_items::amount.eq(item.amount),
            )
        };
        let rows: Vec<_> = items.iter().map(row).collect();
        insert_rows!(tx, payout_items::table, rows)?;
    }
    for ids in plan.contributions.chunks(MAX_ROWS_PER_STATEMENT) {
        let row = |id: &crate::kernel::ids::ContributionId| {
            (payout_contributions::payout_id.eq(payout), payout_contributions::contribution_id.eq(*id))
        };
        let rows: Vec<_> = ids.iter().map(row).collect();
        insert_rows!(tx, payout_contributions::table, rows)?;
    }
    let shares: Vec<_> =
        plan.division.shares.iter().map(|share| (payout_shares::payout_id.eq(payout), *share)).collect();
    if !shares.is_empty() {
        insert_rows!(tx, payout_shares::table, shares)?;
    }
    let repaid = ingredient_receipts::table.filter(ingredient_receipts::id.eq_any(&plan.division.repaid));
    diesel::update(repaid)
        .set((ingredient_receipts::status.eq(ReceiptStatus::Repaid), ingredient_receipts::payout_id.eq(payout)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Updates a reversed payout and releases its items, contributions and receipts.
pub(in crate::payouts) fn set_reversed(tx: &mut Tx<'_>, payout: &Payout) -> Result<()> {
    diesel::update(payouts::table.find(payout.id))
        .set((
            payouts::status.eq(payout.status),
            payouts::reversed_at.eq(payout.reversed_at),
            payouts::reversed_by.eq(payout.reversed_by),
            payouts::reason.eq(&payout.reason),
            payouts::version.eq(payout.version),
        ))
        .execute(&mut **tx)?;
    diesel::update(payout_items::table.filter(payout_items::payout_id.eq(payout.id)))
        .set(payout_items::released.eq(true))
        .execute(&mut **tx)?;
    diesel::update(payout_contributions::table.filter(payout_contributions::payout_id.eq(payout.id)))
        .set(payout_contributions::released.eq(true))
        .execute(&mut **tx)?;
    diesel::update(ingredient_receipts::table.filter(ingredient_receipts::payout_id.eq(payout.id)))
        .set((ingredient_receipts::status.eq(ReceiptStatus::Open), ingredient_receipts::payout_id.eq(None::<PayoutId>)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Finds a payout.
pub(in crate::payouts) fn find_payout(conn: &mut Conn, id: PayoutId) -> Result<Option<Payout>> {
    Ok(payouts::table.find(id).select(Payout::as_select()).get_result(conn).optional()?)
}

/// Lists the shares of a payout with the names of the members.
pub(in crate::payouts) fn list_shares(conn: &mut Conn, payout: PayoutId) -> Result<Vec<(MemberShare, String)>> {
    Ok(payout_shares::table
        .inner_join(memberships::table)
        .filter(payout_shares::payout_id.eq(payout))
        .order((memberships::name.asc(), memberships::id.asc()))
        .select((MemberShare::as_select(), memberships::name))
        .load(conn)?)
}

/// Finds the voucher number of a payout.
pub(in crate::payouts) fn find_voucher_number(conn: &mut Conn, payout: PayoutId) -> Result<Option<String>> {
    let entry = ledger::find_entry_by_source(conn, EntryKind::Payout, SourceDocumentId::from_uuid(payout.uuid()))?;
    Ok(entry.map(|entry| entry.voucher_number()))
}

/// Counts the items of a payout.
pub(in crate::payouts) fn count_items(conn: &mut Conn, payout: PayoutId) -> Result<i64> {
    Ok(payout_items::table.filter(payout_items::payout_id.eq(payout)).count().get_result(conn)?)
}

/// Sort key of a page of payouts.
pub(in crate::payouts) type PayoutPageKey = (Instant, PayoutId);

/// Lists the payouts of a cooperative, to all groups or to one, with the names of the groups, the latest first.
pub(in crate::payouts) fn list_payouts(
    conn: &mut Conn,
    cooperative: CooperativeId,
    group: Option<GroupId>,
    status: Option<PayoutStatus>,
    after: Option<PayoutPageKey>,
    rows: i64,
) -> Result<Vec<(Payout, GroupRef)>> {
    let mut query = payouts::table
        .inner_join(groups::table.on(groups::id.eq(payouts::group_id)))
        .filter(payouts::cooperative_id.eq(cooperative))
        .order((payouts::paid_at.desc(), payouts::id.desc()))
        .limit(rows)
        .select((Payout::as_select(), GroupRef::as_select()))
        .into_boxed();
    if let Some(group) = group {
        query = query.filter(payouts::group_id.eq(group));
    }
    if let Some(status) = status {
        query = query.filter(payouts::status.eq(status));
    }
    if let Some((at, id)) = after {
        query = query.filter(payouts::paid_at.lt(at).or(payouts::paid_at.eq(at).and(payouts::id.lt(id))));
    }
    Ok(query.load(conn)?)
}
