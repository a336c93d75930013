//! Reading the event log and enqueueing letters.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::error::DispatchError;
use super::events::{NotificationEvent, record};
use super::order_letter::{self, LetterContext};
use super::order_notice::{Audience, OrderNotice, find_notified_order, list_notices};
use super::recipients::{find_buyer, list_officers};
use super::{contract_letters, market_letters, payment_letters, request_letters, store};
use crate::db::{self, Conn, Db, Tx};
use crate::events::{self, RecordedEvent};
use crate::kernel::ids::EventId;
use crate::kernel::{Day, Instant, Quantity};
use crate::mail::{self, Letter, LetterRecipient};
use crate::orders::events::OrderEvent;
use crate::orders::{self, OrderWithFulfilments};
use crate::supply::{ClaimRequest, Stock};
use crate::web::Signer;

const READER: &str = "notifications";
/// Events per transaction.
const BATCH_SIZE: i64 = 50;

/// Sends letters about events.
#[derive(Debug, Clone)]
pub struct Dispatcher {
    public_url: Arc<str>,
    signer: Signer,
}

impl Dispatcher {
    /// `public_url` and `signer` are for the links to orders.
    pub fn new(public_url: Arc<str>, signer: Signer) -> Self {
        Dispatcher { public_url, signer }
    }

    /// Reads the next batch of events, enqueues their letters, and returns the number of events read.
    pub fn dispatch(&self, db: &Db, now: Instant) -> db::Result<usize> {
        let (position, has_events, has_unsequenced) = db.read_blocking::<_, db::Error>(|conn| {
            let position = store::load_cursor(conn, READER)?;
            Ok((position, store::has_events_after(conn, position)?, store::has_unsequenced_events(conn)?))
        })?;
        if has_unsequenced {
            db.write_blocking::<_, db::Error, _>(events::assign_seq)?;
        }
        if !has_events && !has_unsequenced {
            return Ok(0);
        }
        match self.dispatch_batch(db, now, position, BATCH_SIZE) {
            Err(error) if is_event_error(&error) => self.dispatch_one_by_one(db, now, &error),
            read => read,
        }
    }

