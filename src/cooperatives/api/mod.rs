//! The HTTP API of this slice.

mod admin_areas;
mod bodies;
mod calendar;
mod cooperatives;
mod delivery_points;
mod delivery_zones;
mod events;
mod groups;
mod invitations;
mod members;
mod offices;
mod pickup_points;
mod views;
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
        .and(admin_areas::routes())
        .and(calendar::routes())
        .and(events::routes())
}

/// Trims a text.
fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}

/// Trims a text; `None` when nothing remains.
fn non_empty(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Rejects null for a field that cannot be cleared.
fn require_not_null<T>(errors: &mut FieldErrors, pointer: &str, field: &crate::web::Patch<T>) {
    errors.require(!field.is_null(), pointer, FieldError::Required);
}
