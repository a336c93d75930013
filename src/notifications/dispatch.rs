//! Reading the log, and writing what it makes necessary.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::announcement::{self, Announcement};
use super::notice::{Audience, OrderNotice, each_once, is_about_orders, tellings};
use super::order_letter::{self, Setting};
use super::store::{self, Person};
use super::{about_contracts, about_market, about_payments, about_requests};
use crate::db::{self, Conn, Db, Tx};
use crate::events::{self, Event, RecordedEvent};
use crate::kernel::ids::{OrderId, ProductId};
use crate::kernel::{Day, Instant, Quantity};
use crate::mail::{self, Letter};
use crate::orders::{self, WholeOrder};
use crate::supply::{ClaimWish, Stock};
use crate::web::Signer;

/// The name of this reader's cursor.
const READER: &str = "notifications";
/// Events read in one transaction.
const BATCH: i64 = 50;

/// Tells people what happened.
#[derive(Debug, Clone)]
pub struct Dispatcher {
    public_url: Arc<str>,
    signer: Signer,
}

/// Why an event could not be told.
#[derive(Debug, thiserror::Error)]
enum DispatchError {
    #[error("a letter cannot be composed")]
    Words(#[from] minijinja::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Dispatcher {
    /// Tells with links to this address, under these tags.
    pub fn new(public_url: Arc<str>, signer: Signer) -> Self {
        Dispatcher { public_url, signer }
    }

    /// Reads a part of what happened since the last time, writes the letters, and tells how many events it read.
    pub fn tell(&self, db: &Db, now: Instant) -> db::Result<usize> {
        let (seen, (numbered, unnumbered)) = db.read_blocking::<_, db::Error>(|conn| {
            let seen = store::cursor(conn, READER)?;
            Ok((seen, store::is_more(conn, seen)?))
        })?;
        if unnumbered {
            db.write_blocking::<_, db::Error, _>(events::stamp)?;
        }
        if !numbered && !unnumbered {
            return Ok(0);
        }
        match self.read_on(db, now, seen, BATCH) {
            Err(error) if is_the_events_fault(&error) => self.tell_one_by_one(db, now, &error),
            read => read,
        }
    }

    /// One event ended the transaction of its batch: each gets its own, and the one that cannot be told is skipped.
    fn tell_one_by_one(&self, db: &Db, now: Instant, batch: &db::Error) -> db::Result<usize> {
        tracing::warn!(error = %batch, "events are told one by one");
        for _ in 0..BATCH {
            let (seen, next) = db.read_blocking::<_, db::Error>(|conn| {
                let seen = store::cursor(conn, READER)?;
                Ok((seen, events::after(conn, seen, None, 1)?.pop()))
            })?;
            let Some(event) = next else { break };
            match self.read_on(db, now, seen, 1) {
                Ok(_) => {}
                Err(error) if is_the_events_fault(&error) => {
                    skip_it(db, now, seen, event, error.to_string())?;
                    return Ok(1);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(1)
    }

    /// Composes beside the writer, who has better to do, and has the letters written in one short transaction.
    fn read_on(&self, db: &Db, now: Instant, after: i64, at_most: i64) -> db::Result<usize> {
        let composing = || db.read_blocking(|conn| self.pile(conn, now, after, at_most));
        let composed = catch_unwind(AssertUnwindSafe(composing));
        let Some(pile) = composed.unwrap_or(Err(db::Error::Panicked))? else { return Ok(0) };
        let read = pile.read;
        db.write_blocking(move |tx| pile.post(tx, now))?;
        Ok(read)
    }

    /// The letters of the next events behind this place of the log, if there are any.
    fn pile(&self, conn: &mut Conn, now: Instant, after: i64, at_most: i64) -> db::Result<Option<LetterBatch>> {
        let fresh = events::after(conn, after, None, at_most)?;
        let Some(up_to) = fresh.last().map(|event| event.seq) else { return Ok(None) };
        let mut pile = LetterBatch { after, up_to, read: fresh.len(), letters: Vec::new(), untold: Vec::new() };
        for event in fresh {
            match self.letters(conn, now, &event) {
                Ok(letters) => pile.letters.extend(letters),
                Err(DispatchError::Db(error)) => return Err(error),
                Err(DispatchError::Words(error)) => pile.untold.push((event, error.to_string())),
            }
        }
        Ok(Some(pile))
    }

    fn letters(&self, conn: &mut Conn, now: Instant, event: &RecordedEvent) -> Result<Vec<Letter>, DispatchError> {
        let mut bulletins = about_requests::bulletins(conn, event)?;
        bulletins.extend(about_market::bulletins(conn, event)?);
        bulletins.extend(about_contracts::bulletins(conn, event)?);
        bulletins.extend(about_payments::bulletins(conn, event)?);
        let mut letters = bulletins
            .iter()
            .map(|bulletin| news_letter(event, bulletin))
            .collect::<Result<Vec<Letter>, DispatchError>>()?;
        if !is_about_orders(&event.kind) {
            return Ok(letters);
        }
        let order = event.payload.get("order").and_then(|id| id.as_str()).and_then(|id| id.parse::<OrderId>().ok());
        let Some(order) = order else { return Ok(letters) };
        let Some(whole) = orders::find_whole(conn, order)? else { return Ok(letters) };
        let next_day = next_day(conn, now, event)?;
        for telling in tellings(event, &whole) {
            match telling.audience {
                Audience::Buyer => {
                    if let Some(buyer) = buyer(conn, &whole)? {
                        letters.push(self.letter(conn, event, &whole, &telling, &buyer, next_day)?);
                    }
                }
                Audience::Officers => {
                    let mut officers = Vec::new();
                    for part in &telling.parts {
                        let group = store::officers(conn, part.fulfilment.group)?;
                        officers.extend(group.into_iter().map(|officer| (officer, *part)));
                    }
                    for (officer, parts) in each_once(officers, event.actor) {
                        let theirs = OrderNotice { notice: telling.notice, audience: telling.audience, parts };
                        letters.push(self.letter(conn, event, &whole, &theirs, &officer, None)?);
                    }
                }
            }
        }
        Ok(letters)
    }

    fn letter(
        &self,
        conn: &mut Conn,
        event: &RecordedEvent,
        whole: &WholeOrder,
        telling: &OrderNotice<'_>,
        person: &Person,
        next_day: Option<Day>,
    ) -> Result<Letter, DispatchError> {
        let (cooperative, zone) = store::cooperative(conn, whole.order.cooperative)?;
        let point = whole.order.pickup_point.map(|point| store::point(conn, point)).transpose()?.flatten();
        // The link opens the order for whoever holds it: for a guest alone. Whoever has an account signs in.
        let link = (telling.audience == Audience::Buyer && whole.order.buyer.is_none())
            .then(|| format!("{}/v1/track/{}", self.public_url, orders::track_secret(&self.signer, whole.order.id)));
        let setting = Setting { cooperative, zone, point, link, next_day };
        let (subject, text, html) = order_letter::write(event, whole, telling, person, &setting)?;
        Ok(Letter {
            kind: telling.notice.as_str(),
            event: Some(event.id),
            account: person.account,
            recipient: person.address.clone(),
            language: person.language,
            subject,
            text,
            html,
        })
    }
}

fn news_letter(event: &RecordedEvent, bulletin: &Announcement) -> Result<Letter, DispatchError> {
    let (subject, text, html) = announcement::write(bulletin)?;
    Ok(Letter {
        kind: bulletin.news.as_str(),
        event: Some(event.id),
        account: bulletin.to.account,
        recipient: bulletin.to.address.clone(),
        language: bulletin.to.language,
        subject,
        text,
        html,
    })
}

/// The next day on which as much can be had as somebody has just been told does not come.
fn next_day(conn: &mut Conn, now: Instant, event: &RecordedEvent) -> db::Result<Option<Day>> {
    fn parse<T: serde::de::DeserializeOwned>(event: &RecordedEvent, name: &str) -> Option<T> {
        serde_json::from_value(event.payload.get(name)?.clone()).ok()
    }
    let nothing_comes = event.kind == "order.line_shrunk" && parse(event, "quantity") == Some(Quantity::ZERO);
    let (Some(product), Some(wanted)) = (parse::<ProductId>(event, "product"), parse::<Quantity>(event, "before"))
    else {
        return Ok(None);
    };
    if !nothing_comes {
        return Ok(None);
    }
    let stock = Stock::of(conn, now, &[product])?;
    let Some(terms) = stock.terms(product).copied() else { return Ok(None) };
    let wish = ClaimWish { terms, ready_on: None, batch: None, quantity: wanted, at_least: wanted };
    Ok(stock.plan(now, &wish).ok().map(|plan| plan.ready_on))
}

/// The letters of some events, ready for the outbox.
#[derive(Debug, Clone)]
struct LetterBatch {
    /// Behind which place of the log the events stand.
    after: i64,
    /// Where the last of them stands.
    up_to: i64,
    /// How many they are.
    read: usize,
    letters: Vec<Letter>,
    /// Events that cannot be told, and why.
    untold: Vec<(RecordedEvent, String)>,
}

impl LetterBatch {
    /// Puts the letters into the outbox, unless another instance was faster; whoever closed their account meanwhile gets
    /// none.
    fn post(&self, tx: &mut Tx<'_>, now: Instant) -> db::Result<()> {
        if store::held_cursor(tx, READER)? != self.after {
            return Ok(());
        }
        for letter in &self.letters {
            if let Some(account) = letter.account
                && store::person(tx, account)?.is_none()
            {
                continue;
            }
            mail::enqueue(tx, now, letter)?;
        }
        for (event, cause) in &self.untold {
            skip(tx, now, event, cause)?;
        }
        store::move_cursor(tx, READER, self.up_to)
    }
}

/// The buyer, if there is a way to write to them: by their account, else by the address they left.
fn buyer(conn: &mut Conn, whole: &WholeOrder) -> db::Result<Option<Person>> {
    let order = &whole.order;
    if let Some(account) = order.buyer
        && let Some(person) = store::person(conn, account)?
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

/// Skips the event that could not be told and stood next behind this place, unless another instance is past it already:
/// what stands next by then may well be told.
fn skip_it(db: &Db, now: Instant, seen: i64, event: RecordedEvent, cause: String) -> db::Result<()> {
    db.write_blocking::<_, db::Error, _>(move |tx| {
        if store::held_cursor(tx, READER)? == seen {
            skip(tx, now, &event, &cause)?;
            store::move_cursor(tx, READER, event.seq)?;
        }
        Ok(())
    })
}

/// Whether trying again can change nothing: the event, or what it points at, is broken. A database that is away,
/// busy, locked or full is nobody's fault, and the event waits.
fn is_the_events_fault(error: &db::Error) -> bool {
    matches!(error, db::Error::Panicked) || db::is_about_data(error)
}

/// Counts everything so far as told. For a history that was made rather than lived.
pub fn skip_to_end(tx: &mut Tx<'_>) -> db::Result<()> {
    events::stamp(tx)?;
    store::held_cursor(tx, READER)?;
    let end = store::end_of_log(tx)?;
    store::move_cursor(tx, READER, end)
}