    /// An event failed the transaction of its batch: each gets its own, and the one that fails is skipped.
    fn dispatch_one_by_one(&self, db: &Db, now: Instant, batch_error: &db::Error) -> db::Result<usize> {
        tracing::warn!(error = %batch_error, "a batch of events failed, dispatching them one by one");
        for _ in 0..BATCH_SIZE {
            let (position, next) = db.read_blocking::<_, db::Error>(|conn| {
                let position = store::load_cursor(conn, READER)?;
                Ok((position, events::list_after(conn, position, None, 1)?.pop()))
            })?;
            let Some(event) = next else { break };
            match self.dispatch_batch(db, now, position, 1) {
                Ok(_) => {}
                Err(error) if is_event_error(&error) => {
                    skip_event(db, now, position, event, error.to_string())?;
                    return Ok(1);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(1)
    }

    /// Composes the letters in a read transaction, and enqueues them in one short write transaction.
    fn dispatch_batch(&self, db: &Db, now: Instant, after: i64, limit: i64) -> db::Result<usize> {
        let compose = || db.read_blocking(|conn| self.compose_batch(conn, now, after, limit));
        let composed = catch_unwind(AssertUnwindSafe(compose));
        let Some(batch) = composed.unwrap_or(Err(db::Error::Panicked))? else { return Ok(0) };
        let read = batch.read;
        db.write_blocking(move |tx| batch.enqueue(tx, now))?;
        Ok(read)
    }

    /// Composes the letters of the next events after this position; `None` if there are none.
    fn compose_batch(&self, conn: &mut Conn, now: Instant, after: i64, limit: i64) -> db::Result<Option<LetterBatch>> {
        let events = events::list_after(conn, after, None, limit)?;
        let Some(up_to) = events.last().map(|event| event.seq) else { return Ok(None) };
        let mut batch = LetterBatch { after, up_to, read: events.len(), letters: Vec::new(), failed: Vec::new() };
        for event in events {
            match self.compose_letters(conn, now, &event) {
                Ok(letters) => batch.letters.extend(letters),
                Err(DispatchError::Db(error)) => return Err(error),
                Err(DispatchError::Template(error)) => batch.failed.push((event, error.to_string())),
            }
        }
        Ok(Some(batch))
    }

    fn compose_letters(
        &self,
        conn: &mut Conn,
        now: Instant,
        event: &RecordedEvent,
    ) -> Result<Vec<Letter>, DispatchError> {
        let mut letters = request_letters::compose_letters(conn, event)?;
        letters.extend(market_letters::compose_letters(conn, event)?);
        letters.extend(contract_letters::compose_letters(conn, event)?);
        letters.extend(payment_letters::compose_letters(conn, event)?);
        let Some(change) = event.read::<OrderEvent>() else { return Ok(letters) };
        let Some(order) = find_notified_order(&change) else { return Ok(letters) };
        let Some(whole) = orders::find_with_fulfilments(conn, order)? else { return Ok(letters) };
        let next_day = find_next_day(conn, now, &change)?;
        for notice in list_notices(&change, &whole) {
            match notice.audience {
                Audience::Buyer => {
                    if let Some(buyer) = find_buyer(conn, &whole.order)? {
                        letters.push(self.compose_order_letter(
                            conn,
                            (event.id, &change),
                            &whole,
                            &notice,
                            buyer,
                            next_day,
                        )?);
                    }
                }
                Audience::Officers => {
                    let groups = notice.fulfilments.iter().map(|fulfilment| (fulfilment.row.group, *fulfilment));
                    for (officer, fulfilments) in list_officers(conn, groups, event.actor)? {
                        let own_notice = OrderNotice { fulfilments, ..notice };
                        letters.push(self.compose_order_letter(
                            conn,
                            (event.id, &change),
                            &whole,
                            &own_notice,
                            officer,
                            None,
                        )?);
                    }
                }
            }
        }
        Ok(letters)
    }

    fn compose_order_letter(
        &self,
        conn: &mut Conn,
        event: (EventId, &OrderEvent),
        whole: &OrderWithFulfilments,
        notice: &OrderNotice<'_>,
        recipient: LetterRecipient,
        next_day: Option<Day>,
    ) -> Result<Letter, DispatchError> {
        let (cooperative, zone) = store::load_cooperative(conn, whole.order.cooperative)?;
        let point = whole.order.pickup_point.map(|point| store::find_pickup_point(conn, point)).transpose()?.flatten();
        // The link opens the order without sign-in, so it is for guests only.
        let link = (notice.audience == Audience::Buyer && whole.order.buyer.is_none())
            .then(|| format!("{}/v1/track/{}", self.public_url, orders::track_secret(&self.signer, whole.order.id)));
        let context = LetterContext { cooperative, zone, point, link, next_day };
        Ok(order_letter::compose(event, whole, notice, recipient, &context)?)
    }
}

/// The next day on which the quantity is available that was cancelled by this event.
fn find_next_day(conn: &mut Conn, now: Instant, event: &OrderEvent) -> db::Result<Option<Day>> {
    let OrderEvent::LineShrunk { product, before: wanted, quantity: Quantity::ZERO, .. } = *event else {
        return Ok(None);
    };
    let stock = Stock::load(conn, now, &[product])?;
    let Some(terms) = stock.terms(product).copied() else { return Ok(None) };
    let request = ClaimRequest { terms, ready_on: None, batch: None, quantity: wanted, at_least: wanted };
    Ok(stock.plan(now, &request).ok().map(|plan| plan.ready_on))
}

/// The letters of some events, ready for the outbox.
#[derive(Debug, Clone)]
struct LetterBatch {
    /// The position of the cursor before the events.
    after: i64,
    /// The position of the last event.
    up_to: i64,
    read: usize,
    letters: Vec<Letter>,
    /// Events that failed, with the error.
    failed: Vec<(RecordedEvent, String)>,
}

impl LetterBatch {
    /// Enqueues the letters, unless another instance was faster; accounts that were closed meanwhile get none.
    fn enqueue(&self, tx: &mut Tx<'_>, now: Instant) -> db::Result<()> {
        if store::lock_cursor(tx, READER)? != self.after {
            return Ok(());
        }
        for letter in &self.letters {
            if let Some(account) = letter.account
                && store::find_recipient(tx, account)?.is_none()
            {
                continue;
            }
            mail::enqueue(tx, now, letter)?;
        }
        for (event, cause) in &self.failed {
            record_skip(tx, now, event, cause)?;
        }
        store::move_cursor(tx, READER, self.up_to)
    }
}

/// Records that the event is skipped.
fn record_skip(tx: &mut Tx<'_>, now: Instant, event: &RecordedEvent, cause: &str) -> db::Result<()> {
    tracing::error!(event = %event.id, kind = event.kind, cause, "an event cannot be dispatched and is skipped");
    let skipped = NotificationEvent::Skipped { event: event.id, seq: event.seq }.about(event.id);
    record(tx, now, &skipped)?;
    Ok(())
}

/// Skips the event that failed, unless another instance has moved the cursor.
fn skip_event(db: &Db, now: Instant, position: i64, event: RecordedEvent, cause: String) -> db::Result<()> {
    db.write_blocking::<_, db::Error, _>(move |tx| {
        if store::lock_cursor(tx, READER)? == position {
            record_skip(tx, now, &event, &cause)?;
            store::move_cursor(tx, READER, event.seq)?;
        }
        Ok(())
    })
}

/// Whether a retry would fail too, because of the event or its data. If the database is unavailable, busy, locked or
/// full, the event is retried.
fn is_event_error(error: &db::Error) -> bool {
    matches!(error, db::Error::Panicked) || db::is_data_error(error)
}

/// Moves the cursor to the end of the log without letters, for generated histories.
pub fn skip_to_end(tx: &mut Tx<'_>) -> db::Result<()> {
    events::assign_seq(tx)?;
    store::lock_cursor(tx, READER)?;
    let end = store::find_last_seq(tx)?;
    store::move_cursor(tx, READER, end)
}
