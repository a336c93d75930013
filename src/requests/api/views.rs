//! JSON views of requests and offers.

use serde::Serialize;

use crate::catalogue::Category;
use crate::cooperatives::{GroupRef, Office, Roles};
use crate::kernel::ids::{AccountId, BatchId, CooperativeId, OfferId, OrderId, ProductId, RequestId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Phone, Quantity, Rupiah, Version};
use crate::orders::Channel;
use crate::requests::access::RequestRelation;
use crate::requests::destination::{Destination, DestinationKind};
use crate::requests::offer::{OfferAction, OfferStatus};
use crate::requests::request::{Occasion, Request, RequestStatus, first_name};
use crate::requests::store::NamedOffer;
use crate::requests::summary::RequestSummary;

text_enum! {
    /// What the caller may do with a request now.
    PermittedRequestAction {
        /// Make an offer for it.
        Offer = "offer",
        /// Accept offers.
        Accept = "accept",
        /// Update it.
        Change = "change",
        /// Withdraw it.
        Withdraw = "withdraw",
    }
}

/// A request, as far as the caller may see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RequestView {
    pub(super) id: RequestId,
    cooperative: CooperativeId,
    status: RequestStatus,
    channel: Channel,
    /// The buyer. The people acting for the request and groups whose offer was accepted see all of it, other officers
    /// and office holders the first name only, members nothing.
    asker: Option<AskerView>,
    /// The officer who recorded it for someone.
    captured_by: Option<AccountId>,
    /// The product; null when `words` describe the goods.
    product: Option<ProductId>,
    #[schema(max_length = 120, example = "Pastel sayur")]
    product_name: Option<String>,
    /// Category; null: any group may answer.
    category: Option<Category>,
    /// Description of the goods, by the buyer.
    #[schema(max_length = 300, example = "Pastel kecil untuk 250 tamu")]
    words: Option<String>,
    quantity: Quantity,
    /// Unit of the quantity: a product's unit, or the buyer's free text.
    #[schema(max_length = 20, example = "piece")]
    unit: String,
    needed_on: Day,
    /// Where the goods shall be delivered or collected. Groups see the address once an offer of theirs is accepted.
    place: DestinationView,
    /// Budget for all of it, in rupiah.
    budget: Option<Rupiah>,
    occasion: Occasion,
    #[schema(max_length = 500, example = "Sebagian tamu tidak makan udang.")]
    note: Option<String>,
    /// Until when groups may make offers.
    answers_until: Instant,
    /// Quantity accepted from offers.
    taken: Quantity,
    /// Quantity still missing.
    missing: Quantity,
    /// Number of open offers; only for those who act for the request.
    #[schema(minimum = 0, maximum = 100_000, example = 2)]
    offers: Option<i64>,
    created_at: Instant,
    closed_at: Option<Instant>,
    /// Actions the caller may take now.
    #[schema(max_items = 4)]
    actions: Vec<PermittedRequestAction>,
    pub(super) version: Version,
}

/// The buyer of a request.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AskerView {
    /// Full name, or the first name only.
    #[schema(max_length = 100, example = "Contoh")]
    name: String,
    /// Phone number; null for callers who see the first name only.
    phone: Option<Phone>,
}

/// Where requested goods shall be delivered or collected.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct DestinationView {
    kind: DestinationKind,
    point: Option<crate::kernel::ids::PickupPointId>,
    zone: Option<crate::kernel::ids::DeliveryZoneId>,
    #[schema(max_length = 300, example = "RT 02 RW 05, rumah cat hijau dekat mushola")]
    address: Option<String>,
}

