//! What the demo knows of its world, kept in `demo.json` beside the database: for scripts, and for the next start.

use serde::{Deserialize, Serialize};

use crate::kernel::Day;
use crate::kernel::ids::{AccountId, CooperativeId, DeliveryZoneId, GroupId, MembershipId, PickupPointId, ProductId};

/// The village and everybody in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct World {
    /// The cooperative and who runs it.
    #[serde(flatten)]
    pub(super) founded: Founded,
    /// The groups, in the order of the village's list.
    pub(super) shops: Vec<Shop>,
    /// Buyers with accounts.
    pub(super) buyers: Vec<Buyer>,
    /// Everybody who can sign in.
    pub(super) people: Vec<Person>,
}

/// The cooperative and who runs it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Founded {
    pub(super) cooperative: CooperativeId,
    pub(super) admin: AccountId,
    pub(super) board: AccountId,
    pub(super) treasurer: AccountId,
    pub(super) pickup_point: PickupPointId,
    pub(super) delivery_zones: Vec<DeliveryZoneId>,
}

/// A group as the demo works with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Shop {
    pub(super) group: GroupId,
    pub(super) name: String,
    /// Its chair, who acts for it.
    pub(super) officer: AccountId,
    /// The chair's membership.
    pub(super) membership: MembershipId,
    pub(super) members: Vec<MembershipId>,
    /// Its products, in the order of the village's list.
    pub(super) products: Vec<ProductId>,
}

/// A buyer with an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Buyer {
    pub(super) account: AccountId,
    pub(super) name: String,
}

/// Somebody who can sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Person {
    pub(super) role: String,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) account: AccountId,
}

/// The file `demo.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    /// Where the demo is served.
    pub(super) base_url: String,
    /// The password of everybody.
    pub(super) password: String,
    /// The last day that was lived.
    pub(super) until: Day,
    /// The seed it was drawn from.
    pub(super) seed: u64,
    /// The village.
    #[serde(flatten)]
    pub(super) world: World,
}
