//! How the goods of an order reach the buyer.

use serde::{Deserialize, Serialize};

use crate::kernel::Rupiah;
use crate::kernel::ids::{DeliveryZoneId, PickupPointId};
use crate::kernel::text_enum::text_enum;
use crate::web::{FieldError, FieldErrors, Rule};

text_enum! {
    /// How the goods reach the buyer.
    DeliveryKind {
        /// The buyer picks the goods up.
        Pickup = "pickup",
        /// Delivery within the village, for the fee of the zone.
        Local = "local",
        /// Delivery by courier.
        Courier = "courier",
    }
}

/// What a delivery costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryFee {
    /// Nothing.
    Free,
    /// The fee of the delivery zone, which has to be named.
    OfZone,
    /// What an officer has agreed with the buyer, if anything.
    Agreed,
}

/// Everything in which delivery kinds differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryTerms {
    /// What it costs.
    pub fee: DeliveryFee,
    /// Whether the buyer collects the goods, at a pickup point if one is named; else they are brought to an address.
    pub is_collected: bool,
}

impl DeliveryKind {
    /// The table of delivery kinds: a new kind is one row.
    pub const fn terms(self) -> DeliveryTerms {
        match self {
            DeliveryKind::Pickup => DeliveryTerms { fee: DeliveryFee::Free, is_collected: true },
            DeliveryKind::Local => DeliveryTerms { fee: DeliveryFee::OfZone, is_collected: false },
            DeliveryKind::Courier => DeliveryTerms { fee: DeliveryFee::Agreed, is_collected: false },
        }
    }
}

/// How the goods are delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryChoice {
    /// Pickup, local delivery, or courier.
    pub kind: DeliveryKind,
    /// For `pickup`: the pickup point.
    #[serde(default)]
    pub point: Option<PickupPointId>,
    /// For `local`: the delivery zone, which sets the fee.
    #[serde(default)]
    pub zone: Option<DeliveryZoneId>,
    /// For `local` and `courier`: the delivery address.
    #[serde(default)]
    #[schema(max_length = 300, example = "RT 02 RW 05, rumah cat hijau dekat mushola")]
    pub address: Option<String>,
    /// For `courier`: the fee agreed with the buyer; only officers may set it.
    #[serde(default)]
    pub fee: Option<Rupiah>,
}

impl DeliveryChoice {
    /// Pickup without a named pickup point.
    pub fn pickup() -> Self {
        DeliveryChoice { kind: DeliveryKind::Pickup, point: None, zone: None, address: None, fee: None }
    }

    /// Reports missing members and members that do not apply to the delivery kind.
    pub fn validate(&self, errors: &mut FieldErrors) {
        if let Some(address) = &self.address {
            errors.check_text("/delivery/address", address, 1..=300);
        }
        let DeliveryTerms { fee, is_collected } = self.kind.terms();
        errors.require(fee != DeliveryFee::OfZone || self.zone.is_some(), "/delivery/zone", FieldError::Required);
        errors.require(fee == DeliveryFee::OfZone || self.zone.is_none(), "/delivery/zone", Rule::NotForThisKind);
        errors.require(is_collected || self.address.is_some(), "/delivery/address", FieldError::Required);
        errors.require(is_collected || self.point.is_none(), "/delivery/point", Rule::NotForThisKind);
        errors.require(fee == DeliveryFee::Agreed || self.fee.is_none(), "/delivery/fee", Rule::NotForThisKind);
        if let Some(fee) = self.fee {
            errors.check_range("/delivery/fee", fee.0, 0..=10_000_000);
        }
    }
}
