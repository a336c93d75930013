//! Places.

use diesel::prelude::*;

use super::end_of_prefix;
use crate::cooperatives::admin_area::{AdminArea, AdminLevel, search_text};
use crate::db::schema::places::dsl;
use crate::db::{Conn, Result, Tx, on_both};

/// Which places are asked for.
#[derive(Debug, Clone, Default)]
pub(in crate::cooperatives) struct PlaceFilter {
    pub(in crate::cooperatives) prefix: Option<String>,
    pub(in crate::cooperatives) kind: Option<AdminLevel>,
    pub(in crate::cooperatives) parent: Option<String>,
}

/// A place with the text it is sorted by.
pub(in crate::cooperatives) type FoundPlace = (AdminArea, String);

/// The place of this code.
pub(in crate::cooperatives) fn place(conn: &mut Conn, code: &str) -> Result<Option<AdminArea>> {
    Ok(dsl::places.find(code).select(AdminArea::as_select()).first(conn).optional()?)
}

/// The places of these codes.
pub(in crate::cooperatives) fn places_of(conn: &mut Conn, codes: &[&str]) -> Result<Vec<AdminArea>> {
    Ok(dsl::places.filter(dsl::code.eq_any(codes.iter().copied())).select(AdminArea::as_select()).load(conn)?)
}

/// Adds a place or brings it up to date.
pub(in crate::cooperatives) fn keep_place(tx: &mut Tx<'_>, place: &AdminArea) -> Result<()> {
    let text = search_text(&place.name);
    let changing =
        (dsl::name.eq(&place.name), dsl::postal_code.eq(place.postal_code.as_deref()), dsl::search_text.eq(&text));
    let row = (
        dsl::code.eq(&place.code),
        dsl::kind.eq(place.kind),
        dsl::parent_code.eq(place.parent_code.as_deref()),
        changing,
    );
    on_both!(tx, c => diesel::insert_into(dsl::places)
        .values(row)
        .on_conflict(dsl::code)
        .do_update()
        .set(changing)
        .execute(c))?;
    Ok(())
}

/// Places by name, the first behind the key that is given.
pub(in crate::cooperatives) fn find_places(
    conn: &mut Conn,
    filter: &PlaceFilter,
    after: Option<(String, String)>,
    rows: i64,
) -> Result<Vec<FoundPlace>> {
    let mut query = dsl::places
        .select((AdminArea::as_select(), dsl::search_text))
        .order((dsl::search_text.asc(), dsl::code.asc()))
        .limit(rows)
        .into_boxed();
    if let Some(prefix) = &filter.prefix {
        query = query.filter(dsl::search_text.ge(prefix.clone())).filter(dsl::search_text.lt(end_of_prefix(prefix)));
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
