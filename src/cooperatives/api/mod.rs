//! The routes of this slice.

mod calendar;
mod cooperatives;
mod delivery_zones;
mod groups;
mod invitation_page;
mod invitations;
mod members;
mod offices;
mod pickup_points;
mod places;
mod vouching;

use crate::web::creation::is_repeated;
use crate::web::{Fault, Faults, Routes};

/// The routes of this slice.
pub fn routes() -> Routes {
    groups::routes()
        .and(members::routes())
        .and(vouching::routes())
        .and(cooperatives::routes())
        .and(pickup_points::routes())
        .and(delivery_zones::routes())
        .and(offices::routes())
        .and(invitations::routes())
        .and(places::routes())
        .and(calendar::routes())
        .and(super::feed::routes())
}

/// The text without blanks at its ends.
fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}

/// The text without blanks at its ends, unless nothing is left.
fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A field that is never empty: null cannot clear it.
fn never_null<T>(faults: &mut Faults, pointer: &str, field: &crate::web::Patch<T>) {
    faults.unless(!field.is_null(), pointer, Fault::Required);
}
