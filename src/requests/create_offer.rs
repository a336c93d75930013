//! Creates, updates and withdraws offers, by officers of the group.

use super::access::RequestRelation;
use super::events::{self, OfferPayload, RequestEvent};
use super::offer::{Offer, OfferStatus};
use super::request::{Request, RequestStatus};
use super::store;
use crate::catalogue::{self, Product, ProductStatus};
use crate::cooperatives::{self, AccessError, GroupStatus, Roles};
use crate::db::{self, Tx};
use crate::kernel::ids::{OfferId, ProductId, RequestId};
use crate::kernel::{Day, Duration, Instant, Quantity, Rupiah, Zone};
use crate::web::{FieldErrors, Problem, Rule, StaleVersion, verb_errors};

/// How long after the request's `answers_until` an offer is valid by default.
const DEFAULT_VALIDITY: Duration = Duration::days(1);

/// An offer to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOffer {
    /// The product.
    pub product: ProductId,
    /// Maximum quantity.
    pub quantity: Quantity,
    /// Price per unit, in rupiah.
    pub unit_price: Rupiah,
    /// The day on which the goods would be ready.
    pub ready_on: Day,
    /// Deposit in percent. Absent: the product's.
    pub deposit_percent: Option<i32>,
    /// Until when the offer can be accepted. Absent: one day after the request's `answers_until`, at most the end of
    /// `ready_on`.
    pub valid_until: Option<Instant>,
}

/// Changes to an offer; `None` keeps the value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfferChange {
    /// Maximum quantity.
    pub quantity: Option<Quantity>,
    /// Price per unit, in rupiah.
    pub unit_price: Option<Rupiah>,
    /// The day on which the goods would be ready.
    pub ready_on: Option<Day>,
    /// Deposit in percent.
    pub deposit_percent: Option<i32>,
    /// Until when the offer can be accepted.
    pub valid_until: Option<Instant>,
}

verb_errors! {
    /// Errors of creating, updating and withdrawing offers.
    pub enum OfferError {
        /// The request takes no more offers.
        RequestClosed => RequestClosed,
        /// The offer is no longer open.
        Closed(status: OfferStatus) => OfferClosed ["offer_status" = status],
        /// The product is not published, or its group is not active.
        NotOnSale => NotOnSale,
        /// The product has an open offer for this request already.
        Exists => OfferExists,
        /// The request body is invalid.
        Invalid(errors: FieldErrors) => { Problem::invalid(errors) },
    }
    + Access(AccessError), Stale(StaleVersion), Db(db::Error)
}

/// Creates an offer of the product's group.
pub fn create_offer(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    request: RequestId,
    id: OfferId,
    new_offer: &NewOffer,
) -> Result<Offer, OfferError> {
    let request = store::lock_request(tx, request)?.ok_or(AccessError::Hidden)?;
    let is_known = RequestRelation::of(&request, roles).is_some();
    AccessError::check(roles.is_officer_in_cooperative(request.cooperative), is_known)?;
    let product = catalogue::find_of_any_status(tx, new_offer.product)?
        .filter(|product| product.cooperative == request.cooperative && roles.is_officer_of_group(product.group))
        .ok_or_else(|| OfferError::Invalid(FieldErrors::single("/product", Rule::UnknownReference)))?;
    if !request.takes_offers(now) {
        return Err(OfferError::RequestClosed);
    }
    require_on_sale(tx, &product)?;
    if store::has_open_offer(tx, request.id, product.id)? {
        return Err(OfferError::Exists);
    }
    let zone = cooperatives::load_zone(tx, request.cooperative)?;
    let latest = zone.end_of(new_offer.ready_on);
    let offer = Offer {
        id,
        cooperative: request.cooperative,
        request: request.id,
        group: product.group,
        product: product.id,
        status: OfferStatus::Open,
        quantity: new_offer.quantity,
        unit_price: new_offer.unit_price,
        ready_on: new_offer.ready_on,
        deposit_percent: new_offer.deposit_percent.unwrap_or_else(|| product.deposit_percent.into()),
        valid_until: new_offer.valid_until.unwrap_or_else(|| request.answers_until.after(DEFAULT_VALIDITY).min(latest)),
        taken: Quantity::ZERO,
        batch: None,
        order: None,
        offered_by: roles.account,
        created_at: now,
        closed_at: None,
        version: 1,
    };
    validate(&offer, &request, &product, zone, now)?;
    store::insert_offer(tx, &offer)?;
    let event = RequestEvent::OfferMade(OfferPayload::with_terms(&offer)).about(offer.id);
    events::record(tx, now, &event.by(roles.account).in_group(offer.cooperative, offer.group))?;
    Ok(offer)
}

