//! The route of the public product list, with its filter by availability on a day.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use crate::catalogue::{self, Category, Filters, ListKey, ProductRowView, Sort};
use crate::db;
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Rupiah};
use crate::supply::list_available_on;
use crate::web::{ApiResponse, AppState, FieldErrors, Page, Paging, Problem, Query, Routes, routes};

/// The route of the product list.
pub fn routes() -> Routes {
    routes!["catalogue": list_products]
}

text_enum! {
    /// The level of detail of a list.
    View {
        /// Whole products.
        Full = "full",
        /// Compact rows, for phones.
        Compact = "compact",
    }
}

/// The query parameters of the product list.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListProducts {
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
    #[param(value_type = Option<String>, format = Date, example = "2026-11-26")]
    available_on: Option<Day>,
    /// Only products with at most this unit price, in rupiah.
    max_price: Option<Rupiah>,
    /// The sort order. Default: by name.
    #[param(inline)]
    sort: Option<Sort>,
    /// The level of detail. Default: whole products.
    #[param(inline)]
    view: Option<View>,
    /// The cursor of the previous page.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// The number of rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

impl ListProducts {
    fn filters(&self) -> Result<Filters, Problem> {
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
#[utoipa::path(get, path = "/v1/products", responses((status = 200, body = Page<ProductRowView>)))]
async fn list_products(
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<ListProducts>,
) -> Result<ApiResponse, Problem> {
    let Query(query) = query;
    let filters = query.filters()?;
    let sort = query.sort.unwrap_or(Sort::Name);
    let (now, day) = (state.now(), query.available_on);
    let list = format!("products {sort} {day:?} {filters:?}");
    let paging = Paging::<ListKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, limit) = (paging.after.clone(), paging.fetch_limit());
    let rows = state
        .db
        .read::<_, db::Error, _>(move |conn| match day {
            Some(day) => list_available_on(conn, now, day, &filters, sort, after.as_ref(), limit),
            None => catalogue::list_published(conn, &filters, sort, after.as_ref(), limit),
        })
        .await?;
    let view = match query.view.unwrap_or(View::Full) {
        View::Full => ProductRowView::full,
        View::Compact => ProductRowView::compact,
    };
    let page = paging.page(&state.signer, rows, |row| row.key(sort), view);
    Ok(page.to_response(request.path(), request.query_string()).public().with_etag())
}
