//! The routes of the public list and of batches.

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

/// The batch, and the officer's permit for its group.
fn batch_of_officer(conn: &mut Conn, officer: &Officer, id: BatchId) -> Result<(Batch, GroupPermit), Problem> {
    let batch = store::batch(conn, id)?.ok_or_else(Problem::not_found)?;
    let permit = officer.of(batch.group_id)?;
    Ok((batch, permit))
}

/// The batch, for those who see its group from inside: its members, and the offices of its cooperative.
fn batch_of_insider(conn: &mut Conn, caller: &Caller, id: BatchId) -> Result<Batch, Problem> {
    store::batch(conn, id)?
        .filter(|batch| {
            let roles = &caller.roles;
            roles.admin || roles.role_in(batch.group_id).is_some() || roles.oversees(batch.cooperative_id)
        })
        .ok_or_else(Problem::not_found)
}

/// Whether the caller sees this group from inside; to others it has no inside.
fn must_see(conn: &mut Conn, caller: &Caller, group: GroupId) -> Result<(), Problem> {
    let roles = &caller.roles;
    let cooperative = store::cooperative_of(conn, group)?.ok_or_else(Problem::not_found)?;
    if roles.admin || roles.role_in(group).is_some() || roles.oversees(cooperative) {
        Ok(())
    } else {
        Err(Problem::not_found())
    }
}
