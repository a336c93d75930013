//! Quotes: what an order would come to.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::QuoteView;
use crate::cooperatives::{Insider, Onlooker};
use crate::db;
use crate::kernel::ids::{CooperativeId, OrderId};
use crate::kernel::{Day, Language};
use crate::orders::order::DeliveryKind;
use crate::orders::quote::{Quote, QuoteError, quote};
use crate::orders::refused::remember_refused;
use crate::orders::settings::Settings;
use crate::orders::store;
use crate::orders::viewer::Viewer;
use crate::orders::wish::{DeliveryWish, LineWish, Wish, check_lines};
use crate::supply::Asker;
use crate::web::{Answer, Body, Checked, Faults, PathIds, Problem, Routes, Site, routes};

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
    pub lines: Vec<LineWish>,
    /// How it reaches the buyer; fetched, unless said.
    #[serde(default = "DeliveryWish::pickup")]
    pub delivery: DeliveryWish,
    /// By which day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-26")]
    pub needed_on: Option<Day>,
}

impl Checked for QuoteWish {
    fn check(&self, faults: &mut Faults) {
        check_lines(&self.lines, faults);
        self.delivery.check(faults);
    }
}

impl From<QuoteWish> for Wish {
    fn from(wish: QuoteWish) -> Self {
        Wish { cooperative: wish.cooperative, lines: wish.lines, delivery: wish.delivery, needed_on: wish.needed_on }
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
    site: Data<Site>,
    settings: Data<Settings>,
    caller: Onlooker,
    language: Language,
    body: Body<QuoteWish>,
) -> Result<Answer, Problem> {
    let asker = caller.standing.account.map_or(Asker::Anonymous, Asker::Account);
    answer(&site, **settings, body.value.into(), language, asker).await
}

/// Quotes the goods of an order once more, at today's prices and for the first day they can be had: "order again".
#[utoipa::path(
    post, path = "/v1/orders/{id}/repeat_quote", tag = "orders", operation_id = "repeat_quote",
    params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "The quote, and the lines to order", body = QuoteView)),
    security(("bearer" = [])),
)]
async fn repeat_quote(
    site: Data<Site>,
    settings: Data<Settings>,
    caller: Insider,
    language: Language,
    id: PathIds<OrderId>,
) -> Result<Answer, Problem> {
    let account = caller.person.account;
    let viewer = Viewer::of(caller.standing);
    let whole = site
        .db
        .read(move |conn| store::order(conn, id.0)?.map(|order| store::whole(conn, order)).transpose())
        .await
        .map_err(|error: db::Error| Problem::from(error))?
        .filter(|whole| viewer.is_buyer(&whole.order))
        .ok_or_else(Problem::not_found)?;
    let order = whole.order;
    let lines = whole.parts.iter().flat_map(|part| &part.lines).map(|line| LineWish {
        product: line.line.product,
        ready_on: None,
        batch: None,
        quantity: line.line.wanted,
        at_least: None,
    });
    let mut lines: Vec<LineWish> = lines.collect();
    lines.sort_by_key(|line| line.product);
    lines.dedup_by(|line, kept| {
        let same = line.product == kept.product;
        if same {
            kept.quantity = kept.quantity.plus(line.quantity);
        }
        same
    });
    let delivery = DeliveryWish {
        kind: order.delivery_kind,
        point: order.pickup_point,
        zone: order.delivery_zone,
        address: order.address,
        fee: (order.delivery_kind == DeliveryKind::Courier).then_some(order.delivery_fee),
    };
    let wish = Wish { cooperative: order.cooperative, lines, delivery, needed_on: None };
    answer(&site, **settings, wish, language, Asker::Account(account)).await
}

/// The quote, and what is short of it remembered.
async fn answer(
    site: &Site,
    settings: Settings,
    wish: Wish,
    language: Language,
    asker: Asker,
) -> Result<Answer, Problem> {
    let now = site.now();
    let asked = wish.clone();
    let quoted: Quote =
        site.db.read(move |conn| quote(conn, now, &settings, &asked)).await.map_err(|error: QuoteError| error)?;
    if quoted.lines.iter().any(|line| line.shortage.is_some()) {
        remember(site, settings, wish, asker).await;
    }
    Ok(Answer::ok(&QuoteView::of(&quoted, language)))
}

/// Remembers what could not be had. The caller is answered all the same when that fails.
pub async fn remember(site: &Site, settings: Settings, wish: Wish, asker: Asker) {
    let now = site.now();
    let remembered: db::Result<usize> =
        site.db.write(move |tx| remember_refused(tx, now, &settings, &wish, &asker)).await;
    if let Err(error) = remembered {
        tracing::warn!(%error, "refused demand could not be remembered");
    }
}
