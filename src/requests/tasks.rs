//! Periodic tasks: expire offers and requests, and erase old contacts.

use super::events::{self, OfferPayload, RequestEvent};
use super::offer::OfferStatus;
use super::request::{Request, RequestStatus};
use super::store;
use super::withdraw::close_request;
use crate::catalogue;
use crate::db::{self, Db, Tx};
use crate::jobs::{self, PeriodicTask, TaskError};
use crate::kernel::ids::{OfferId, RequestId};
use crate::kernel::{Duration, Instant, Quantity};
use crate::supply::{self, UnavailableReason, UnmetDemand};

/// Rows per run of a task.
const MAX_ROWS_PER_RUN: i64 = 200;
/// How long contacts of callers are kept after the request is closed. An order keeps its own copy by its own rules.
const CALLER_RETENTION: Duration = Duration::days(90);

/// The periodic tasks of requests.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![
        PeriodicTask { name: "market.expire_requests", every: Duration::minutes(5), run: expire_due },
        PeriodicTask { name: "market.forget_callers", every: Duration::hours(24), run: forget_old_callers },
    ]
}

fn expire_due(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let expired_offers =
        db.read_blocking::<_, db::Error>(|conn| store::list_expired_offers(conn, now, MAX_ROWS_PER_RUN))?;
    let expired_count = jobs::for_each_in_tx(db, expired_offers, move |tx, (request, offer)| {
        expire_offer(tx, now, *request, *offer).map(usize::from)
    });
    let due = db.read_blocking::<_, db::Error>(|conn| store::list_due_requests(conn, now, MAX_ROWS_PER_RUN))?;
    let expired_requests =
        jobs::for_each_in_tx(db, due, move |tx, request| expire_request(tx, now, *request).map(usize::from));
    Ok(expired_count?.saturating_add(expired_requests?))
}

fn forget_old_callers(db: &Db, now: Instant) -> Result<usize, TaskError> {
    Ok(db.write_blocking::<_, db::Error, _>(move |tx| forget_callers(tx, now))?)
}

/// Erases the contacts in requests closed longer ago than `CALLER_RETENTION`. Returns how many.
pub fn forget_callers(tx: &mut Tx<'_>, now: Instant) -> db::Result<usize> {
    store::forget_callers(tx, now.before(CALLER_RETENTION))
}

/// Expires an offer past `valid_until`. Returns false when it was closed or changed meanwhile.
pub fn expire_offer(tx: &mut Tx<'_>, now: Instant, request: RequestId, id: OfferId) -> db::Result<bool> {
    if store::lock_request(tx, request)?.is_none() {
        return Ok(false);
    }
    let offer =
        store::find_offer(tx, id)?.filter(|offer| offer.status == OfferStatus::Open && offer.valid_until <= now);
    let Some(offer) = offer else { return Ok(false) };
    store::close_offer(tx, now, id, OfferStatus::Expired)?;
    let event = RequestEvent::OfferExpired(OfferPayload::new(&offer)).about(id);
    events::record(tx, now, &event.in_group(offer.cooperative, offer.group))?;
    Ok(true)
}

/// Expires a request past `answers_until` without a valid offer, and records what is missing as unmet demand. Returns
/// false when it is not due.
pub fn expire_request(tx: &mut Tx<'_>, now: Instant, id: RequestId) -> db::Result<bool> {
    let Some(request) = store::lock_request(tx, id)? else { return Ok(false) };
    let due = request.status == RequestStatus::Open && request.answers_until <= now;
    if !due || store::list_open_offers(tx, id)?.iter().any(|offer| offer.valid_until > now) {
        return Ok(false);
    }
    close_request(tx, now, &request, RequestStatus::Expired, None)?;
    record_unmet_demand(tx, now, &request)?;
    Ok(true)
}

/// Records the missing quantity as unmet demand of the product. Requests without a product are in the event log only.
fn record_unmet_demand(tx: &mut Tx<'_>, now: Instant, request: &Request) -> db::Result<()> {
    let Some(product) = request.product else { return Ok(()) };
    let Some(product) = catalogue::find_of_any_status(tx, product)? else { return Ok(()) };
    let missing = request.missing();
    // When enough was offered, the buyer did not want it: a different reason than too little supply.
    let offered_quantity = Quantity::sum(store::list_remaining_quantities(tx, request.id)?);
    let reason = if offered_quantity < missing { UnavailableReason::SoldOut } else { UnavailableReason::Other };
    let refusal = UnmetDemand {
        product: product.id,
        group: product.group,
        cooperative: request.cooperative,
        day: request.needed_on,
        quantity: missing,
        reason,
        source: request.buyer.map_or(supply::DemandSource::Reported, supply::DemandSource::Account),
    };
    supply::record_unmet_demand(tx, now, &refusal)?;
    Ok(())
}
