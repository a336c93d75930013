//! Goods at an outlet, and its counts, as they are kept.

use diesel::prelude::*;

use crate::db::schema::{consignments, outlet_count_lines, outlet_counts};
use crate::kernel::ids::{
    AccountId, BatchId, ConsignmentId, CooperativeId, GroupId, OrderId, OutletCountId, OutletId, ProductId,
};
use crate::kernel::{Day, Instant, Quantity, Rupiah};

/// Goods of a batch that were brought to an outlet. Delivered is always sold, returned, damaged and on hand.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = consignments)]
#[diesel(treat_none_as_default_value = false)]
pub struct Consignment {
    /// Its id.
    pub id: ConsignmentId,
    /// Its cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Where it is.
    #[diesel(column_name = outlet_id)]
    pub outlet: OutletId,
    /// Whose goods.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// Which goods.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// Of which batch.
    #[diesel(column_name = batch_id)]
    pub batch: BatchId,
    /// How much was brought.
    pub delivered: Quantity,
    /// What of it is sold.
    pub sold: Quantity,
    /// What was given back.
    pub returned: Quantity,
    /// What was damaged.
    pub damaged: Quantity,
    /// What is there.
    pub on_hand: Quantity,
    /// What the outlet owes for a unit.
    pub unit_price: Rupiah,
    /// What a unit costs there, when the outlet keeps a part of it.
    pub retail_price: Option<Rupiah>,
    /// What the cooperative keeps of what the outlet owes, in percent.
    pub service_percent: i32,
    /// On which business day it was brought.
    pub delivered_on: Day,
    /// When it was noted.
    pub delivered_at: Instant,
    /// By whom.
    pub delivered_by: AccountId,
    /// Who took it there.
    pub received_by: Option<String>,
    /// What is worth remembering.
    pub note: Option<String>,
    /// Grows by one with every count.
    pub version: i64,
}

impl Consignment {
    /// The same after this much was found sold, given back and damaged.
    #[must_use]
    pub fn after(&self, sold: Quantity, returned: Quantity, damaged: Quantity) -> Consignment {
        let gone = Quantity::sum([sold, returned, damaged]);
        Consignment {
            sold: self.sold.plus(sold),
            returned: self.returned.plus(returned),
            damaged: self.damaged.plus(damaged),
            on_hand: self.on_hand.minus(gone),
            version: self.version.saturating_add(1),
            ..self.clone()
        }
    }
}

/// A count of what an outlet has left of a group's goods.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outlet_counts)]
#[diesel(treat_none_as_default_value = false)]
pub struct OutletCount {
    /// Its id.
    pub id: OutletCountId,
    /// Its cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Where it was counted.
    #[diesel(column_name = outlet_id)]
    pub outlet: OutletId,
    /// Whose goods.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// The order of what is owed by it, if anything is.
    #[diesel(column_name = order_id)]
    pub order: Option<OrderId>,
    /// On which business day.
    pub counted_on: Day,
    /// When it was noted.
    pub counted_at: Instant,
    /// By whom.
    pub counted_by: AccountId,
    /// When it was taken back.
    pub reversed_at: Option<Instant>,
    /// By whom.
    pub reversed_by: Option<AccountId>,
    /// What is worth remembering.
    pub note: Option<String>,
}

/// What a count found of a consignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outlet_count_lines)]
pub struct CountLine {
    /// By which count.
    #[diesel(column_name = count_id)]
    pub count: OutletCountId,
    /// Of what.
    #[diesel(column_name = consignment_id)]
    pub consignment: ConsignmentId,
    /// What was sold since the count before.
    pub sold: Quantity,
    /// What was given back.
    pub returned: Quantity,
    /// What was damaged.
    pub damaged: Quantity,
    /// What of all that the outlet owes for.
    pub billed: Quantity,
    /// What was left.
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
            delivered: Quantity::units(delivered),
            sold: Quantity::ZERO,
            returned: Quantity::ZERO,
            damaged: Quantity::ZERO,
            on_hand: Quantity::units(delivered),
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

    /// A worked example: twenty at 8,000, six given back, one damaged, none left.
    #[test]
    fn twenty_of_which_six_came_back_and_one_broke_leave_thirteen_to_pay() {
        let before = consignment(20);
        assert_eq!(before.on_hand.cost(before.unit_price).unwrap(), Rupiah(160_000));
        let after = before.after(Quantity::units(13), Quantity::units(6), Quantity::units(1));
        assert_eq!(after.on_hand, Quantity::ZERO);
        assert_eq!(after.sold.cost(after.unit_price).unwrap(), Rupiah(104_000));
    }

    proptest! {
        #[test]
        fn delivered_is_always_sold_returned_damaged_and_on_hand(
            delivered in 1_i64..1_000,
            counts in proptest::collection::vec((0_i64..50, 0_i64..50, 0_i64..50), 0..20),
        ) {
            let mut it = consignment(delivered);
            for (sold, returned, damaged) in counts {
                it = it.after(Quantity::units(sold), Quantity::units(returned), Quantity::units(damaged));
                let all = Quantity::sum([it.sold, it.returned, it.damaged, it.on_hand]);
                prop_assert_eq!(all, it.delivered);
            }
        }
    }
}
