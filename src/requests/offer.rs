//! Offers: what a group would make for a request, and at which price.

use diesel::prelude::*;

use crate::db::schema::offers;
use crate::kernel::ids::{AccountId, BatchId, CooperativeId, GroupId, OfferId, OrderId, ProductId, RequestId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Quantity, Rupiah};

text_enum! {
    /// The status of an offer.
    OfferStatus {
        /// It can be accepted.
        Open = "open",
        /// The buyer accepted it, all or in part.
        Taken = "taken",
        /// The group withdrew it.
        Withdrawn = "withdrawn",
        /// The request was closed without it.
        Lapsed = "lapsed",
        /// It was not accepted while it was valid.
        Expired = "expired",
    }
}

text_enum! {
    /// The actions on an offer.
    OfferAction {
        /// The group withdraws it.
        Withdraw = "withdraw",
    }
}

/// A group's offer for a request.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = offers)]
#[diesel(treat_none_as_default_value = false)]
pub struct Offer {
    /// Its id.
    pub id: OfferId,
    /// The request's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The request.
    #[diesel(column_name = request_id)]
    pub request: RequestId,
    /// The group that makes the offer.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// The product.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// Status.
    pub status: OfferStatus,
    /// Maximum quantity.
    pub quantity: Quantity,
    /// Price per unit, in rupiah.
    pub unit_price: Rupiah,
    /// The day on which the goods would be ready.
    pub ready_on: Day,
    /// Deposit in percent.
    pub deposit_percent: i32,
    /// Until when the offer can be accepted.
    pub valid_until: Instant,
    /// Quantity accepted.
    pub taken: Quantity,
    /// The batch opened for it when it was accepted.
    #[diesel(column_name = batch_id)]
    pub batch: Option<BatchId>,
    /// The order that it is a line of, once accepted.
    #[diesel(column_name = order_id)]
    pub order: Option<OrderId>,
    /// The officer who made it.
    pub offered_by: Option<AccountId>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was accepted, withdrawn, or lapsed or expired.
    pub closed_at: Option<Instant>,
    /// Version; increases by one with every change.
    pub version: i64,
}

impl Offer {
    /// Whether it can be accepted at this moment.
    pub fn is_open(&self, now: Instant) -> bool {
        self.status == OfferStatus::Open && now < self.valid_until
    }

    /// The status at this moment: an open offer past `valid_until` counts as expired even before the task has stored
    /// that.
    pub fn status_at(&self, now: Instant) -> OfferStatus {
        let late = self.status == OfferStatus::Open && now >= self.valid_until;
        if late { OfferStatus::Expired } else { self.status }
    }
}
