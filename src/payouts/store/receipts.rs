//! Receipts of ingredients, and how groups divide.

use diesel::prelude::*;

use crate::cooperatives::GroupPermit;
use crate::db::schema::{earning_rules, ingredient_receipts, memberships};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::{AccountId, GroupId, MembershipId, ReceiptId};
use crate::kernel::{Day, Instant};
use crate::payouts::divide::LaidOut;
use crate::payouts::receipt::{Receipt, ReceiptStatus};
use crate::payouts::rule::{DEFAULT, EarningRule};

/// How a group divides what it earns.
pub(in crate::payouts) fn rule(conn: &mut Conn, group: GroupId) -> Result<EarningRule> {
    let found = earning_rules::table
        .find(group)
        .select((earning_rules::basis, earning_rules::fund_percent))
        .first(conn)
        .optional()?;
    Ok(found.map_or(DEFAULT, |(basis, fund_percent)| EarningRule { basis, fund_percent }))
}

/// Writes how a group divides what it earns.
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

/// Whether this is, or was, a member of the group.
pub(in crate::payouts) fn is_member(conn: &mut Conn, group: GroupId, member: MembershipId) -> Result<bool> {
    let found = memberships::table.find(member).filter(memberships::group_id.eq(group));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn)?)
}

/// What a member of the group is called.
pub(in crate::payouts) fn member_name(conn: &mut Conn, group: GroupId, member: MembershipId) -> Result<Option<String>> {
    let found = memberships::table.find(member).filter(memberships::group_id.eq(group));
    Ok(found.select(memberships::name).first(conn).optional()?)
}

/// What a person laid out, the latest first.
pub(in crate::payouts) fn laid_out_by(conn: &mut Conn, account: AccountId) -> Result<Vec<Receipt>> {
    Ok(ingredient_receipts::table
        .inner_join(memberships::table.on(memberships::id.eq(ingredient_receipts::membership_id)))
        .filter(memberships::account_id.eq(account))
        .order((ingredient_receipts::bought_on.desc(), ingredient_receipts::id.desc()))
        .select(Receipt::as_select())
        .load(conn)?)
}

/// Writes a receipt down.
pub(in crate::payouts) fn insert_receipt(tx: &mut Tx<'_>, receipt: &Receipt) -> Result<()> {
    diesel::insert_into(ingredient_receipts::table).values(receipt).execute(&mut **tx)?;
    Ok(())
}

/// The receipt of this id.
pub(in crate::payouts) fn receipt(conn: &mut Conn, id: ReceiptId) -> Result<Option<Receipt>> {
    Ok(ingredient_receipts::table.find(id).select(Receipt::as_select()).first(conn).optional()?)
}

/// Takes a receipt back that waits for a payout; false when it does not.
pub(in crate::payouts) fn void_receipt(tx: &mut Tx<'_>, id: ReceiptId) -> Result<bool> {
    let open = ingredient_receipts::table.find(id).filter(ingredient_receipts::status.eq(ReceiptStatus::Open));
    let changed = diesel::update(open).set(ingredient_receipts::status.eq(ReceiptStatus::Void)).execute(&mut **tx)?;
    Ok(changed == 1)
}

/// What members of a group laid out up to this day and did not get back.
pub(in crate::payouts) fn open_receipts(conn: &mut Conn, group: GroupId, until: Day) -> Result<Vec<LaidOut>> {
    use ingredient_receipts as r;
    let found = r::table
        .filter(r::group_id.eq(group))
        .filter(r::status.eq(ReceiptStatus::Open))
        .filter(r::bought_on.le(until))
        .select((r::id, r::bought_on, r::membership_id, r::amount))
        .load(conn)?;
    let laid_out = |(receipt, on, member, amount)| LaidOut { receipt, on, member, amount };
    Ok(found.into_iter().map(laid_out).collect())
}

/// Where a page of receipts begins.
pub(in crate::payouts) type ReceiptKey = (Day, ReceiptId);

/// The receipts of a group with the names of who laid it out, the latest day first.
pub(in crate::payouts) fn receipts_of(
    conn: &mut Conn,
    group: GroupId,
    status: Option<ReceiptStatus>,
    after: Option<ReceiptKey>,
    rows: i64,
) -> Result<Vec<(Receipt, String)>> {
    use ingredient_receipts as r;
    let mut query = r::table
        .inner_join(memberships::table.on(memberships::id.eq(r::membership_id)))
        .filter(r::group_id.eq(group))
        .order((r::bought_on.desc(), r::id.desc()))
        .limit(rows)
        .select((Receipt::as_select(), memberships::name))
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(r::status.eq(status));
    }
    if let Some((day, id)) = after {
        query = query.filter(r::bought_on.lt(day).or(r::bought_on.eq(day).and(r::id.lt(id))));
    }
    Ok(query.load(conn)?)
}
