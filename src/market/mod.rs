//! A steadier market: what turns swings into commitments, on top of batches and claims.
//!
//! `days` are the days on which a cooperative's groups hand over together what was ordered ahead; `standing` orders are
//! what buyers want again and again, and claim before anyone else; `requests` are wishes that no listing meets, for which
//! groups make offers and which they win together; `contracts` are what is agreed with a steady buyer, who orders by it and
//! pays a month's goods by one invoice; `consignment` is what outlets sell for the groups. The `outlook` tells what all of it comes to, day by day.

pub mod consignment;
pub mod contracts;
pub mod days;
pub mod outlook;
pub mod requests;
mod settings;
mod spread;
pub mod standing;

use crate::db::Db;
use crate::jobs::{Chore, ChoreError};
use crate::kernel::{Duration, Instant};
use crate::orders;
use crate::web::Routes;

pub use settings::{Rules, Settings};

/// The routes of this slice.
pub fn routes() -> Routes {
    let own = days::routes().and(outlook::routes()).and(standing::routes());
    own.and(requests::routes()).and(contracts::routes()).and(consignment::routes())
}

/// The work of this slice that comes round by itself and needs no settings.
pub fn chores() -> Vec<Chore> {
    let mut chores = days::chores();
    chores.extend(requests::chores());
    chores.extend(contracts::chores());
    chores.push(Chore { name: "market.follow_groups", every: Duration::minutes(1), run: standing::follow_groups });
    chores
}

/// Opens the market days that are due, lets standing orders come round, sees to those that are to be confirmed, and closes
/// the market days that are due: a day that is due both ways is opened first. It asks by reads whether there is anything to
/// do, and tells how much it did.
pub fn see_to(db: &Db, now: Instant, orders: &orders::Settings, settings: &Settings) -> Result<usize, ChoreError> {
    // Each has its turn, whatever became of the one before.
    let turns = [
        days::open_due(db, now, orders, settings),
        standing::come_round(db, now, orders, settings),
        standing::see_to_confirmations(db, now, settings),
        days::close_due(db, now),
    ];
    turns.into_iter().try_fold(0_usize, |sum, turn| Ok(sum.saturating_add(turn?)))
}
