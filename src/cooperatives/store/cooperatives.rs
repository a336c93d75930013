//! Cooperatives.

use diesel::prelude::*;

use super::prefix_upper_bound;
use crate::cooperatives::cooperative::Cooperative;
use crate::db::schema::cooperatives::dsl;
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::CooperativeId;
use crate::kernel::{Zone, normalize_for_search};

/// Inserts a cooperative.
pub fn insert_cooperative(tx: &mut Tx<'_>, cooperative: &Cooperative) -> Result<()> {
    let row = (cooperative, dsl::search_text.eq(normalize_for_search(&cooperative.name)));
    diesel::insert_into(dsl::cooperatives).values(row).execute(&mut **tx)?;
    Ok(())
}

/// Updates a cooperative that was read at the previous version; `false` when it has changed since.
pub fn update_cooperative(tx: &mut Tx<'_>, cooperative: &Cooperative) -> Result<bool> {
    let before = dsl::cooperatives.find(cooperative.id).filter(dsl::version.eq(cooperative.version.saturating_sub(1)));
    let row = (cooperative, dsl::search_text.eq(normalize_for_search(&cooperative.name)));
    Ok(diesel::update(before).set(row).execute(&mut **tx)? == 1)
}

/// The cooperative of this id.
pub fn find_cooperative(conn: &mut Conn, id: CooperativeId) -> Result<Option<Cooperative>> {
    Ok(dsl::cooperatives.find(id).select(Cooperative::as_select()).get_result(conn).optional()?)
}

/// Loads the time zone of a cooperative.
pub fn load_zone(conn: &mut Conn, id: CooperativeId) -> Result<Zone> {
    Ok(dsl::cooperatives.find(id).select(dsl::zone).get_result(conn)?)
}

/// Cooperatives by name, after this key, with their sort keys.
pub fn list_cooperatives(
    conn: &mut Conn,
    prefix: Option<String>,
    after: Option<(String, CooperativeId)>,
    limit: i64,
) -> Result<Vec<(Cooperative, String)>> {
    let mut query = dsl::cooperatives
        .select((Cooperative::as_select(), dsl::search_text))
        .order((dsl::search_text.asc(), dsl::id.asc()))
        .limit(limit)
        .into_boxed();
    if let Some(prefix) = prefix {
        query = query.filter(dsl::search_text.lt(prefix_upper_bound(&prefix))).filter(dsl::search_text.ge(prefix));
    }
    if let Some((text, id)) = after {
        query = query.filter(dsl::search_text.gt(text.clone()).or(dsl::search_text.eq(text).and(dsl::id.gt(id))));
    }
    Ok(query.load(conn)?)
}
