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

use crate::kernel::normalize_for_search;
use crate::web::{FieldError, Patch, Problem, Routes};

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

/// The new text of a field that null empties.
fn cleared_text(field: &Patch<String>) -> Option<String> {
    field.is_sent().then(|| trimmed(field.value().map_or("", String::as_str)))
}

/// The prefix by which names are searched, at most 100 characters.
fn search_prefix(q: Option<&str>) -> Result<Option<String>, Problem> {
    let prefix = q.map(normalize_for_search);
    if prefix.as_deref().is_some_and(|prefix| prefix.chars().count() > 100) {
        return Err(Problem::invalid_parameter("/q", FieldError::TooLong(100)));
    }
    Ok(prefix)
}
