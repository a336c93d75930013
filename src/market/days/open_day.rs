//! Opening a market day: everything that is brought becomes a batch, in one transaction.

use super::call_off::call_off_planned;
use super::day::{DayStatus, MarketDay};
use super::error::MarketError;
use super::offering::Offering;
use super::store;
use crate::cooperatives;
use crate::db::{self, Db, Tx};
use crate::events::{self, Event};
use crate::jobs::{self, ChoreError};
use crate::kernel::Instant;
use crate::kernel::ids::MarketDayId;
use crate::market::{Settings, standing};
use crate::orders;
use crate::supply::{self, BatchKind};

/// How many days are seen to at one turn; the rest waits for the next.
pub(super) const AT_ONCE: i64 = 50;

/// What became of a day that was due to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It was open already, or is not due.
    NotDue,
    /// Nobody opened it before it was over: it is not held.
    Missed,
    /// It is open.
    Open,
}

/// Opens every day that is due, the longest due first, each in a transaction of its own.
pub fn open_due(db: &Db, now: Instant, orders: &orders::Settings, settings: &Settings) -> Result<usize, ChoreError> {
    let settings = (*orders, *settings);
    let due = db.read_blocking::<_, db::Error>(|conn| store::due_to_open(conn, now, AT_ONCE))?;
    jobs::each(db, due, move |tx, day| {
        let opened = open_day(tx, now, settings, *day)?;
        Ok::<_, MarketError>(usize::from(opened != Opened::NotDue))
    })
}

/// Opens a market day that is due: what is brought becomes batches, and standing orders claim of them, the eldest first,
/// before anyone else can. It opens as of the moment that was said, however late anyone comes to it: what
/// follows is the same as if it had been done in time.
pub fn open_day(
    tx: &mut Tx<'_>,
    now: Instant,
    (orders, settings): (orders::Settings, Settings),
    id: MarketDayId,
) -> Result<Opened, MarketError> {
    let Some(day) = store::locked_day(tx, id)?.filter(|day| day.is_due_to_open(now)) else {
        return Ok(Opened::NotDue);
    };
    let zone = cooperatives::find_cooperative(tx, day.cooperative)?.ok_or(MarketError::NotFound)?.zone;
    if day.held_on < zone.day_of(now) {
        call_off_planned(tx, now, None, day)?;
        return Ok(Opened::Missed);
    }
    let open = MarketDay { status: DayStatus::Open, version: day.version.saturating_add(1), ..day };
    store::update_day(tx, &open)?;
    let mut offerings = Vec::new();
    for offering in store::offerings_of(tx, open.id)? {
        offerings.push(open_batch(tx, open.opens_at, &open, offering)?);
    }
    standing::claim_for_market(tx, open.opens_at, &orders, &settings, &open, &offerings)?;
    let event = Event::new("market_day.opened", open.id)
        .in_cooperative(open.cooperative)
        .with("held_on", open.held_on)
        .with("closes_at", open.closes_at);
    events::record(tx, now, &event)?;
    Ok(Opened::Open)
}

/// Opens the batch of what is brought; what is not for sale any more, or falls on a day on which its group is shut, is
/// left out, and it is written down why.
pub(super) fn open_batch(
    tx: &mut Tx<'_>,
    now: Instant,
    day: &MarketDay,
    offering: Offering,
) -> Result<Offering, MarketError> {
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
    let opened = Offering { batch, left_out: left_out.map(str::to_owned), ..offering };
    store::update_offering(tx, &opened)?;
    Ok(opened)
}
