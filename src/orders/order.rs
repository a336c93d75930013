//! The rows of an order: order, parts, lines, claims and notes.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::delivery::DeliveryKind;
use super::fulfilment::FulfilmentStatus;
use super::status::{OrderStatus, PaymentFigures, PaymentState};
use crate::cooperatives::GroupRef;
use crate::db::schema::{claims, fulfilments, order_lines, order_notes, orders};
use crate::kernel::ids::{
    AccountId, BatchId, ClaimId, CooperativeId, DeliveryZoneId, FulfilmentId, GroupId, LineId, NoteId, OrderId,
    OutletId, PickupPointId, ProductId,
};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Instant, Json, Language, Phone, Quantity, Rupiah};
use crate::supply::DiscountKind;

text_enum! {
    /// The channel through which an order was placed.
    Channel {
        /// The buyer's app.
        App = "app",
        /// The web page.
        Web = "web",
        /// WhatsApp, recorded by an officer.
        Whatsapp = "whatsapp",
        /// A phone call, recorded by an officer.
        Phone = "phone",
        /// In person, recorded by an officer.
        WalkIn = "walk_in",
        /// A count of goods sold on consignment at an outlet.
        Consignment = "consignment",
    }
}

impl Channel {
    /// Whether an officer records the order for someone else.
    pub fn is_assisted(self) -> bool {
        matches!(self, Channel::Whatsapp | Channel::Phone | Channel::WalkIn)
    }
}

text_enum! {
    /// Why a line gets less than was ordered.
    LineReason {
        /// Less was produced than ordered; it was allocated fairly over all orders.
        Shortage = "shortage",
        /// The product is made in whole packs, and the last pack was not filled.
        WholePacks = "whole_packs",
        /// Some of the batch was discarded.
        Discarded = "discarded",
        /// The batch did not reach its minimum.
        MinimumNotReached = "minimum_not_reached",
        /// The group or the cooperative cancelled the batch.
        BatchCancelled = "called_off",
    }
}

/// The person who ordered, with their contact data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderContact {
    /// Their name.
    #[schema(max_length = 100, example = "Contoh Sari")]
    pub name: String,
    /// Their mobile number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, example = "sari@contoh.example")]
    pub email: Option<String>,
}

/// The recipient, if it is not the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Their name.
    #[schema(max_length = 100, example = "Contoh Wati")]
    pub name: String,
    /// Their mobile number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}

/// An order without its fulfilments.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders)]
#[diesel(treat_none_as_default_value = false)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The seller of record.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Order number for people: `CIH-2611-0042`.
    pub number: String,
    /// Derived from the fulfilments at every change.
    pub status: OrderStatus,
    /// The channel through which it was placed.
    pub channel: Channel,
    /// The buyer's account; `None` for guests.
    #[diesel(column_name = buyer_id)]
    pub buyer: Option<AccountId>,
    /// The officer who recorded it for someone else.
    pub captured_by: Option<AccountId>,
    /// A [`OrderContact`] as JSON.
    pub contact: Json,
    /// A [`Recipient`] as JSON, if it is not the buyer.
    pub recipient: Option<Json>,
    /// How the goods reach the buyer.
    pub delivery_kind: DeliveryKind,
    /// The pickup point.
    #[diesel(column_name = pickup_point_id)]
    pub pickup_point: Option<PickupPointId>,
    /// The delivery zone.
    #[diesel(column_name = delivery_zone_id)]
    pub delivery_zone: Option<DeliveryZoneId>,
    /// The delivery address.
    pub address: Option<String>,
    /// The day by which the buyer needs the goods.
    pub needed_on: Option<Day>,
    /// A note for the groups.
    pub note: Option<String>,
    /// The buyer's language.
    pub locale: Language,
    /// Total of the goods of all payable fulfilments.
    pub goods_total: Rupiah,
    /// The delivery fee.
    pub delivery_fee: Rupiah,
    /// Goods and delivery fee.
    pub total: Rupiah,
    /// The deposit due before production.
    pub deposit_due: Rupiah,
    /// The total when the order was placed.
    pub placed_total: Rupiah,
    /// Payments less refunds; written by payments.
    pub paid_total: Rupiah,
    /// Total of refunds.
    pub refunded_total: Rupiah,
    /// When it was placed.
    pub placed_at: Instant,
    /// Deadline of the groups' answers.
    pub answer_by: Option<Instant>,
    /// Payment deadline.
    pub pay_by: Option<Instant>,
    /// Until when the buyer may cancel.
    pub cancellable_until: Option<Instant>,
    /// Incremented with every change.
    pub version: i64,
    /// Total of what was delivered: goods of the fulfilments handed over, plus the delivery fee.
    pub delivered_total: Rupiah,
    /// The outlet, for consignment sales.
    #[diesel(column_name = outlet_id)]
    pub outlet: Option<OutletId>,
}

impl Order {
    /// The payment state.
    pub fn payment_state(&self) -> PaymentState {
        PaymentState::derived(PaymentFigures {
            total: self.total,
            placed_total: self.placed_total,
            paid: self.paid_total,
            refunded: self.refunded_total,
        })
    }

    /// The contact given with the order.
    pub fn contact(&self) -> OrderContact {
        self.contact.read().unwrap_or_default()
    }

    /// The recipient, if it is not the buyer.
    pub fn recipient(&self) -> Option<Recipient> {
        self.recipient.as_ref().and_then(|json| json.read().ok())
    }

