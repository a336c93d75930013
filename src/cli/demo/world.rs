//! What the demo knows of its world, kept in `demo.json` beside the database: for scripts, and for the next start.

use serde::{Deserialize, Serialize};

use crate::kernel::Day;
use crate::kernel::ids::{AccountId, CooperativeId, DeliveryZoneId, GroupId, MembershipId, PickupPointId, ProductId};

/// The village and everybody in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct World {
    /// The cooperative and who runs it.
    #[serde(flatten)]
    pub(in crate::cli) founded: Founded,
    /// The groups, in the order of the village's list.
    pub(in crate::cli) shops: Vec<Shop>,
    /// Buyers with accounts.
    pub(in crate::cli) buyers: Vec<Buyer>,
    /// Everybody who can sign in.
    pub(in crate::cli) people: Vec<Person>,
}

/// The cooperative and who runs it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct Founded {
    pub(in crate::cli) cooperative: CooperativeId,
    pub(in crate::cli) admin: AccountId,
    pub(in crate::cli) board: AccountId,
    pub(in crate::cli) treasurer: AccountId,
    pub(in crate::cli) pickup_point: PickupPointId,
    pub(in crate::cli) delivery_zones: Vec<DeliveryZoneId>,
}

/// A group as the demo works with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct Shop {
    pub(in crate::cli) group: GroupId,
    pub(in crate::cli) name: String,
    /// Its chair, who acts for it.
    pub(in crate::cli) officer: AccountId,
    /// The chair's membership.
    pub(in crate::cli) membership: MembershipId,
    pub(in crate::cli) members: Vec<MembershipId>,
    /// Its products, in the order of the village's list.
    pub(in crate::cli) products: Vec<ProductId>,
}

/// A buyer with an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct Buyer {
    pub(in crate::cli) account: AccountId,
    pub(in crate::cli) name: String,
}

/// Somebody who can sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct Person {
    pub(in crate::cli) role: String,
    pub(in crate::cli) name: String,
    pub(in crate::cli) login: String,
    /// The same for everybody; it stands here, too, so that a script needs to look at one place only.
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
    /// Where the demo is served.
    pub(in crate::cli) base_url: String,
    /// The password of everybody.
    pub(in crate::cli) password: String,
    /// The last day that was lived.
    pub(in crate::cli) until: Day,
    /// The seed it was drawn from.
    pub(in crate::cli) seed: u64,
    /// The village.
    #[serde(flatten)]
    pub(in crate::cli) world: World,
}
