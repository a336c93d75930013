//! Applies a contract to orders: prices, payment term and credit limit. The contract's row stays locked until the end
//! of the transaction, so that concurrent orders cannot exceed the limit together.

use std::collections::BTreeMap;

use super::contract::{Contract, ContractStatus};
use super::error::ContractError;
use super::invoice::expected_due_date;
use super::store;
use crate::cooperatives;
use crate::db::{Conn, Tx};
use crate::kernel::ids::{AccountId, ContractId, CooperativeId, OrderId, ProductId};
use crate::kernel::{Day, Rupiah};
use crate::orders::AgreedTerms;

/// An active contract, locked until the end of the transaction.
#[derive(Debug, Clone)]
pub struct ActiveContract {
    /// The contract.
    pub contract: Contract,
    prices: BTreeMap<ProductId, Rupiah>,
}

/// Finds a contract of this buyer with its products, without a lock. `None` when it is not theirs.
pub fn find_for_buyer(
    conn: &mut Conn,
    id: ContractId,
    buyer: AccountId,
    cooperative: CooperativeId,
) -> Result<Option<(Contract, Vec<ProductId>)>, crate::db::Error> {
    let contract = store::find_contract(conn, id)?
        .filter(|contract| contract.buyer == buyer && contract.cooperative == cooperative);
    let Some(contract) = contract else { return Ok(None) };
    let products = store::list_lines(conn, id)?.into_iter().map(|line| line.product).collect();
    Ok(Some((contract, products)))
}

/// Locks the contract if goods can be ordered under it for this day; `None` otherwise.
pub fn lock_active(tx: &mut Tx<'_>, id: ContractId, day: Day) -> Result<Option<ActiveContract>, crate::db::Error> {
    let Some(contract) = store::lock_contract(tx, id)? else { return Ok(None) };
    if contract.status != ContractStatus::Active || !contract.covers(day) {
        return Ok(None);
    }
    let prices = store::list_lines(tx, id)?.into_iter().map(|line| (line.product, line.unit_price)).collect();
    Ok(Some(ActiveContract { contract, prices }))
}

impl ActiveContract {
    /// Whether this product has an agreed price.
    pub fn has_product(&self, product: ProductId) -> bool {
        self.prices.contains_key(&product)
    }

    /// The terms for an order of this day: agreed prices, paid with the invoice of its month.
    pub fn agreement(&self, tx: &mut Tx<'_>, day: Day) -> Result<AgreedTerms, ContractError> {
        let zone = cooperatives::load_zone(tx, self.contract.cooperative)?;
        let due = zone.end_of(expected_due_date(day, self.contract.term_days));
        Ok(AgreedTerms { prices: self.prices.clone(), on_account_pay_by: Some(due), ..AgreedTerms::default() })
    }

    /// Requires that this amount more fits the credit limit; `LimitReached` otherwise.
    pub fn require_credit(&self, tx: &mut Tx<'_>, additional: Rupiah) -> Result<(), ContractError> {
        let (open, limit) = (store::sum_open(tx, self.contract.id)?, self.contract.credit_limit);
        if open.plus(additional)? > limit {
            return Err(ContractError::LimitReached { open, limit, additional });
        }
        Ok(())
    }

    /// Links an order to the contract.
    pub fn link_order(&self, tx: &mut Tx<'_>, order: OrderId) -> Result<(), crate::db::Error> {
        store::link_order(tx, &self.contract, order)
    }
}
