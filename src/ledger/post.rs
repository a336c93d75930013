//! Posting an entry.

use super::entry::{Draft, Entry, Posting, month_of};
use super::error::LedgerError;
use super::store;
use crate::db::Tx;
use crate::kernel::ids::{AccountId, CooperativeId};
use crate::kernel::{Day, Instant, Rupiah};

/// Where an entry is posted, for which day, by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostingContext {
    /// The cooperative.
    pub cooperative: CooperativeId,
    /// The business day.
    pub on: Day,
    /// The account of the caller; `None` if the system posts.
    pub by: Option<AccountId>,
}

/// Posts a draft under the next voucher number, in two statements. Returns `None` if the draft has no postings.
///
/// Does not check that the month is open: system entries are for today, whose month cannot be closed;
/// [`enter`](super::enter) checks it.
pub fn post(
    tx: &mut Tx<'_>,
    now: Instant,
    booking: &PostingContext,
    draft: &Draft,
) -> Result<Option<Entry>, LedgerError> {
    let difference = draft.balance()?;
    if difference != Rupiah::ZERO {
        return Err(LedgerError::Unbalanced(difference));
    }
    if draft.postings.is_empty() {
        return Ok(None);
    }
    let mut entry = Entry {
        id: tx.id(now),
        cooperative: booking.cooperative,
        month: month_of(booking.on),
        voucher_series: draft.voucher_series()?,
        number: 0,
        kind: draft.kind,
        business_day: booking.on,
        posted_at: now,
        posted_by: booking.by,
        source: draft.source,
        reverses: draft.reverses,
        memo: draft.memo.clone(),
    };
    entry.number = store::insert_entry(tx, &entry)?;
    let postings: Vec<Posting> = draft
        .postings
        .iter()
        .zip(1_i32..)
        .map(|(new_posting, position)| Posting {
            entry: entry.id,
            position,
            cooperative: entry.cooperative,
            business_day: entry.business_day,
            account: new_posting.account,
            amount: new_posting.amount,
            group: new_posting.dimensions.group,
            member: new_posting.dimensions.member,
            order: new_posting.dimensions.order,
            holder: new_posting.dimensions.holder,
            outlet: new_posting.dimensions.outlet,
        })
        .collect();
    store::insert_postings(tx, &postings)?;
    Ok(Some(entry))
}