impl RequestView {
    /// Builds the view for this caller.
    pub fn of(summary: RequestSummary, roles: &Roles, now: Instant) -> Self {
        let relation = RequestRelation::of(&summary.request, roles);
        let is_owner = relation == Some(RequestRelation::Owner);
        let actions = permitted_actions(&summary, is_owner, roles, now);
        let RequestSummary { request, requester, product_name, supplying_groups, open_offers } = summary;
        let is_supplier = supplying_groups.iter().any(|group| roles.is_officer_of_group(*group));
        let (name, phone) = (requester.contact.name, requester.contact.phone);
        let Destination { kind, point, zone, address } = request.destination();
        RequestView {
            id: request.id,
            cooperative: request.cooperative,
            status: request.status,
            channel: request.channel,
            asker: match relation {
                _ if is_owner || is_supplier => Some(AskerView { name, phone }),
                Some(RequestRelation::Insider) if !is_agency_only(&request, roles) => {
                    Some(AskerView { name: first_name(&name), phone: None })
                }
                _ => None,
            },
            captured_by: request.captured_by,
            product: request.product,
            product_name,
            category: request.category,
            words: request.words,
            quantity: request.quantity,
            unit: request.unit,
            needed_on: request.needed_on,
            place: DestinationView { kind, point, zone, address: address.filter(|_| is_owner || is_supplier) },
            budget: request.budget,
            occasion: request.occasion,
            note: request.note,
            answers_until: request.answers_until,
            taken: request.taken,
            missing: request.quantity.minus(request.taken),
            offers: Some(open_offers).filter(|_| is_owner),
            created_at: request.created_at,
            closed_at: request.closed_at,
            actions,
            version: request.version,
        }
    }
}

/// Whether the caller is here for the agency only, which sees figures but no names.
fn is_agency_only(request: &Request, roles: &Roles) -> bool {
    let own = request.cooperative;
    roles.has_office(Office::Agency, own) && !roles.is_officer_in_cooperative(own) && !roles.can_see_money_in(own)
}

fn permitted_actions(
    summary: &RequestSummary,
    is_owner: bool,
    roles: &Roles,
    now: Instant,
) -> Vec<PermittedRequestAction> {
    let request = &summary.request;
    let is_owner = is_owner && request.status == RequestStatus::Open;
    let has_no_offers = summary.open_offers == 0 && summary.supplying_groups.is_empty();
    let actions = [
        (
            PermittedRequestAction::Offer,
            request.takes_offers(now) && roles.is_officer_in_cooperative(request.cooperative),
        ),
        (PermittedRequestAction::Accept, is_owner && summary.open_offers > 0),
        (PermittedRequestAction::Change, is_owner && has_no_offers),
        (PermittedRequestAction::Withdraw, is_owner),
    ];
    actions.into_iter().filter(|(_, is_permitted)| *is_permitted).map(|(action, _)| action).collect()
}

/// An offer for a request.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OfferView {
    pub(super) id: OfferId,
    request: RequestId,
    group: GroupRef,
    product: ProductId,
    #[schema(max_length = 120, example = "Pastel sayur")]
    product_name: String,
    #[schema(max_length = 20, example = "piece")]
    unit: String,
    status: OfferStatus,
    /// Maximum quantity.
    quantity: Quantity,
    unit_price: Rupiah,
    /// Total, without the delivery fee.
    total: Rupiah,
    /// The day on which the goods would be ready.
    ready_on: Day,
    /// Deposit in percent.
    #[schema(minimum = 0, maximum = 100, example = 30)]
    deposit_percent: i32,
    /// Until when the offer can be accepted.
    valid_until: Instant,
    /// Quantity accepted.
    taken: Quantity,
    /// The batch opened for it when it was accepted.
    batch: Option<BatchId>,
    /// The order that it is a line of, once accepted.
    order: Option<OrderId>,
    created_at: Instant,
    closed_at: Option<Instant>,
    /// Actions the caller may take now.
    #[schema(max_items = 1)]
    actions: Vec<OfferAction>,
    pub(super) version: Version,
}

impl OfferView {
    /// Builds the view for this caller.
    pub fn of(named: NamedOffer, roles: &Roles, now: Instant) -> Self {
        let NamedOffer { offer, group, product_name, unit } = named;
        let is_changeable = offer.status == OfferStatus::Open && roles.is_officer_of_group(offer.group);
        OfferView {
            id: offer.id,
            request: offer.request,
            group,
            product: offer.product,
            product_name,
            unit,
            status: offer.status_at(now),
            quantity: offer.quantity,
            unit_price: offer.unit_price,
            // The cost was validated when the offer was made.
            total: offer.quantity.total_at(offer.unit_price).unwrap_or(Rupiah::MAX_LINE),
            ready_on: offer.ready_on,
            deposit_percent: offer.deposit_percent,
            valid_until: offer.valid_until,
            taken: offer.taken,
            batch: offer.batch,
            order: offer.order,
            created_at: offer.created_at,
            closed_at: offer.closed_at,
            actions: if is_changeable { vec![OfferAction::Withdraw] } else { Vec::new() },
            version: offer.version,
        }
    }
}
