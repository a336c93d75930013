//! All SQL of this slice, one file per noun.

mod admin_areas;
mod cooperatives;
mod delivery_points;
mod groups;
mod invitations;
mod members;
mod offices;

pub(super) use admin_areas::*;
pub(super) use cooperatives::*;
pub(super) use delivery_points::*;
pub(super) use groups::*;
pub(super) use invitations::*;
pub(super) use members::*;
pub(super) use offices::*;

/// The exclusive upper bound of texts with this prefix, for range queries that use the index on both databases.
fn prefix_upper_bound(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}
