//! Where requested goods shall be delivered, as far as the buyer knows when asking.

use crate::cooperatives;
use crate::db::{self, Conn};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, PickupPointId};
use crate::kernel::text_enum::text_enum;
use crate::orders::{DeliveryChoice, DeliveryFee, DeliveryKind};
use crate::web::{FieldError, FieldErrors, Rule};
use serde::{Deserialize, Serialize};

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

impl DestinationKind {
    /// The delivery kind, where it is known before an offer is accepted.
    const fn delivery_kind(self) -> Option<DeliveryKind> {
        match self {
            DestinationKind::Pickup => Some(DeliveryKind::Pickup),
            DestinationKind::Local => Some(DeliveryKind::Local),
            DestinationKind::Address => None,
        }
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
        errors.check_text("/place/address", &self.address, 1..=300);
        let terms = self.kind.delivery_kind().map(DeliveryKind::terms);
        let is_in_zone = terms.is_some_and(|terms| terms.fee == DeliveryFee::OfZone);
        let is_collected = terms.is_some_and(|terms| terms.is_collected);
        errors.require(!is_in_zone || self.zone.is_some(), "/place/zone", FieldError::Required);
        errors.require(is_in_zone || self.zone.is_none(), "/place/zone", Rule::NotForThisKind);
        errors.require(terms.is_some() || self.address.is_some(), "/place/address", FieldError::Required);
        errors.require(!is_collected || self.address.is_none(), "/place/address", Rule::NotForThisKind);
        errors.require(is_collected || self.point.is_none(), "/place/point", Rule::NotForThisKind);
    }

    /// Requires that the point and zone exist, are active and belong to the cooperative.
    pub fn validate_exists(&self, conn: &mut Conn, own: CooperativeId, errors: &mut FieldErrors) -> db::Result<()> {
        let has_point = cooperatives::can_use_pickup_point(conn, own, self.point)?;
        errors.require(has_point, "/place/point", Rule::UnknownReference);
        let has_zone = cooperatives::can_use_delivery_zone(conn, own, self.zone)?;
        errors.require(has_zone, "/place/zone", Rule::UnknownReference);
        Ok(())
    }

    /// The delivery of an order to this destination; `None` when it is still to be agreed.
    pub fn delivery(&self) -> Option<DeliveryChoice> {
        let address = self.address.clone();
        let kind = self.kind.delivery_kind().filter(|kind| kind.terms().is_collected || address.is_some())?;
        Some(DeliveryChoice { kind, point: self.point, zone: self.zone, address, fee: None })
    }
}
