//! An offer: what a group would make for a request, and at which price.

use diesel::prelude::*;

use crate::db::schema::offers;
use crate::kernel::ids::{AccountId, BatchId, CooperativeId, GroupId, OfferId, OrderId, ProductId, RequestId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Quantity, Rupiah};

text_enum! {
    /// Where an offer stands.
    OfferStatus {
        /// It may be taken.
        Open = "open",
        /// The buyer has taken it, all or in part.
        Taken = "taken",
        /// The group has taken it back.
        Withdrawn = "withdrawn",
        /// The request was covered, withdrawn or expired without it.
        Lapsed = "lapsed",
        /// Nobody took it while it was valid.
        Expired = "expired",
    }
}

text_enum! {
    /// What can be done with an offer.
    OfferAction {
        /// The group takes it back.
        Withdraw = "withdraw",
    }
}

/// What a group would make for a request.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = offers)]
#[diesel(treat_none_as_default_value = false)]
pub struct Offer {
    /// Its id.
    pub id: OfferId,
    /// The request's cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// For which request.
    #[diesel(column_name = request_id)]
    pub request: RequestId,
    /// Who would make it.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// Which of its products.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// Where it stands.
    pub status: OfferStatus,
    /// How much at most.
    pub quantity: Quantity,
    /// The price of a unit.
    pub unit_price: Rupiah,
    /// The day on which it would be ready.
    pub ready_on: Day,
    /// How much is asked for before work begins, in percent.
    pub deposit_percent: i32,
    /// Until when it may be taken.
    pub valid_until: Instant,
    /// How much was taken of it.
    pub taken: Quantity,
    /// The batch it became.
    #[diesel(column_name = batch_id)]
    pub batch: Option<BatchId>,
    /// The order it is a line of.
    #[diesel(column_name = order_id)]
    pub order: Option<OrderId>,
    /// The officer who made it.
    pub offered_by: Option<AccountId>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was taken, withdrawn, lapsed or expired.
    pub closed_at: Option<Instant>,
    /// Grows by one with every change.
    pub version: i64,
}

impl Offer {
    /// Whether it may be taken at this moment.
    pub fn stands(&self, now: Instant) -> bool {
        self.status == OfferStatus::Open && now < self.valid_until
    }

    /// Where it stands at this moment: what is past its time is expired, though nobody has written that down yet.
    pub fn status_at(&self, now: Instant) -> OfferStatus {
        let late = self.status == OfferStatus::Open && now >= self.valid_until;
        if late { OfferStatus::Expired } else { self.status }
    }
}
