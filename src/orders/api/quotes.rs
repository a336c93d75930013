//! Quotes: what an order would come to.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::QuoteView;
use crate::cooperatives::{Insider, Onlooker};
use crate::db;
use crate::kernel::ids::{CooperativeId, OrderId};
use crate::kernel::{Day, Language};
use crate::orders::quote::{Quote, QuoteError, quote};
use crate::orders::refused::remember_refused;
use crate::orders::repeat::{Repeated, repeat};
use crate::orders::settings::Settings;
use crate::orders::store;
use crate::orders::viewer::Viewer;
use crate::orders::wish::{Agreement, DeliveryWish, LineWish, Wish, check_lines};
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
        Wish {
            cooperative: wish.cooperative,
            lines: wish.lines,
            delivery: wish.delivery,
            needed_on: wish.needed_on,
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
    site: Data<Site>,
    settings: Data<Settings>,
    caller: Onlooker,
    language: Language,
    body: Body<QuoteWish>,
) -> Result<Answer, Problem> {
    let asker = caller.standing.account.map_or(Asker::Anonymous, Asker::Account);
    let wish = Wish::from(body.value).by(caller.standing.account);
    let (now, settings) = (site.now(), **settings);
    let asked = wish.clone();
    let quoted: Quote = site
        .db
        .read(move |conn| quote(conn, now, &settings, &asked))
        .await
        .map_err(|error: QuoteError| Problem::from(error))?;
    remember_shortage(&site, settings, &quoted, wish, asker).await;
    Ok(Answer::ok(&QuoteView::of(&quoted, language)))
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
    site: Data<Site>,
    settings: Data<Settings>,
    caller: Insider,
    language: Language,
    id: PathIds<OrderId>,
) -> Result<Answer, Problem> {
    let (account, settings) = (caller.person.account, **settings);
    let viewer = Viewer::of(caller.standing);
    let whole = site
        .db
        .read(move |conn| store::order(conn, id.0)?.map(|order| store::whole(conn, order)).transpose())
        .await
        .map_err(|error: db::Error| Problem::from(error))?
        .filter(|whole| viewer.is_buyer(&whole.order))
        .ok_or_else(Problem::not_found)?;
    let now = site.now();
    let repeated: Repeated = site
        .db
        .read(move |conn| repeat(conn, now, &settings, &whole))
        .await
        .map_err(|error: QuoteError| Problem::from(error))?;
    remember_shortage(&site, settings, &repeated.quote, repeated.wish, Asker::Account(account)).await;
    Ok(Answer::ok(&QuoteView::without(&repeated.quote, &repeated.gone, language)))
}

async fn remember_shortage(site: &Site, settings: Settings, quote: &Quote, wish: Wish, asker: Asker) {
    if quote.lines.iter().any(|line| line.shortage.is_some()) {
        remember(site, settings, wish, asker).await;
    }
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
