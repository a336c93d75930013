//! Reversing a manual entry: the opposite entry is posted, and both stay.

use super::closing::require_open_month;
use super::entry::{Dimensions, Draft, Entry, EntryKind, NewPosting};
use super::error::LedgerError;
use super::events::{self, LedgerEvent};
use super::post::{PostingContext, post};
use super::store;
use crate::cooperatives::{self, AccessError, CooperativePermit};
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::EntryId;

/// Reverses a manual entry. Entries with a source are reversed at their source.
pub fn reverse(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: EntryId,
    memo: Option<&str>,
) -> Result<Entry, LedgerError> {
    store::lock_cooperative(tx, permit.cooperative)?;
    let original = store::find_entry(tx, id)?.filter(|entry| entry.cooperative == permit.cooperative);
    let original = original.ok_or(AccessError::Hidden)?;
    if !original.kind.is_manual() {
        return Err(LedgerError::NotManual);
    }
    if !store::list_reversals(tx, &[id])?.is_empty() {
        return Err(LedgerError::AlreadyReversed);
    }
    let today = cooperatives::load_zone(tx, permit.cooperative)?.day_of(now);
    require_open_month(tx, permit.cooperative, today)?;
    let postings = store::list_postings(tx, &[id])?.into_iter().map(|posting| NewPosting {
        account: posting.account,
        amount: posting.amount.negated(),
        dimensions: Dimensions {
            group: posting.group,
            member: posting.member,
            order: posting.order,
            holder: posting.holder,
            outlet: posting.outlet,
        },
    });
    let draft =
        Draft { postings: postings.collect(), ..Draft::new(EntryKind::Reversal) }.reversing(Some(id)).with_memo(memo);
    let booking = PostingContext { cooperative: permit.cooperative, on: today, by: Some(permit.account) };
    let entry =
        post(tx, now, &booking, &draft)?.ok_or(LedgerError::Db(db::Error::from(diesel::result::Error::NotFound)))?;
    let event = LedgerEvent::Reversed { entry: id, by_entry: entry.id }.about(id);
    events::record(tx, now, &event.by(permit.account).in_cooperative(permit.cooperative))?;
    Ok(entry)
}
