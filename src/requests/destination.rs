//! Where requested goods shall go, as far as the buyer knows when asking.

use serde::{Deserialize, Serialize};

use super::request::UNKNOWN;
use crate::cooperatives;
use crate::db::{self, Conn};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, PickupPointId};
use crate::kernel::text_enum::text_enum;
use crate::orders::{DeliveryKind, DeliveryWish};
use crate::web::{FieldError, FieldErrors};

text_enum! {
    /// How the goods shall reach the buyer.
    DestinationKind {
        /// The buyer comes for them.
        Pickup = "pickup",
        /// Someone of the village brings them into a zone.
        Local = "local",
        /// To an address; how it is brought is agreed when an offer is taken.
        Address = "address",
    }
}

/// Where requested goods shall go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// Fetched, brought into a zone, or to an address.
    pub kind: DestinationKind,
    /// For `pickup`: where.
    #[serde(default)]
    pub point: Option<PickupPointId>,
    /// For `local`: in which zone.
    #[serde(default)]
    pub zone: Option<DeliveryZoneId>,
    /// For `local` and `address`: to where. Groups see it once an offer of theirs is taken.
    #[serde(default)]
    #[schema(max_length = 300, example = "RT 02 RW 05, rumah cat hijau dekat mushola")]
    pub address: Option<String>,
}

impl Destination {
    /// Notes what is missing, and what does not belong there.
    pub fn check(&self, errors: &mut FieldErrors) {
        if let Some(address) = &self.address {
            errors.text("/place/address", address, 1..=300);
        }
        let is = |kind| self.kind == kind;
        errors.require(!is(DestinationKind::Local) || self.zone.is_some(), "/place/zone", FieldError::Required);
        errors.require(is(DestinationKind::Local) || self.zone.is_none(), "/place/zone", NOT_HERE);
        errors.require(!is(DestinationKind::Address) || self.address.is_some(), "/place/address", FieldError::Required);
        errors.require(!is(DestinationKind::Pickup) || self.address.is_none(), "/place/address", NOT_HERE);
        errors.require(is(DestinationKind::Pickup) || self.point.is_none(), "/place/point", NOT_HERE);
    }

    /// Notes what this cooperative does not have.
    pub fn check_there(&self, conn: &mut Conn, own: CooperativeId, errors: &mut FieldErrors) -> db::Result<()> {
        if let Some(point) = self.point {
            let there = cooperatives::pickup_point(conn, point)?;
            let open = there.is_some_and(|point| point.active && point.cooperative_id == own);
            errors.require(open, "/place/point", UNKNOWN);
        }
        if let Some(zone) = self.zone {
            let there = cooperatives::delivery_zone(conn, zone)?;
            let open = there.is_some_and(|zone| zone.active && zone.cooperative_id == own);
            errors.require(open, "/place/zone", UNKNOWN);
        }
        Ok(())
    }

    /// How an order brings the goods there; nothing while that must still be agreed.
    pub fn delivery(&self) -> Option<DeliveryWish> {
        let kind = match self.kind {
            DestinationKind::Pickup => DeliveryKind::Pickup,
            DestinationKind::Local if self.address.is_some() => DeliveryKind::Local,
            DestinationKind::Local | DestinationKind::Address => return None,
        };
        Some(DeliveryWish { kind, point: self.point, zone: self.zone, address: self.address.clone(), fee: None })
    }
}

const NOT_HERE: FieldError = FieldError::Rule {
    code: "not-here",
    id: "Isian ini tidak cocok dengan tempat yang dipilih.",
    en: "This does not go with the chosen place.",
};
