//! Cooperatives, their groups, memberships and offices, places, and the permits that open data.

mod permits;

use crate::web::Routes;

pub use permits::{
    Admin, Board, Companion, CooperativePermit, GroupPermit, MemberRole, Office, Officer, Overseer, Treasurer,
};

/// The routes of this slice.
pub fn routes() -> Routes {
    Routes::default()
}
