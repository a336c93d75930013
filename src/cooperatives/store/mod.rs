//! All SQL of this slice, a file for each noun.

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

/// The end of the range of texts that begin with this one, which both databases find by their index.
fn end_of_prefix(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}
