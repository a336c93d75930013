//! What clients see of orders.

use serde::Serialize;

use crate::kernel::ids::{
    AccountId, BatchId, CooperativeId, DeliveryZoneId, FulfilmentId, GroupId, LineId, NoteId, OrderId, OutletId,
    PickupPointId, ProductId,
};
use crate::kernel::{Day, Instant, Language, Quantity, Rupiah, Zone};
use crate::orders::fulfilment::{Action, FulfilmentStatus};
use crate::orders::order::{Channel, Contact, DeliveryKind, LineReason, Note, Order, Part, Recipient, WholeOrder};
use crate::orders::quote::{Quote, deposit_rule};
use crate::orders::repeat::Gone;
use crate::orders::settings::Settings;
use crate::orders::status::{OrderStatus, PaymentState};
use crate::orders::viewer::Viewer;
use crate::supply::{DiscountKind, Reason};

/// What an order would come to; nothing is reserved.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct QuoteView {
    /// Of which cooperative.
    cooperative: CooperativeId,
    /// Whether all of it can be had; if not, each line says what is short, and `gone` what is no longer sold.
    complete: bool,
    /// The lines, in the order in which they were asked for.
    #[schema(max_items = 50)]
    lines: Vec<QuotedLineView>,
    /// The goods.
    goods_total: Rupiah,
    /// The way to the buyer.
    delivery_fee: Rupiah,
    /// Both; send it as `expected_total`.
    total: Rupiah,
    /// What is asked for before work begins.
    deposit_due: Rupiah,
    /// The rule of deposits and cancelling, in words.
    #[schema(
        max_length = 400,
        example = "Tanpa uang muka. Batal sebelum 24 November 2026 17.00 WIB tanpa biaya; sesudah itu hanya lewat pengurus kelompok."
    )]
    deposit_rule: String,
    /// Until when the groups would answer.
    answer_by: Instant,
    /// Until when payment would be asked for.
    pay_by: Instant,
    /// Until when the buyer could cancel.
    cancellable_until: Instant,
    /// When an order is to be had again: what it held and is no longer sold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    gone: Vec<GoneView>,
}

/// A product that is no longer sold.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct GoneView {
    product: ProductId,
    /// The name under which it was ordered.
    #[schema(max_length = 120, example = "Pastel sayur")]
    product_name: String,
}

/// A line of a quote.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct QuotedLineView {
    product: ProductId,
    #[schema(max_length = 120, example = "Pastel sayur")]
    product_name: String,
    #[schema(max_length = 20, example = "piece")]
    unit: String,
    group: GroupId,
    /// The day it is ready; null when it cannot be had.
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-26")]
    ready_on: Option<Day>,
    /// What was asked for.
    wanted: Quantity,
    /// What can be had.
    quantity: Quantity,
    unit_price: Rupiah,
    /// What a unit costs without its discount.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<Rupiah>,
    /// Why it costs less.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<DiscountKind>,
    total: Rupiah,
    deposit: Rupiah,
    /// How much of what was asked for cannot be had.
    short: Quantity,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// What could be had, when it is too little to be of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<Quantity>,
    /// The first day on which all of it can be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-27")]
    next_day: Option<Day>,
}

impl QuoteView {
    /// The quote in this language.
    pub fn of(quote: &Quote, language: Language) -> Self {
        let until = in_words(quote.cancellable_until, quote.cooperative.zone);
        QuoteView {
            cooperative: quote.cooperative.id,
            complete: quote.lines.iter().all(|line| line.shortage.is_none()),
            lines: quote
                .lines
                .iter()
                .map(|line| QuotedLineView {
                    product: line.product.id,
                    product_name: line.product.name.clone(),
                    unit: line.product.unit.as_str().to_owned(),
                    group: line.product.group,
                    ready_on: line.ready_on(),
                    wanted: line.wanted,
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    was: line.lowered.map(|(_, usual)| usual),
                    discount: line.lowered.map(|(kind, _)| kind),
                    total: line.total,
                    deposit: line.deposit,
                    short: line.short(),
                    reason: line.shortage.map(|shortage| shortage.reason),
                    available: line.shortage.map(|shortage| shortage.available),
                    next_day: line.shortage.and_then(|shortage| shortage.next_day),
                })
                .collect(),
            goods_total: quote.goods_total,
            delivery_fee: quote.delivery_fee,
            total: quote.total,
            deposit_due: quote.deposit_due,
            deposit_rule: deposit_rule(language, quote.deposit_due, &until),
            answer_by: quote.answer_by,
            pay_by: quote.pay_by,
            cancellable_until: quote.cancellable_until,
            gone: Vec::new(),
        }
    }

