//! What happens to requests by itself: offers end, and so does what nobody offered enough for in time.

use super::events::offer_event;
use super::offer::OfferStatus;
use super::request::{Request, RequestStatus};
use super::store;
use super::withdraw::close;
use crate::catalogue;
use crate::db::{self, Db, Tx};
use crate::events;
use crate::jobs::{self, PeriodicTask, TaskError};
use crate::kernel::ids::{OfferId, RequestId};
use crate::kernel::{Duration, Instant, Quantity};
use crate::supply::{self, Reason, UnmetDemand};

/// How many rows one turn of the chore looks at.
const BATCH_SIZE: i64 = 200;
/// How long it is kept who called, after the request is over. The order, if there was one, keeps it as orders do.
const CALLERS_KEPT: Duration = Duration::days(90);

/// The work that comes round by itself.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![
        PeriodicTask { name: "market.expire_requests", every: Duration::minutes(5), run: expire_all },
        PeriodicTask { name: "market.forget_callers", every: Duration::hours(24), run: forget_callers_of_old },
    ]
}

fn expire_all(db: &Db, now: Instant) -> Result<usize, TaskError> {
    let late = db.read_blocking::<_, db::Error>(|conn| store::late_offers(conn, now, BATCH_SIZE))?;
    let lapsed = jobs::for_each_in_tx(db, late, move |tx, (request, offer)| {
        lapse_late(tx, now, *request, *offer).map(usize::from)
    });
    let due = db.read_blocking::<_, db::Error>(|conn| store::due_requests(conn, now, BATCH_SIZE))?;
    let expired = jobs::for_each_in_tx(db, due, move |tx, request| expire(tx, now, *request).map(usize::from));
    Ok(lapsed?.saturating_add(expired?))
}

fn forget_callers_of_old(db: &Db, now: Instant) -> Result<usize, TaskError> {
    Ok(db.write_blocking::<_, db::Error, _>(move |tx| forget_callers(tx, now))?)
}

/// Forgets who called for requests that are long over; tells how many they were.
pub fn forget_callers(tx: &mut Tx<'_>, now: Instant) -> db::Result<usize> {
    store::forget_callers(tx, now.before(CALLERS_KEPT))
}

/// Ends an offer that is no longer valid; false when it was taken or changed meanwhile.
pub fn lapse_late(tx: &mut Tx<'_>, now: Instant, request: RequestId, id: OfferId) -> db::Result<bool> {
    if store::locked(tx, request)?.is_none() {
        return Ok(false);
    }
    let late = store::offer(tx, id)?.filter(|offer| offer.status == OfferStatus::Open && offer.valid_until <= now);
    let Some(offer) = late else { return Ok(false) };
    store::close_offer(tx, now, id, OfferStatus::Expired)?;
    events::record(tx, now, &offer_event("offer.expired", &offer))?;
    Ok(true)
}

/// Ends a request whose time for answers has passed and for which no offer stands any more. What it still lacks is
/// remembered as demand that was not met. False when there is a reason to wait.
pub fn expire(tx: &mut Tx<'_>, now: Instant, id: RequestId) -> db::Result<bool> {
    let Some(request) = store::locked(tx, id)? else { return Ok(false) };
    let due = request.status == RequestStatus::Open && request.answers_until <= now;
    if !due || store::open_offers(tx, id)?.iter().any(|offer| offer.valid_until > now) {
        return Ok(false);
    }
    close(tx, now, &request, RequestStatus::Expired, None)?;
    remember(tx, now, &request)?;
    Ok(true)
}

/// Demand is counted by product: what words asked for stands in the log alone.
fn remember(tx: &mut Tx<'_>, now: Instant, request: &Request) -> db::Result<()> {
    let Some(product) = request.product else { return Ok(()) };
    let Some(product) = catalogue::find_of_any_status(tx, product)? else { return Ok(()) };
    let missing = request.missing();
    // Enough was offered, and it was not what the buyer wanted: that is another reason than too little.
    let offered = Quantity::sum(store::offered(tx, request.id)?);
    let reason = if offered < missing { Reason::SoldOut } else { Reason::Other };
    let refusal = UnmetDemand {
        product: product.id,
        group: product.group,
        cooperative: request.cooperative,
        day: request.needed_on,
        quantity: missing,
        reason,
        asker: request.buyer.map_or(supply::DemandSource::Heard, supply::DemandSource::Account),
    };
    supply::refuse(tx, now, &refusal)?;
    Ok(())
}
