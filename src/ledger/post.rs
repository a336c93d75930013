//! Writing an entry into the books.

use super::entry::{Draft, Entry, Posting, month_of};
use super::error::LedgerError;
use super::store;
use crate::db::Tx;
use crate::kernel::ids::{AccountId, CooperativeId};
use crate::kernel::{Day, Instant, Rupiah};

/// In whose books, for which day, by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booking {
    /// Whose books.
    pub cooperative: CooperativeId,
    /// The business day that it counts for.
    pub on: Day,
    /// Whose doing it is; nobody's when it follows by itself.
    pub by: Option<AccountId>,
}

/// Writes an entry under the next number of its vouchers: two statements. Nothing where there is nothing to post.
///
/// What happens today is posted for today, whose month cannot be closed; [`enter`](super::enter) looks at the month.
pub fn post(tx: &mut Tx<'_>, now: Instant, booking: &Booking, draft: &Draft) -> Result<Option<Entry>, LedgerError> {
    let off = draft.balance()?;
    if off != Rupiah::ZERO {
        return Err(LedgerError::Unbalanced(off));
    }
    if draft.legs.is_empty() {
        return Ok(None);
    }
    let mut entry = Entry {
        id: tx.id(now),
        cooperative: booking.cooperative,
        month: month_of(booking.on),
        voucher: draft.voucher()?,
        number: 0,
        kind: draft.kind,
        entered_on: booking.on,
        booked_at: now,
        booked_by: booking.by,
        source: draft.source,
        reverses: draft.reverses,
        memo: draft.memo.clone(),
    };
    entry.number = store::insert_entry(tx, &entry)?;
    let postings: Vec<Posting> = draft
        .legs
        .iter()
        .zip(1_i32..)
        .map(|(leg, position)| Posting {
            entry: entry.id,
            position,
            cooperative: entry.cooperative,
            entered_on: entry.entered_on,
            account: leg.account,
            amount: leg.amount,
            group: leg.about.group,
            member: leg.about.member,
            order: leg.about.order,
            holder: leg.about.holder,
            outlet: leg.about.outlet,
        })
        .collect();
    store::insert_postings(tx, &postings)?;
    Ok(Some(entry))
}
