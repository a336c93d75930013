//! The routes of contracts and their invoices.

mod bodies;
mod invoices;
mod manage;
mod orders;
mod payments;
mod views;

use super::contract::Contract;
use super::{store, viewer};
use crate::cooperatives::{AccessError, Roles};
use crate::db::Conn;
use crate::kernel::ids::ContractId;
use crate::web::{Problem, Routes};

/// The routes of contracts and their invoices.
pub fn routes() -> Routes {
    manage::routes().and(orders::routes()).and(invoices::routes()).and(payments::routes())
}

/// The contract; to those to whom it is nothing, it is not there.
fn seen(conn: &mut Conn, roles: &Roles, id: ContractId) -> Result<Contract, Problem> {
    let contract = store::contract(conn, id)?.ok_or(AccessError::Hidden)?;
    viewer::sees(roles, &contract)?;
    Ok(contract)
}
