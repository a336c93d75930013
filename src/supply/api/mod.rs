//! The routes of this slice: the public product list, batches, contributions, discards, discounts, unmet demand and
//! closed days.

mod batches;
mod closed_days;
mod contributions;
mod discards;
mod discounts;
mod products;
mod unmet_demand;
mod views;

use super::{Batch, store};
use crate::cooperatives::{Caller, GroupPermit, Officer};
use crate::db::Conn;
use crate::kernel::ids::{BatchId, GroupId};
use crate::web::{Problem, Routes};

pub use views::{BatchView, DiscountView};

/// The routes of this slice.
pub fn routes() -> Routes {
    products::routes()
        .and(batches::routes())
        .and(contributions::routes())
        .and(discards::routes())
        .and(discounts::routes())
        .and(unmet_demand::routes())
        .and(closed_days::routes())
}

/// Loads the batch and the officer's permit for its group.
fn load_batch_of_officer(conn: &mut Conn, officer: &Officer, id: BatchId) -> Result<(Batch, GroupPermit), Problem> {
    let batch = store::find_batch(conn, id)?.ok_or_else(Problem::not_found)?;
    let permit = officer.permit(batch.group_id)?;
    Ok((batch, permit))
}

/// Loads the batch for a member of its group or an office of its cooperative; 404 for everyone else.
fn load_visible_batch(conn: &mut Conn, caller: &Caller, id: BatchId) -> Result<Batch, Problem> {
    store::find_batch(conn, id)?
        .filter(|batch| {
            let roles = &caller.roles;
            roles.admin || roles.role_in_group(batch.group_id).is_some() || roles.has_any_office(batch.cooperative_id)
        })
        .ok_or_else(Problem::not_found)
}

/// Requires a member of the group or an office of its cooperative; 404 for everyone else.
fn require_internal_view(conn: &mut Conn, caller: &Caller, group: GroupId) -> Result<(), Problem> {
    let roles = &caller.roles;
    let cooperative = store::find_cooperative(conn, group)?.ok_or_else(Problem::not_found)?;
    if roles.admin || roles.role_in_group(group).is_some() || roles.has_any_office(cooperative) {
        Ok(())
    } else {
        Err(Problem::not_found())
    }
}
