//! What an order needs to know of the cooperative that sells, from the tables of cooperatives.

use diesel::prelude::*;

use crate::db::schema::{cooperatives, delivery_zones, orders, pickup_points};
use crate::db::{Conn, Result};
use crate::kernel::ids::{AccountId, CooperativeId, DeliveryZoneId, OrderId, PickupPointId};
use crate::kernel::{Rupiah, Zone};
use crate::orders::status::OrderStatus;

/// The seller of record, as far as orders go.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = cooperatives)]
pub struct Seller {
    /// Its id.
    pub id: CooperativeId,
    /// What its order numbers begin with.
    pub code: String,
    /// The zone of its business days.
    pub zone: Zone,
    /// What it keeps of a sale as a rule, in percent.
    pub service_percent: i32,
    /// Whether it pays the groups for what is thrown away.
    pub bears_discards: bool,
    /// From how much on a deposit is asked for, whatever the products say.
    pub deposit_from: Option<Rupiah>,
    /// How much of the price that deposit is, in percent.
    pub deposit_percent: i32,
    /// After how many completed orders a buyer is a regular, of whom no deposit is asked for.
    pub regular_after: Option<i32>,
}

/// How many orders of this buyer are completed here; counted no further than asked.
pub fn completed_orders(conn: &mut Conn, cooperative: CooperativeId, buyer: AccountId, most: i64) -> Result<i64> {
    let completed: Vec<OrderId> = orders::table
        .filter(orders::buyer_id.eq(buyer))
        .filter(orders::cooperative_id.eq(cooperative))
        .filter(orders::status.eq(OrderStatus::Completed))
        .limit(most)
        .select(orders::id)
        .load(conn)?;
    Ok(i64::try_from(completed.len()).unwrap_or(most))
}

/// The cooperative of this id.
pub fn seller(conn: &mut Conn, id: CooperativeId) -> Result<Option<Seller>> {
    Ok(cooperatives::table.find(id).select(Seller::as_select()).first(conn).optional()?)
}

/// What a delivery in this zone of this cooperative costs, if it may be chosen.
pub fn zone_fee(conn: &mut Conn, cooperative: CooperativeId, zone: DeliveryZoneId) -> Result<Option<Rupiah>> {
    Ok(delivery_zones::table
        .find(zone)
        .filter(delivery_zones::cooperative_id.eq(cooperative))
        .filter(delivery_zones::active.eq(true))
        .select(delivery_zones::fee)
        .first(conn)
        .optional()?)
}

/// Whether this point of this cooperative may be chosen.
pub fn is_open_point(conn: &mut Conn, cooperative: CooperativeId, point: PickupPointId) -> Result<bool> {
    let found: i64 = pickup_points::table
        .find(point)
        .filter(pickup_points::cooperative_id.eq(cooperative))
        .filter(pickup_points::active.eq(true))
        .count()
        .get_result(conn)?;
    Ok(found == 1)
}
