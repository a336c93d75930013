//! Opening a market day: each of its offerings becomes a batch.

use super::cancel::mark_cancelled;
use super::day::{DayStatus, MarketDay};
use super::error::MarketError;
use super::offering::{LeftOut, MarketOffering};
use super::store;
use crate::cooperatives;
use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::MarketDayId;
use crate::supply::{self, BatchKind};

/// The result of opening a market day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenDayOutcome {
    /// The day is not due, or was opened before.
    NotDue,
    /// The day was over before it was opened: it was cancelled.
    Missed,
    /// The day is open and its offerings have batches; standing orders claim from them in the same transaction.
    Open(Box<MarketDay>, Vec<MarketOffering>),
}

/// Opens a due market day as of its announced `opens_at`, however late the call is, so that the outcome is the same as
/// if it had been on time. Called by `standing_orders::open_day`, which lets standing orders claim before anyone else
/// can.
pub fn open_day(tx: &mut Tx<'_>, now: Instant, id: MarketDayId) -> Result<OpenDayOutcome, MarketError> {
    let Some(day) = store::lock_day(tx, id)?.filter(|day| day.is_due_to_open(now)) else {
        return Ok(OpenDayOutcome::NotDue);
    };
    if day.held_on < cooperatives::load_zone(tx, day.cooperative)?.day_of(now) {
        mark_cancelled(tx, now, None, day, None)?;
        return Ok(OpenDayOutcome::Missed);
    }
    let open = MarketDay { status: DayStatus::Open, version: day.version.saturating_add(1), ..day };
    store::update_day(tx, &open)?;
    let mut offerings = Vec::new();
    for offering in store::list_offerings(tx, open.id)? {
        offerings.push(open_batch(tx, open.opens_at, &open, offering)?);
    }
    Ok(OpenDayOutcome::Open(Box::new(open), offerings))
}

/// Opens the batch of an offering. An offering whose product is not for sale, or whose group is closed on that day,
/// gets no batch; `left_out` records why.
pub(super) fn open_batch(
    tx: &mut Tx<'_>,
    now: Instant,
    day: &MarketDay,
    offering: MarketOffering,
) -> Result<MarketOffering, MarketError> {
    let terms = supply::load_terms(tx, now, &[offering.product])?.pop();
    let left_out = match terms {
        Some(terms) if !terms.on_sale => Some(LeftOut::NotOnSale),
        Some(terms) if terms.closed.contains(day.held_on) => Some(LeftOut::GroupClosed),
        Some(_) => None,
        None => Some(LeftOut::NotOnSale),
    };
    let batch = match left_out {
        Some(_) => None,
        None => {
            let promise = offering.to_opening(day);
            Some(supply::open_agreed(tx, now, None, offering.product, BatchKind::Market, &promise)?.id)
        }
    };
    let opened = MarketOffering { batch, left_out, ..offering };
    store::update_offering(tx, &opened)?;
    Ok(opened)
}
