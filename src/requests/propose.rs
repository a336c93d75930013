//! A group's officers make an offer for a request, change it until it is taken, or take it back.

use super::events::offer_event;
use super::offer::{Offer, OfferStatus};
use super::request::{NOT_POSITIVE, Request, RequestStatus, UNKNOWN};
use super::store;
use super::viewer::Relation;
use crate::catalogue::{self, Product, ProductStatus};
use crate::cooperatives::{self, AccessError, GroupStatus, Roles};
use crate::db::{self, Tx};
use crate::events;
use crate::kernel::ids::{AccountId, OfferId, ProductId, RequestId};
use crate::kernel::{Day, Duration, Instant, Quantity, Rupiah, Zone};
use crate::web::{Code, FieldError, FieldErrors, Problem, StaleVersion};

/// How long after answers are wanted an offer is valid, when its group does not say.
const VALID_AFTER: Duration = Duration::days(1);

/// What a group proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Which of its products.
    pub product: ProductId,
    /// How much at most.
    pub quantity: Quantity,
    /// The price of a unit.
    pub unit_price: Rupiah,
    /// The day on which it would be ready.
    pub ready_on: Day,
    /// How much is asked for before work begins, in percent; the product's, when it is not said.
    pub deposit_percent: Option<i32>,
    /// Until when it may be taken; a day longer than answers are wanted, when it is not said.
    pub valid_until: Option<Instant>,
}

/// What changes about an offer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfferChange {
    /// How much at most.
    pub quantity: Option<Quantity>,
    /// The price of a unit.
    pub unit_price: Option<Rupiah>,
    /// The day on which it would be ready.
    pub ready_on: Option<Day>,
    /// How much is asked for before work begins, in percent.
    pub deposit_percent: Option<i32>,
    /// Until when it may be taken.
    pub valid_until: Option<Instant>,
}

/// Why an offer was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// It is not theirs, or not there.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The request takes no more offers.
    #[error("the request takes no more offers")]
    RequestClosed,
    /// The offer was taken or is over.
    #[error("the offer is {0}")]
    Closed(OfferStatus),
    /// The product is not for sale, or its group may not sell.
    #[error("the product is not for sale")]
    NotOnSale,
    /// The product is offered already.
    #[error("the product is offered already")]
    Exists,
    /// What was sent does not hold together.
    #[error("the offer does not hold together")]
    Invalid(FieldErrors),
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<OfferError> for Problem {
    fn from(error: OfferError) -> Self {
        match error {
            OfferError::Access(denied) => denied.into(),
            OfferError::RequestClosed => Problem::new(Code::RequestClosed),
            OfferError::Closed(status) => Problem::new(Code::OfferClosed).with("offer_status", status),
            OfferError::NotOnSale => Problem::new(Code::NotOnSale),
            OfferError::Exists => Problem::new(Code::OfferExists),
            OfferError::Invalid(errors) => Problem::new(Code::BodyInvalid).with_faults(errors),
            OfferError::Stale(stale) => stale.into(),
            OfferError::Db(error) => error.into(),
        }
    }
}

