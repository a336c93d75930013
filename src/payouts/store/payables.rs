//! Payable postings of groups, and contributions that are not paid yet.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Integer;

use crate::db::schema::{
    batches, contributions, ledger_entries, ledger_postings, orders, payout_contributions, payout_items,
};
use crate::db::{Conn, Result};
use crate::kernel::ids::{ContributionId, CooperativeId, EntryId, GroupId, MembershipId, OrderId, PayoutId, SqlUuid};
use crate::kernel::{Day, Quantity, Rupiah};
use crate::ledger::{Entry, EntryKind, LedgerAccount};
use crate::payouts::divide::MemberWork;
use crate::payouts::payable::{GroupBalance, PayableDetails, PayablePosting};
use crate::supply::ContributionKind;

/// Entries that settle payables.
const SETTLING: [EntryKind; 2] = [EntryKind::Payout, EntryKind::PayoutReversed];

/// Query of the postings that are payable to a group and settled by no payout. A reversed payout has released its items.
macro_rules! unsettled {
    ($group:expr) => {{
        use {ledger_entries as e, ledger_postings as p, payout_items as i};
        let settled = i::table
            .filter(i::entry_id.eq(p::entry_id))
            .filter(i::position.eq(p::position))
            .filter(i::released.eq(false));
        p::table
            .inner_join(e::table)
            .filter(p::group_id.eq($group))
            .filter(p::account.eq(LedgerAccount::PAYABLE_TO_GROUPS))
            .filter(e::kind.ne_all(SETTLING))
            .filter(not(exists(settled)))
    }};
}

/// Lists the payable postings of a group up to this day.
pub(in crate::payouts) fn list_payable_postings(
    conn: &mut Conn,
    group: GroupId,
    until: Day,
) -> Result<Vec<PayablePosting>> {
    use ledger_postings as p;
    let rows: Vec<(EntryId, i32, Rupiah)> = unsettled!(group)
        .filter(p::entered_on.le(until))
        .order((p::entered_on.asc(), p::entry_id.asc(), p::position.asc()))
        .select((p::entry_id, p::position, p::amount))
        .load(conn)?;
    Ok(rows.into_iter().map(payable).collect())
}

fn payable((entry, position, amount): (EntryId, i32, Rupiah)) -> PayablePosting {
    PayablePosting { entry, position, amount: amount.negated() }
}

/// Sort key of a page of payables.
pub(in crate::payouts) type PayablePageKey = (Day, EntryId, i32);

/// Loads a page of a query of postings, the oldest first, with details.
macro_rules! load_page {
    ($conn:expr, $postings:expr, $after:expr, $rows:expr) => {{
        use ledger_postings as p;
        let mut query = $postings
            .order((p::entered_on.asc(), p::entry_id.asc(), p::position.asc()))
            .limit($rows)
            .select((Entry::as_select(), p::position, p::amount, p::order_id))
            .into_boxed();
        if let Some((day, entry, position)) = $after {
            let in_entry = p::entry_id.gt(entry).or(p::entry_id.eq(entry).and(p::position.gt(position)));
            query = query.filter(p::entered_on.gt(day).or(p::entered_on.eq(day).and(in_entry)));
        }
        let rows = query.load($conn)?;
        load_details($conn, rows)
    }};
}

/// Lists payables of a group with details, the oldest first.
pub(in crate::payouts) fn list_payables(
    conn: &mut Conn,
    group: GroupId,
    after: Option<PayablePageKey>,
    rows: i64,
) -> Result<Vec<PayableDetails>> {
    load_page!(conn, unsettled!(group), after, rows)
}

/// Lists the postings that a payout settled with details, the oldest first.
pub(in crate::payouts) fn list_payout_items(
    conn: &mut Conn,
    payout: PayoutId,
    after: Option<PayablePageKey>,
    rows: i64,
) -> Result<Vec<PayableDetails>> {
    use {ledger_entries as e, ledger_postings as p, payout_items as i};
    let settled = i::table
        .inner_join(p::table.on(p::entry_id.eq(i::entry_id).and(p::position.eq(i::position))))
        .inner_join(e::table.on(e::id.eq(i::entry_id)))
        .filter(i::payout_id.eq(payout));
    load_page!(conn, settled, after, rows)
}

