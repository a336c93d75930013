//! What a contract gives an order: its prices, its term, and room below its limit. Whoever orders holds its row until the
//! end, so that two at once cannot pass the limit together.

use std::collections::BTreeMap;

use super::contract::{Contract, ContractStatus};
use super::error::ContractError;
use super::invoice::falls_due;
use super::store;
use crate::cooperatives::{self, AccessError};
use crate::db::{Conn, Tx};
use crate::kernel::ids::{AccountId, ContractId, CooperativeId, OrderId, ProductId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::orders::Agreement;

/// A contract in force, whose row is held until the end of the transaction.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The contract.
    pub contract: Contract,
    prices: BTreeMap<ProductId, Rupiah>,
}

/// The contract that a buyer names, for a look at its terms; nothing when it is not theirs.
pub fn of_buyer(
    conn: &mut Conn,
    id: ContractId,
    buyer: AccountId,
    cooperative: CooperativeId,
) -> Result<Option<(Contract, Vec<ProductId>)>, crate::db::Error> {
    let known = store::contract(conn, id)?.filter(|it| it.buyer == buyer && it.cooperative == cooperative);
    let Some(contract) = known else { return Ok(None) };
    let products = store::lines_of(conn, id)?.into_iter().map(|line| line.product).collect();
    Ok(Some((contract, products)))
}

/// Holds the contract when something can be ordered under it for this day; nothing when not.
pub fn in_force(tx: &mut Tx<'_>, id: ContractId, day: Day) -> Result<Option<InForce>, crate::db::Error> {
    let Some(contract) = store::locked(tx, id)? else { return Ok(None) };
    if contract.status != ContractStatus::Active || !contract.holds(day) {
        return Ok(None);
    }
    let prices = store::lines_of(tx, id)?.into_iter().map(|line| (line.product, line.unit_price)).collect();
    Ok(Some(InForce { contract, prices }))
}

impl InForce {
    /// Whether this product has an agreed price.
    pub fn sells(&self, product: ProductId) -> bool {
        self.prices.contains_key(&product)
    }

    /// What is agreed for an order of this day: its prices, and that it is paid with the invoice of its month.
    pub fn agreement(&self, tx: &mut Tx<'_>, day: Day) -> Result<Agreement, ContractError> {
        let cooperative = cooperatives::find_cooperative(tx, self.contract.cooperative)?.ok_or(AccessError::Hidden)?;
        let due = cooperative.zone.end_of(falls_due(day, self.contract.term_days));
        Ok(Agreement { prices: self.prices.clone(), on_account_until: Some(due), ..Agreement::default() })
    }

    /// Whether this much more may be open.
    pub fn has_room(&self, tx: &mut Tx<'_>, wanted: Rupiah) -> Result<(), ContractError> {
        let (open, limit) = (store::open_of(tx, self.contract.id)?, self.contract.credit_limit);
        if open.plus(wanted)? > limit {
            return Err(ContractError::LimitReached { open, limit, wanted });
        }
        Ok(())
    }

    /// Counts an order as ordered under the contract.
    pub fn count(&self, tx: &mut Tx<'_>, order: OrderId) -> Result<(), crate::db::Error> {
        store::link(tx, &self.contract, order)
    }
}

/// Today by the clock of a cooperative.
pub(super) fn today(conn: &mut Conn, now: Instant, cooperative: CooperativeId) -> Result<Day, crate::db::Error> {
    let known = cooperatives::find_cooperative(conn, cooperative)?;
    Ok(known.map_or_else(|| now.utc_day(), |it| it.zone.day_of(now)))
}
