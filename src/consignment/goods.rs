//! Consignments and counts.

use diesel::prelude::*;

use crate::db::schema::{consignments, outlet_count_lines, outlet_counts};
use crate::kernel::ids::{
    AccountId, BatchId, ConsignmentId, CooperativeId, GroupId, OrderId, OutletCountId, OutletId, ProductId,
};
use crate::kernel::{Day, Instant, Quantity, Rupiah};

/// Goods of a batch delivered to an outlet. `delivered` always equals `sold` + `returned` + `damaged` + `on_hand`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = consignments)]
#[diesel(treat_none_as_default_value = false)]
pub struct Consignment {
    /// Its id.
    pub id: ConsignmentId,
    /// Its cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The outlet.
    #[diesel(column_name = outlet_id)]
    pub outlet: OutletId,
    /// The group that owns the goods.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// The product.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// The batch.
    #[diesel(column_name = batch_id)]
    pub batch: BatchId,
    /// Quantity delivered.
    pub delivered: Quantity,
    /// Quantity sold.
    pub sold: Quantity,
    /// Quantity returned.
    pub returned: Quantity,
    /// Quantity damaged.
    pub damaged: Quantity,
    /// Quantity at the outlet.
    pub on_hand: Quantity,
    /// Price per unit that the outlet owes, in rupiah.
    pub unit_price: Rupiah,
    /// Retail price per unit, when the outlet gets a commission.
    pub retail_price: Option<Rupiah>,
    /// Service share of the cooperative, in percent of what the outlet owes.
    pub service_percent: i32,
    /// Business day of delivery.
    pub delivered_on: Day,
    /// When it was recorded.
    pub delivered_at: Instant,
    /// The officer who recorded it.
    pub delivered_by: AccountId,
    /// Name of the person who received the goods.
    pub received_by: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Version; increases by one with every count.
    pub version: i64,
}

impl Consignment {
    /// The consignment after these quantities were sold, returned and damaged.
    #[must_use]
    pub fn after(&self, sold: Quantity, returned: Quantity, damaged: Quantity) -> Consignment {
        let removed = Quantity::sum([sold, returned, damaged]);
        Consignment {
            sold: self.sold.plus(sold),
            returned: self.returned.plus(returned),
            damaged: self.damaged.plus(damaged),
            on_hand: self.on_hand.minus(removed),
            version: self.version.saturating_add(1),
            ..self.clone()
        }
    }
}

/// A count of a group's goods at an outlet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outlet_counts)]
#[diesel(treat_none_as_default_value = false)]
pub struct OutletCount {
    /// Its id.
    pub id: OutletCountId,
    /// Its cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The outlet.
    #[diesel(column_name = outlet_id)]
    pub outlet: OutletId,
    /// The group that owns the goods.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// The order of the goods the outlet owes for; `None` when it owes nothing.
    #[diesel(column_name = order_id)]
    pub order: Option<OrderId>,
    /// Business day of the count.
    pub counted_on: Day,
    /// When it was recorded.
    pub counted_at: Instant,
    /// The officer who recorded it.
    pub counted_by: AccountId,
    /// When it was reversed.
    pub reversed_at: Option<Instant>,
    /// The officer who reversed it.
    pub reversed_by: Option<AccountId>,
    /// Note.
    pub note: Option<String>,
}

/// The count of one consignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outlet_count_lines)]
pub struct CountLine {
    /// The count.
    #[diesel(column_name = count_id)]
    pub count: OutletCountId,
    /// The consignment.
    #[diesel(column_name = consignment_id)]
    pub consignment: ConsignmentId,
    /// Quantity sold since the previous count.
    pub sold: Quantity,
    /// Quantity returned.
    pub returned: Quantity,
    /// Quantity damaged.
    pub damaged: Quantity,
    /// Quantity that the outlet owes for.
    pub billed: Quantity,
    /// Quantity left.
    pub on_hand: Quantity,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Entropy;
    use crate::kernel::ids::Id;
    use proptest::prelude::*;

    fn id<T: Id>() -> T {
        Entropy::System.id(Instant::EPOCH)
    }

    fn consignment(delivered: i64) -> Consignment {
        let day: Day = "2026-11-23".parse().unwrap();
        Consignment {
            id: id(),
            cooperative: id(),
            outlet: id(),
            group: id(),
            product: id(),
            batch: id(),
            delivered: Quantity::from_units(delivered),
            sold: Quantity::ZERO,
            returned: Quantity::ZERO,
            damaged: Quantity::ZERO,
            on_hand: Quantity::from_units(delivered),
            unit_price: Rupiah(8_000),
            retail_price: None,
            service_percent: 10,
            delivered_on: day,
            delivered_at: Instant::EPOCH,
            delivered_by: id(),
            received_by: None,
            note: None,
            version: 1,
        }
    }

    /// Example: twenty at 8,000, six returned, one damaged, none left.
    #[test]
    fn twenty_with_six_returned_and_one_damaged_leave_thirteen_to_pay() {
        let before = consignment(20);
        assert_eq!(before.on_hand.total_at(before.unit_price).unwrap(), Rupiah(160_000));
        let after = before.after(Quantity::from_units(13), Quantity::from_units(6), Quantity::from_units(1));
        assert_eq!(after.on_hand, Quantity::ZERO);
        assert_eq!(after.sold.total_at(after.unit_price).unwrap(), Rupiah(104_000));
    }

    proptest! {
        #[test]
        fn delivered_is_always_sold_returned_damaged_and_on_hand(
            delivered in 1_i64..1_000,
            counts in proptest::collection::vec((0_i64..50, 0_i64..50, 0_i64..50), 0..20),
        ) {
            let mut goods = consignment(delivered);
            for (sold, returned, damaged) in counts {
                goods = goods.after(Quantity::from_units(sold), Quantity::from_units(returned), Quantity::from_units(damaged));
                let all = Quantity::sum([goods.sold, goods.returned, goods.damaged, goods.on_hand]);
                prop_assert_eq!(all, goods.delivered);
            }
        }
    }
}
