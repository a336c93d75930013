//! Pick-up points and delivery zones.

use diesel::prelude::*;

use crate::cooperatives::cooperative::{DeliveryZone, PickupPoint};
use crate::cooperatives::delivery_points::{DeliveryPoint, DeliveryZoneDetails, PickupPointDetails};
use crate::cooperatives::events::CooperativeEvent;
use crate::db::schema::{delivery_zones, pickup_points};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, PickupPointId};

macro_rules! impl_delivery_point {
    (
        $point:ident, $id:ident, $details:ident { $($field:ident),+ },
        events $added:expr, $changed:expr, $removed:expr,
        table $table:ident order $order:expr
    ) => {
        #[allow(private_interfaces, reason = "its events are recorded inside the crate only")]
        impl DeliveryPoint for $point {
            type Id = $id;
            type Details = $details;
            const ADDED: CooperativeEvent = $added;
            const CHANGED: CooperativeEvent = $changed;
            const REMOVED: CooperativeEvent = $removed;

            fn new(id: $id, cooperative_id: CooperativeId, details: $details) -> Self {
                $point { id, cooperative_id, $($field: details.$field.unwrap_or_default(),)+ active: true, version: 1 }
            }

            fn next_version(self, active: bool, details: $details) -> Self {
                let version = self.version.saturating_add(1);
                $point { $($field: details.$field.unwrap_or(self.$field),)+ active, version, ..self }
            }

            fn id(&self) -> $id {
                self.id
            }

            fn version(&self) -> i64 {
                self.version
            }

            fn is_active_in(&self, cooperative: CooperativeId) -> bool {
                self.active && self.cooperative_id == cooperative
            }

            fn find(conn: &mut Conn, id: $id) -> Result<Option<Self>> {
                Ok($table::table.find(id).select($point::as_select()).get_result(conn).optional()?)
            }

            fn list(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<Self>> {
                let active = $table::table.filter($table::cooperative_id.eq(cooperative)).filter($table::active.eq(true));
                Ok(active.order($order).select($point::as_select()).load(conn)?)
            }

            fn insert(&self, tx: &mut Tx<'_>) -> Result<()> {
                diesel::insert_into($table::table).values(self).execute(&mut **tx)?;
                Ok(())
            }

            fn save(&self, tx: &mut Tx<'_>) -> Result<bool> {
                let before = $table::table.find(self.id).filter($table::version.eq(self.version.saturating_sub(1)));
                Ok(diesel::update(before).set(self).execute(&mut **tx)? == 1)
            }
        }
    };
}
impl_delivery_point!(
    PickupPoint, PickupPointId, PickupPointDetails { name, address, hours },
    events CooperativeEvent::PickupPointAdded {}, CooperativeEvent::PickupPointChanged {}, CooperativeEvent::PickupPointRemoved {},
    table pickup_points order (pickup_points::name.asc(), pickup_points::id.asc())
);
impl_delivery_point!(
    DeliveryZone, DeliveryZoneId, DeliveryZoneDetails { name, description, fee },
    events CooperativeEvent::DeliveryZoneAdded {}, CooperativeEvent::DeliveryZoneChanged {}, CooperativeEvent::DeliveryZoneRemoved {},
    table delivery_zones order (delivery_zones::fee.asc(), delivery_zones::name.asc(), delivery_zones::id.asc())
);

/// The pick-up point of this id, also a removed one.
pub fn find_pickup_point(conn: &mut Conn, id: PickupPointId) -> Result<Option<PickupPoint>> {
    PickupPoint::find(conn, id)
}
