//! A group's offering on a market day.

use diesel::prelude::*;

use super::day::MarketDay;
use crate::db::schema::market_offerings;
use crate::kernel::ids::{BatchId, CooperativeId, GroupId, MarketDayId, OfferingId, ProductId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::supply::Opening;

text_enum! {
    /// Why an offering has no batch.
    LeftOut {
        /// The product was not for sale when the day opened.
        NotOnSale = "not_on_sale",
        /// The group is closed on that day.
        GroupClosed = "group_closed",
        /// The group withdrew it.
        Withdrawn = "withdrawn",
    }
}

/// A group's offering on a market day: a product with its capacity, minimum and price.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = market_offerings)]
#[diesel(treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub struct MarketOffering {
    /// Its id.
    pub id: OfferingId,
    /// The cooperative that holds the market.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The market day.
    #[diesel(column_name = market_day_id)]
    pub market_day: MarketDayId,
    /// The group that offers it.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// The product.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// Maximum quantity.
    pub capacity: Quantity,
    /// Quantity that must be ordered for the batch to be made; zero: it is always made.
    pub minimum: Quantity,
    /// Deposits that must be paid before the batch is made, in rupiah.
    pub minimum_deposits: Rupiah,
    /// The batch is made in whole packs of this quantity only.
    pub pack_size: Option<Quantity>,
    /// Price per unit on that day; null: the product's price.
    pub price: Option<Rupiah>,
    /// Deposit in percent on that day; `None`: the product's.
    pub deposit_percent: Option<i32>,
    /// Whether the offering is copied to every later day of the schedule.
    pub repeats: bool,
    /// The batch, once the day is open.
    #[diesel(column_name = batch_id)]
    pub batch: Option<BatchId>,
    /// Why it has no batch though the day is open.
    pub left_out: Option<LeftOut>,
    /// When it was first set.
    pub created_at: Instant,
    /// Version; increases with every change. Sent as `If-Match`.
    pub version: i64,
}

impl MarketOffering {
    /// The batch to open for it.
    pub(super) fn to_opening(&self, day: &MarketDay) -> Opening {
        Opening {
            ready_on: Some(day.held_on),
            capacity: Some(self.capacity),
            minimum: self.minimum,
            cutoff_at: Some(day.closes_at),
            price: self.price,
            pack_size: self.pack_size,
            minimum_deposits: self.minimum_deposits,
            // A batch without a minimum is not extended.
            extends_to: day.extends_to.filter(|_| self.has_minimum()),
            deposit_percent: self.deposit_percent,
            ..Opening::default()
        }
    }

    fn has_minimum(&self) -> bool {
        self.minimum.is_positive() || self.minimum_deposits > Rupiah::ZERO
    }
}
