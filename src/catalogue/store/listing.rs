//! The SQL of product lists, with keyset pagination.

use diesel::prelude::*;

use super::{ProductRow, list_photos_by_products};
use crate::catalogue::listing::{Filters, ListKey, ListedProduct, Sort, SortValue};
use crate::catalogue::search;
use crate::cooperatives::GroupRef;
use crate::db::schema::{groups, products};
use crate::db::{Conn, Engine, MultiBackend, Result};
use crate::kernel::ids::{GroupId, ProductId};

/// An additional SQL condition on rows of the list, given by a slice above this one.
pub type Condition = Box<
    dyn BoxableExpression<
            diesel::helper_types::InnerJoinQuerySource<products::table, groups::table>,
            MultiBackend,
            SqlType = diesel::sql_types::Bool,
        >,
>;

/// Lists published products of active groups after the given key, at most `limit`. A search text without a searchable
/// word matches nothing.
pub fn list_published(
    conn: &mut Conn,
    filters: &Filters,
    sort: Sort,
    after: Option<&ListKey>,
    limit: i64,
) -> Result<Vec<ListedProduct>> {
    list_published_where(conn, filters, sort, after, limit, None)
}

/// Like [`list_published`], restricted by an additional condition.
pub fn list_published_where(
    conn: &mut Conn,
    filters: &Filters,
    sort: Sort,
    after: Option<&ListKey>,
    limit: i64,
    condition: Option<Condition>,
) -> Result<Vec<ListedProduct>> {
    let engine = match conn {
        Conn::Sqlite(_) => Engine::Sqlite,
        Conn::Postgres(_) => Engine::Postgres,
    };
    let mut query = products::table
        .inner_join(groups::table)
        .filter(products::listed)
        .filter(groups::status.eq("active"))
        .select((ProductRow::as_select(), GroupRef::as_select()))
        .limit(limit)
        .into_boxed();
    if let Some(text) = filters.q.as_deref().filter(|text| !text.trim().is_empty()) {
        let words = search::parse_words(text);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        query = query.filter(search::matches_words(engine, &words));
    }
    if let Some(cooperative) = filters.cooperative {
        query = query.filter(products::cooperative_id.eq(cooperative));
    }
    if let Some(group) = filters.group {
        query = query.filter(products::group_id.eq(group));
    }
    if let Some(category) = filters.category {
        query = query.filter(products::category.eq(category));
    }
    if let Some(price) = filters.max_price {
        query = query.filter(products::price.le(price));
    }
    if let Some(condition) = condition {
        query = query.filter(condition);
    }
    // The first half of each condition is a range that the index can seek to; the second half breaks ties by id.
    query = match sort {
        Sort::Name => query.order((products::sort_name.asc(), products::id.asc())),
        Sort::Price => query.order((products::price.asc(), products::id.asc())),
        Sort::PriceDescending => query.order((products::price.desc(), products::id.desc())),
        Sort::Newest => query.order((products::published_at.desc(), products::id.desc())),
    };
    query = match (sort, after) {
        (Sort::Name, Some(ListKey { place: SortValue::Name(name), id })) => query
            .filter(products::sort_name.ge(name.clone()))
            .filter(products::sort_name.gt(name.clone()).or(products::id.gt(*id))),
        (Sort::Price, Some(ListKey { place: SortValue::Price(price), id })) => {
            query.filter(products::price.ge(*price)).filter(products::price.gt(*price).or(products::id.gt(*id)))
        }
        (Sort::PriceDescending, Some(ListKey { place: SortValue::Price(price), id })) => {
            query.filter(products::price.le(*price)).filter(products::price.lt(*price).or(products::id.lt(*id)))
        }
        (Sort::Newest, Some(ListKey { place: SortValue::Time(time), id })) => query
            .filter(products::published_at.le(*time))
            .filter(products::published_at.lt(*time).or(products::id.lt(*id).nullable())),
        // Cursors are signed for their list and sort order, so that a key of another order cannot occur here.
        _ => query,
    };
    let rows: Vec<(ProductRow, GroupRef)> = query.load(conn)?;
    with_photos(conn, rows)
}

/// Lists all products of a group, of any status, by name after the given key.
pub fn list_all_in_group(
    conn: &mut Conn,
    group: GroupId,
    after: Option<&ListKey>,
    limit: i64,
) -> Result<Vec<ListedProduct>> {
    let mut query = products::table
        .inner_join(groups::table)
        .filter(products::group_id.eq(group))
        .select((ProductRow::as_select(), GroupRef::as_select()))
        .order((products::sort_name.asc(), products::id.asc()))
        .limit(limit)
        .into_boxed();
    if let Some(ListKey { place: SortValue::Name(name), id }) = after {
        query = query
            .filter(products::sort_name.ge(name.clone()))
            .filter(products::sort_name.gt(name.clone()).or(products::id.gt(*id)));
    }
    let rows: Vec<(ProductRow, GroupRef)> = query.load(conn)?;
    with_photos(conn, rows)
}

fn with_photos(conn: &mut Conn, rows: Vec<(ProductRow, GroupRef)>) -> Result<Vec<ListedProduct>> {
    let ids: Vec<ProductId> = rows.iter().map(|(row, _)| row.id()).collect();
    let mut photos = list_photos_by_products(conn, &ids)?;
    rows.into_iter()
        .map(|(row, group)| {
            let sort_name = row.sort_name().to_owned();
            let product = row.into_product()?;
            let photos = photos.remove(&product.id).unwrap_or_default();
            Ok(ListedProduct { product, group, photos, sort_name })
        })
        .collect()
}
