//! What is owed to groups, and the work that is not paid for.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};

use crate::db::schema::{
    batches, contributions, ledger_entries, ledger_postings, orders, payout_contributions, payout_items,
};
use crate::db::{Conn, Result};
use crate::kernel::ids::{ContributionId, CooperativeId, EntryId, GroupId, MembershipId, OrderId, PayoutId, SqlUuid};
use crate::kernel::{Day, Quantity, Rupiah};
use crate::ledger::{Account, Entry, EntryKind};
use crate::payouts::divide::Work;
use crate::payouts::payable::{Account as GroupAccount, Due, Item};
use crate::supply::ContributionKind;

/// Entries that settle what is owed, and owe nothing themselves.
const SETTLING: [EntryKind; 2] = [EntryKind::Payout, EntryKind::PayoutReversed];

/// The postings that owe a group something and are settled by no payout.
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
            .filter(p::account.eq(Account::OWED_TO_GROUPS))
            .filter(e::kind.ne_all(SETTLING))
            .filter(not(exists(settled)))
    }};
}

/// What a group is owed for up to this day and has not been paid.
pub(in crate::payouts) fn dues(conn: &mut Conn, group: GroupId, until: Day) -> Result<Vec<Due>> {
    use ledger_postings as p;
    let found: Vec<(EntryId, i32, Rupiah)> = unsettled!(group)
        .filter(p::entered_on.le(until))
        .order((p::entered_on.asc(), p::entry_id.asc(), p::position.asc()))
        .select((p::entry_id, p::position, p::amount))
        .load(conn)?;
    Ok(found.into_iter().map(due).collect())
}

fn due((entry, position, amount): (EntryId, i32, Rupiah)) -> Due {
    Due { entry, position, amount: amount.negated() }
}

/// Where a page of items begins.
pub(in crate::payouts) type DueKey = (Day, EntryId, i32);

/// What a group is owed for, the oldest first.
pub(in crate::payouts) fn unpaid_items(
    conn: &mut Conn,
    group: GroupId,
    after: Option<DueKey>,
    rows: i64,
) -> Result<Vec<Item>> {
    use ledger_postings as p;
    let mut query = unsettled!(group)
        .order((p::entered_on.asc(), p::entry_id.asc(), p::position.asc()))
        .limit(rows)
        .select((Entry::as_select(), p::position, p::amount, p::order_id))
        .into_boxed();
    if let Some((day, entry, position)) = after {
        let in_entry = p::entry_id.gt(entry).or(p::entry_id.eq(entry).and(p::position.gt(position)));
        query = query.filter(p::entered_on.gt(day).or(p::entered_on.eq(day).and(in_entry)));
    }
    let found = query.load(conn)?;
    told(conn, found)
}

/// What a payout settled, the oldest first.
pub(in crate::payouts) fn items_of(
    conn: &mut Conn,
    payout: PayoutId,
    after: Option<DueKey>,
    rows: i64,
) -> Result<Vec<Item>> {
    use {ledger_entries as e, ledger_postings as p, payout_items as i};
    let mut query = i::table
        .inner_join(p::table.on(p::entry_id.eq(i::entry_id).and(p::position.eq(i::position))))
        .inner_join(e::table.on(e::id.eq(i::entry_id)))
        .filter(i::payout_id.eq(payout))
        .order((p::entered_on.asc(), p::entry_id.asc(), p::position.asc()))
        .limit(rows)
        .select((Entry::as_select(), p::position, p::amount, p::order_id))
        .into_boxed();
    if let Some((day, entry, position)) = after {
        let in_entry = p::entry_id.gt(entry).or(p::entry_id.eq(entry).and(p::position.gt(position)));
        query = query.filter(p::entered_on.gt(day).or(p::entered_on.eq(day).and(in_entry)));
    }
    let found = query.load(conn)?;
    told(conn, found)
}

