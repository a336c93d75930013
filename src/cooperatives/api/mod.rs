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

use diesel::expression::AsExpression;
use diesel::serialize::ToSql;

use crate::db::Tx;
use crate::kernel::Instant;
use crate::kernel::ids::{Id, SqlUuid};
use crate::web::creation::{Creation, reserve};
use crate::web::{Fault, Faults, Fingerprint, Problem, Routes, Scope};

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

/// Whether the same caller made the same object by the same request before.
fn is_repeated<T>(
    tx: &mut Tx<'_>,
    now: Instant,
    id: Option<T>,
    scope: &Scope,
    fingerprint: &Fingerprint,
) -> Result<bool, Problem>
where
    T: Id + AsExpression<SqlUuid> + ToSql<SqlUuid, diesel::sqlite::Sqlite> + ToSql<SqlUuid, diesel::pg::Pg>,
{
    match id {
        None => Ok(false),
        Some(id) => Ok(reserve(tx, now, id, scope, fingerprint)? == Creation::Repeated),
    }
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
