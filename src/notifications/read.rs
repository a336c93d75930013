//! Reading the log, and writing what it makes necessary.

use std::sync::Arc;

use super::notice::{Audience, Telling, each_once, is_about_orders, tellings};
use super::page::{self, Setting};
use super::store::{self, Person};
use crate::db::{self, Db, Tx};
use crate::events::{self, Event, RecordedEvent};
use crate::kernel::Instant;
use crate::kernel::ids::OrderId;
use crate::mail::{self, Letter};
use crate::orders::{self, WholeOrder};
use crate::web::Sealer;

/// The name of this reader's cursor.
const READER: &str = "notifications";
/// Events read in one transaction.
const BATCH: i64 = 50;

/// Tells people what happened.
#[derive(Debug, Clone)]
pub struct Teller {
    public_url: Arc<str>,
    sealer: Sealer,
}

/// Why an event could not be told.
#[derive(Debug, thiserror::Error)]
enum Untold {
    #[error("a letter cannot be composed")]
    Words(#[from] minijinja::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Teller {
    /// Tells with links to this address, under these tags.
    pub fn new(public_url: Arc<str>, sealer: Sealer) -> Self {
        Teller { public_url, sealer }
    }

    /// Reads a part of what happened since the last time, writes the letters, and tells how many events it read.
    pub fn tell(&self, db: &Db, now: Instant) -> db::Result<usize> {
        let (numbered, unnumbered) = db.read_blocking::<_, db::Error>(|conn| {
            let seen = store::cursor(conn, READER)?;
            store::is_more(conn, seen)
        })?;
        if unnumbered {
            db.write_blocking::<_, db::Error, _>(events::stamp)?;
        }
        if !numbered && !unnumbered {
            return Ok(0);
        }
        let teller = self.clone();
        match db.write_blocking(move |tx| teller.read_on(tx, now, BATCH)) {
            Err(error) if is_the_events_fault(&error) => self.tell_one(db, now, &error),
            read => read,
        }
    }

    /// One event ended the transaction of its batch: each gets its own, and the one that cannot be told is skipped.
    fn tell_one(&self, db: &Db, now: Instant, batch: &db::Error) -> db::Result<usize> {
        tracing::warn!(error = %batch, "events are told one by one");
        for _ in 0..BATCH {
            let teller = self.clone();
            match db.write_blocking(move |tx| teller.read_on(tx, now, 1)) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if is_the_events_fault(&error) => {
                    let cause = error.to_string();
                    db.write_blocking::<_, db::Error, _>(move |tx| {
                        let seen = store::held_cursor(tx, READER)?;
                        if let [event] = events::after(tx, seen, None, 1)?.as_slice() {
                            skip(tx, now, event, &cause)?;
                            store::move_cursor(tx, READER, event.seq)?;
                        }
                        Ok(())
                    })?;
                    return Ok(1);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(1)
    }

    fn read_on(&self, tx: &mut Tx<'_>, now: Instant, at_most: i64) -> db::Result<usize> {
        let seen = store::held_cursor(tx, READER)?;
        let fresh = events::after(tx, seen, None, at_most)?;
        for event in &fresh {
            match self.tell_event(tx, now, event) {
                Ok(()) => {}
                Err(Untold::Db(error)) => return Err(error),
                Err(Untold::Words(error)) => skip(tx, now, event, &error.to_string())?,
            }
        }
        if let Some(last) = fresh.last() {
            store::move_cursor(tx, READER, last.seq)?;
        }
        Ok(fresh.len())
    }

    fn tell_event(&self, tx: &mut Tx<'_>, now: Instant, event: &RecordedEvent) -> Result<(), Untold> {
        if !is_about_orders(&event.kind) {
            return Ok(());
        }
        let order = event.payload.get("order").and_then(|id| id.as_str()).and_then(|id| id.parse::<OrderId>().ok());
        let Some(order) = order else { return Ok(()) };
        let Some(whole) = orders::find_whole(tx, order)? else { return Ok(()) };
        for telling in tellings(event, &whole) {
            match telling.audience {
                Audience::Buyer => {
                    if let Some(buyer) = buyer(tx, &whole)? {
                        self.write(tx, now, event, &whole, &telling, &buyer)?;
                    }
                }
                Audience::Officers => {
                    let mut officers = Vec::new();
                    for part in &telling.parts {
                        let group = store::officers(tx, part.fulfilment.group)?;
                        officers.extend(group.into_iter().map(|officer| (officer, *part)));
                    }
                    for (officer, parts) in each_once(officers, event.actor) {
                        let theirs = Telling { notice: telling.notice, audience: telling.audience, parts };
                        self.write(tx, now, event, &whole, &theirs, &officer)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn write(
        &self,
        tx: &mut Tx<'_>,
        now: Instant,
        event: &RecordedEvent,
        whole: &WholeOrder,
        telling: &Telling<'_>,
        person: &Person,
    ) -> Result<(), Untold> {
        let (cooperative, zone) = store::cooperative(tx, whole.order.cooperative)?;
        let point = whole.order.pickup_point.map(|point| store::point(tx, point)).transpose()?.flatten();
        // The link opens the order for whoever holds it: for a guest alone. Whoever has an account signs in.
        let link = (telling.audience == Audience::Buyer && whole.order.buyer.is_none())
            .then(|| format!("{}/v1/track/{}", self.public_url, orders::track_secret(&self.sealer, whole.order.id)));
        let setting = Setting { cooperative, zone, point, link };
        let (subject, text, html) = page::write(event, whole, telling, person, &setting)?;
        let letter = Letter {
            kind: telling.notice.as_str(),
            event: Some(event.id),
            account: person.account,
            recipient: person.address.clone(),
            language: person.language,
            subject,
            text,
            html,
        };
        mail::enqueue(tx, now, &letter)?;
        Ok(())
    }
}

/// The buyer, if there is a way to write to them: by their account, else by the address they left.
fn buyer(tx: &mut Tx<'_>, whole: &WholeOrder) -> db::Result<Option<Person>> {
    let order = &whole.order;
    if let Some(account) = order.buyer
        && let Some(person) = store::person(tx, account)?
    {
        return Ok(Some(person));
    }
    let contact = order.contact();
    Ok(contact.email.map(|address| Person {
        account: order.buyer,
        name: contact.name,
        address,
        language: order.locale,
    }))
}

/// The event stays untold; that stands in the log.
fn skip(tx: &mut Tx<'_>, now: Instant, event: &RecordedEvent, cause: &str) -> db::Result<()> {
    tracing::error!(event = %event.id, kind = event.kind, cause, "an event cannot be told and is skipped");
    let skipped = Event::new("notification.skipped", event.id).with("event", event.id).with("seq", event.seq);
    events::record(tx, now, &skipped)?;
    Ok(())
}

/// Whether trying again can change nothing: the event, or what it points at, is broken. A database that is away,
/// busy or full is nobody's fault, and the event waits.
fn is_the_events_fault(error: &db::Error) -> bool {
    matches!(error, db::Error::Query(_) | db::Error::Panicked)
}

/// Counts everything so far as told. For a history that was made rather than lived.
pub fn skip_to_end(tx: &mut Tx<'_>) -> db::Result<()> {
    events::stamp(tx)?;
    store::held_cursor(tx, READER)?;
    let end = store::end_of_log(tx)?;
    store::move_cursor(tx, READER, end)
}
