//! What clients see of outlets and the goods there.

use serde::Serialize;

use crate::consignment::ageing::{Age, Ageing};
use crate::consignment::goods::CountLine;
use crate::consignment::outlet::Outlet;
use crate::consignment::store::{CountRow, Shown};
use crate::kernel::ids::{
    AccountId, BatchId, ConsignmentId, CooperativeId, GroupId, OrderId, OutletCountId, OutletId, PaymentId, ProductId,
};
use crate::kernel::{AmountError, Day, Instant, Phone, Quantity, Rupiah};

/// A shop that sells goods on consignment.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OutletView {
    id: OutletId,
    cooperative: CooperativeId,
    /// What it is called.
    #[schema(max_length = 100, example = "Warung Contoh Barokah")]
    name: String,
    /// Who keeps it.
    #[schema(max_length = 100, example = "Contoh Darmi")]
    keeper: Option<String>,
    phone: Option<Phone>,
    /// Where it is.
    #[schema(max_length = 300)]
    address: Option<String>,
    /// What it keeps of the price, in percent.
    #[schema(minimum = 0, maximum = 90, example = 20)]
    cut_percent: i32,
    /// How many days after a count it pays.
    #[schema(minimum = 0, maximum = 90, example = 7)]
    settle_days: i32,
    /// Whether it pays what is damaged there.
    bears_damage: bool,
    /// Whether goods are brought there.
    active: bool,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 2)]
    version: i64,
}

impl From<Outlet> for OutletView {
    fn from(it: Outlet) -> Self {
        OutletView {
            id: it.id,
            cooperative: it.cooperative,
            name: it.name,
            keeper: it.keeper,
            phone: it.phone,
            address: it.address,
            cut_percent: it.cut_percent,
            settle_days: it.settle_days,
            bears_damage: it.bears_damage,
            active: it.active,
            version: it.version,
        }
    }
}

/// Goods of a batch at an outlet: delivered is always sold, returned, damaged and on hand.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ConsignmentView {
    id: ConsignmentId,
    outlet: OutletId,
    #[schema(max_length = 100, example = "Warung Contoh Barokah")]
    outlet_name: String,
    group: GroupId,
    #[schema(max_length = 100, example = "Sekar Laras")]
    group_name: String,
    product: ProductId,
    #[schema(max_length = 200, example = "Pastel sayur")]
    product_name: String,
    #[schema(max_length = 20, example = "pcs")]
    unit: String,
    batch: BatchId,
    /// Until which day it is good.
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-25")]
    best_before: Option<Day>,
    delivered: Quantity,
    sold: Quantity,
    returned: Quantity,
    damaged: Quantity,
    on_hand: Quantity,
    /// What the outlet owes for a unit.
    unit_price: Rupiah,
    /// What a unit costs there; null where the outlet adds to what it owes as it likes.
    retail_price: Option<Rupiah>,
    /// What the cooperative keeps of what the outlet owes, in percent.
    #[schema(minimum = 0, maximum = 100, example = 10)]
    service_percent: i32,
    /// What the outlet would owe for what is there.
    cash_locked: Rupiah,
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    delivered_on: Day,
    delivered_at: Instant,
    delivered_by: AccountId,
    /// Who took it there.
    #[schema(max_length = 100, example = "Contoh Darmi")]
    received_by: Option<String>,
    #[schema(max_length = 500)]
    note: Option<String>,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 2)]
    version: i64,
}

impl From<Shown> for ConsignmentView {
    fn from(shown: Shown) -> Self {
        let it = shown.consignment;
        ConsignmentView {
            id: it.id,
            outlet: it.outlet,
            outlet_name: shown.outlet_name,
            group: it.group,
            group_name: shown.group_name,
            product: it.product,
            product_name: shown.product_name,
            unit: shown.unit,
            batch: it.batch,
            best_before: shown.best_before,
            delivered: it.delivered,
            sold: it.sold,
            returned: it.returned,
            damaged: it.damaged,
            on_hand: it.on_hand,
            unit_price: it.unit_price,
            retail_price: it.retail_price,
            service_percent: it.service_percent,
            cash_locked: it.on_hand.cost(it.unit_price).unwrap_or_default(),
            delivered_on: it.delivered_on,
            delivered_at: it.delivered_at,
            delivered_by: it.delivered_by,
            received_by: it.received_by,
            note: it.note,
            version: it.version,
        }
    }
}

