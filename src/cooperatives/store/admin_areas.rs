//! Administrative areas.

use diesel::prelude::*;

use super::prefix_upper_bound;
use crate::cooperatives::admin_area::{AdminArea, AdminLevel, search_text};
use crate::db::schema::places::dsl;
use crate::db::{Conn, Result, Tx, on_both};

/// Filter of areas.
#[derive(Debug, Clone, Default)]
pub struct AdminAreaFilter {
    pub prefix: Option<String>,
    pub kind: Option<AdminLevel>,
    pub parent: Option<String>,
}

/// An area with its sort key.
pub type AdminAreaRow = (AdminArea, String);

/// The area of this code.
pub fn find_admin_area(conn: &mut Conn, code: &str) -> Result<Option<AdminArea>> {
    Ok(dsl::places.find(code).select(AdminArea::as_select()).get_result(conn).optional()?)
}

/// The areas of these codes.
pub fn list_admin_areas(conn: &mut Conn, codes: &[&str]) -> Result<Vec<AdminArea>> {
    Ok(dsl::places.filter(dsl::code.eq_any(codes.iter().copied())).select(AdminArea::as_select()).load(conn)?)
}

/// Inserts or updates an area.
pub fn upsert_admin_area(tx: &mut Tx<'_>, area: &AdminArea) -> Result<()> {
    let text = search_text(&area.name);
    let updated_columns =
        (dsl::name.eq(&area.name), dsl::postal_code.eq(area.postal_code.as_deref()), dsl::search_text.eq(&text));
    let row = (
        dsl::code.eq(&area.code),
        dsl::kind.eq(area.kind),
        dsl::parent_code.eq(area.parent_code.as_deref()),
        updated_columns,
    );
    on_both!(tx, c => diesel::insert_into(dsl::places)
        .values(row)
        .on_conflict(dsl::code)
        .do_update()
        .set(updated_columns)
        .execute(c))?;
    Ok(())
}

/// Areas by name, after this key.
pub fn search_admin_areas(
    conn: &mut Conn,
    filter: &AdminAreaFilter,
    after: Option<(String, String)>,
    limit: i64,
) -> Result<Vec<AdminAreaRow>> {
    let mut query = dsl::places
        .select((AdminArea::as_select(), dsl::search_text))
        .order((dsl::search_text.asc(), dsl::code.asc()))
        .limit(limit)
        .into_boxed();
    if let Some(prefix) = &filter.prefix {
        query =
            query.filter(dsl::search_text.ge(prefix.clone())).filter(dsl::search_text.lt(prefix_upper_bound(prefix)));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(dsl::kind.eq(kind));
    }
    if let Some(parent) = &filter.parent {
        query = query.filter(dsl::parent_code.eq(parent.clone()));
    }
    if let Some((text, code)) = after {
        query = query.filter(dsl::search_text.gt(text.clone()).or(dsl::search_text.eq(text).and(dsl::code.gt(code))));
    }
    Ok(query.load(conn)?)
}