    /// The quote for an order that is to be had again, without what is gone.
    pub fn without(quote: &Quote, gone: &[Gone], language: Language) -> Self {
        let view = QuoteView::of(quote, language);
        QuoteView {
            complete: view.complete && gone.is_empty(),
            gone: gone.iter().map(|one| GoneView { product: one.product, product_name: one.name.clone() }).collect(),
            ..view
        }
    }
}

/// A moment on the clock on the wall: `24-11-2026 17.00 WIB`.
fn in_words(moment: Instant, zone: Zone) -> String {
    let (day, time) = (zone.day_of(moment), zone.time_of(moment));
    format!("{} {} {}", day.format("%d-%m-%Y"), time.format("%H.%M"), zone.abbreviation())
}

/// An order as its viewer sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OrderView {
    id: OrderId,
    /// What people call it.
    #[schema(max_length = 20, example = "CIH-2611-0042")]
    number: String,
    cooperative: CooperativeId,
    status: OrderStatus,
    payment_state: PaymentState,
    channel: Channel,
    /// Whose order it is; null for a guest's.
    buyer: Option<AccountId>,
    /// The officer who took it for someone.
    captured_by: Option<AccountId>,
    /// The outlet that has sold it on consignment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    outlet: Option<OutletId>,
    /// Who ordered; null for viewers who see figures only.
    contact: Option<Contact>,
    /// Who receives the goods, when it is someone else.
    recipient: Option<Recipient>,
    delivery: DeliveryView,
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-26")]
    needed_on: Option<Day>,
    #[schema(max_length = 500)]
    note: Option<String>,
    /// The parts that the viewer sees, one a group.
    #[schema(max_items = 50)]
    fulfilments: Vec<FulfilmentView>,
    goods_total: Rupiah,
    delivery_fee: Rupiah,
    total: Rupiah,
    deposit_due: Rupiah,
    /// What has been paid, less what went back.
    #[schema(minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 75_000)]
    paid_total: i64,
    placed_at: Instant,
    answer_by: Option<Instant>,
    pay_by: Option<Instant>,
    cancellable_until: Option<Instant>,
    /// What the viewer may do with the whole order next.
    #[schema(max_items = 5, example = json!(["cancel"]))]
    actions: Vec<Action>,
    /// The link for whoever has no account; told only to who placed the order, and added to the answer when it leaves:
    /// what is kept for a replay does not hold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    track: Option<TrackView>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
}

/// The link to an order for whoever has no account.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TrackView {
    /// The secret of `/v1/track/{secret}`.
    #[schema(max_length = 60, example = "AZqLHHweB9o6mx8vbVsaDBE")]
    pub secret: String,
    /// The whole address.
    #[schema(max_length = 300, example = "https://lumbung.example/v1/track/AZqLHHweB9o6mx8vbVsaDBE")]
    pub url: String,
}

/// A secret is never printed.
impl std::fmt::Debug for TrackView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TrackView(…)")
    }
}

impl TrackView {
    /// The link with this secret.
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
    group: GroupId,
    #[schema(max_length = 120, example = "Sekar Laras")]
    group_name: String,
    status: FulfilmentStatus,
    goods_total: Rupiah,
    #[schema(value_type = String, format = Date, example = "2026-11-26")]
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
    /// What the viewer may do with this part next.
    #[schema(max_items = 10, example = json!(["accept", "decline"]))]
    actions: Vec<Action>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
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
    #[schema(value_type = String, format = Date, example = "2026-11-26")]
    ready_on: Day,
    /// What the buyer would like.
    wanted: Quantity,
    /// Less than this is of no use to the buyer.
    at_least: Quantity,
    /// What the buyer gets.
    quantity: Quantity,
    /// Why that is less than what they would like.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<LineReason>,
    unit_price: Rupiah,
    /// What a unit cost without its discount.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<Rupiah>,
    /// Why it cost less.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<DiscountKind>,
    total: Rupiah,
    /// How much of the line is asked for before work begins, in percent.
    #[schema(minimum = 0, maximum = 100, example = 30)]
    deposit_percent: i32,
    /// From which batches it comes.
    #[schema(max_items = 20)]
    claims: Vec<ClaimView>,
}