/// A count of a group's goods at an outlet.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OutletCountView {
    id: OutletCountId,
    outlet: OutletId,
    group: GroupId,
    #[schema(value_type = String, format = Date, example = "2026-11-30")]
    counted_on: Day,
    counted_at: Instant,
    counted_by: AccountId,
    /// When it was taken back.
    reversed_at: Option<Instant>,
    #[schema(max_items = 100)]
    lines: Vec<CountLineView>,
    /// The order of what the outlet owes by it; null when it owes nothing.
    order: Option<OrderId>,
    #[schema(max_length = 20, example = "CIH-2611-0042")]
    order_number: Option<String>,
    /// What the outlet owes by it.
    settlement: Rupiah,
    /// What of that it has paid.
    #[schema(minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 104_000)]
    paid: i64,
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// What a count found of a consignment.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CountLineView {
    consignment: ConsignmentId,
    /// What was sold since the count before.
    sold: Quantity,
    returned: Quantity,
    damaged: Quantity,
    /// What of all that the outlet owes for.
    billed: Quantity,
    on_hand: Quantity,
}

impl OutletCountView {
    pub(super) fn of((it, order): CountRow, lines: &[CountLine]) -> Self {
        let (number, total, paid) = match order {
            Some((number, total, paid)) => (Some(number), total, paid),
            None => (None, Rupiah::ZERO, Rupiah::ZERO),
        };
        let own = lines.iter().filter(|line| line.count == it.id);
        OutletCountView {
            id: it.id,
            outlet: it.outlet,
            group: it.group,
            counted_on: it.counted_on,
            counted_at: it.counted_at,
            counted_by: it.counted_by,
            reversed_at: it.reversed_at,
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
            order: it.order,
            order_number: number,
            settlement: total,
            paid: paid.0,
            note: it.note,
        }
    }
}

/// What an outlet paid, order by order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OutletPaymentView {
    outlet: OutletId,
    /// What it owes after that.
    owed: Rupiah,
    /// What each order got of it, the oldest first.
    #[schema(max_items = 10_000)]
    payments: Vec<SettledOrder>,
}

/// What an order got of a payment.
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

/// How much is locked up at outlets, and for how long.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ConsignmentAgeing {
    /// As of which business day.
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    on: Day,
    #[serde(flatten)]
    all: LockedUp,
    /// Where something is locked up, by name.
    #[schema(max_items = 500)]
    outlets: Vec<OutletAgeing>,
}

/// How much is locked up at an outlet.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OutletAgeing {
    outlet: OutletId,
    #[schema(max_length = 100, example = "Warung Contoh Barokah")]
    name: String,
    #[serde(flatten)]
    locked: LockedUp,
}

/// What is locked up.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LockedUp {
    /// Goods and debts together.
    cash_locked: Rupiah,
    /// Goods that are not sold, at what the outlets would owe for them.
    goods: Rupiah,
    /// What is sold and not paid.
    owed: Rupiah,
    /// What of that should have been paid.
    overdue: Rupiah,
    /// What of the goods is past its best-before day.
    spoiled: Rupiah,
    /// All of it by age, the youngest first.
    #[schema(max_items = 4)]
    ages: Vec<AgeView>,
}

/// What is locked up for so long.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AgeView {
    /// For how many days: goods since they were brought, debts since they were counted.
    days: Age,
    amount: Rupiah,
}

impl LockedUp {
    fn of(it: &Ageing) -> Result<Self, AmountError> {
        let amount = |age: &Age| it.by_age.get(age).copied().unwrap_or_default();
        Ok(LockedUp {
            cash_locked: it.cash_locked()?,
            goods: it.goods,
            owed: it.owed,
            overdue: it.overdue,
            spoiled: it.spoiled,
            ages: Age::ALL.iter().map(|age| AgeView { days: *age, amount: amount(age) }).collect(),
        })
    }
}

impl ConsignmentAgeing {
    pub(super) fn of(on: Day, all: &Ageing, outlets: Vec<(OutletId, String, Ageing)>) -> Result<Self, AmountError> {
        let one = |(outlet, name, it): (OutletId, String, Ageing)| {
            Ok(OutletAgeing { outlet, name, locked: LockedUp::of(&it)? })
        };
        let outlets = outlets.into_iter().map(one).collect::<Result<Vec<_>, AmountError>>()?;
        Ok(ConsignmentAgeing { on, all: LockedUp::of(all)?, outlets })
    }
}
