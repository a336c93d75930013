//! A payout that was a mistake: the money is back, and what it settled is owed again.

use super::error::CapitalError;
use super::payout::{Payout, PayoutStatus};
use super::plan::tell;
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::{Id, PayoutId, SourceId};
use crate::ledger::{self, Booking, EntryKind, rules};
use crate::web::StaleVersion;

/// Reverses a payout.
pub fn reverse(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: PayoutId,
    reason: &str,
    expected: Option<i64>,
) -> Result<Payout, CapitalError> {
    ledger::hold(tx, permit.cooperative)?;
    let before = store::payout(tx, id)?.filter(|payout| payout.cooperative == permit.cooperative);
    let before = before.ok_or(AccessError::Hidden)?;
    StaleVersion::check(expected, before.version)?;
    if before.status != PayoutStatus::Paid {
        return Err(CapitalError::NotPossible(before.status));
    }
    let reversed = Payout {
        status: PayoutStatus::Reversed,
        reversed_at: Some(now),
        reversed_by: Some(permit.account),
        reason: Some(reason.trim().to_owned()),
        version: before.version.saturating_add(1),
        ..before
    };
    store::set_reversed(tx, &reversed)?;
    let source = SourceId::from_uuid(id.uuid());
    let entry = ledger::entry_of_source(tx, EntryKind::Payout, source)?;
    let on = ledger::zone_of(tx, permit.cooperative)?.day_of(now);
    let draft = rules::payout_reversed(source, &reversed.owed())?.reversing(entry.map(|entry| entry.id));
    ledger::post(tx, now, &Booking { cooperative: permit.cooperative, on, by: Some(permit.account) }, &draft)?;
    tell(tx, now, "payout.reversed", &reversed)?;
    Ok(reversed)
}
