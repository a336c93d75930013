//! The routes of this slice.

mod calendar;
mod cooperatives;
mod delivery_zones;
mod groups;
mod invitations;
mod members;
mod offices;
mod pickup_points;
mod places;
mod vouching;
mod web_page;

use crate::web::client_ids::is_repeated;
use crate::web::{FieldError, FieldErrors, Routes};

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
fn never_null<T>(errors: &mut FieldErrors, pointer: &str, field: &crate::web::Patch<T>) {
    errors.require(!field.is_null(), pointer, FieldError::Required);
}
