//! Response bodies of orders.

use serde::Serialize;

use crate::cooperatives::GroupRef;
use crate::kernel::ids::{
    AccountId, BatchId, CooperativeId, DeliveryZoneId, FulfilmentId, GroupId, LineId, NoteId, OrderId, OutletId,
    PickupPointId, ProductId,
};
use crate::kernel::{Day, Instant, Quantity, Rupiah, Version};
use crate::orders::access::Viewer;
use crate::orders::cancel::check_can_cancel;
use crate::orders::contact::{OrderContact, Recipient};
use crate::orders::delivery::DeliveryKind;
use crate::orders::fulfilment::{FulfilmentAction, FulfilmentStatus, FulfilmentWithLines, LineReason};
use crate::orders::note::Note;
use crate::orders::order::{Channel, Order, OrderWithFulfilments};
use crate::orders::settings::Settings;
use crate::orders::status::{OrderStatus, PaymentState};
use crate::supply::DiscountKind;
use crate::web::{ApiResponse, Problem};

/// An order as the caller sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OrderView {
    id: OrderId,
    /// Order number for people.
    #[schema(max_length = 20, example = "CIH-2611-0042")]
    number: String,
    cooperative: CooperativeId,
    status: OrderStatus,
    payment_state: PaymentState,
    channel: Channel,
    /// The buyer's account; null for guests.
    buyer: Option<AccountId>,
    /// The officer who recorded it for someone else.
    captured_by: Option<AccountId>,
    /// The outlet, for consignment sales.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    outlet: Option<OutletId>,
    /// The person who ordered; null for viewers without access to personal data.
    contact: Option<OrderContact>,
    /// The recipient, if it is not the buyer.
    recipient: Option<Recipient>,
    delivery: DeliveryView,
    needed_on: Option<Day>,
    #[schema(max_length = 500)]
    note: Option<String>,
    /// The parts that the caller sees, one for each group.
    #[schema(max_items = 50)]
    fulfilments: Vec<FulfilmentView>,
    goods_total: Rupiah,
    delivery_fee: Rupiah,
    total: Rupiah,
    deposit_due: Rupiah,
    /// Payments less refunds.
    #[schema(minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 75_000)]
    paid_total: i64,
    placed_at: Instant,
    answer_by: Option<Instant>,
    pay_by: Option<Instant>,
    cancellable_until: Option<Instant>,
    /// The actions the caller may perform on the whole order now.
    #[schema(max_items = 5, example = json!(["cancel"]))]
    actions: Vec<FulfilmentAction>,
    /// The tracking link for buyers without an account; sent only to the caller who placed the order. It is added when
    /// the response is sent: the stored response does not hold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    track: Option<TrackView>,
    version: Version,
}

/// The tracking link of an order.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TrackView {
    /// The secret of `/v1/track/{secret}`.
    #[schema(max_length = 60, example = "AZqLHHweB9o6mx8vbVsaDBE")]
    pub secret: String,
    /// The full URL.
    #[schema(max_length = 300, example = "https://lumbung.example/v1/track/AZqLHHweB9o6mx8vbVsaDBE")]
    pub url: String,
}

/// Secrets are never printed.
impl std::fmt::Debug for TrackView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TrackView(…)")
    }
}

impl TrackView {
    /// The link of this secret.
    pub fn of(secret: String, public_url: &str) -> Self {
        TrackView { url: format!("{public_url}/v1/track/{secret}"), secret }
    }
}

/// How the goods reach the buyer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct DeliveryView {
    kind: DeliveryKind,
    point: Option<PickupPointId>,
    zone: Option<DeliveryZoneId>,
    #[schema(max_length = 300)]
    address: Option<String>,
    fee: Rupiah,
}

/// A group's part of an order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FulfilmentView {
    id: FulfilmentId,
    group: GroupRef,
    status: FulfilmentStatus,
    goods_total: Rupiah,
    ready_on: Day,
    answer_by: Option<Instant>,
    answered_at: Option<Instant>,
    ready_at: Option<Instant>,
    handed_over_at: Option<Instant>,
    #[schema(max_length = 300)]
    reason: Option<String>,
    #[schema(max_length = 60)]
    courier: Option<String>,
    #[schema(max_length = 60)]
    tracking_number: Option<String>,
    #[schema(max_length = 100)]
    received_by: Option<String>,
    #[schema(max_items = 50)]
    lines: Vec<LineView>,
    /// The actions the caller may perform on this part now.
    #[schema(max_items = 10, example = json!(["accept", "decline"]))]
    actions: Vec<FulfilmentAction>,
    version: Version,
}

/// A line of an order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LineView {
    id: LineId,
    product: ProductId,
    #[schema(max_length = 120, example = "Pastel sayur")]
    product_name: String,
    #[schema(max_length = 20, example = "piece")]
    unit: String,
    ready_on: Day,
    /// The quantity the buyer asked for.
    wanted: Quantity,
    /// The smallest quantity the buyer accepts.
    at_least: Quantity,
    /// The quantity the buyer gets.
    quantity: Quantity,
    /// Why that is less than the buyer asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<LineReason>,
    unit_price: Rupiah,
    /// Unit price before the discount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    was: Option<Rupiah>,
    /// The kind of discount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    discount: Option<DiscountKind>,
    total: Rupiah,
    /// Deposit of the line, in percent.
    #[schema(minimum = 0, maximum = 100, example = 30)]
    deposit_percent: i32,
    /// The batches it comes from.
    #[schema(max_items = 20)]
    claims: Vec<ClaimView>,
}

