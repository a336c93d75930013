//! What clients see of requests and offers.

use serde::Serialize;

use crate::catalogue::Category;
use crate::cooperatives::{Office, Roles};
use crate::kernel::ids::{AccountId, BatchId, CooperativeId, GroupId, OfferId, OrderId, ProductId, RequestId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Phone, Quantity, Rupiah};
use crate::orders::Channel;
use crate::requests::destination::{Destination, DestinationKind};
use crate::requests::offer::{OfferAction, OfferStatus};
use crate::requests::request::{Occasion, Request, RequestStatus, first_name};
use crate::requests::shown::Shown;
use crate::requests::store::NamedOffer;
use crate::requests::viewer::Relation;

text_enum! {
    /// What the caller may do with a request next.
    RequestStep {
        /// Make an offer for it.
        Offer = "offer",
        /// Take offers.
        Accept = "accept",
        /// Change what it says.
        Change = "change",
        /// Withdraw it.
        Withdraw = "withdraw",
    }
}

/// A request as its viewer sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RequestView {
    id: RequestId,
    cooperative: CooperativeId,
    status: RequestStatus,
    channel: Channel,
    /// Who asks: whoever acts for it and groups whose offer was taken see all of it, other officers and offices the first
    /// name, members nothing.
    asker: Option<AskerView>,
    /// The officer who wrote it down for someone.
    captured_by: Option<AccountId>,
    /// Which product; null when words say what it is.
    product: Option<ProductId>,
    #[schema(max_length = 120, example = "Pastel sayur")]
    product_name: Option<String>,
    /// Which kind of goods; null when any group may answer.
    category: Option<Category>,
    /// What it is, in the buyer's words.
    #[schema(max_length = 300, example = "Pastel kecil untuk 250 tamu")]
    words: Option<String>,
    quantity: Quantity,
    /// Of what unit: a product's, or the buyer's word.
    #[schema(max_length = 20, example = "piece")]
    unit: String,
    #[schema(value_type = String, format = Date, example = "2026-12-14")]
    needed_on: Day,
    /// Where the goods shall go. Groups see the address once an offer of theirs is taken.
    place: DestinationView,
    /// What all of it may cost.
    budget: Option<Rupiah>,
    occasion: Occasion,
    #[schema(max_length = 500, example = "Sebagian tamu tidak makan udang.")]
    note: Option<String>,
    /// Until when answers are wanted.
    answers_until: Instant,
    /// How much was taken of offers.
    taken: Quantity,
    /// How much is still missing.
    missing: Quantity,
    /// How many offers are open; told to whoever acts for it.
    #[schema(minimum = 0, maximum = 100_000, example = 2)]
    offers: Option<i64>,
    created_at: Instant,
    closed_at: Option<Instant>,
    /// What the caller may do with it next.
    #[schema(max_items = 4)]
    actions: Vec<RequestStep>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
}

/// Who asks.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AskerView {
    /// Their name, or the first of their names.
    #[schema(max_length = 100, example = "Contoh")]
    name: String,
    /// Their number; null for whom the first name must do.
    phone: Option<Phone>,
}

/// Where requested goods shall go.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct DestinationView {
    kind: DestinationKind,
    point: Option<crate::kernel::ids::PickupPointId>,
    zone: Option<crate::kernel::ids::DeliveryZoneId>,
    #[schema(max_length = 300, example = "RT 02 RW 05, rumah cat hijau dekat mushola")]
    address: Option<String>,
}

