//! SQL of the readiness check.

use diesel::prelude::*;

use crate::db::schema::heartbeats;
use crate::db::{Migrations, Result, Tx, on_both};
use crate::kernel::Instant;

/// diesel's table of applied migrations.
#[allow(missing_docs)]
mod history {
    diesel::table! {
        __diesel_schema_migrations (version) {
            version -> Text,
        }
    }
}

/// Writes a row; returns whether the schema is still the one of this binary.
pub(super) fn write_heartbeat(tx: &mut Tx<'_>, now: Instant) -> Result<bool> {
    let row = (heartbeats::name.eq("ready"), heartbeats::beat_at.eq(now));
    on_both!(tx, c => diesel::insert_into(heartbeats::table)
        .values(row)
        .on_conflict(heartbeats::name)
        .do_update()
        .set(heartbeats::beat_at.eq(now))
        .execute(c))?;
    let applied: i64 = history::__diesel_schema_migrations::table.count().get_result(&mut **tx)?;
    Ok(usize::try_from(applied).ok() == Some(Migrations::names().0.len()))
}
