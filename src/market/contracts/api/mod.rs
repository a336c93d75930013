//! The routes of contracts and their invoices.

mod bodies;
mod call_offs;
mod invoices;
mod manage;
mod page;
mod payments;
mod views;

use serde::Deserialize;

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

/// Which page.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ContractPage {
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// The contract; to those to whom it is nothing, it is not there.
fn seen(conn: &mut Conn, standing: &Standing, id: ContractId) -> Result<Contract, Problem> {
    let contract = store::contract(conn, id)?.ok_or(Denied::NotThere)?;
    viewer::sees(standing, &contract)?;
    Ok(contract)
}
