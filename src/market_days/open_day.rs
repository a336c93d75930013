//! Opening a market day: each of its offerings becomes a batch.

use super::cancel::cancel_planned;
use super::day::{DayStatus, MarketDay};
use super::error::MarketError;
use super::offering::MarketOffering;
use super::store;
use crate::cooperatives;
use crate::db::{self, Conn, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::MarketDayId;
use crate::supply::{self, BatchKind};

/// What became of a day that was due to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// It was open already, or is not due.
    NotDue,
    /// Nobody opened it before it was over: it is not held.
    Missed,
    /// It is open, with these offerings as batches; standing orders may claim of them in the same transaction.
    Open(MarketDay, Vec<MarketOffering>),
}

/// The days that are due to open, the longest due first.
pub fn list_due_to_open(conn: &mut Conn, now: Instant, limit: i64) -> db::Result<Vec<MarketDayId>> {
    store::due_to_open(conn, now, limit)
}

/// Opens a market day that is due, as of the moment that was announced, however late: what follows is the same as if it
/// had been done in time. `standing_orders::open_day` calls this and lets standing orders claim before anyone else can.
pub fn open_day(tx: &mut Tx<'_>, now: Instant, id: MarketDayId) -> Result<Opening, MarketError> {
    let Some(day) = store::locked_day(tx, id)?.filter(|day| day.is_due_to_open(now)) else {
        return Ok(Opening::NotDue);
    };
    let zone = cooperatives::find_cooperative(tx, day.cooperative)?.ok_or(MarketError::NotFound)?.zone;
    if day.held_on < zone.day_of(now) {
        cancel_planned(tx, now, None, day)?;
        return Ok(Opening::Missed);
    }
    let open = MarketDay { status: DayStatus::Open, version: day.version.saturating_add(1), ..day };
    store::update_day(tx, &open)?;
    let mut offerings = Vec::new();
    for offering in store::offerings_of(tx, open.id)? {
        offerings.push(open_batch(tx, open.opens_at, &open, offering)?);
    }
    Ok(Opening::Open(open, offerings))
}

/// Opens the batch of what is brought; what is not for sale any more, or falls on a day on which its group is shut, is
/// left out, and it is written down why.
pub(super) fn open_batch(
    tx: &mut Tx<'_>,
    now: Instant,
    day: &MarketDay,
    offering: MarketOffering,
) -> Result<MarketOffering, MarketError> {
    let terms = supply::terms_of(tx, now, &[offering.product])?.pop();
    let left_out = match terms {
        Some(terms) if !terms.on_sale => Some("not_on_sale"),
        Some(terms) if terms.closed.contains(day.held_on) => Some("group_closed"),
        Some(_) => None,
        None => Some("not_on_sale"),
    };
    let batch = match left_out {
        Some(_) => None,
        None => {
            let promise = offering.opening(day);
            Some(supply::open_promised(tx, now, None, offering.product, BatchKind::Market, &promise)?.id)
        }
    };
    let opened = MarketOffering { batch, left_out: left_out.map(str::to_owned), ..offering };
    store::update_offering(tx, &opened)?;
    Ok(opened)
}
