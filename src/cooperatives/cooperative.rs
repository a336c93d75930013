//! Cooperatives, their pick-up points and delivery zones. A cooperative is the seller of record, and its time zone
//! determines business days.

use diesel::prelude::*;

use crate::db::schema::{cooperatives, delivery_zones, pickup_points};
use crate::kernel::ids::{CooperativeId, DeliveryZoneId, PickupPointId};
use crate::kernel::{Instant, Phone, Rupiah, Zone};

/// A cooperative, of any legal form.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cooperatives, treat_none_as_null = true)]
pub struct Cooperative {
    /// The cooperative's id.
    pub id: CooperativeId,
    /// The prefix of its order numbers, two to six capital letters or digits: `CIH`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The legal form, a word: `cooperative`, `village_enterprise`, `migrant_village_group`…
    pub kind: String,
    /// A description of its activities.
    pub description: String,
    /// The Kemendagri code of its village.
    pub village_code: String,
    /// Street, hamlet, RT and RW.
    pub address: String,
    /// The phone number.
    pub phone: Option<Phone>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The time zone of its business days.
    pub zone: Zone,
    /// The name of its bank.
    pub bank_name: Option<String>,
    /// The bank account number.
    pub bank_account: Option<String>,
    /// The holder of the bank account.
    pub bank_holder: Option<String>,
    /// Whether it is a demo without real sales.
    pub demo: bool,
    /// When it was created.
    pub created_at: Instant,
    /// Version for optimistic locking.
    pub version: i64,
    /// Its service fee in percent of a sale; a product may have its own.
    pub service_percent: i32,
    /// Whether it bears the loss of discarded goods; otherwise the groups do.
    pub bears_discards: bool,
    /// The order amount from which a deposit is required, in rupiah, regardless of the products.
    pub deposit_from: Option<Rupiah>,
    /// That deposit in percent of the price.
    pub deposit_percent: i32,
    /// The number of completed orders after which a buyer pays no deposit.
    pub regular_after: Option<i32>,
    /// Whether QRIS codes contain the amount.
    pub qris_amounts: bool,
}

/// A bank account for transfers to a cooperative.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankAccount {
    /// The name of the bank.
    #[schema(min_length = 1, max_length = 60, example = "Bank Contoh Desa")]
    pub name: String,
    /// The account number, digits only.
    #[schema(min_length = 5, max_length = 30, pattern = "^[0-9]{5,30}$", example = "3302150003")]
    pub account: String,
    /// The account holder.
    #[schema(min_length = 1, max_length = 100, example = "Koperasi Contoh Cihonje")]
    pub holder: String,
}

impl Cooperative {
    /// The bank account; `None` unless bank, number and holder are all set.
    pub fn bank(&self) -> Option<BankAccount> {
        match (&self.bank_name, &self.bank_account, &self.bank_holder) {
            (Some(name), Some(account), Some(holder)) => {
                Some(BankAccount { name: name.clone(), account: account.clone(), holder: holder.clone() })
            }
            _ => None,
        }
    }
}

/// A place where buyers pick up their orders.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = pickup_points)]
pub struct PickupPoint {
    /// Its id.
    pub id: PickupPointId,
    /// The cooperative.
    pub cooperative_id: CooperativeId,
    /// Its name.
    pub name: String,
    /// The address.
    pub address: String,
    /// The opening hours as text.
    pub hours: String,
    /// Whether new orders may use it.
    pub active: bool,
    /// Version for optimistic locking.
    pub version: i64,
}

/// An area in which a cooperative delivers itself, at a fee.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = delivery_zones)]
pub struct DeliveryZone {
    /// Its id.
    pub id: DeliveryZoneId,
    /// The cooperative.
    pub cooperative_id: CooperativeId,
    /// Its name.
    pub name: String,
    /// Which places it covers.
    pub description: String,
    /// The delivery fee in rupiah.
    pub fee: Rupiah,
    /// Whether new orders may use it.
    pub active: bool,
    /// Version for optimistic locking.
    pub version: i64,
}
