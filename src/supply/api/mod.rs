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
use crate::cooperatives::{self, AccessError, Caller, Group, GroupPermit, Officer};
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

/// Loads the permit of the officer of the batch's group.
fn load_permit(conn: &mut Conn, officer: &Officer, id: BatchId) -> Result<GroupPermit, Problem> {
    officer.permit(store::find_batch(conn, id)?.ok_or(AccessError::Hidden)?.group_id)
}

/// Loads the group for its members and the offices of its cooperative; 404 for everyone else.
fn load_group(conn: &mut Conn, caller: &Caller, id: GroupId) -> Result<Group, Problem> {
    let group = cooperatives::find_group(conn, id)?.filter(|group| caller.roles.can_see_inside(group));
    Ok(group.ok_or(AccessError::Hidden)?)
}

/// Loads the batch for the members of its group and the offices of its cooperative; 404 for everyone else.
fn load_batch(conn: &mut Conn, caller: &Caller, id: BatchId) -> Result<Batch, Problem> {
    let batch = store::find_batch(conn, id)?.ok_or(AccessError::Hidden)?;
    load_group(conn, caller, batch.group_id)?;
    Ok(batch)
}
