//! Quotes: what an order would come to.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::QuoteView;
use crate::cooperatives::{Caller, OptionalCaller};
use crate::db;
use crate::kernel::ids::{CooperativeId, OrderId};
use crate::kernel::{Day, Language};
use crate::orders::basket::{Agreement, Basket, BasketLine, DeliveryWish, check_lines};
use crate::orders::quote::{Quote, QuoteError, quote};
use crate::orders::repeat::{Repeated, repeat};
use crate::orders::settings::Settings;
use crate::orders::store;
use crate::orders::unmet_demand::remember_refused;
use crate::orders::viewer::Viewer;
use crate::supply::DemandSource;
use crate::web::{ApiResponse, AppState, Body, FieldErrors, PathIds, Problem, Routes, Validate, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![make_quote, repeat_quote]
}

/// What a buyer wishes for.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "cooperative": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11",
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c12", "quantity": 30, "ready_on": "2026-11-26"}],
    "delivery": {"kind": "pickup"},
}))]
pub struct QuoteWish {
    /// Of which cooperative.
    pub cooperative: CooperativeId,
    /// What.
    #[schema(min_items = 1, max_items = 50)]
    pub lines: Vec<BasketLine>,
    /// How it reaches the buyer; fetched, unless said.
    #[serde(default = "DeliveryWish::pickup")]
    pub delivery: DeliveryWish,
    /// By which day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-26")]
    pub needed_on: Option<Day>,
}

impl Validate for QuoteWish {
    fn check(&self, errors: &mut FieldErrors) {
        check_lines(&self.lines, errors);
        self.delivery.check(errors);
    }
}

impl From<QuoteWish> for Basket {
    fn from(basket: QuoteWish) -> Self {
        Basket {
            cooperative: basket.cooperative,
            lines: basket.lines,
            delivery: basket.delivery,
            needed_on: basket.needed_on,
            agreement: Agreement::default(),
        }
    }
}

/// Tells what an order would come to, and what of it is short; reserves nothing.
#[utoipa::path(
    post, path = "/v1/quotes", tag = "orders", operation_id = "make_quote",
    request_body = QuoteWish,
    responses((status = 200, description = "The quote", body = QuoteView)),
    security((), ("bearer" = [])),
)]
async fn make_quote(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: OptionalCaller,
    language: Language,
    body: Body<QuoteWish>,
) -> Result<ApiResponse, Problem> {
    let asker = caller.roles.account.map_or(DemandSource::Anonymous, DemandSource::Account);
    let basket = Basket::from(body.value).by(caller.roles.account);
    let (now, settings) = (state.now(), **settings);
    let asked = basket.clone();
    let quoted: Quote = state
        .db
        .read(move |conn| quote(conn, now, &settings, &asked))
        .await
        .map_err(|error: QuoteError| Problem::from(error))?;
    remember_shortage(&state, settings, &quoted, basket, asker).await;
    Ok(ApiResponse::ok(&QuoteView::of(&quoted, language)))
}

/// Quotes the goods of an order once more, at today's prices and for the first day they can be had: "order again".
///
/// What is no longer sold is left out and named in `gone`; when nothing is left, the answer is 409 `not-on-sale`.
/// Quantities grow to what may be ordered today, and a way to the buyer that is no longer offered becomes fetching.
#[utoipa::path(
    post, path = "/v1/orders/{id}/repeat_quote", tag = "orders", operation_id = "repeat_quote",
    params(("id" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "The quote, and the lines to order", body = QuoteView),
        (status = 409, description = "`not-on-sale`: nothing of it is sold any more"),
        (status = 422, description = "`amount-too-large`"),
    ),
    security(("bearer" = [])),
)]
async fn repeat_quote(
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
        .read(move |conn| store::order(conn, id.0)?.map(|order| store::whole(conn, order)).transpose())
        .await
        .map_err(|error: db::Error| Problem::from(error))?
        .filter(|whole| viewer.is_buyer(&whole.order))
        .ok_or_else(Problem::not_found)?;
    let now = state.now();
    let repeated: Repeated = state
        .db
        .read(move |conn| repeat(conn, now, &settings, &whole))
        .await
        .map_err(|error: QuoteError| Problem::from(error))?;
    remember_shortage(&state, settings, &repeated.quote, repeated.basket, DemandSource::Account(account)).await;
    Ok(ApiResponse::ok(&QuoteView::without(&repeated.quote, &repeated.gone, language)))
}

async fn remember_shortage(state: &AppState, settings: Settings, quote: &Quote, basket: Basket, asker: DemandSource) {
    if quote.lines.iter().any(|line| line.shortage.is_some()) {
        remember(state, settings, basket, asker).await;
    }
}

/// Remembers what could not be had. The caller is answered all the same when that fails.
pub async fn remember(state: &AppState, settings: Settings, basket: Basket, asker: DemandSource) {
    let now = state.now();
    let remembered: db::Result<usize> =
        state.db.write(move |tx| remember_refused(tx, now, &settings, &basket, &asker)).await;
    if let Err(error) = remembered {
        tracing::warn!(%error, "refused demand could not be remembered");
    }
}