/// Makes an offer for a group, which is the product's.
pub fn propose(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    request: RequestId,
    id: OfferId,
    proposal: &Proposal,
) -> Result<Offer, OfferError> {
    let request = store::locked(tx, request)?.ok_or(AccessError::Hidden)?;
    Relation::of(&request, roles).ok_or(AccessError::Hidden)?;
    let account = roles.account.filter(|_| roles.is_officer_in(request.cooperative)).ok_or(AccessError::Forbidden)?;
    let product = catalogue::find_of_any_status(tx, proposal.product)?
        .filter(|product| product.cooperative == request.cooperative && roles.is_officer_of(product.group))
        .ok_or_else(|| OfferError::Invalid(FieldErrors::one("/product", UNKNOWN)))?;
    if !request.takes_offers(now) {
        return Err(OfferError::RequestClosed);
    }
    must_be_on_sale(tx, &product)?;
    if store::is_offered(tx, request.id, product.id)? {
        return Err(OfferError::Exists);
    }
    let zone = zone_of(tx, &request)?;
    let latest = zone.end_of(proposal.ready_on);
    let offer = Offer {
        id,
        cooperative: request.cooperative,
        request: request.id,
        group: product.group,
        product: product.id,
        status: OfferStatus::Open,
        quantity: proposal.quantity,
        unit_price: proposal.unit_price,
        ready_on: proposal.ready_on,
        deposit_percent: proposal.deposit_percent.unwrap_or_else(|| product.deposit_percent.into()),
        valid_until: proposal.valid_until.unwrap_or_else(|| request.answers_until.after(VALID_AFTER).min(latest)),
        taken: Quantity::ZERO,
        batch: None,
        order: None,
        offered_by: Some(account),
        created_at: now,
        closed_at: None,
        version: 1,
    };
    check(&offer, &request, &product, zone, now)?;
    store::insert_offer(tx, &offer)?;
    let event = offer_event("offer.made", &offer)
        .by(account)
        .with("unit_price", offer.unit_price)
        .with("ready_on", offer.ready_on)
        .with("valid_until", offer.valid_until);
    events::record(tx, now, &event)?;
    Ok(offer)
}

/// Changes an offer that nobody has taken.
pub fn revise(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    (request, id): (RequestId, OfferId),
    version: i64,
    change: &OfferChange,
) -> Result<Offer, OfferError> {
    let (request, before, account) = own_open(tx, roles, request, id, Some(version))?;
    let product = catalogue::find_of_any_status(tx, before.product)?.ok_or(AccessError::Hidden)?;
    must_be_on_sale(tx, &product)?;
    let ready_on = change.ready_on.unwrap_or(before.ready_on);
    let zone = zone_of(tx, &request)?;
    let offer = Offer {
        quantity: change.quantity.unwrap_or(before.quantity),
        unit_price: change.unit_price.unwrap_or(before.unit_price),
        ready_on,
        deposit_percent: change.deposit_percent.unwrap_or(before.deposit_percent),
        // Ready earlier, it ends earlier; only what was said is held against it.
        valid_until: change.valid_until.unwrap_or_else(|| before.valid_until.min(zone.end_of(ready_on))),
        ..before
    };
    check(&offer, &request, &product, zone, now)?;
    store::set_offer(tx, &offer)?;
    let event = offer_event("offer.changed", &offer)
        .by(account)
        .with("unit_price", offer.unit_price)
        .with("ready_on", offer.ready_on)
        .with("valid_until", offer.valid_until);
    events::record(tx, now, &event)?;
    again(tx, id)
}

/// Takes an offer back that nobody has taken.
pub fn retract(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    (request, id): (RequestId, OfferId),
    version: Option<i64>,
) -> Result<Offer, OfferError> {
    let (_, offer, account) = own_open(tx, roles, request, id, version)?;
    store::close_offer(tx, now, id, OfferStatus::Withdrawn)?;
    events::record(tx, now, &offer_event("offer.withdrawn", &offer).by(account))?;
    again(tx, id)
}

/// An open offer of a group of the caller's, its request locked first: whoever takes it holds the same row.
fn own_open(
    tx: &mut Tx<'_>,
    roles: &Roles,
    request: RequestId,
    id: OfferId,
    version: Option<i64>,
) -> Result<(Request, Offer, AccountId), OfferError> {
    let request = store::locked(tx, request)?.ok_or(AccessError::Hidden)?;
    let relation = Relation::of(&request, roles).ok_or(AccessError::Hidden)?;
    let offer = store::offer(tx, id)?.filter(|offer| offer.request == request.id).ok_or(AccessError::Hidden)?;
    let account = match roles.account.filter(|_| roles.is_officer_of(offer.group)) {
        Some(account) => account,
        None if may_see(relation, roles, &offer) => return Err(AccessError::Forbidden.into()),
        None => return Err(AccessError::Hidden.into()),
    };
    StaleVersion::check(version, offer.version)?;
    if request.status != RequestStatus::Open {
        return Err(OfferError::RequestClosed);
    }
    if offer.status != OfferStatus::Open {
        return Err(OfferError::Closed(offer.status));
    }
    Ok((request, offer, account))
}

