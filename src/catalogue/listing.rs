//! The public list: published goods of active groups, filtered, sorted, in keyset order.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::store::ProductRow;
use super::{Category, Photo, Product, photos, search};
use crate::db::schema::{groups, products};
use crate::db::{self, Conn, Engine, MultiBackend};
use crate::kernel::ids::{CooperativeId, GroupId, ProductId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Rupiah};

text_enum! {
    /// The order of the list.
    Sort {
        /// By name.
        Name = "name",
        /// The cheapest first.
        Price = "price",
        /// The dearest first.
        PriceDescending = "-price",
        /// The latest first.
        Newest = "newest",
    }
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// What a person typed; every word must begin a word of the product.
    pub q: Option<String>,
    /// Of this cooperative.
    pub cooperative: Option<CooperativeId>,
    /// Of this group.
    pub group: Option<GroupId>,
    /// Of this kind.
    pub category: Option<Category>,
    /// At most this price for one.
    pub max_price: Option<Rupiah>,
}

/// Where a row stands in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    Name(String),
    Price(Rupiah),
    Time(Instant),
}

/// Where a page ended: the keyset of its last row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListKey {
    place: Place,
    id: ProductId,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The product.
    pub product: Product,
    /// What its group is called.
    pub group_name: String,
    /// Its photos by position.
    pub photos: Vec<Photo>,
    sort_name: String,
}

impl Listed {
    /// Where this row stands when the list is sorted so.
    pub fn key(&self, sort: Sort) -> ListKey {
        let place = match sort {
            Sort::Name => Place::Name(self.sort_name.clone()),
            Sort::Price | Sort::PriceDescending => Place::Price(self.product.price),
            Sort::Newest => Place::Time(self.product.published_at.unwrap_or(Instant::EPOCH)),
        };
        ListKey { place, id: self.product.id }
    }
}

/// One more condition that a row of the list must meet, by whoever knows more of a product than its slice does.
pub type Condition = Box<
    dyn BoxableExpression<
            diesel::helper_types::InnerJoinQuerySource<products::table, groups::table>,
            MultiBackend,
            SqlType = diesel::sql_types::Bool,
        >,
>;

/// The rows of the public list behind this key, at most `limit`. A query without a searchable word finds nothing.
pub fn listing(
    conn: &mut Conn,
    filters: &Filters,
    sort: Sort,
    after: Option<&ListKey>,
    limit: i64,
) -> db::Result<Vec<Listed>> {
    listing_where(conn, filters, sort, after, limit, None)
}

/// The same of those rows that meet this condition too.
pub fn listing_where(
    conn: &mut Conn,
    filters: &Filters,
    sort: Sort,
    after: Option<&ListKey>,
    limit: i64,
    condition: Option<Condition>,
) -> db::Result<Vec<Listed>> {
    let engine = match conn {
        Conn::Sqlite(_) => Engine::Sqlite,
        Conn::Postgres(_) => Engine::Postgres,
    };
    let mut query = products::table
        .inner_join(groups::table)
        .filter(products::listed)
        .filter(groups::status.eq("active"))
        .select((ProductRow::as_select(), groups::name))
        .limit(limit)
        .into_boxed();
    if let Some(typed) = filters.q.as_deref().filter(|typed| !typed.trim().is_empty()) {
        let words = search::words(typed);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        query = query.filter(search::matches(engine, &words));
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
    // The first half of each condition lets the index begin at the right place; the second parts equals.
    query = match sort {
        Sort::Name => query.order((products::sort_name.asc(), products::id.asc())),
        Sort::Price => query.order((products::price.asc(), products::id.asc())),
        Sort::PriceDescending => query.order((products::price.desc(), products::id.desc())),
        Sort::Newest => query.order((products::published_at.desc(), products::id.desc())),
    };
    query = match (sort, after) {
        (Sort::Name, Some(ListKey { place: Place::Name(name), id })) => query
            .filter(products::sort_name.ge(name.clone()))
            .filter(products::sort_name.gt(name.clone()).or(products::id.gt(*id))),
        (Sort::Price, Some(ListKey { place: Place::Price(price), id })) => {
            query.filter(products::price.ge(*price)).filter(products::price.gt(*price).or(products::id.gt(*id)))
        }
        (Sort::PriceDescending, Some(ListKey { place: Place::Price(price), id })) => {
            query.filter(products::price.le(*price)).filter(products::price.lt(*price).or(products::id.lt(*id)))
        }
        (Sort::Newest, Some(ListKey { place: Place::Time(time), id })) => query
            .filter(products::published_at.le(*time))
            .filter(products::published_at.lt(*time).or(products::id.lt(*id).nullable())),
        // Keys are sealed with their list and its order; another cannot come here.
        _ => query,
    };
    let rows: Vec<(ProductRow, String)> = query.load(conn)?;
    with_photos(conn, rows)
}

/// All products of a group, wherever they stand, behind this name.
pub fn goods_of_group(conn: &mut Conn, group: GroupId, after: Option<&ListKey>, limit: i64) -> db::Result<Vec<Listed>> {
    let mut query = products::table
        .inner_join(groups::table)
        .filter(products::group_id.eq(group))
        .select((ProductRow::as_select(), groups::name))
        .order((products::sort_name.asc(), products::id.asc()))
        .limit(limit)
        .into_boxed();
    if let Some(ListKey { place: Place::Name(name), id }) = after {
        query = query
            .filter(products::sort_name.ge(name.clone()))
            .filter(products::sort_name.gt(name.clone()).or(products::id.gt(*id)));
    }
    let rows: Vec<(ProductRow, String)> = query.load(conn)?;
    with_photos(conn, rows)
}

fn with_photos(conn: &mut Conn, rows: Vec<(ProductRow, String)>) -> db::Result<Vec<Listed>> {
    let ids: Vec<ProductId> = rows.iter().map(|(row, _)| row.id()).collect();
    let mut photos = photos::of_products(conn, &ids)?;
    rows.into_iter()
        .map(|(row, group_name)| {
            let sort_name = row.sort_name().to_owned();
            let product = row.product()?;
            let photos = photos.remove(&product.id).unwrap_or_default();
            Ok(Listed { product, group_name, photos, sort_name })
        })
        .collect()
}