impl RequestView {
    /// The request as this caller sees it, to whom it is this.
    pub fn of(shown: Shown, relation: Relation, roles: &Roles, now: Instant) -> Self {
        let actions = actions(&shown, relation, roles, now);
        let Shown { request, asker, product_name, takers, offers } = shown;
        let keeps = relation == Relation::Keeper;
        let supplies = takers.iter().any(|group| roles.is_officer_of(*group));
        let (name, phone) = (asker.contact.name, asker.contact.phone);
        let Destination { kind, point, zone, address } = request.place();
        RequestView {
            id: request.id,
            cooperative: request.cooperative,
            status: request.status,
            channel: request.channel,
            asker: match relation {
                _ if keeps || supplies => Some(AskerView { name, phone }),
                Relation::Insider if !only_agency(&request, roles) => {
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
            place: DestinationView { kind, point, zone, address: address.filter(|_| keeps || supplies) },
            budget: request.budget,
            occasion: request.occasion,
            note: request.note,
            answers_until: request.answers_until,
            taken: request.taken,
            missing: request.quantity.minus(request.taken),
            offers: Some(offers).filter(|_| keeps),
            created_at: request.created_at,
            closed_at: request.closed_at,
            actions,
            version: request.version,
        }
    }
}

/// Whether somebody sees figures only, as the agency does.
fn only_agency(request: &Request, roles: &Roles) -> bool {
    let own = request.cooperative;
    let others = [Office::Board, Office::Treasurer, Office::Supervisor, Office::Companion];
    roles.holds(Office::Agency, own)
        && !roles.is_officer_in(own)
        && !others.iter().any(|office| roles.holds(*office, own))
}

fn actions(shown: &Shown, relation: Relation, roles: &Roles, now: Instant) -> Vec<RequestStep> {
    let request = &shown.request;
    let open = request.status == RequestStatus::Open;
    let keeps = relation == Relation::Keeper && open;
    let unanswered = shown.offers == 0 && shown.takers.is_empty();
    let steps = [
        (RequestStep::Offer, request.takes_offers(now) && roles.is_officer_in(request.cooperative)),
        (RequestStep::Accept, keeps && shown.offers > 0),
        (RequestStep::Change, keeps && unanswered),
        (RequestStep::Withdraw, keeps),
    ];
    steps.into_iter().filter(|(_, may)| *may).map(|(step, _)| step).collect()
}

/// An offer for a request.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OfferView {
    id: OfferId,
    request: RequestId,
    group: GroupId,
    #[schema(max_length = 120, example = "Sekar Laras")]
    group_name: String,
    product: ProductId,
    #[schema(max_length = 120, example = "Pastel sayur")]
    product_name: String,
    #[schema(max_length = 20, example = "piece")]
    unit: String,
    status: OfferStatus,
    /// How much at most.
    quantity: Quantity,
    unit_price: Rupiah,
    /// What all of it comes to, without the way to the buyer.
    total: Rupiah,
    /// The day on which it would be ready.
    #[schema(value_type = String, format = Date, example = "2026-12-14")]
    ready_on: Day,
    /// How much is asked for before work begins, in percent.
    #[schema(minimum = 0, maximum = 100, example = 30)]
    deposit_percent: i32,
    /// Until when it may be taken.
    valid_until: Instant,
    /// How much was taken of it.
    taken: Quantity,
    /// The batch it became.
    batch: Option<BatchId>,
    /// The order it is a line of.
    order: Option<OrderId>,
    created_at: Instant,
    closed_at: Option<Instant>,
    /// What the caller may do with it next.
    #[schema(max_items = 1)]
    actions: Vec<OfferAction>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
}

impl OfferView {
    /// The offer as this caller sees it.
    pub fn of(named: NamedOffer, roles: &Roles, now: Instant) -> Self {
        let NamedOffer { offer, group_name, product_name, unit } = named;
        let own = offer.status == OfferStatus::Open && roles.is_officer_of(offer.group);
        OfferView {
            id: offer.id,
            request: offer.request,
            group: offer.group,
            group_name,
            product: offer.product,
            product_name,
            unit,
            status: offer.status_at(now),
            quantity: offer.quantity,
            unit_price: offer.unit_price,
            // It was within its bounds when it was made.
            total: offer.quantity.cost(offer.unit_price).unwrap_or(Rupiah::MAX_LINE),
            ready_on: offer.ready_on,
            deposit_percent: offer.deposit_percent,
            valid_until: offer.valid_until,
            taken: offer.taken,
            batch: offer.batch,
            order: offer.order,
            created_at: offer.created_at,
            closed_at: offer.closed_at,
            actions: if own { vec![OfferAction::Withdraw] } else { Vec::new() },
            version: offer.version,
        }
    }
}