/// Updates an open offer at the given version.
pub fn update_offer(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    (request, id): (RequestId, OfferId),
    version: i64,
    change: &OfferChange,
) -> Result<Offer, OfferError> {
    let (request, before) = find_own_open_offer(tx, roles, request, id, Some(version))?;
    let product = catalogue::find_of_any_status(tx, before.product)?.ok_or(AccessError::Hidden)?;
    require_on_sale(tx, &product)?;
    let ready_on = change.ready_on.unwrap_or(before.ready_on);
    let zone = cooperatives::load_zone(tx, request.cooperative)?;
    let offer = Offer {
        quantity: change.quantity.unwrap_or(before.quantity),
        unit_price: change.unit_price.unwrap_or(before.unit_price),
        ready_on,
        deposit_percent: change.deposit_percent.unwrap_or(before.deposit_percent),
        // An earlier `ready_on` shortens the validity; only a value that was sent is validated as such.
        valid_until: change.valid_until.unwrap_or_else(|| before.valid_until.min(zone.end_of(ready_on))),
        ..before
    };
    validate(&offer, &request, &product, zone, now)?;
    store::update_offer(tx, &offer)?;
    let event = RequestEvent::OfferChanged(OfferPayload::with_terms(&offer)).about(offer.id);
    events::record(tx, now, &event.by(roles.account).in_group(offer.cooperative, offer.group))?;
    reload_offer(tx, id)
}

/// Withdraws an open offer.
pub fn withdraw_offer(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    (request, id): (RequestId, OfferId),
    version: Option<i64>,
) -> Result<Offer, OfferError> {
    let (_, offer) = find_own_open_offer(tx, roles, request, id, version)?;
    store::close_offer(tx, now, id, OfferStatus::Withdrawn)?;
    let event = RequestEvent::OfferWithdrawn(OfferPayload::new(&offer)).about(id);
    events::record(tx, now, &event.by(roles.account).in_group(offer.cooperative, offer.group))?;
    reload_offer(tx, id)
}

/// Finds an open offer of the caller's group. Locks its request first, as accepting does.
fn find_own_open_offer(
    tx: &mut Tx<'_>,
    roles: &Roles,
    request: RequestId,
    id: OfferId,
    version: Option<i64>,
) -> Result<(Request, Offer), OfferError> {
    let request = store::lock_request(tx, request)?.ok_or(AccessError::Hidden)?;
    let relation = RequestRelation::of(&request, roles).ok_or(AccessError::Hidden)?;
    let offer = store::find_offer(tx, id)?.filter(|offer| offer.request == request.id).ok_or(AccessError::Hidden)?;
    AccessError::check(roles.is_officer_of_group(offer.group), relation.can_see_offer(roles, &offer))?;
    StaleVersion::check(version, offer.version)?;
    if request.status != RequestStatus::Open {
        return Err(OfferError::RequestClosed);
    }
    if offer.status != OfferStatus::Open {
        return Err(OfferError::Closed(offer.status));
    }
    Ok((request, offer))
}

fn reload_offer(tx: &mut Tx<'_>, id: OfferId) -> Result<Offer, OfferError> {
    Ok(store::find_offer(tx, id)?.ok_or(AccessError::Hidden)?)
}

fn require_on_sale(tx: &mut Tx<'_>, product: &Product) -> Result<(), OfferError> {
    let group = cooperatives::find_group(tx, product.group)?;
    let is_active = group.is_some_and(|group| group.status == GroupStatus::Active);
    if is_active && product.status == ProductStatus::Published { Ok(()) } else { Err(OfferError::NotOnSale) }
}

/// Validates an offer against its request and product.
fn validate(offer: &Offer, request: &Request, product: &Product, zone: Zone, now: Instant) -> Result<(), OfferError> {
    let mut errors = FieldErrors::default();
    errors.require(offer.quantity.is_positive(), "/quantity", Rule::NotPositive);
    errors.require(offer.quantity <= request.quantity, "/quantity", Rule::MoreThanAsked);
    if let Err(fault) = product.check_quantity(offer.quantity) {
        errors.add("/quantity", fault);
    }
    errors.require(offer.quantity.total_at(offer.unit_price).is_ok(), "/unit_price", Rule::AmountTooLarge);
    let today = zone.day_of(now);
    errors.require((today..=request.needed_on).contains(&offer.ready_on), "/ready_on", Rule::NotInTime);
    let is_fresh = product.best_before(offer.ready_on).is_none_or(|last| last >= request.needed_on);
    errors.require(is_fresh, "/ready_on", Rule::SpoiltByThen);
    let is_valid = offer.valid_until > now && offer.valid_until <= zone.end_of(offer.ready_on);
    errors.require(is_valid, "/valid_until", Rule::ValidityDoesNotFit);
    if errors.is_empty() { Ok(()) } else { Err(OfferError::Invalid(errors)) }
}
