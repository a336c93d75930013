//! Remembering demand that could not be met, because it says what to make more of.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Reason, store};
use crate::db::{self, Conn, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, ProductId, RefusalId};
use crate::kernel::{Day, Instant, Quantity, fold, hex};
use crate::web::Signer;

/// Who wished for it: the same person counts once a product and day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DemandSource {
    /// Someone who is signed in.
    Account(AccountId),
    /// A guest, by [`DemandSource::contact`].
    Contact([u8; 32]),
    /// Someone an officer heard of; each counts for itself.
    Heard,
    /// Nobody knows. All of them count as one, and nothing is forecast from it.
    Anonymous,
}

/// A wish that could not be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetDemand {
    /// Of which product.
    pub product: ProductId,
    /// Of which group.
    pub group: GroupId,
    /// Of which cooperative.
    pub cooperative: CooperativeId,
    /// For which day.
    pub day: Day,
    /// How much was wished for.
    pub quantity: Quantity,
    /// Why it could not be had.
    pub reason: Reason,
    /// Who wished for it.
    pub asker: DemandSource,
}

/// Refused demand as it is remembered. Who asked is not told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Refused {
    /// Its id.
    pub id: RefusalId,
    /// Of which product.
    pub product: ProductId,
    /// For which day.
    pub day: Day,
    /// How much was wished for.
    pub quantity: Quantity,
    /// Why it could not be had.
    pub reason: Reason,
    /// Whether nobody knows who asked; nothing is forecast from it.
    pub anonymous: bool,
    /// When it was last asked for.
    pub recorded_at: Instant,
}

impl DemandSource {
    /// A guest, by a phone number or address. Only a mark of it is kept that nobody can make without the server's key:
    /// numbers are few enough to try them all.
    pub fn contact(signer: &Signer, contact: &str) -> Self {
        DemandSource::Contact(signer.sign("refused-demand", fold(contact).as_bytes()))
    }

    fn key(&self, tx: &Tx<'_>) -> String {
        match self {
            DemandSource::Account(account) => of_account(*account),
            DemandSource::Contact(mark) => format!("contact:{}", hex(mark)),
            DemandSource::Heard => format!("heard:{}", tx.entropy().uuid()),
            DemandSource::Anonymous => "anonymous".into(),
        }
    }
}

fn of_account(account: AccountId) -> String {
    format!("account:{account}")
}

/// What a person wished for and could not have, as JSON.
pub fn export(conn: &mut Conn, account: AccountId) -> db::Result<Value> {
    let wishes = store::refusals_of(conn, &of_account(account))?;
    Ok(wishes
        .iter()
        .map(|wish| {
            json!({
                "product": wish.product, "day": wish.day, "quantity": wish.quantity, "reason": wish.reason,
                "recorded_at": wish.recorded_at,
            })
        })
        .collect())
}

/// Forgets who a person was that asked: what they wished for stays, one asker's still.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> db::Result<()> {
    let nobody = format!("forgotten:{}", tx.entropy().uuid());
    store::rename_asker(tx, &of_account(account), &nobody)
}

/// Remembers a refusal: once for each asker, product and day, with the largest quantity. Tells whether it says
/// anything new. Called in a transaction of its own, after the one that failed.
pub fn refuse(tx: &mut Tx<'_>, now: Instant, refusal: &UnmetDemand) -> db::Result<bool> {
    let key = refusal.asker.key(tx);
    let anonymous = refusal.asker == DemandSource::Anonymous;
    let is_new = store::insert_refusal(tx, now, &key, anonymous, refusal)?;
    if !is_new && !store::raise_refusal(tx, now, &key, refusal)? {
        return Ok(false);
    }
    let event = Event::new("demand.refused", refusal.product)
        .in_cooperative(refusal.cooperative)
        .of_group(refusal.group)
        .with("day", refusal.day)
        .with("quantity", refusal.quantity)
        .with("reason", refusal.reason)
        .with("anonymous", anonymous);
    events::record(tx, now, &event)?;
    Ok(true)
}
