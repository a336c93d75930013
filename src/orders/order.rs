//! An order, its parts, lines and claims, as they are kept.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::fulfilment::FulfilmentStatus;
use super::status::{OrderStatus, Owed, PaymentState};
use crate::db::schema::{claims, fulfilments, order_lines, order_notes, orders};
use crate::kernel::ids::{
    AccountId, BatchId, ClaimId, CooperativeId, DeliveryZoneId, FulfilmentId, GroupId, LineId, NoteId, OrderId,
    OutletId, PickupPointId, ProductId,
};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Instant, Json, Language, Phone, Quantity, Rupiah};
use crate::supply::DiscountKind;

text_enum! {
    /// By which way an order came.
    Channel {
        /// The buyer's phone.
        App = "app",
        /// The web page.
        Web = "web",
        /// WhatsApp, written down by an officer.
        Whatsapp = "whatsapp",
        /// A call, written down by an officer.
        Phone = "phone",
        /// Someone at the stall or the door, written down by an officer.
        WalkIn = "walk_in",
        /// An outlet that has sold goods on consignment, by the count of an officer.
        Consignment = "consignment",
    }
}

impl Channel {
    /// Whether an officer takes the order for someone else.
    pub fn is_assisted(self) -> bool {
        matches!(self, Channel::Whatsapp | Channel::Phone | Channel::WalkIn)
    }
}

text_enum! {
    /// How the goods reach the buyer.
    DeliveryKind {
        /// The buyer comes for them.
        Pickup = "pickup",
        /// Someone of the village brings them, for the fee of the zone.
        Local = "local",
        /// A courier brings them.
        Courier = "courier",
    }
}

text_enum! {
    /// Why a line gets less than was wanted.
    LineReason {
        /// There was less than was ordered, shared fairly over all who had ordered.
        Shortage = "shortage",
        /// It is made in whole packs, and the last was not filled.
        WholePacks = "whole_packs",
        /// Some of what was made had to be discarded.
        Discarded = "discarded",
        /// Too little was ordered for it to be worth starting.
        MinimumNotReached = "minimum_not_reached",
        /// The group or the cooperative called it off.
        BatchCancelled = "called_off",
    }
}

/// Who ordered, and how they are reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
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

/// Who receives the goods, when it is someone else.
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

/// An order without its parts.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders)]
#[diesel(treat_none_as_default_value = false)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The seller of record.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// What people call it: `CIH-2611-0042`.
    pub number: String,
    /// Derived from its parts at every change.
    pub status: OrderStatus,
    /// By which way it came.
    pub channel: Channel,
    /// Whose order it is; nobody's when a guest's.
    #[diesel(column_name = buyer_id)]
    pub buyer: Option<AccountId>,
    /// The officer who took it for someone.
    pub captured_by: Option<AccountId>,
    /// A [`Contact`].
    pub contact: Json,
    /// A [`Recipient`], when it is not the buyer.
    pub recipient: Option<Json>,
    /// How the goods reach the buyer.
    pub delivery_kind: DeliveryKind,
    /// Where the buyer comes for them.
    #[diesel(column_name = pickup_point_id)]
    pub pickup_point: Option<PickupPointId>,
    /// In which zone they are brought.
    #[diesel(column_name = delivery_zone_id)]
    pub delivery_zone: Option<DeliveryZoneId>,
    /// Where they are brought.
    pub address: Option<String>,
    /// By when the buyer needs them.
    pub needed_on: Option<Day>,
    /// What the buyer wants known.
    pub note: Option<String>,
    /// The language the buyer reads.
    pub locale: Language,
    /// The goods of the parts that count.
    pub goods_total: Rupiah,
    /// The way to the buyer.
    pub delivery_fee: Rupiah,
    /// Goods and way.
    pub total: Rupiah,
    /// What is asked for before work begins.
    pub deposit_due: Rupiah,
    /// The total when it was placed.
    pub placed_total: Rupiah,
    /// What has been paid, less what went back; written by payments.
    pub paid_total: Rupiah,
    /// What went back.
    pub refunded_total: Rupiah,
    /// When it was placed.
    pub placed_at: Instant,
    /// Until when the groups answer.
    pub answer_by: Option<Instant>,
    /// Until when payment is asked for.
    pub pay_by: Option<Instant>,
    /// Until when the buyer may cancel.
    pub cancellable_until: Option<Instant>,
    /// Grows by one with every change.
    pub version: i64,
    /// What of it is in the buyer's hands: the goods of the parts handed over, and the way to them.
    pub delivered_total: Rupiah,
    /// The outlet whose count it is, when it buys on consignment.
    #[diesel(column_name = outlet_id)]
    pub outlet: Option<OutletId>,
}

impl Order {
    /// How it stands with the cooperative's money.
    pub fn payment_state(&self) -> PaymentState {
        PaymentState::derived(Owed {
            total: self.total,
            placed_total: self.placed_total,
            paid: self.paid_total,
            refunded: self.refunded_total,
        })
    }

