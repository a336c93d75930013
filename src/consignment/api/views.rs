//! JSON views of outlets, consignments, counts and ageing.

use serde::Serialize;

use crate::consignment::ageing::{Ageing, ConsignmentAge};
use crate::consignment::goods::CountLine;
use crate::consignment::outlet::Outlet;
use crate::consignment::store::{ConsignmentDetails, CountRow};
use crate::cooperatives::GroupRef;
use crate::kernel::ids::{
    AccountId, BatchId, ConsignmentId, CooperativeId, OrderId, OutletCountId, OutletId, PaymentId, ProductId,
};
use crate::kernel::{AmountError, Day, Instant, Phone, Quantity, Rupiah, Version};

/// A shop that sells goods on consignment.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OutletView {
    id: OutletId,
    cooperative: CooperativeId,
    /// Name.
    #[schema(max_length = 100, example = "Warung Contoh Barokah")]
    name: String,
    /// Name of the shopkeeper.
    #[schema(max_length = 100, example = "Contoh Darmi")]
    keeper: Option<String>,
    phone: Option<Phone>,
    /// Address.
    #[schema(max_length = 300)]
    address: Option<String>,
    /// Commission of the outlet, in percent of the retail price.
    #[schema(minimum = 0, maximum = 90, example = 20)]
    cut_percent: i32,
    /// Payment term: days after a count.
    #[schema(minimum = 0, maximum = 90, example = 7)]
    settle_days: i32,
    /// Whether the outlet pays for goods damaged there.
    bears_damage: bool,
    /// Whether goods may be delivered there.
    active: bool,
    /// Version; increases with every change.
    version: Version,
}

impl From<Outlet> for OutletView {
    fn from(Outlet { id, cooperative, terms, version, .. }: Outlet) -> Self {
        OutletView {
            id,
            cooperative,
            name: terms.name,
            keeper: terms.keeper,
            phone: terms.phone,
            address: terms.address,
            cut_percent: terms.cut_percent,
            settle_days: terms.settle_days,
            bears_damage: terms.bears_damage,
            active: terms.active,
            version,
        }
    }
}

/// Goods of a batch delivered to an outlet. `delivered` always equals `sold` + `returned` + `damaged` + `on_hand`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ConsignmentView {
    id: ConsignmentId,
    outlet: OutletId,
    #[schema(max_length = 100, example = "Warung Contoh Barokah")]
    outlet_name: String,
    group: GroupRef,
    product: ProductId,
    #[schema(max_length = 200, example = "Pastel sayur")]
    product_name: String,
    #[schema(max_length = 20, example = "pcs")]
    unit: String,
    batch: BatchId,
    /// Best-before date.
    best_before: Option<Day>,
    delivered: Quantity,
    sold: Quantity,
    returned: Quantity,
    damaged: Quantity,
    on_hand: Quantity,
    /// Price per unit that the outlet owes, in rupiah.
    unit_price: Rupiah,
    /// Retail price per unit at the outlet; null when the outlet sets it.
    retail_price: Option<Rupiah>,
    /// Service share of the cooperative, in percent of what the outlet owes.
    #[schema(minimum = 0, maximum = 100, example = 10)]
    service_percent: i32,
    /// What the outlet would owe for the goods on hand, in rupiah.
    cash_locked: Rupiah,
    delivered_on: Day,
    delivered_at: Instant,
    delivered_by: AccountId,
    /// Name of the person who received the goods.
    #[schema(max_length = 100, example = "Contoh Darmi")]
    received_by: Option<String>,
    #[schema(max_length = 500)]
    note: Option<String>,
    /// Version; increases with every change.
    version: Version,
}

impl From<ConsignmentDetails> for ConsignmentView {
    fn from(details: ConsignmentDetails) -> Self {
        let consignment = details.consignment;
        ConsignmentView {
            id: consignment.id,
            outlet: consignment.outlet,
            outlet_name: details.outlet_name,
            group: details.group,
            product: consignment.product,
            product_name: details.product_name,
            unit: details.unit,
            batch: consignment.batch,
            best_before: details.best_before,
            delivered: consignment.delivered,
            sold: consignment.sold,
            returned: consignment.returned,
            damaged: consignment.damaged,
            on_hand: consignment.on_hand,
            unit_price: consignment.unit_price,
            retail_price: consignment.retail_price,
            service_percent: consignment.service_percent,
            cash_locked: consignment.on_hand.total_at(consignment.unit_price).unwrap_or_default(),
            delivered_on: consignment.delivered_on,
            delivered_at: consignment.delivered_at,
            delivered_by: consignment.delivered_by,
            received_by: consignment.received_by,
            note: consignment.note,
            version: consignment.version,
        }
    }
}