/// Whether somebody to whom the request is there sees this offer: the one who asked and the offices see all, the others
/// those of their own groups.
pub(super) fn may_see(relation: Relation, roles: &Roles, offer: &Offer) -> bool {
    sees_all(relation, roles, offer.cooperative) || roles.role_in(offer.group).is_some()
}

/// Whether they see the offers of all groups.
pub(super) fn sees_all(relation: Relation, roles: &Roles, own: crate::kernel::ids::CooperativeId) -> bool {
    relation == Relation::Keeper || roles.oversees(own) || roles.admin
}

fn again(tx: &mut Tx<'_>, id: OfferId) -> Result<Offer, OfferError> {
    Ok(store::offer(tx, id)?.ok_or(AccessError::Hidden)?)
}

fn zone_of(tx: &mut Tx<'_>, request: &Request) -> Result<Zone, OfferError> {
    Ok(cooperatives::find_cooperative(tx, request.cooperative)?.ok_or(AccessError::Hidden)?.zone)
}

fn must_be_on_sale(tx: &mut Tx<'_>, product: &Product) -> Result<(), OfferError> {
    let group = cooperatives::find_group(tx, product.group)?;
    let active = group.is_some_and(|group| group.status == GroupStatus::Active);
    if active && product.status == ProductStatus::Published { Ok(()) } else { Err(OfferError::NotOnSale) }
}

/// Everything that does not hold together about an offer.
fn check(offer: &Offer, request: &Request, product: &Product, zone: Zone, now: Instant) -> Result<(), OfferError> {
    let mut errors = FieldErrors::default();
    errors.require(offer.quantity.is_positive(), "/quantity", NOT_POSITIVE);
    errors.require(offer.quantity <= request.quantity, "/quantity", MORE_THAN_ASKED);
    if let Err(fault) = product.check_quantity(offer.quantity) {
        errors.add("/quantity", fault.fault());
    }
    errors.require(offer.quantity.cost(offer.unit_price).is_ok(), "/unit_price", TOO_DEAR);
    let today = zone.day_of(now);
    errors.require((today..=request.needed_on).contains(&offer.ready_on), "/ready_on", NOT_IN_TIME);
    let keeps = product.best_before(offer.ready_on).is_none_or(|last| last >= request.needed_on);
    errors.require(keeps, "/ready_on", SPOILT_BY_THEN);
    let ahead = offer.valid_until > now && offer.valid_until <= zone.end_of(offer.ready_on);
    errors.require(ahead, "/valid_until", NOT_VALID);
    if errors.is_empty() { Ok(()) } else { Err(OfferError::Invalid(errors)) }
}

const MORE_THAN_ASKED: FieldError = FieldError::Rule {
    code: "more-than-asked",
    id: "Lebih banyak dari yang diminta.",
    en: "That is more than what is asked for.",
};
const TOO_DEAR: FieldError = FieldError::Rule {
    code: "amount-too-large",
    id: "Nilai penawaran ini terlalu besar.",
    en: "This offer comes to too much.",
};
const NOT_IN_TIME: FieldError = FieldError::Rule {
    code: "not-in-time",
    id: "Harus siap mulai hari ini, paling lambat pada hari barang dibutuhkan.",
    en: "It must be ready from today on, and no later than the day on which it is needed.",
};
const SPOILT_BY_THEN: FieldError = FieldError::Rule {
    code: "spoilt-by-then",
    id: "Barang ini tidak tahan sampai hari dibutuhkan.",
    en: "These goods do not keep until the day on which they are needed.",
};
const NOT_VALID: FieldError = FieldError::Rule {
    code: "validity-does-not-fit",
    id: "Masa berlaku harus di depan dan tidak lewat dari hari barang siap.",
    en: "The offer must be valid from now on, and not longer than the day on which the goods are ready.",
};
