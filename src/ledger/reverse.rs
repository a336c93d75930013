//! An entry by hand was wrong: its opposite is entered, and both stay.

use super::closing::check_open;
use super::entry::{About, Draft, Entry, EntryKind, Leg};
use super::error::LedgerError;
use super::post::{Booking, post};
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::EntryId;

/// Takes an entry back that the treasurer wrote by hand. What follows from orders and payments is taken back where it
/// happened.
pub fn reverse(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: EntryId,
    memo: Option<&str>,
) -> Result<Entry, LedgerError> {
    store::hold_cooperative(tx, permit.cooperative)?;
    let wrong = store::entry(tx, id)?.filter(|entry| entry.cooperative == permit.cooperative);
    let wrong = wrong.ok_or(AccessError::Hidden)?;
    if !wrong.kind.is_by_hand() {
        return Err(LedgerError::NotByHand);
    }
    if !store::reversals(tx, &[id])?.is_empty() {
        return Err(LedgerError::ReversedAlready);
    }
    let today = store::zone_of(tx, permit.cooperative)?.day_of(now);
    check_open(tx, permit.cooperative, today)?;
    let turned = store::postings(tx, &[id])?.into_iter().map(|posting| Leg {
        account: posting.account,
        amount: posting.amount.negated(),
        about: About {
            group: posting.group,
            member: posting.member,
            order: posting.order,
            holder: posting.holder,
            outlet: posting.outlet,
        },
    });
    let draft = Draft { legs: turned.collect(), ..Draft::new(EntryKind::Reversal) }.reversing(Some(id)).noting(memo);
    let booking = Booking { cooperative: permit.cooperative, on: today, by: Some(permit.account) };
    let entry =
        post(tx, now, &booking, &draft)?.ok_or(LedgerError::Db(db::Error::from(diesel::result::Error::NotFound)))?;
    let event = Event::new("ledger.entry_reversed", id).by(permit.account).in_cooperative(permit.cooperative);
    events::record(tx, now, &event.with("entry", id).with("by_entry", entry.id))?;
    Ok(entry)
}
