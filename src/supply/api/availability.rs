//! What can be had of a product, day by day: for everyone.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::AvailableView;
use crate::kernel::ids::ProductId;
use crate::kernel::{Day, Duration};
use crate::supply::{LONGEST_WINDOW, availability, store};
use crate::web::{Answer, Code, Fault, Faults, PathIds, Problem, Query, Routes, Site, routes};
use crate::{catalogue, supply};

/// The routes of availability.
pub fn routes() -> Routes {
    routes![show_availability]
}

/// From which day to which.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Window {
    /// The first day; today when left out.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-23")]
    from: Option<Day>,
    /// The last day, at most 60 days after the first; two weeks after the first when left out.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-06")]
    to: Option<Day>,
}

impl Window {
    fn days(&self, today: Day) -> Result<(Day, Day), Problem> {
        let from = self.from.unwrap_or(today);
        let to = self.to.or_else(|| from.checked_add_signed(Duration::days(13))).unwrap_or(from);
        let length = to.signed_duration_since(from).num_days();
        if (0..=LONGEST_WINDOW).contains(&length) {
            Ok((from, to))
        } else {
            Err(Problem::new(Code::QueryInvalid).with_faults(Faults::one("/to", WINDOW_FAULT)))
        }
    }
}

const WINDOW_FAULT: Fault = Fault::Rule {
    code: "window-does-not-fit",
    id: "Tanggal akhir harus sesudah tanggal awal, paling jauh 60 hari.",
    en: "The last day must not be before the first, nor more than 60 days after it.",
};

/// What can be had, day by day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AvailabilityView {
    /// The first day that is told.
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    from: Day,
    /// The last day that is told.
    #[schema(value_type = String, format = Date, example = "2026-12-06")]
    to: Day,
    /// The days in order; a day on which nothing can be had is left out, one that is sold out shows 0.
    #[schema(max_items = 1000)]
    data: Vec<AvailableView>,
}

/// What can be had of a product, on which days, until when it can be ordered, and at what price.
#[utoipa::path(
    get, path = "/v1/products/{id}/availability", tag = "supply", operation_id = "show_availability",
    params(("id" = ProductId, Path, description = "The product"), Window),
    responses(
        (status = 200, description = "Goods on the shelf, planned batches, and days on which it is made to order", body = AvailabilityView),
    ),
)]
async fn show_availability(
    site: Data<Site>,
    path: PathIds<ProductId>,
    window: Query<Window>,
) -> Result<Answer, Problem> {
    let (PathIds(id), Query(window), now) = (path, window, site.now());
    site.db
        .read(move |conn| {
            let product = catalogue::find(conn, id)?.ok_or_else(Problem::not_found)?;
            let terms = supply::terms_of(conn, now, &[id])?.pop().ok_or_else(Problem::not_found)?;
            let (from, to) = window.days(terms.today(now))?;
            let batches = store::live_batches(conn, &[id], terms.today(now))?;
            let rows = availability(&terms, &batches, now, from, to);
            let price = product.price_for(product.minimum_quantity);
            let data = rows.into_iter().map(|row| AvailableView::of(row, price)).collect();
            Ok(Answer::ok(&AvailabilityView { from, to, data }).public().tagged())
        })
        .await
}
