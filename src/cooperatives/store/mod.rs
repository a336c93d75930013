//! All SQL of this slice, a file for each noun.

mod cooperatives;
mod groups;
mod invitations;
mod members;
mod offices;
mod places;
mod spots;

pub(super) use cooperatives::*;
pub(super) use groups::*;
pub(super) use invitations::*;
pub(super) use members::*;
pub(super) use offices::*;
pub(super) use places::*;
pub(super) use spots::*;

/// The end of the range of texts that begin with this one, which both databases find by their index.
fn end_of_prefix(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}
