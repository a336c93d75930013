//! HTTP API of contracts and their invoices.

mod bodies;
mod contracts;
mod invoices;
mod views;

use super::contract::Contract;
use super::{access, store};
use crate::cooperatives::{AccessError, Roles};
use crate::db::Conn;
use crate::kernel::ids::ContractId;
use crate::web::{Problem, Routes};

/// HTTP API of contracts and their invoices.
pub fn routes() -> Routes {
    contracts::routes().and(invoices::routes())
}

/// Finds a contract that the caller may see; 404 or 403 otherwise.
fn find_visible(conn: &mut Conn, roles: &Roles, id: ContractId) -> Result<Contract, Problem> {
    let contract = store::find_contract(conn, id)?.ok_or(AccessError::Hidden)?;
    access::require_visible(roles, &contract)?;
    Ok(contract)
}