    /// The buyer's key in sale facts; contains no personal data.
    pub fn buyer_key(&self) -> String {
        match (self.outlet, self.buyer) {
            (Some(outlet), _) => format!("outlet:{outlet}"),
            (None, Some(account)) => format!("account:{account}"),
            (None, None) => format!("guest:{}", self.id),
        }
    }
}

/// One group's part of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = fulfilments)]
#[diesel(treat_none_as_default_value = false)]
pub struct Fulfilment {
    /// Its id.
    pub id: FulfilmentId,
    /// The order's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// The group.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// Its status.
    pub status: FulfilmentStatus,
    /// Total of its lines.
    pub goods_total: Rupiah,
    /// The day on which the last of its goods is ready.
    pub ready_on: Day,
    /// Deadline of the group's answer.
    pub answer_by: Option<Instant>,
    /// When the group answered.
    pub answered_at: Option<Instant>,
    /// When the goods became ready.
    pub ready_at: Option<Instant>,
    /// When the goods were handed over.
    pub handed_over_at: Option<Instant>,
    /// Why it was declined, cancelled or returned.
    pub reason: Option<String>,
    /// The courier.
    pub courier: Option<String>,
    /// The courier's tracking number.
    pub tracking_number: Option<String>,
    /// Who received the goods.
    pub received_by: Option<String>,
    /// Incremented with every change.
    pub version: i64,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_lines)]
pub struct OrderLine {
    /// Its id.
    pub id: LineId,
    /// The order's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// The fulfilment it belongs to.
    #[diesel(column_name = fulfilment_id)]
    pub fulfilment: FulfilmentId,
    /// The product.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// Position in the order, from 0.
    pub position: i32,
    /// The product's name when ordered.
    pub product_name: String,
    /// The product's unit when ordered.
    pub unit: String,
    /// The day on which the goods are ready.
    pub ready_on: Day,
    /// The quantity the buyer asked for.
    pub wanted: Quantity,
    /// The smallest quantity the buyer accepts.
    pub at_least: Quantity,
    /// The quantity the buyer gets.
    pub quantity: Quantity,
    /// Unit price when ordered.
    pub unit_price: Rupiah,
    /// Total of the line.
    pub total: Rupiah,
    /// Deposit in percent when ordered; zero for goods in stock.
    pub deposit_percent: i32,
    /// Why the buyer gets less than they asked for.
    pub reason: Option<LineReason>,
    /// Why the unit price is discounted.
    pub discount: Option<DiscountKind>,
    /// Unit price before the discount.
    pub was_price: Option<Rupiah>,
    /// The cooperative's service fee in percent when ordered.
    pub service_percent: i32,
}

impl OrderLine {
    /// The deposit due before production.
    pub fn deposit(&self) -> Rupiah {
        self.total.percent(u8::try_from(self.deposit_percent).unwrap_or(100))
    }

    /// The cooperative's service fee.
    pub fn service(&self) -> Rupiah {
        self.total.percent(u8::try_from(self.service_percent).unwrap_or(0))
    }

    /// The discount on the regular price.
    pub fn discounted(&self) -> Result<Rupiah, AmountError> {
        match self.was_price {
            Some(usual) => self.quantity.total_at(usual)?.minus(self.total),
            None => Ok(Rupiah::ZERO),
        }
    }
}

/// A line's claim on a batch.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = claims)]
pub struct Claim {
    /// Its id.
    pub id: ClaimId,
    /// The order's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The line that claims.
    #[diesel(column_name = line_id)]
    pub line: LineId,
    /// The claimed batch.
    #[diesel(column_name = batch_id)]
    pub batch: BatchId,
    /// The claimed quantity.
    pub quantity: Quantity,
}

/// A note between buyer and officers.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_notes)]
#[diesel(treat_none_as_default_value = false)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// The order's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// The author's account; `None` for guests.
    #[diesel(column_name = author_id)]
    pub author: Option<AccountId>,
    /// Whether the buyer wrote it.
    pub from_buyer: bool,
    /// The text.
    pub text: String,
    /// When it was recorded.
    pub written_at: Instant,
}

/// A group's fulfilment with its lines and their claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FulfilmentWithLines {
    /// The fulfilment itself.
    pub row: Fulfilment,
    /// The group with its name.
    pub group: GroupRef,
    /// Its lines, by position.
    pub lines: Vec<LineWithClaims>,
}

/// A line with its claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineWithClaims {
    /// The line itself.
    pub row: OrderLine,
    /// Its claims, by batch id.
    pub claims: Vec<Claim>,
}

/// An order with all its fulfilments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderWithFulfilments {
    /// The order itself.
    pub order: Order,
    /// Its fulfilments, one for each group.
    pub fulfilments: Vec<FulfilmentWithLines>,
}

impl OrderWithFulfilments {
    /// The claimed quantities of these fulfilments by batch id, which is the locking order of batches.
    pub fn claims<'a>(fulfilments: impl IntoIterator<Item = &'a FulfilmentWithLines>) -> Vec<(BatchId, Quantity)> {
        let mut sums = std::collections::BTreeMap::<BatchId, Quantity>::new();
        for claim in fulfilments.into_iter().flat_map(|fulfilment| &fulfilment.lines).flat_map(|line| &line.claims) {
            let sum = sums.entry(claim.batch).or_default();
            *sum = sum.plus(claim.quantity);
        }
        sums.into_iter().filter(|(_, quantity)| quantity.is_positive()).collect()
    }
}
