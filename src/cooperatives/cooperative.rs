//! A cooperative: the seller of record, in whose zone business days are counted.

use diesel::prelude::*;

use crate::db::schema::{cooperatives, delivery_zones, pickup_points};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, PickupPointId};
use crate::kernel::{Instant, Phone, Rupiah, Zone};

/// A cooperative, whatever its legal kind.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = cooperatives)]
pub struct Cooperative {
    /// Its id.
    pub id: CooperativeId,
    /// Two to six capital letters or digits that begin its order numbers: `CIH`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is in law, a word: `cooperative`, `village_enterprise`, `migrant_village_group`…
    pub kind: String,
    /// What it does.
    pub description: String,
    /// The village it sits in.
    pub village_code: String,
    /// Street, hamlet, RT and RW.
    pub address: String,
    /// Where it can be called.
    pub phone: Option<Phone>,
    /// Where it can be written to.
    pub email: Option<String>,
    /// The zone of its business days.
    pub zone: Zone,
    /// The bank that keeps its money.
    pub bank_name: Option<String>,
    /// The number of its account there.
    pub bank_account: Option<String>,
    /// In whose name the account is.
    pub bank_holder: Option<String>,
    /// Whether it is an example and sells nothing.
    pub demo: bool,
    /// When it was founded here.
    pub created_at: Instant,
    /// Counts its changes.
    pub version: i64,
    /// What it keeps of a sale, in percent; a product may have a rule of its own.
    pub service_percent: i32,
    /// Whether it pays the groups for what is thrown away; else the loss is theirs.
    pub bears_discards: bool,
    /// From how much on a deposit is asked for, whatever the products say.
    pub deposit_from: Option<Rupiah>,
    /// How much of the price that deposit is, in percent.
    pub deposit_percent: i32,
    /// After how many completed orders a buyer is a regular, of whom no deposit is asked for.
    pub regular_after: Option<i32>,
    /// Whether QRIS codes are shown with the amount filled in.
    pub qris_amounts: bool,
}

/// Where transfers to a cooperative go.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankAccount {
    /// The bank.
    #[schema(min_length = 1, max_length = 60, example = "Bank Contoh Desa")]
    pub name: String,
    /// The number of the account, digits only.
    #[schema(min_length = 5, max_length = 30, pattern = "^[0-9]{5,30}$", example = "3302150003")]
    pub account: String,
    /// In whose name it is.
    #[schema(min_length = 1, max_length = 100, example = "Koperasi Contoh Cihonje")]
    pub holder: String,
}

impl Cooperative {
    /// The account that transfers go to, when it is known whole.
    pub fn bank(&self) -> Option<BankAccount> {
        match (&self.bank_name, &self.bank_account, &self.bank_holder) {
            (Some(name), Some(account), Some(holder)) => {
                Some(BankAccount { name: name.clone(), account: account.clone(), holder: holder.clone() })
            }
            _ => None,
        }
    }
}

/// Where buyers pick their orders up.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = pickup_points)]
pub struct PickupPoint {
    /// Its id.
    pub id: PickupPointId,
    /// Whose it is.
    pub cooperative_id: CooperativeId,
    /// Its name.
    pub name: String,
    /// How to find it.
    pub address: String,
    /// When it is open, in words.
    pub hours: String,
    /// Whether orders may still choose it.
    pub active: bool,
    /// Counts its changes.
    pub version: i64,
}

/// Where a cooperative delivers itself, and for how much.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = delivery_zones)]
pub struct DeliveryZone {
    /// Its id.
    pub id: DeliveryZoneId,
    /// Whose it is.
    pub cooperative_id: CooperativeId,
    /// Its name.
    pub name: String,
    /// What belongs to it.
    pub description: String,
    /// What a delivery costs.
    pub fee: Rupiah,
    /// Whether orders may still choose it.
    pub active: bool,
    /// Counts its changes.
    pub version: i64,
}