/// What a line has claimed of a batch.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ClaimView {
    batch: BatchId,
    quantity: Quantity,
}

impl OrderView {
    /// The order as this viewer sees it; nothing when they see no part of it.
    pub fn of(whole: &WholeOrder, viewer: &Viewer, settings: &Settings, now: Instant) -> Option<Self> {
        let can_cancel = viewer.may_cancel(now, &whole.order, &whole.parts).is_ok();
        let seen = viewer.view(whole.clone())?;
        let order = seen.order;
        let people = viewer.sees_people(&order);
        Some(OrderView {
            id: order.id,
            cooperative: order.cooperative,
            status: order.status,
            payment_state: order.payment_state(),
            channel: order.channel,
            buyer: order.buyer.filter(|_| people),
            captured_by: order.captured_by,
            outlet: order.outlet,
            contact: people.then(|| order.contact()),
            recipient: order.recipient().filter(|_| people),
            delivery: DeliveryView {
                kind: order.delivery_kind,
                point: order.pickup_point,
                zone: order.delivery_zone,
                address: order.address.clone().filter(|_| people),
                fee: order.delivery_fee,
            },
            needed_on: order.needed_on,
            note: order.note.clone().filter(|_| people),
            fulfilments: seen
                .parts
                .into_iter()
                .map(|part| FulfilmentView::of(&order, part, viewer, people, settings, now))
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
            actions: if can_cancel { vec![Action::Cancel] } else { Vec::new() },
            track: None,
            version: order.version,
            number: order.number,
        })
    }

    /// Only the part of this group.
    #[must_use]
    pub fn only_of(mut self, group: GroupId) -> Self {
        self.fulfilments.retain(|part| part.group == group);
        self
    }
}

impl FulfilmentView {
    fn of(order: &Order, part: Part, viewer: &Viewer, people: bool, settings: &Settings, now: Instant) -> Self {
        let actions = viewer.steps(settings, now, order, &part.fulfilment);
        let it = part.fulfilment;
        FulfilmentView {
            id: it.id,
            group: it.group,
            group_name: part.group_name,
            status: it.status,
            goods_total: it.goods_total,
            ready_on: it.ready_on,
            answer_by: it.answer_by,
            answered_at: it.answered_at,
            ready_at: it.ready_at,
            handed_over_at: it.handed_over_at,
            reason: it.reason.filter(|_| people),
            courier: it.courier,
            tracking_number: it.tracking_number.filter(|_| people),
            received_by: it.received_by.filter(|_| people),
            lines: part
                .lines
                .into_iter()
                .map(|line| LineView {
                    claims: line
                        .claims
                        .iter()
                        .filter(|claim| claim.quantity.is_positive())
                        .map(|claim| ClaimView { batch: claim.batch, quantity: claim.quantity })
                        .collect(),
                    id: line.line.id,
                    product: line.line.product,
                    product_name: line.line.product_name,
                    unit: line.line.unit,
                    ready_on: line.line.ready_on,
                    wanted: line.line.wanted,
                    at_least: line.line.at_least,
                    quantity: line.line.quantity,
                    reason: line.line.reason,
                    unit_price: line.line.unit_price,
                    was: line.line.was_price,
                    discount: line.line.discount,
                    total: line.line.total,
                    deposit_percent: line.line.deposit_percent,
                })
                .collect(),
            actions,
            version: it.version,
        }
    }
}

/// A word between buyer and officers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NoteView {
    id: NoteId,
    /// Who wrote it; null when a guest did.
    author: Option<AccountId>,
    /// Whether the buyer wrote it.
    from_buyer: bool,
    #[schema(max_length = 1000, example = "Tolong dipisah dua kotak ya, Bu.")]
    text: String,
    written_at: Instant,
}

impl From<&Note> for NoteView {
    fn from(note: &Note) -> Self {
        NoteView {
            id: note.id,
            author: note.author,
            from_buyer: note.from_buyer,
            text: note.text.clone(),
            written_at: note.written_at,
        }
    }
}
