//! Quotes.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::QuoteView;
use crate::cooperatives::{Caller, OptionalCaller};
use crate::db;
use crate::kernel::ids::{CooperativeId, OrderId};
use crate::kernel::{Day, Language};
use crate::orders::basket::{Agreement, Basket, BasketLine, DeliveryChoice, check_lines};
use crate::orders::quote::{Quote, QuoteError, quote};
use crate::orders::repeat::{RepeatQuote, repeat};
use crate::orders::settings::Settings;
use crate::orders::store;
use crate::orders::unmet_demand::record_unmet_demand;
use crate::orders::viewer::Viewer;
use crate::supply::DemandSource;
use crate::web::{ApiResponse, AppState, Body, FieldErrors, PathIds, Problem, Routes, Validate, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![quote_order, quote_repeat_order]
}

/// The lines, delivery and date that a quote or an order is made for.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuoteWish, example = json!({
    "cooperative": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11",
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c12", "quantity": 30, "ready_on": "2026-11-26"}],
    "delivery": {"kind": "pickup"},
}))]
pub struct QuoteRequest {
    /// The selling cooperative.
    pub cooperative: CooperativeId,
    /// The ordered products and quantities.
    #[schema(min_items = 1, max_items = 50)]
    pub lines: Vec<BasketLine>,
    /// The delivery choice; pickup by default.
    #[serde(default = "DeliveryChoice::pickup")]
    pub delivery: DeliveryChoice,
    /// The day by which the buyer needs the goods.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-26")]
    pub needed_on: Option<Day>,
}

impl Validate for QuoteRequest {
    fn validate(&self, errors: &mut FieldErrors) {
        check_lines(&self.lines, errors);
        self.delivery.validate(errors);
    }
}

impl From<QuoteRequest> for Basket {
    fn from(basket: QuoteRequest) -> Self {
        Basket {
            cooperative: basket.cooperative,
            lines: basket.lines,
            delivery: basket.delivery,
            needed_on: basket.needed_on,
            agreement: Agreement::default(),
        }
    }
}

/// Quotes an order with its shortages. Nothing is reserved.
#[utoipa::path(
    post, path = "/v1/quotes", tag = "orders",
    request_body = QuoteRequest,
    responses((status = 200, description = "The quote", body = QuoteView)),
    security((), ("bearer" = [])),
)]
async fn quote_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: OptionalCaller,
    language: Language,
    body: Body<QuoteRequest>,
) -> Result<ApiResponse, Problem> {
    let source = caller.roles.account.map_or(DemandSource::Anonymous, DemandSource::Account);
    let basket = Basket::from(body.value).with_buyer(caller.roles.account);
    let (now, settings) = (state.now(), **settings);
    let quoted_basket = basket.clone();
    let quoted: Quote = state
        .db
        .read(move |conn| quote(conn, now, &settings, &quoted_basket))
        .await
        .map_err(|error: QuoteError| Problem::from(error))?;
    record_shortage(&state, settings, &quoted, basket, source).await;
    Ok(ApiResponse::ok(&QuoteView::of(&quoted, language)))
}

/// Quotes the goods of an order again, at today's prices and for the first available days.
///
/// Products that are no longer sold are left out and listed in `gone`; if none is left, the response is 409
/// `not-on-sale`. Quantities are raised to today's minimum, and a delivery that is no longer offered becomes pickup.
#[utoipa::path(
    post, path = "/v1/orders/{id}/repeat_quote", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "The quote, and the lines to order", body = QuoteView),
        (status = 409, description = "`not-on-sale`: nothing of it is sold any more"),
        (status = 422, description = "`amount-too-large`"),
    ),
    security(("bearer" = [])),
)]
async fn quote_repeat_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: Caller,
    language: Language,
    id: PathIds<OrderId>,
) -> Result<ApiResponse, Problem> {
    let (account, settings) = (caller.person.account, **settings);
    let viewer = Viewer::of(caller.roles);
    let whole = state
        .db
        .read(move |conn| store::find_order(conn, id.0)?.map(|order| store::load_whole(conn, order)).transpose())
        .await
        .map_err(|error: db::Error| Problem::from(error))?
        .filter(|whole| viewer.is_buyer(&whole.order))
        .ok_or_else(Problem::not_found)?;
    let now = state.now();
    let repeated: RepeatQuote = state
        .db
        .read(move |conn| repeat(conn, now, &settings, &whole))
        .await
        .map_err(|error: QuoteError| Problem::from(error))?;
    record_shortage(&state, settings, &repeated.quote, repeated.basket, DemandSource::Account(account)).await;
    Ok(ApiResponse::ok(&QuoteView::without(&repeated.quote, &repeated.gone, language)))
}

async fn record_shortage(state: &AppState, settings: Settings, quote: &Quote, basket: Basket, source: DemandSource) {
    if quote.lines.iter().any(|line| line.shortage.is_some()) {
        record_unmet(state, settings, basket, source).await;
    }
}

/// Records unmet demand. A failure is logged and does not fail the request.
pub async fn record_unmet(state: &AppState, settings: Settings, basket: Basket, source: DemandSource) {
    let now = state.now();
    let recorded: db::Result<usize> =
        state.db.write(move |tx| record_unmet_demand(tx, now, &settings, &basket, &source)).await;
    if let Err(error) = recorded {
        tracing::warn!(%error, "refused demand could not be remembered");
    }
}
