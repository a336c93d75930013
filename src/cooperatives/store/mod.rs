//! All SQL of this slice, one file per noun.

mod admin_areas;
mod cooperatives;
mod delivery_points;
mod groups;
mod invitations;
mod members;
mod offices;

pub use admin_areas::*;
pub use cooperatives::*;
pub use delivery_points::*;
pub use groups::*;
pub use invitations::*;
pub use members::*;
pub use offices::*;

/// The exclusive upper bound of texts with this prefix, for range queries that use the index on both databases.
fn prefix_upper_bound(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}
