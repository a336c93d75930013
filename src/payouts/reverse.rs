//! Reversing a payout: the money is back, and what it settled is payable again.

use super::error::PayoutError;
use super::events::PayoutEvent;
use super::payout::{Payout, PayoutStatus};
use super::plan::record_event;
use super::store;
use crate::cooperatives::{self, AccessError, CooperativePermit};
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::{Id, PayoutId, SourceDocumentId};
use crate::ledger::{self, EntryKind, PostingContext, rules};
use crate::web::StaleVersion;

/// Reverses a payout.
pub fn reverse(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: PayoutId,
    reason: &str,
    expected_version: Option<i64>,
) -> Result<Payout, PayoutError> {
    ledger::lock_cooperative(tx, permit.cooperative)?;
    let before = store::find_payout(tx, id)?.filter(|payout| payout.cooperative == permit.cooperative);
    let before = before.ok_or(AccessError::Hidden)?;
    StaleVersion::check(expected_version, before.version)?;
    if before.status != PayoutStatus::Paid {
        return Err(PayoutError::WrongStatus(before.status));
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
    let source = SourceDocumentId::from_uuid(id.uuid());
    let entry = ledger::find_entry_by_source(tx, EntryKind::Payout, source)?;
    let on = cooperatives::load_zone(tx, permit.cooperative)?.day_of(now);
    let draft = rules::draft_payout_reversal(source, &reversed.amounts())?.reversing(entry.map(|entry| entry.id));
    ledger::post(tx, now, &PostingContext { cooperative: permit.cooperative, on, by: Some(permit.account) }, &draft)?;
    record_event(tx, now, PayoutEvent::Reversed, &reversed)?;
    Ok(reversed)
}
