//! The routes of the public product list, with its filter by availability on a day.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::catalogue::{self, Category, CompactProductView, Filters, ListKey, ListedProduct, ProductView, Sort};
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::{Day, Rupiah};
use crate::supply::list_available_on;
use crate::web::{ApiResponse, FieldErrors, List, Page, Problem, Routes, routes};

/// The routes of the product list.
pub fn routes() -> Routes {
    routes!["catalogue": list_products, list_compact_products]
}

/// The filter of the product list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ProductFilter {
    /// The search text. Each word must be the prefix of a word of the product's name, description, category or group.
    #[param(max_length = 100, example = "gula semut")]
    q: Option<String>,
    /// Only products of this cooperative.
    cooperative: Option<CooperativeId>,
    /// Only products of this group.
    group: Option<GroupId>,
    /// Only products of this category.
    category: Option<Category>,
    /// Only products of which at least the minimum quantity is available on this day: in stock, of a planned batch, or made
    /// to order.
    available_on: Option<Day>,
    /// Only products with at most this unit price, in rupiah.
    max_price: Option<Rupiah>,
    /// The sort order. Default: by name.
    #[param(inline)]
    sort: Option<Sort>,
}

impl ProductFilter {
    fn to_filters(&self) -> Result<Filters, Problem> {
        let mut errors = FieldErrors::default();
        if let Some(text) = &self.q {
            errors.check_length("/q", text.chars().count(), 0..=100);
        }
        if let Some(Rupiah(price)) = self.max_price {
            errors.check_range("/max_price", price, 0..=Rupiah::MAX_LINE.0);
        }
        errors.into_query_result()?;
        Ok(Filters {
            q: self.q.clone(),
            cooperative: self.cooperative,
            group: self.group,
            category: self.category,
            max_price: self.max_price,
        })
    }
}

/// Lists products on sale, all of them or those available on a day.
#[utoipa::path(get, path = "/v1/products", responses((status = 200, body = Page<ProductView>)))]
async fn list_products(list: List<ListKey, ProductFilter>) -> Result<ApiResponse, Problem> {
    list_as(list, ProductView::from).await
}

/// Lists products on sale in few bytes, for phones.
///
/// Like the list of whole products, with the same filters.
#[utoipa::path(get, path = "/v1/products/compact", responses((status = 200, body = Page<CompactProductView>)))]
async fn list_compact_products(list: List<ListKey, ProductFilter>) -> Result<ApiResponse, Problem> {
    list_as(list, CompactProductView::from).await
}

async fn list_as<V: Serialize>(
    list: List<ListKey, ProductFilter>,
    view: fn(ListedProduct) -> V,
) -> Result<ApiResponse, Problem> {
    let (filters, sort) = (list.filter.to_filters()?, list.filter.sort.unwrap_or(Sort::Name));
    let rows = list.read(move |conn, list| {
        let after = list.after.as_ref();
        Ok(match list.filter.available_on {
            Some(day) => list_available_on(conn, list.now, day, &filters, sort, after, list.limit)?,
            None => catalogue::list_published(conn, &filters, sort, after, list.limit)?,
        })
    });
    Ok(rows.await?.answer(|row| row.key(sort), view).public().with_etag())
}