/// Loads the price of the goods and the order number of each posting.
fn load_details(conn: &mut Conn, rows: Vec<(Entry, i32, Rupiah, Option<OrderId>)>) -> Result<Vec<PayableDetails>> {
    let ids: Vec<EntryId> = rows.iter().map(|(entry, ..)| entry.id).collect();
    let sales: Vec<(EntryId, Rupiah)> = ledger_postings::table
        .filter(ledger_postings::entry_id.eq_any(&ids))
        .filter(ledger_postings::account.eq_any([
            LedgerAccount::SALES,
            LedgerAccount::DISCOUNTS,
            LedgerAccount::RETURNS,
        ]))
        .select((ledger_postings::entry_id, ledger_postings::amount))
        .load(conn)?;
    let order_ids: Vec<OrderId> = rows.iter().filter_map(|(.., order)| *order).collect();
    let numbers: Vec<(OrderId, String)> =
        orders::table.filter(orders::id.eq_any(order_ids)).select((orders::id, orders::number)).load(conn)?;
    let item = |(entry, position, amount, order): (Entry, i32, Rupiah, Option<OrderId>)| {
        let goods = sales.iter().filter(|(id, _)| *id == entry.id).map(|(_, amount)| amount.negated());
        PayableDetails {
            posting: payable((entry.id, position, amount)),
            voucher_number: entry.voucher_number(),
            kind: entry.kind,
            on: entry.business_day,
            order,
            order_number: order
                .and_then(|order| numbers.iter().find(|(id, _)| *id == order))
                .map(|(_, number)| number.clone()),
            goods: Rupiah::sum(goods).unwrap_or_default(),
        }
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Lists the contributions to batches up to this day that are not paid yet: all ids, and the work that counts by this
/// basis.
pub(in crate::payouts) fn list_unpaid_work(
    conn: &mut Conn,
    group: GroupId,
    until: Day,
    basis: ContributionKind,
) -> Result<(Vec<ContributionId>, Vec<MemberWork>)> {
    use {batches as b, contributions as c, payout_contributions as i};
    let paid = i::table.filter(i::contribution_id.eq(c::id)).filter(i::released.eq(false));
    let rows: Vec<(ContributionId, MembershipId, ContributionKind, Quantity)> = c::table
        .inner_join(b::table)
        .filter(b::group_id.eq(group))
        .filter(b::ready_on.le(until))
        .filter(not(exists(paid)))
        .order(c::id.asc())
        .select((c::id, c::membership_id, c::kind, c::amount))
        .load(conn)?;
    let ids = rows.iter().map(|(id, ..)| *id).collect();
    let counted = rows.into_iter().filter(|(_, _, kind, _)| *kind == basis);
    Ok((ids, counted.map(|(_, member, _, quantity)| MemberWork { member, quantity }).collect()))
}

/// Lists the balances of a cooperative's groups by name, without groups whose balances are all zero.
#[expect(clippy::disallowed_methods, reason = "diesel sums integers to a type that only PostgreSQL has")]
pub(in crate::payouts) fn list_group_balances(
    conn: &mut Conn,
    cooperative: CooperativeId,
) -> Result<Vec<GroupBalance>> {
    Ok(diesel::sql_query(
        "SELECT g.id AS group_id, g.name, CAST(coalesce(p.owed, 0) AS BIGINT) AS owed, \
             CAST(coalesce(p.advances, 0) AS BIGINT) AS advances, CAST(coalesce(r.receipts, 0) AS BIGINT) AS receipts \
         FROM groups g \
         LEFT JOIN (SELECT group_id, sum(CASE account WHEN $1 THEN -amount ELSE 0 END) AS owed, \
                 sum(CASE account WHEN $2 THEN amount ELSE 0 END) AS advances FROM ledger_postings \
             WHERE cooperative_id = $3 AND account IN ($1, $2) AND group_id IS NOT NULL GROUP BY group_id) p \
             ON p.group_id = g.id \
         LEFT JOIN (SELECT group_id, sum(amount) AS receipts FROM ingredient_receipts \
             WHERE cooperative_id = $3 AND status = 'open' GROUP BY group_id) r ON r.group_id = g.id \
         WHERE g.cooperative_id = $3 AND (coalesce(p.owed, 0) <> 0 OR coalesce(p.advances, 0) <> 0 \
             OR coalesce(r.receipts, 0) <> 0) ORDER BY g.name, g.id",
    )
    .bind::<Integer, _>(LedgerAccount::PAYABLE_TO_GROUPS)
    .bind::<Integer, _>(LedgerAccount::ADVANCES)
    .bind::<SqlUuid, _>(cooperative)
    .load(conn)?)
}