    /// Who ordered, as it was given.
    pub fn contact(&self) -> Contact {
        self.contact.read().unwrap_or(Contact { name: String::new(), phone: None, email: None })
    }

    /// Who receives the goods, when it is someone else.
    pub fn recipient(&self) -> Option<Recipient> {
        self.recipient.as_ref().and_then(|json| json.read().ok())
    }

    /// The buyer as sale facts name them: never by name or number.
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
    /// Where it stands.
    pub status: FulfilmentStatus,
    /// The sum of its lines.
    pub goods_total: Rupiah,
    /// When the last of its goods is ready.
    pub ready_on: Day,
    /// Until when the group answers.
    pub answer_by: Option<Instant>,
    /// When the group answered.
    pub answered_at: Option<Instant>,
    /// When the goods were ready.
    pub ready_at: Option<Instant>,
    /// When they were handed over.
    pub handed_over_at: Option<Instant>,
    /// Why it was declined, cancelled or returned.
    pub reason: Option<String>,
    /// Which courier has it.
    pub courier: Option<String>,
    /// The courier's number for it.
    pub tracking_number: Option<String>,
    /// Who took the goods.
    pub received_by: Option<String>,
    /// Grows by one with every change.
    pub version: i64,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_lines)]
pub struct Line {
    /// Its id.
    pub id: LineId,
    /// The order's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// The part it belongs to.
    #[diesel(column_name = fulfilment_id)]
    pub fulfilment: FulfilmentId,
    /// What is ordered.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// Its place in the order.
    pub position: i32,
    /// The product's name at the time.
    pub product_name: String,
    /// The product's unit at the time.
    pub unit: String,
    /// When it is ready.
    pub ready_on: Day,
    /// What the buyer would like.
    pub wanted: Quantity,
    /// Less than this is of no use to the buyer.
    pub at_least: Quantity,
    /// What the buyer gets.
    pub quantity: Quantity,
    /// The price of a unit, frozen.
    pub unit_price: Rupiah,
    /// The price of the line.
    pub total: Rupiah,
    /// How much of it is asked for before work begins, frozen; zero for what is made already.
    pub deposit_percent: i32,
    /// Why the buyer gets less than they would like.
    pub reason: Option<LineReason>,
    /// Why a unit costs less than usual, frozen.
    pub discount: Option<DiscountKind>,
    /// What a unit cost without that, frozen.
    pub was_price: Option<Rupiah>,
    /// What the cooperative keeps of its price, in percent, frozen.
    pub service_percent: i32,
}

impl Line {
    /// What is asked for before work begins.
    pub fn deposit(&self) -> Rupiah {
        self.total.percent(u8::try_from(self.deposit_percent).unwrap_or(100))
    }

    /// What the cooperative keeps of its price.
    pub fn service(&self) -> Rupiah {
        self.total.percent(u8::try_from(self.service_percent).unwrap_or(0))
    }

    /// What was taken off the usual price.
    pub fn discounted(&self) -> Result<Rupiah, AmountError> {
        match self.was_price {
            Some(usual) => self.quantity.cost(usual)?.minus(self.total),
            None => Ok(Rupiah::ZERO),
        }
    }
}

/// What a line has claimed of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = claims)]
pub struct Claim {
    /// Its id.
    pub id: ClaimId,
    /// The order's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Whose claim.
    #[diesel(column_name = line_id)]
    pub line: LineId,
    /// On which batch.
    #[diesel(column_name = batch_id)]
    pub batch: BatchId,
    /// How much.
    pub quantity: Quantity,
}

/// A word between buyer and officers.
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
    /// Who wrote it; nobody when a guest did.
    #[diesel(column_name = author_id)]
    pub author: Option<AccountId>,
    /// Whether the buyer wrote it.
    pub from_buyer: bool,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub written_at: Instant,
}

/// A group's part with its lines and their claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The part itself.
    pub fulfilment: Fulfilment,
    /// The group's name.
    pub group_name: String,
    /// Its lines, in the order in which they were written.
    pub lines: Vec<ClaimedLine>,
}

/// A line with its claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedLine {
    /// The line itself.
    pub line: Line,
    /// What it has claimed, by batch id.
    pub claims: Vec<Claim>,
}

/// An order with all its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeOrder {
    /// The order itself.
    pub order: Order,
    /// Its parts, one a group.
    pub parts: Vec<Part>,
}

impl WholeOrder {
    /// The claims of these parts, by batch id: the order in which rows are touched.
    pub fn claims<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Vec<(BatchId, Quantity)> {
        let mut sums = std::collections::BTreeMap::<BatchId, Quantity>::new();
        for claim in parts.into_iter().flat_map(|part| &part.lines).flat_map(|line| &line.claims) {
            let sum = sums.entry(claim.batch).or_default();
            *sum = sum.plus(claim.quantity);
        }
        sums.into_iter().filter(|(_, quantity)| quantity.is_positive()).collect()
    }
}
