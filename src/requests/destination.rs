//! Where requested goods shall be delivered, as far as the buyer knows when asking.

use serde::{Deserialize, Serialize};

use super::error::UNKNOWN;
use crate::cooperatives;
use crate::db::{self, Conn};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, PickupPointId};
use crate::kernel::text_enum::text_enum;
use crate::orders::{DeliveryChoice, DeliveryKind};
use crate::web::{FieldError, FieldErrors};

text_enum! {
    /// How the goods reach the buyer.
    DestinationKind {
        /// The buyer collects them.
        Pickup = "pickup",
        /// Local delivery into a zone.
        Local = "local",
        /// Delivery to an address; the way of delivery is agreed when an offer is accepted.
        Address = "address",
    }
}

/// Where requested goods shall be delivered or collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// Pickup, local delivery, or delivery to an address.
    pub kind: DestinationKind,
    /// For `pickup`: the pickup point.
    #[serde(default)]
    pub point: Option<PickupPointId>,
    /// For `local`: the delivery zone.
    #[serde(default)]
    pub zone: Option<DeliveryZoneId>,
    /// For `local` and `address`: the address. Groups see it once an offer of theirs is accepted.
    #[serde(default)]
    #[schema(max_length = 300, example = "RT 02 RW 05, rumah cat hijau dekat mushola")]
    pub address: Option<String>,
}

impl Destination {
    /// Validates which fields are set for the kind.
    pub fn validate(&self, errors: &mut FieldErrors) {
        if let Some(address) = &self.address {
            errors.check_text("/place/address", address, 1..=300);
        }
        let is = |kind| self.kind == kind;
        errors.require(!is(DestinationKind::Local) || self.zone.is_some(), "/place/zone", FieldError::Required);
        errors.require(is(DestinationKind::Local) || self.zone.is_none(), "/place/zone", NOT_HERE);
        errors.require(!is(DestinationKind::Address) || self.address.is_some(), "/place/address", FieldError::Required);
        errors.require(!is(DestinationKind::Pickup) || self.address.is_none(), "/place/address", NOT_HERE);
        errors.require(is(DestinationKind::Pickup) || self.point.is_none(), "/place/point", NOT_HERE);
    }

    /// Requires that the point and zone exist, are active and belong to the cooperative.
    pub fn validate_exists(&self, conn: &mut Conn, own: CooperativeId, errors: &mut FieldErrors) -> db::Result<()> {
        if let Some(point) = self.point {
            let row = cooperatives::find_pickup_point(conn, point)?;
            let is_usable = row.is_some_and(|point| point.active && point.cooperative_id == own);
            errors.require(is_usable, "/place/point", UNKNOWN);
        }
        if let Some(zone) = self.zone {
            let row = cooperatives::find_delivery_zone(conn, zone)?;
            let is_usable = row.is_some_and(|zone| zone.active && zone.cooperative_id == own);
            errors.require(is_usable, "/place/zone", UNKNOWN);
        }
        Ok(())
    }

    /// The delivery of an order to this destination; `None` when it is still to be agreed.
    pub fn delivery(&self) -> Option<DeliveryChoice> {
        let kind = match self.kind {
            DestinationKind::Pickup => DeliveryKind::Pickup,
            DestinationKind::Local if self.address.is_some() => DeliveryKind::Local,
            DestinationKind::Local | DestinationKind::Address => return None,
        };
        Some(DeliveryChoice { kind, point: self.point, zone: self.zone, address: self.address.clone(), fee: None })
    }
}

const NOT_HERE: FieldError = FieldError::Rule {
    code: "not-here",
    id: "Isian ini tidak cocok dengan tempat yang dipilih.",
    en: "This does not go with the chosen place.",
};
