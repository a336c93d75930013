//! Read model of the selling cooperative.

use diesel::prelude::*;

use crate::db::schema::{cooperatives, delivery_zones, orders, pickup_points};
use crate::db::{Conn, Result};
use crate::kernel::ids::{AccountId, CooperativeId, DeliveryZoneId, OrderId, PickupPointId};
use crate::kernel::{Rupiah, Zone};
use crate::orders::status::OrderStatus;

/// The seller of record.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = cooperatives)]
pub struct Seller {
    /// Its id.
    pub id: CooperativeId,
    /// Prefix of its order numbers.
    pub code: String,
    /// Time zone of its business days.
    pub zone: Zone,
    /// Default service fee, in percent.
    pub service_percent: i32,
    /// Whether it compensates groups for discarded goods.
    pub bears_discards: bool,
    /// Order total from which a deposit is due, whatever the products say.
    pub deposit_from: Option<Rupiah>,
    /// That deposit, in percent.
    pub deposit_percent: i32,
    /// Number of completed orders after which a buyer is regular and pays no deposit.
    pub regular_after: Option<i32>,
}

/// Counts the completed orders of a buyer at this cooperative, up to `limit`.
pub fn count_completed_orders(
    conn: &mut Conn,
    cooperative: CooperativeId,
    buyer: AccountId,
    limit: i64,
) -> Result<i64> {
    let completed: Vec<OrderId> = orders::table
        .filter(orders::buyer_id.eq(buyer))
        .filter(orders::cooperative_id.eq(cooperative))
        .filter(orders::status.eq(OrderStatus::Completed))
        .limit(limit)
        .select(orders::id)
        .load(conn)?;
    Ok(i64::try_from(completed.len()).unwrap_or(limit))
}

/// The cooperative with this id.
pub fn find_seller(conn: &mut Conn, id: CooperativeId) -> Result<Option<Seller>> {
    Ok(cooperatives::table.find(id).select(Seller::as_select()).get_result(conn).optional()?)
}

/// The fee of an active delivery zone of this cooperative; `None` if it cannot be chosen.
pub fn find_zone_fee(conn: &mut Conn, cooperative: CooperativeId, zone: DeliveryZoneId) -> Result<Option<Rupiah>> {
    Ok(delivery_zones::table
        .find(zone)
        .filter(delivery_zones::cooperative_id.eq(cooperative))
        .filter(delivery_zones::active.eq(true))
        .select(delivery_zones::fee)
        .get_result(conn)
        .optional()?)
}

/// Whether this is an active pickup point of this cooperative.
pub fn is_active_point(conn: &mut Conn, cooperative: CooperativeId, point: PickupPointId) -> Result<bool> {
    let count: i64 = pickup_points::table
        .find(point)
        .filter(pickup_points::cooperative_id.eq(cooperative))
        .filter(pickup_points::active.eq(true))
        .count()
        .get_result(conn)?;
    Ok(count == 1)
}