/// The same with what the goods sold for, and for whose order.
fn told(conn: &mut Conn, found: Vec<(Entry, i32, Rupiah, Option<OrderId>)>) -> Result<Vec<Item>> {
    let ids: Vec<EntryId> = found.iter().map(|(entry, ..)| entry.id).collect();
    let sold: Vec<(EntryId, Rupiah)> = ledger_postings::table
        .filter(ledger_postings::entry_id.eq_any(&ids))
        .filter(ledger_postings::account.eq_any([Account::SALES, Account::DISCOUNTS, Account::RETURNS]))
        .select((ledger_postings::entry_id, ledger_postings::amount))
        .load(conn)?;
    let named: Vec<OrderId> = found.iter().filter_map(|(.., order)| *order).collect();
    let numbers: Vec<(OrderId, String)> =
        orders::table.filter(orders::id.eq_any(named)).select((orders::id, orders::number)).load(conn)?;
    let item = |(entry, position, amount, order): (Entry, i32, Rupiah, Option<OrderId>)| {
        let of_entry = sold.iter().filter(|(id, _)| *id == entry.id).map(|(_, amount)| amount.negated());
        Item {
            due: due((entry.id, position, amount)),
            filed_as: entry.filed_as(),
            kind: entry.kind,
            on: entry.entered_on,
            order,
            order_number: order.and_then(|order| numbers.iter().find(|(id, _)| *id == order)).map(|it| it.1.clone()),
            goods: Rupiah::sum(of_entry).unwrap_or_default(),
        }
    };
    Ok(found.into_iter().map(item).collect())
}

/// The contributions to batches of these days that nobody was paid for, and what of them counts by this basis.
pub(in crate::payouts) fn unpaid_work(
    conn: &mut Conn,
    group: GroupId,
    until: Day,
    basis: ContributionKind,
) -> Result<(Vec<ContributionId>, Vec<Work>)> {
    use {batches as b, contributions as c, payout_contributions as i};
    let paid = i::table.filter(i::contribution_id.eq(c::id)).filter(i::released.eq(false));
    let found: Vec<(ContributionId, MembershipId, ContributionKind, Quantity)> = c::table
        .inner_join(b::table)
        .filter(b::group_id.eq(group))
        .filter(b::ready_on.le(until))
        .filter(not(exists(paid)))
        .order(c::id.asc())
        .select((c::id, c::membership_id, c::kind, c::amount))
        .load(conn)?;
    let ids = found.iter().map(|(id, ..)| *id).collect();
    let counts = found.into_iter().filter(|(_, _, kind, _)| *kind == basis);
    Ok((ids, counts.map(|(_, member, _, amount)| Work { member, amount }).collect()))
}

#[derive(QueryableByName)]
struct Sums {
    #[diesel(sql_type = SqlUuid)]
    id: GroupId,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    owed: Rupiah,
    #[diesel(sql_type = BigInt)]
    advances: Rupiah,
    #[diesel(sql_type = BigInt)]
    receipts: Rupiah,
}

/// How each group stands with its cooperative, by name; those with whom all is even are left out.
#[expect(clippy::disallowed_methods, reason = "diesel adds whole numbers up to a type that only PostgreSQL has")]
pub(in crate::payouts) fn accounts(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<GroupAccount>> {
    let found: Vec<Sums> = diesel::sql_query(
        "SELECT g.id, g.name, CAST(coalesce(p.owed, 0) AS BIGINT) AS owed, \
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
    .bind::<Integer, _>(Account::OWED_TO_GROUPS)
    .bind::<Integer, _>(Account::ADVANCES)
    .bind::<SqlUuid, _>(cooperative)
    .load(conn)?;
    let account = |it: Sums| GroupAccount {
        group: it.id,
        name: it.name,
        owed: it.owed,
        advances: it.advances,
        receipts: it.receipts,
    };
    Ok(found.into_iter().map(account).collect())
}