/// A line's claim on a batch.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ClaimView {
    batch: BatchId,
    quantity: Quantity,
}

impl OrderView {
    /// The order as this viewer sees it; `None` if they see no part of it.
    pub fn of(whole: &OrderWithFulfilments, viewer: &Viewer, settings: &Settings, now: Instant) -> Option<Self> {
        let can_cancel = check_can_cancel(viewer, now, whole).is_ok();
        let visible = viewer.view(whole.clone())?;
        let order = visible.order;
        let can_see_people = viewer.can_see_people(&order);
        Some(OrderView {
            id: order.id,
            cooperative: order.cooperative,
            status: order.status,
            payment_state: order.payment_state(),
            channel: order.channel,
            buyer: order.buyer.filter(|_| can_see_people),
            captured_by: order.captured_by,
            outlet: order.outlet,
            contact: can_see_people.then(|| order.contact()),
            recipient: order.recipient().filter(|_| can_see_people),
            delivery: DeliveryView {
                kind: order.delivery_kind,
                point: order.pickup_point,
                zone: order.delivery_zone,
                address: order.address.clone().filter(|_| can_see_people),
                fee: order.delivery_fee,
            },
            needed_on: order.needed_on,
            note: order.note.clone().filter(|_| can_see_people),
            fulfilments: visible
                .fulfilments
                .into_iter()
                .map(|fulfilment| FulfilmentView::of(&order, fulfilment, viewer, can_see_people, settings, now))
                .collect(),
            goods_total: order.goods_total,
            delivery_fee: order.delivery_fee,
            total: order.total,
            deposit_due: order.deposit_due,
            paid_total: order.paid_total.0,
            placed_at: order.placed_at,
            answer_by: order.answer_by,
            pay_by: order.pay_by,
            cancellable_until: order.cancellable_until,
            actions: if can_cancel { vec![FulfilmentAction::Cancel] } else { Vec::new() },
            track: None,
            version: order.version,
            number: order.number,
        })
    }

    /// The response with the order as this viewer sees it; 404 if they see no part of it.
    pub(super) fn respond(
        whole: &OrderWithFulfilments,
        viewer: &Viewer,
        settings: &Settings,
        now: Instant,
    ) -> Result<ApiResponse, Problem> {
        let view = OrderView::of(whole, viewer, settings, now).ok_or_else(Problem::not_found)?;
        Ok(ApiResponse::ok(&view).with_version(whole.order.version).about_subject(whole.order.id))
    }

    /// Only the part of this group.
    #[must_use]
    pub fn only_of(mut self, group: GroupId) -> Self {
        self.fulfilments.retain(|fulfilment| fulfilment.group.id == group);
        self
    }
}

impl FulfilmentView {
    fn of(
        order: &Order,
        fulfilment: FulfilmentWithLines,
        viewer: &Viewer,
        can_see_people: bool,
        settings: &Settings,
        now: Instant,
    ) -> Self {
        let actions = viewer.available_actions(settings, now, order, &fulfilment.row);
        let FulfilmentWithLines { row: fulfilment, group, lines } = fulfilment;
        FulfilmentView {
            id: fulfilment.id,
            group,
            status: fulfilment.status,
            goods_total: fulfilment.goods_total,
            ready_on: fulfilment.ready_on,
            answer_by: fulfilment.answer_by,
            answered_at: fulfilment.answered_at,
            ready_at: fulfilment.ready_at,
            handed_over_at: fulfilment.handed_over_at,
            reason: fulfilment.reason.filter(|_| can_see_people),
            courier: fulfilment.courier,
            tracking_number: fulfilment.tracking_number.filter(|_| can_see_people),
            received_by: fulfilment.received_by.filter(|_| can_see_people),
            lines: lines
                .into_iter()
                .map(|line| LineView {
                    claims: line
                        .claims
                        .iter()
                        .filter(|claim| claim.quantity.is_positive())
                        .map(|claim| ClaimView { batch: claim.batch, quantity: claim.quantity })
                        .collect(),
                    id: line.row.id,
                    product: line.row.product,
                    product_name: line.row.product_name,
                    unit: line.row.unit,
                    ready_on: line.row.ready_on,
                    wanted: line.row.wanted,
                    at_least: line.row.at_least,
                    quantity: line.row.quantity,
                    reason: line.row.reason,
                    unit_price: line.row.unit_price,
                    was: line.row.was_price,
                    discount: line.row.discount,
                    total: line.row.total,
                    deposit_percent: line.row.deposit_percent,
                })
                .collect(),
            actions,
            version: fulfilment.version,
        }
    }
}

/// A note between buyer and officers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NoteView {
    id: NoteId,
    /// The author's account; null for guests.
    author: Option<AccountId>,
    /// Whether the buyer wrote it.
    from_buyer: bool,
    #[schema(max_length = 1000, example = "Tolong dipisah dua kotak ya, Bu.")]
    text: String,
    written_at: Instant,
}

impl From<Note> for NoteView {
    fn from(Note { id, author, from_buyer, text, written_at, .. }: Note) -> Self {
        NoteView { id, author, from_buyer, text, written_at }
    }
}