/// A count of a group's goods at an outlet.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OutletCountView {
    id: OutletCountId,
    outlet: OutletId,
    group: GroupRef,
    counted_on: Day,
    counted_at: Instant,
    counted_by: AccountId,
    /// When it was reversed.
    reversed_at: Option<Instant>,
    #[schema(max_items = 100)]
    lines: Vec<CountLineView>,
    /// The order of the goods the outlet owes for; null when it owes nothing.
    order: Option<OrderId>,
    #[schema(max_length = 20, example = "CIH-2611-0042")]
    order_number: Option<String>,
    /// What the outlet owes for this count, in rupiah.
    settlement: Rupiah,
    /// The paid part of `settlement`, in rupiah.
    #[schema(minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 104_000)]
    paid: i64,
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// The count of one consignment.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CountLineView {
    consignment: ConsignmentId,
    /// Quantity sold since the previous count.
    sold: Quantity,
    returned: Quantity,
    damaged: Quantity,
    /// Quantity that the outlet owes for.
    billed: Quantity,
    on_hand: Quantity,
}

impl OutletCountView {
    pub(super) fn of((count, group, order): CountRow, lines: &[CountLine]) -> Self {
        let (number, total, paid) = match order {
            Some((number, total, paid)) => (Some(number), total, paid),
            None => (None, Rupiah::ZERO, Rupiah::ZERO),
        };
        let own = lines.iter().filter(|line| line.count == count.id);
        OutletCountView {
            id: count.id,
            outlet: count.outlet,
            group,
            counted_on: count.counted_on,
            counted_at: count.counted_at,
            counted_by: count.counted_by,
            reversed_at: count.reversed_at,
            lines: own
                .map(|line| CountLineView {
                    consignment: line.consignment,
                    sold: line.sold,
                    returned: line.returned,
                    damaged: line.damaged,
                    billed: line.billed,
                    on_hand: line.on_hand,
                })
                .collect(),
            order: count.order,
            order_number: number,
            settlement: total,
            paid: paid.0,
            note: count.note,
        }
    }
}

/// A recorded payment of an outlet.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OutletPaymentView {
    outlet: OutletId,
    /// What the outlet still owes, in rupiah.
    owed: Rupiah,
    /// The payments of its orders, the oldest order first.
    #[schema(max_items = 10_000)]
    payments: Vec<SettledOrder>,
}

/// The part of a payment for one order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SettledOrder {
    order: OrderId,
    payment: PaymentId,
    amount: Rupiah,
}

impl OutletPaymentView {
    pub(super) fn of(outlet: OutletId, owed: Rupiah, paid: Vec<(OrderId, PaymentId, Rupiah)>) -> Self {
        let payments = paid.into_iter().map(|(order, payment, amount)| SettledOrder { order, payment, amount });
        OutletPaymentView { outlet, owed, payments: payments.collect() }
    }
}

/// The ageing of unsold goods and unpaid debts at outlets.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ConsignmentAgeing {
    /// The business day of the report.
    on: Day,
    #[serde(flatten)]
    all: OutstandingView,
    /// Outlets with goods or debts, sorted by name.
    #[schema(max_items = 500)]
    outlets: Vec<OutletAgeing>,
}

/// The ageing of one outlet.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OutletAgeing {
    outlet: OutletId,
    #[schema(max_length = 100, example = "Warung Contoh Barokah")]
    name: String,
    #[serde(flatten)]
    locked: OutstandingView,
}

/// Amounts of goods and debts, in rupiah.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OutstandingView {
    /// Sum of goods and debts.
    cash_locked: Rupiah,
    /// Unsold goods, valued at what the outlets would owe for them.
    goods: Rupiah,
    /// Amount sold and not paid.
    owed: Rupiah,
    /// The overdue part of `owed`.
    overdue: Rupiah,
    /// The part of `goods` past its best-before date.
    spoiled: Rupiah,
    /// Goods and debts by age, the youngest first.
    #[schema(max_items = 4)]
    ages: Vec<AgeView>,
}

/// The amount of one age class.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AgeView {
    /// Age in days: of goods since delivery, of debts since the count.
    days: ConsignmentAge,
    amount: Rupiah,
}

impl OutstandingView {
    fn of(ageing: &Ageing) -> Result<Self, AmountError> {
        let amount = |age: &ConsignmentAge| ageing.by_age.get(age).copied().unwrap_or_default();
        Ok(OutstandingView {
            cash_locked: ageing.cash_locked()?,
            goods: ageing.goods,
            owed: ageing.owed,
            overdue: ageing.overdue,
            spoiled: ageing.spoiled,
            ages: ConsignmentAge::ALL.iter().map(|age| AgeView { days: *age, amount: amount(age) }).collect(),
        })
    }
}

impl ConsignmentAgeing {
    pub(super) fn of(on: Day, total: &Ageing, outlets: Vec<(OutletId, String, Ageing)>) -> Result<Self, AmountError> {
        let view = |(outlet, name, ageing): (OutletId, String, Ageing)| {
            Ok(OutletAgeing { outlet, name, locked: OutstandingView::of(&ageing)? })
        };
        let outlets = outlets.into_iter().map(view).collect::<Result<Vec<_>, AmountError>>()?;
        Ok(ConsignmentAgeing { on, all: OutstandingView::of(total)?, outlets })
    }
}
