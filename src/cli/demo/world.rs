//! The state of the demo in `demo.json` in the data folder, for scripts and for the next start.

use serde::{Deserialize, Serialize};

use crate::kernel::Day;
use crate::kernel::ids::{AccountId, CooperativeId, DeliveryZoneId, GroupId, MembershipId, PickupPointId, ProductId};

/// The cooperative, groups and people of the demo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct World {
    /// The cooperative and its officers.
    #[serde(flatten)]
    pub(in crate::cli) founded: Founded,
    /// The groups, in the order of the village's list.
    pub(in crate::cli) shops: Vec<Shop>,
    /// The buyers with accounts.
    pub(in crate::cli) buyers: Vec<DemoBuyer>,
    /// All people with accounts.
    pub(in crate::cli) people: Vec<DemoPerson>,
}

/// The cooperative and its officers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct Founded {
    pub(in crate::cli) cooperative: CooperativeId,
    pub(in crate::cli) admin: AccountId,
    pub(in crate::cli) board: AccountId,
    pub(in crate::cli) treasurer: AccountId,
    pub(in crate::cli) pickup_point: PickupPointId,
    pub(in crate::cli) delivery_zones: Vec<DeliveryZoneId>,
}

/// A group of the demo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct Shop {
    pub(in crate::cli) group: GroupId,
    pub(in crate::cli) name: String,
    /// The account of the group's chair.
    pub(in crate::cli) officer: AccountId,
    /// The chair's membership.
    pub(in crate::cli) membership: MembershipId,
    pub(in crate::cli) members: Vec<MembershipId>,
    /// The products, in the order of the village's list.
    pub(in crate::cli) products: Vec<ProductId>,
}

/// A buyer with an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct DemoBuyer {
    pub(in crate::cli) account: AccountId,
    pub(in crate::cli) name: String,
}

/// A person with an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct DemoPerson {
    pub(in crate::cli) role: String,
    pub(in crate::cli) name: String,
    pub(in crate::cli) login: String,
    /// The password, which is the same for all; repeated here for scripts.
    #[serde(default = "shared_password")]
    pub(in crate::cli) password: String,
    pub(in crate::cli) account: AccountId,
}

fn shared_password() -> String {
    super::PASSWORD.to_owned()
}

/// The file `demo.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct Record {
    /// The base URL of the server.
    pub(in crate::cli) base_url: String,
    /// The password of all people.
    pub(in crate::cli) password: String,
    /// The last simulated day.
    pub(in crate::cli) until: Day,
    /// The seed of the random generator.
    pub(in crate::cli) seed: u64,
    /// The data.
    #[serde(flatten)]
    pub(in crate::cli) world: World,
}
