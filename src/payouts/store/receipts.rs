//! Ingredient receipts and earning rules.

use diesel::prelude::*;

use crate::cooperatives::{GroupPermit, GroupRef};
use crate::db::schema::{earning_rules, groups, ingredient_receipts, memberships};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::{AccountId, GroupId, MembershipId, ReceiptId};
use crate::kernel::{Day, Instant};
use crate::payouts::divide::OpenReceipt;
use crate::payouts::receipt::{Receipt, ReceiptStatus};
use crate::payouts::rule::{DEFAULT_RULE, EarningRule};

/// Loads the rule of a group, or the default.
pub(in crate::payouts) fn load_rule(conn: &mut Conn, group: GroupId) -> Result<EarningRule> {
    let row = earning_rules::table
        .find(group)
        .select((earning_rules::basis, earning_rules::fund_percent))
        .get_result(conn)
        .optional()?;
    Ok(row.map_or(DEFAULT_RULE, |(basis, fund_percent)| EarningRule { basis, fund_percent }))
}

/// Inserts or updates the rule of a group.
pub(in crate::payouts) fn set_rule(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    rule: EarningRule,
) -> Result<()> {
    use earning_rules as r;
    let values = (
        r::basis.eq(rule.basis),
        r::fund_percent.eq(rule.fund_percent),
        r::changed_at.eq(now),
        r::changed_by.eq(permit.account),
    );
    let insert = diesel::insert_into(r::table)
        .values(((r::group_id.eq(permit.group), r::cooperative_id.eq(permit.cooperative)), values))
        .on_conflict(r::group_id)
        .do_update()
        .set(values);
    on_both!(tx, c => insert.execute(c))?;
    Ok(())
}

/// Finds the name of somebody who is or was a member of the group.
pub(in crate::payouts) fn find_member_name(
    conn: &mut Conn,
    group: GroupId,
    member: MembershipId,
) -> Result<Option<String>> {
    let membership = memberships::table.find(member).filter(memberships::group_id.eq(group));
    Ok(membership.select(memberships::name).get_result(conn).optional()?)
}

/// Lists an account's receipts, the latest first.
pub(in crate::payouts) fn list_receipts_of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Receipt>> {
    Ok(ingredient_receipts::table
        .inner_join(memberships::table.on(memberships::id.eq(ingredient_receipts::membership_id)))
        .filter(memberships::account_id.eq(account))
        .order((ingredient_receipts::bought_on.desc(), ingredient_receipts::id.desc()))
        .select(Receipt::as_select())
        .load(conn)?)
}

/// Inserts a receipt.
pub(in crate::payouts) fn insert_receipt(tx: &mut Tx<'_>, receipt: &Receipt) -> Result<()> {
    diesel::insert_into(ingredient_receipts::table).values(receipt).execute(&mut **tx)?;
    Ok(())
}

/// Finds a receipt.
pub(in crate::payouts) fn find_receipt(conn: &mut Conn, id: ReceiptId) -> Result<Option<Receipt>> {
    Ok(ingredient_receipts::table.find(id).select(Receipt::as_select()).get_result(conn).optional()?)
}

/// Voids an open receipt; `false` if it is not open.
pub(in crate::payouts) fn void_receipt(tx: &mut Tx<'_>, id: ReceiptId) -> Result<bool> {
    let open = ingredient_receipts::table.find(id).filter(ingredient_receipts::status.eq(ReceiptStatus::Open));
    let changed = diesel::update(open).set(ingredient_receipts::status.eq(ReceiptStatus::Void)).execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Lists the open receipts of a group up to this day.
pub(in crate::payouts) fn list_open_receipts(conn: &mut Conn, group: GroupId, until: Day) -> Result<Vec<OpenReceipt>> {
    use ingredient_receipts as r;
    let rows = r::table
        .filter(r::group_id.eq(group))
        .filter(r::status.eq(ReceiptStatus::Open))
        .filter(r::bought_on.le(until))
        .select((r::id, r::bought_on, r::membership_id, r::amount))
        .load(conn)?;
    let receipt = |(receipt, bought_on, member, amount)| OpenReceipt { receipt, bought_on, member, amount };
    Ok(rows.into_iter().map(receipt).collect())
}

/// Sort key of a page of receipts.
pub(in crate::payouts) type ReceiptPageKey = (Day, ReceiptId);

/// Lists the receipts of a group with the names of the members and the group, the latest day first.
pub(in crate::payouts) fn list_receipts(
    conn: &mut Conn,
    group: GroupId,
    status: Option<ReceiptStatus>,
    after: Option<ReceiptPageKey>,
    rows: i64,
) -> Result<Vec<(Receipt, String, GroupRef)>> {
    use ingredient_receipts as r;
    let mut query = r::table
        .inner_join(memberships::table.on(memberships::id.eq(r::membership_id)))
        .inner_join(groups::table.on(groups::id.eq(r::group_id)))
        .filter(r::group_id.eq(group))
        .order((r::bought_on.desc(), r::id.desc()))
        .limit(rows)
        .select((Receipt::as_select(), memberships::name, GroupRef::as_select()))
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(r::status.eq(status));
    }
    if let Some((day, id)) = after {
        query = query.filter(r::bought_on.lt(day).or(r::bought_on.eq(day).and(r::id.lt(id))));
    }
    Ok(query.load(conn)?)
}
