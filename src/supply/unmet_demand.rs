//! Records unmet demand, which shows what to make more of.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::events::{self, SupplyEvent};
use super::{UnavailableReason, store};
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, ProductId, RefusalId};
use crate::kernel::{Day, Instant, Quantity, hex, normalize_for_search};
use crate::web::Signer;

/// The source of a request. The same person counts once per product and day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DemandSource {
    /// A signed-in account.
    Account(AccountId),
    /// A guest, by the keyed hash of [`DemandSource::contact`].
    Contact([u8; 32]),
    /// An unnamed person, recorded by an officer. Each record counts separately.
    Reported,
    /// An unknown person. All of them count as one, and forecasts ignore them.
    Anonymous,
}

/// A request that could not be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetDemand {
    /// The product.
    pub product: ProductId,
    /// The group.
    pub group: GroupId,
    /// The cooperative.
    pub cooperative: CooperativeId,
    /// The requested day.
    pub day: Day,
    /// The requested quantity.
    pub quantity: Quantity,
    /// Why it was not available.
    pub reason: UnavailableReason,
    /// The source of the request.
    pub source: DemandSource,
}

/// Recorded unmet demand, without its source.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct UnmetDemandRecord {
    /// The id.
    pub id: RefusalId,
    /// The product.
    pub product: ProductId,
    /// The requested day.
    pub day: Day,
    /// The requested quantity.
    pub quantity: Quantity,
    /// Why it was not available.
    pub reason: UnavailableReason,
    /// Whether the requester is unknown; forecasts ignore such demand.
    pub anonymous: bool,
    /// When it was last requested.
    pub recorded_at: Instant,
}

impl DemandSource {
    /// The source for a guest's phone number or address. Only a keyed hash is stored, because phone numbers are few enough
    /// to try them all.
    pub fn contact(signer: &Signer, contact: &str) -> Self {
        DemandSource::Contact(signer.sign("refused-demand", normalize_for_search(contact).as_bytes()))
    }

    fn key(&self, tx: &Tx<'_>) -> String {
        match self {
            DemandSource::Account(account) => account_key(*account),
            DemandSource::Contact(hash) => format!("contact:{}", hex(hash)),
            DemandSource::Reported => format!("heard:{}", tx.entropy().uuid()),
            DemandSource::Anonymous => "anonymous".into(),
        }
    }
}

fn account_key(account: AccountId) -> String {
    format!("account:{account}")
}

/// Exports the unmet demand of an account as JSON.
pub fn export(conn: &mut Conn, account: AccountId) -> db::Result<Value> {
    let records = store::list_unmet_demand_of_source(conn, &account_key(account))?;
    Ok(records
        .iter()
        .map(|record| {
            json!({
                "product": record.product, "day": record.day, "quantity": record.quantity, "reason": record.reason,
                "recorded_at": record.recorded_at,
            })
        })
        .collect())
}

/// Anonymizes the unmet demand of an account: the records remain, grouped under one random key.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> db::Result<()> {
    let anonymous_key = format!("forgotten:{}", tx.entropy().uuid());
    store::rename_source(tx, &account_key(account), &anonymous_key)
}

/// Records unmet demand: once per source, product and day, with the largest quantity. Returns whether anything was
/// recorded. Called in its own transaction, after the failed one.
pub fn record_unmet_demand(tx: &mut Tx<'_>, now: Instant, demand: &UnmetDemand) -> db::Result<bool> {
    let key = demand.source.key(tx);
    let anonymous = demand.source == DemandSource::Anonymous;
    let is_new = store::insert_unmet_demand(tx, now, &key, anonymous, demand)?;
    if !is_new && !store::raise_unmet_demand(tx, now, &key, demand)? {
        return Ok(false);
    }
    let UnmetDemand { product, day, quantity, reason, .. } = *demand;
    let event = SupplyEvent::DemandRefused { day, quantity, reason, anonymous };
    events::record(tx, now, &event.about(product).in_group(demand.cooperative, demand.group))?;
    Ok(true)
}
