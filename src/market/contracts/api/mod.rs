//! The routes of contracts and their invoices.

mod bodies;
mod call_offs;
mod invoices;
mod manage;
mod page;
mod payments;
mod views;

use super::contract::Contract;
use super::{store, viewer};
use crate::cooperatives::{Denied, Standing};
use crate::db::Conn;
use crate::kernel::ids::ContractId;
use crate::web::{Problem, Routes};

/// The routes of contracts and their invoices.
pub fn routes() -> Routes {
    manage::routes().and(call_offs::routes()).and(invoices::routes()).and(payments::routes())
}

/// The contract; to those to whom it is nothing, it is not there.
fn seen(conn: &mut Conn, standing: &Standing, id: ContractId) -> Result<Contract, Problem> {
    let contract = store::contract(conn, id)?.ok_or(Denied::NotThere)?;
    viewer::sees(standing, &contract)?;
    Ok(contract)
}
