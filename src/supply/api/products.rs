//! The public list: what is on sale, and what of it can be had on a day. For everyone.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use crate::catalogue::{self, Category, Filters, ListKey, ProductRowView, Sort};
use crate::db;
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Rupiah};
use crate::supply::listing_on;
use crate::web::{ApiResponse, AppState, Code, FieldErrors, Page, Paging, Problem, Query, Routes, routes};

/// The route of the list.
pub fn routes() -> Routes {
    routes![list_products]
}

text_enum! {
    /// How much of each row a list shows.
    View {
        /// All of it.
        Full = "full",
        /// A few words and a picture, for phones.
        Compact = "compact",
    }
}

/// The parameters of the public list.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListProducts {
    /// Words, each of which must begin a word of the product: name, description, category, group.
    #[param(max_length = 100, example = "gula semut")]
    q: Option<String>,
    /// Of this cooperative.
    cooperative: Option<CooperativeId>,
    /// Of this group.
    group: Option<GroupId>,
    /// Of this kind.
    category: Option<Category>,
    /// Of which at least the smallest order can be had on this day: from the shelf, of a planned batch, or made to
    /// order.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-26")]
    available_on: Option<Day>,
    /// At most this price for one.
    max_price: Option<Rupiah>,
    /// The order; by name when left out.
    #[param(inline)]
    sort: Option<Sort>,
    /// How much of each row.
    #[param(inline)]
    view: Option<View>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

impl ListProducts {
    fn filters(&self) -> Result<Filters, Problem> {
        let mut errors = FieldErrors::default();
        if let Some(typed) = &self.q {
            errors.length("/q", typed.chars().count(), 0..=100);
        }
        if let Some(Rupiah(price)) = self.max_price {
            errors.range("/max_price", price, 0..=Rupiah::MAX_LINE.0);
        }
        if !errors.is_empty() {
            return Err(Problem::new(Code::QueryInvalid).with_faults(errors));
        }
        Ok(Filters {
            q: self.q.clone(),
            cooperative: self.cooperative,
            group: self.group,
            category: self.category,
            max_price: self.max_price,
        })
    }
}

/// Products on sale, all of them or those that can be had on a day.
#[utoipa::path(
    get, path = "/v1/products", tag = "catalogue", operation_id = "list_products", params(ListProducts),
    responses(
        (status = 200, description = "A page of published goods of active groups", body = Page<ProductRowView>),
    ),
)]
async fn list_products(
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<ListProducts>,
) -> Result<ApiResponse, Problem> {
    let Query(wanted) = query;
    let filters = wanted.filters()?;
    let sort = wanted.sort.unwrap_or(Sort::Name);
    let (now, day) = (state.now(), wanted.available_on);
    let list = format!("products {sort} {day:?} {filters:?}");
    let paging = Paging::<ListKey>::read(&state.signer, list, wanted.limit, wanted.cursor.as_deref())?;
    let (after, rows) = (paging.after.clone(), paging.rows_to_read());
    let rows = state
        .db
        .read::<_, db::Error, _>(move |conn| match day {
            Some(day) => listing_on(conn, now, day, &filters, sort, after.as_ref(), rows),
            None => catalogue::listing(conn, &filters, sort, after.as_ref(), rows),
        })
        .await?;
    let view = match wanted.view.unwrap_or(View::Full) {
        View::Full => ProductRowView::full,
        View::Compact => ProductRowView::compact,
    };
    let page = paging.page(&state.signer, rows, |row| row.key(sort), view);
    Ok(page.answer(request.path(), request.query_string()).public().tagged())
}
