//! What a group brings to a market day.

use diesel::prelude::*;

use super::day::MarketDay;
use crate::db::schema::market_offerings;
use crate::kernel::ids::{BatchId, CooperativeId, GroupId, MarketDayId, OfferingId, ProductId};
use crate::kernel::{Instant, Quantity, Rupiah};
use crate::supply::Opening;

/// What a group brings to a market day: of which product how much at most and at least, at what price.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = market_offerings)]
#[diesel(treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub struct MarketOffering {
    /// Its id.
    pub id: OfferingId,
    /// Whose market it is.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// To which day.
    #[diesel(column_name = market_day_id)]
    pub market_day: MarketDayId,
    /// Who brings it.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// What.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// How much at most.
    pub capacity: Quantity,
    /// How much must be ordered for it to be made; zero when it is made anyway.
    pub minimum: Quantity,
    /// How much of deposits must be in for it to be made.
    pub minimum_deposits: Rupiah,
    /// It is made in whole packs of so much only.
    pub pack_size: Option<Quantity>,
    /// Its price on that day, when it is not the product's.
    pub price: Option<Rupiah>,
    /// Its deposit in percent on that day, when it is not the product's.
    pub deposit_percent: Option<i32>,
    /// Whether the group brings the same to every day of the schedule from now on.
    pub repeats: bool,
    /// Its batch, once the day is open.
    #[diesel(column_name = batch_id)]
    pub batch: Option<BatchId>,
    /// Why it was left out when the day opened.
    pub left_out: Option<String>,
    /// When it was said.
    pub created_at: Instant,
    /// Counts its changes.
    pub version: i64,
}

impl MarketOffering {
    /// The batch that it becomes on its day.
    pub(super) fn opening(&self, day: &MarketDay) -> Opening {
        Opening {
            ready_on: Some(day.held_on),
            capacity: Some(self.capacity),
            minimum: self.minimum,
            cutoff_at: Some(day.closes_at),
            price: self.price,
            pack_size: self.pack_size,
            minimum_deposits: self.minimum_deposits,
            // Without a minimum there is nothing to wait for.
            extend_to: day.extends_to.filter(|_| self.waits()),
            deposit_percent: self.deposit_percent,
            ..Opening::default()
        }
    }

    fn waits(&self) -> bool {
        self.minimum.is_positive() || self.minimum_deposits > Rupiah::ZERO
    }
}
