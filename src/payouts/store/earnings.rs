//! Work and earnings of members.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::db::schema::{
    batches, contributions, groups, memberships, payout_contributions, payout_shares, payouts, products,
};
use crate::db::{Conn, Result};
use crate::kernel::ids::{AccountId, BatchId, ContributionId, GroupId, MembershipId, PayoutId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::payouts::divide::MemberShare;
use crate::payouts::earning::{BatchWork, Earning};
use crate::payouts::payout::{Payout, PayoutStatus};
use crate::supply::ContributionKind;

/// Sort key of a page of earnings.
pub(in crate::payouts) type EarningPageKey = (Instant, PayoutId);

/// Lists a member's earnings in payouts that are not reversed, the latest first.
pub(in crate::payouts) fn list_earnings(
    conn: &mut Conn,
    member: MembershipId,
    after: Option<EarningPageKey>,
    rows: i64,
) -> Result<Vec<Earning>> {
    let mut query = payout_shares::table
        .inner_join(payouts::table)
        .filter(payout_shares::membership_id.eq(member))
        .filter(payouts::status.eq(PayoutStatus::Paid))
        .order((payouts::paid_at.desc(), payouts::id.desc()))
        .limit(rows)
        .select((MemberShare::as_select(), Payout::as_select()))
        .into_boxed();
    if let Some((at, id)) = after {
        query = query.filter(payouts::paid_at.lt(at).or(payouts::paid_at.eq(at).and(payouts::id.lt(id))));
    }
    let rows: Vec<(MemberShare, Payout)> = query.load(conn)?;
    let mut earnings = Vec::with_capacity(rows.len());
    for (share, payout) in rows {
        let all_work: Vec<Quantity> = payout_shares::table
            .filter(payout_shares::payout_id.eq(payout.id))
            .select(payout_shares::work)
            .load(conn)?;
        let work: Vec<BatchLine> = payout_contributions::table
            .inner_join(contributions::table.inner_join(batches::table.inner_join(products::table)))
            .filter(payout_contributions::payout_id.eq(payout.id))
            .filter(contributions::membership_id.eq(member))
            .filter(contributions::kind.eq(payout.basis))
            .order((batches::ready_on.asc(), contributions::id.asc()))
            .select((batches::id, products::name, batches::ready_on, contributions::amount))
            .load(conn)?;
        earnings.push(Earning {
            payout: Some(payout.id),
            until: payout.until,
            paid_at: Some(payout.paid_at),
            basis: payout.basis,
            work: share.work,
            all_work: Quantity::sum(all_work),
            shared: payout.shared,
            share: share.share,
            receipts: share.receipts,
            batches: group_by_batch(work),
        });
    }
    Ok(earnings)
}

type BatchLine = (BatchId, String, Day, Quantity);

/// Sums the work by batch, in the given order.
fn group_by_batch(lines: Vec<BatchLine>) -> Vec<BatchWork> {
    let mut batches: Vec<BatchWork> = Vec::new();
    for (batch, product, ready_on, work) in lines {
        match batches.iter_mut().find(|row| row.batch == batch) {
            Some(row) => row.work = Quantity::sum([row.work, work]),
            None => batches.push(BatchWork { batch, product, ready_on, work }),
        }
    }
    batches
}

/// Lists an account's shares of payouts with the names of the groups, the latest first.
pub(in crate::payouts) fn list_shares_of_account(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Vec<(String, Payout, MemberShare)>> {
    Ok(payout_shares::table
        .inner_join(payouts::table)
        .inner_join(memberships::table)
        .inner_join(groups::table.on(groups::id.eq(payouts::group_id)))
        .filter(memberships::account_id.eq(account))
        .order((payouts::paid_at.desc(), payouts::id.desc()))
        .select((groups::name, Payout::as_select(), MemberShare::as_select()))
        .load(conn)?)
}

/// Finds a member's work that is not paid yet; `None` if there is none.
pub(in crate::payouts) fn find_unpaid_earning(
    conn: &mut Conn,
    group: GroupId,
    member: MembershipId,
    basis: ContributionKind,
    today: Day,
) -> Result<Option<Earning>> {
    use {batches as b, contributions as c, payout_contributions as i};
    let paid = i::table.filter(i::contribution_id.eq(c::id)).filter(i::released.eq(false));
    let rows: Vec<(ContributionId, MembershipId, BatchId, String, Day, Quantity)> = c::table
        .inner_join(b::table.inner_join(products::table))
        .filter(b::group_id.eq(group))
        .filter(c::kind.eq(basis))
        .filter(not(exists(paid)))
        .order((b::ready_on.asc(), c::id.asc()))
        .select((c::id, c::membership_id, b::id, products::name, b::ready_on, c::amount))
        .load(conn)?;
    let all_work = Quantity::sum(rows.iter().map(|(.., amount)| *amount));
    let own: Vec<BatchLine> = rows
        .into_iter()
        .filter(|(_, worker, ..)| *worker == member)
        .map(|(_, _, batch, product, ready_on, amount)| (batch, product, ready_on, amount))
        .collect();
    let work = Quantity::sum(own.iter().map(|(.., amount)| *amount));
    Ok((!own.is_empty()).then(|| Earning {
        payout: None,
        until: today,
        paid_at: None,
        basis,
        work,
        all_work,
        shared: Rupiah::ZERO,
        share: Rupiah::ZERO,
        receipts: Rupiah::ZERO,
        batches: group_by_batch(own),
    }))
}
