//! Orders: the input, the row, and an order with all its fulfilments.

use diesel::prelude::*;

use super::basket::Basket;
use super::contact::{OrderContact, Recipient};
use super::delivery::DeliveryKind;
use super::fulfilment::FulfilmentWithLines;
use super::status::{OrderStatus, PaymentFigures, PaymentState};
use crate::db::schema::orders;
use crate::kernel::ids::{AccountId, BatchId, CooperativeId, DeliveryZoneId, OrderId, OutletId, PickupPointId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Json, Language, Quantity, Rupiah};

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

/// The input of an order, besides what is derived from the quote.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Id of the new order.
    pub id: OrderId,
    /// The ordered lines, delivery and date.
    pub basket: Basket,
    /// The buyer's account; `None` for guests.
    pub buyer: Option<AccountId>,
    /// The officer who records it for someone else.
    pub captured_by: Option<AccountId>,
    /// The channel through which it is placed.
    pub channel: Channel,
    /// The person who orders.
    pub contact: OrderContact,
    /// The recipient, if it is not the buyer.
    pub recipient: Option<Recipient>,
    /// A note for the groups.
    pub note: Option<String>,
    /// The buyer's language.
    pub locale: Language,
    /// The total that the buyer expects; `None` if the caller sets the prices.
    pub expected_total: Option<Rupiah>,
    /// Whether the groups have promised the goods beforehand, so that no acceptance is needed.
    pub promised: bool,
}

impl NewOrder {
    /// An order by a guest on public terms, without recipient and note, at any total.
    pub fn new(id: OrderId, basket: Basket, channel: Channel, contact: OrderContact, locale: Language) -> Self {
        NewOrder {
            id,
            basket,
            buyer: None,
            captured_by: None,
            channel,
            contact,
            recipient: None,
            note: None,
            locale,
            expected_total: None,
            promised: false,
        }
    }

    /// The order's row, with all columns that do not depend on prices and deadlines.
    pub(super) fn to_order(&self, number: String, total: Rupiah, now: Instant) -> Order {
        let Basket { cooperative, delivery, needed_on, .. } = &self.basket;
        let trimmed =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        Order {
            status: if self.promised { OrderStatus::Confirmed } else { OrderStatus::Placed },
            buyer: self.buyer,
            captured_by: self.captured_by,
            recipient: self.recipient.as_ref().map(Json::new),
            delivery_kind: delivery.kind,
            pickup_point: delivery.point,
            delivery_zone: delivery.zone,
            address: trimmed(&delivery.address),
            needed_on: *needed_on,
            note: trimmed(&self.note),
            locale: self.locale,
            ..Order::new(self.id, *cooperative, number, self.channel, &self.contact, total, now)
        }
    }
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
    /// A new order for pickup, without buyer, deadlines and payments.
    pub fn new(
        id: OrderId,
        cooperative: CooperativeId,
        number: String,
        channel: Channel,
        contact: &OrderContact,
        total: Rupiah,
        now: Instant,
    ) -> Self {
        Order {
            id,
            cooperative,
            number,
            status: OrderStatus::Placed,
            channel,
            buyer: None,
            captured_by: None,
            contact: Json::new(contact),
            recipient: None,
            delivery_kind: DeliveryKind::Pickup,
            pickup_point: None,
            delivery_zone: None,
            address: None,
            needed_on: None,
            note: None,
            locale: Language::Indonesian,
            goods_total: total,
            delivery_fee: Rupiah::ZERO,
            total,
            deposit_due: Rupiah::ZERO,
            placed_total: total,
            paid_total: Rupiah::ZERO,
            refunded_total: Rupiah::ZERO,
            placed_at: now,
            answer_by: None,
            pay_by: None,
            cancellable_until: None,
            version: 1,
            delivered_total: Rupiah::ZERO,
            outlet: None,
        }
    }

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
