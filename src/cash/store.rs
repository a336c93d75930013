//! SQL of cash handovers and counts.

use diesel::prelude::*;

use super::count::CashCount;
use super::handover::{Handover, HandoverStatus};
use crate::db::schema::{accounts, cash_counts, handovers};
use crate::db::{Conn, Result, Tx, filter_after};
use crate::kernel::ids::{AccountId, CashCountId, CooperativeId, HandoverId};
use crate::kernel::{Day, Instant};

/// Inserts a handover.
pub(super) fn insert_handover(tx: &mut Tx<'_>, handover: &Handover) -> Result<()> {
    diesel::insert_into(handovers::table).values(handover).execute(&mut **tx)?;
    Ok(())
}

/// The handover with this id.
pub(super) fn find_handover(conn: &mut Conn, id: HandoverId) -> Result<Option<Handover>> {
    Ok(handovers::table.find(id).select(Handover::as_select()).get_result(conn).optional()?)
}

/// Writes a decision; false if the handover was changed since it was read.
pub(super) fn update_decision(tx: &mut Tx<'_>, handover: &Handover, before: i64) -> Result<bool> {
    let open = handovers::table
        .find(handover.id)
        .filter(handovers::version.eq(before))
        .filter(handovers::status.eq(HandoverStatus::Declared));
    let changed = diesel::update(open)
        .set((
            handovers::status.eq(handover.status),
            handovers::counted.eq(handover.counted),
            handovers::decided_at.eq(handover.decided_at),
            handovers::decided_by.eq(handover.decided_by),
            handovers::version.eq(handover.version),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Key of a page of handovers.
pub(super) type HandoverPageKey = (Instant, HandoverId);

/// The handovers to a cooperative, optionally of one holder, newest first.
pub(super) fn list_handovers(
    conn: &mut Conn,
    cooperative: CooperativeId,
    holder: Option<AccountId>,
    status: Option<HandoverStatus>,
    after: Option<HandoverPageKey>,
    limit: i64,
) -> Result<Vec<Handover>> {
    let mut query = handovers::table
        .filter(handovers::cooperative_id.eq(cooperative))
        .order((handovers::declared_at.desc(), handovers::id.desc()))
        .limit(limit)
        .select(Handover::as_select())
        .into_boxed();
    if let Some(holder) = holder {
        query = query.filter(handovers::holder_id.eq(holder));
    }
    if let Some(status) = status {
        query = query.filter(handovers::status.eq(status));
    }
    filter_after!(query, after, lt, handovers::declared_at, handovers::id);
    Ok(query.load(conn)?)
}

/// The name of an account.
pub(super) fn find_account_name(conn: &mut Conn, account: AccountId) -> Result<String> {
    let name = accounts::table.find(account).select(accounts::name).get_result(conn).optional()?;
    Ok(name.unwrap_or_default())
}

/// Inserts a count.
pub(super) fn insert_count(tx: &mut Tx<'_>, count: &CashCount) -> Result<()> {
    diesel::insert_into(cash_counts::table).values(count).execute(&mut **tx)?;
    Ok(())
}

/// Key of a page of counts.
pub(super) type CashCountPageKey = (Day, CashCountId);

/// The counts of a cooperative's cash box, newest first.
pub(super) fn list_counts(
    conn: &mut Conn,
    cooperative: CooperativeId,
    after: Option<CashCountPageKey>,
    limit: i64,
) -> Result<Vec<CashCount>> {
    let mut query = cash_counts::table
        .filter(cash_counts::cooperative_id.eq(cooperative))
        .order((cash_counts::counted_on.desc(), cash_counts::id.desc()))
        .limit(limit)
        .select(CashCount::as_select())
        .into_boxed();
    filter_after!(query, after, lt, cash_counts::counted_on, cash_counts::id);
    Ok(query.load(conn)?)
}
