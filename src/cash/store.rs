//! The SQL of cash on its way.

use diesel::prelude::*;

use super::count::CashCount;
use super::handover::{Handover, HandoverStatus};
use crate::db::schema::{accounts, cash_counts, cooperatives, handovers};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, CashCountId, CooperativeId, HandoverId};
use crate::kernel::{Day, Instant};

/// Writes a handover.
pub(super) fn insert_handover(tx: &mut Tx<'_>, it: &Handover) -> Result<()> {
    diesel::insert_into(handovers::table).values(it).execute(&mut **tx)?;
    Ok(())
}

/// The handover of this id.
pub(super) fn handover(conn: &mut Conn, id: HandoverId) -> Result<Option<Handover>> {
    Ok(handovers::table.find(id).select(Handover::as_select()).first(conn).optional()?)
}

/// Writes the decision if it still stands as it was read.
pub(super) fn decide(tx: &mut Tx<'_>, it: &Handover, before: i64) -> Result<bool> {
    let open = handovers::table
        .find(it.id)
        .filter(handovers::version.eq(before))
        .filter(handovers::status.eq(HandoverStatus::Declared));
    let changed = diesel::update(open)
        .set((
            handovers::status.eq(it.status),
            handovers::counted.eq(it.counted),
            handovers::decided_at.eq(it.decided_at),
            handovers::decided_by.eq(it.decided_by),
            handovers::version.eq(it.version),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Where a page of handovers begins.
pub(super) type HandoverKey = (Instant, HandoverId);

/// The handovers to a cooperative, or of one holder of it, the latest first.
pub(super) fn handovers_of(
    conn: &mut Conn,
    cooperative: CooperativeId,
    holder: Option<AccountId>,
    status: Option<HandoverStatus>,
    after: Option<HandoverKey>,
    rows: i64,
) -> Result<Vec<Handover>> {
    let mut query = handovers::table
        .filter(handovers::cooperative_id.eq(cooperative))
        .order((handovers::declared_at.desc(), handovers::id.desc()))
        .limit(rows)
        .select(Handover::as_select())
        .into_boxed();
    if let Some(holder) = holder {
        query = query.filter(handovers::holder_id.eq(holder));
    }
    if let Some(status) = status {
        query = query.filter(handovers::status.eq(status));
    }
    if let Some((at, id)) = after {
        let earlier = handovers::declared_at.lt(at).or(handovers::declared_at.eq(at).and(handovers::id.lt(id)));
        query = query.filter(earlier);
    }
    Ok(query.load(conn)?)
}

/// What people are called.
pub(super) fn name(conn: &mut Conn, account: AccountId) -> Result<String> {
    let found = accounts::table.find(account).select(accounts::name).first(conn).optional()?;
    Ok(found.unwrap_or_default())
}

/// What a cooperative is called.
pub(super) fn cooperative_name(conn: &mut Conn, cooperative: CooperativeId) -> Result<String> {
    Ok(cooperatives::table.find(cooperative).select(cooperatives::name).first(conn)?)
}

/// Writes a count of the cash box.
pub(super) fn insert_count(tx: &mut Tx<'_>, it: &CashCount) -> Result<()> {
    diesel::insert_into(cash_counts::table).values(it).execute(&mut **tx)?;
    Ok(())
}

/// Where a page of counts begins.
pub(super) type CountKey = (Day, CashCountId);

/// The counts of a cooperative's cash box, the latest first.
pub(super) fn counts_of(
    conn: &mut Conn,
    cooperative: CooperativeId,
    after: Option<CountKey>,
    rows: i64,
) -> Result<Vec<CashCount>> {
    let mut query = cash_counts::table
        .filter(cash_counts::cooperative_id.eq(cooperative))
        .order((cash_counts::counted_on.desc(), cash_counts::id.desc()))
        .limit(rows)
        .select(CashCount::as_select())
        .into_boxed();
    if let Some((day, id)) = after {
        let earlier = cash_counts::counted_on.lt(day).or(cash_counts::counted_on.eq(day).and(cash_counts::id.lt(id)));
        query = query.filter(earlier);
    }
    Ok(query.load(conn)?)
}
