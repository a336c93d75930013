//! Quotes.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::{Caller, GroupRef, OptionalCaller};
use crate::db;
use crate::kernel::ids::{AccountId, CooperativeId, OrderId, ProductId};
use crate::kernel::{Day, Instant, Language, Quantity, Rupiah, Zone};
use crate::orders::access::Viewer;
use crate::orders::basket::{AgreedTerms, Basket, BasketLine, check_lines};
use crate::orders::delivery::DeliveryChoice;
use crate::orders::quote::{Quote, deposit_rule, quote};
use crate::orders::repeat::{DiscontinuedProduct, RepeatQuote, repeat};
use crate::orders::settings::Settings;
use crate::orders::store;
use crate::orders::unmet_demand::record_unmet_demand;
use crate::supply::{DemandSource, DiscountKind, UnavailableReason};
use crate::web::{ApiResponse, AppState, Body, FieldErrors, PathIds, Problem, Read, Routes, Validate, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["orders": quote_order, quote_repeat_order]
}

/// A quote. Nothing is reserved.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct QuoteView {
    /// The selling cooperative.
    cooperative: CooperativeId,
    /// Whether everything is available; otherwise each line has its shortage, and `gone` lists products that are no
    /// longer sold.
    complete: bool,
    /// The lines, in the order of the request.
    #[schema(max_items = 50)]
    lines: Vec<QuotedLineView>,
    /// Total of the goods.
    goods_total: Rupiah,
    /// The delivery fee.
    delivery_fee: Rupiah,
    /// Goods and delivery fee; send it as `expected_total`.
    total: Rupiah,
    /// The deposit due before production.
    deposit_due: Rupiah,
    /// The rules for deposit and cancelling, as a sentence.
    #[schema(
        max_length = 400,
        example = "Tanpa uang muka. Batal sebelum 24 November 2026 17.00 WIB tanpa biaya; sesudah itu hanya lewat pengurus kelompok."
    )]
    deposit_rule: String,
    /// Deadline of the groups' answers.
    answer_by: Instant,
    /// Payment deadline.
    pay_by: Instant,
    /// Until when the buyer could cancel.
    cancellable_until: Instant,
    /// When an order is quoted again: its products that are no longer sold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    gone: Vec<DiscontinuedProduct>,
}

/// A line of a quote.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct QuotedLineView {
    product: ProductId,
    #[schema(max_length = 120, example = "Pastel sayur")]
    product_name: String,
    #[schema(max_length = 20, example = "piece")]
    unit: String,
    group: GroupRef,
    /// The day on which the goods are ready; null if unavailable.
    ready_on: Option<Day>,
    /// The requested quantity.
    wanted: Quantity,
    /// The available quantity.
    quantity: Quantity,
    unit_price: Rupiah,
    /// Unit price before the discount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    was: Option<Rupiah>,
    /// The kind of discount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    discount: Option<DiscountKind>,
    total: Rupiah,
    deposit: Rupiah,
    /// The requested quantity that is not available.
    short: Quantity,
    /// The reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<UnavailableReason>,
    /// The quantity that would be available, if it is below the smallest acceptable quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    available: Option<Quantity>,
    /// The first day on which the whole quantity is available.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_day: Option<Day>,
}

impl QuoteView {
    /// The quote in this language.
    pub fn of(quote: &Quote, language: Language) -> Self {
        let until = local_time(quote.cancellable_until, quote.cooperative.zone);
        QuoteView {
            cooperative: quote.cooperative.id,
            complete: quote.lines.iter().all(|line| line.unavailable.is_none()),
            lines: quote
                .lines
                .iter()
                .map(|line| QuotedLineView {
                    product: line.product.id,
                    product_name: line.product.name.clone(),
                    unit: line.product.unit.as_str().to_owned(),
                    group: quote.groups.get(line.product.group),
                    ready_on: line.ready_on(),
                    wanted: line.wanted,
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    was: line.discounted_from.map(|(_, usual)| usual),
                    discount: line.discounted_from.map(|(kind, _)| kind),
                    total: line.total,
                    deposit: line.deposit,
                    short: line.missing_quantity(),
                    reason: line.unavailable.map(|unavailable| unavailable.reason),
                    available: line.unavailable.map(|unavailable| unavailable.available),
                    next_day: line.unavailable.and_then(|unavailable| unavailable.next_day),
                })
                .collect(),
            goods_total: quote.goods_total,
            delivery_fee: quote.delivery_fee,
            total: quote.total,
            deposit_due: quote.deposit_due,
            deposit_rule: deposit_rule(language, quote.deposit_due, &until),
            answer_by: quote.answer_by,
            pay_by: quote.pay_by,
            cancellable_until: quote.cancellable_until,
            gone: Vec::new(),
        }
    }
}

/// Local date and time: `24-11-2026 17.00 WIB`.
fn local_time(moment: Instant, zone: Zone) -> String {
    let (day, time) = (zone.day_of(moment), zone.time_of(moment));
    format!("{} {} {}", day.format("%d-%m-%Y"), time.format("%H.%M"), zone.abbreviation())
}

/// The lines, delivery and date that a quote or an order is made for.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
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
            agreement: AgreedTerms::default(),
        }
    }
}

/// Quotes an order with its shortages. Nothing is reserved.
#[utoipa::path(post, path = "/v1/quotes", responses((status = 200, body = QuoteView)))]
async fn quote_order(
    read: Read,
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: OptionalCaller,
    language: Language,
    body: Body<QuoteRequest>,
) -> Result<ApiResponse, Problem> {
    let (account, settings) = (caller.roles.account, **settings);
    let basket = Basket::from(body.value).with_buyer(account);
    let (quoted, basket) = read.run(move |conn, now| Ok((quote(conn, now, &settings, &basket)?, basket))).await?;
    record_shortage(&state, settings, &quoted, basket, account).await;
    Ok(ApiResponse::ok(&QuoteView::of(&quoted, language)))
}

/// Quotes the goods of an order again, at today's prices and for the first available days.
///
/// Products that are no longer sold are left out and listed in `gone`; if none is left, the response is 409
/// `not-on-sale`. Quantities are raised to today's minimum, and a delivery that is no longer offered becomes pickup.
#[utoipa::path(
    post, path = "/v1/orders/{id}/repeat_quote",
    responses(
        (status = 200, body = QuoteView),
        (status = 409, description = "`not-on-sale`: nothing of it is sold any more"),
        (status = 422, description = "`amount-too-large`"),
    ),
)]
async fn quote_repeat_order(
    read: Read,
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: Caller,
    language: Language,
    id: PathIds<OrderId>,
) -> Result<ApiResponse, Problem> {
    let (account, settings) = (caller.person.account, **settings);
    let RepeatQuote { basket, quote, gone } = read
        .run(move |conn, now| {
            let viewer = Viewer::of(caller.roles);
            let whole = store::find_with_fulfilments(conn, id.0)?.filter(|whole| viewer.is_buyer(&whole.order));
            Ok(repeat(conn, now, &settings, &whole.ok_or_else(Problem::not_found)?)?)
        })
        .await?;
    record_shortage(&state, settings, &quote, basket, Some(account)).await;
    let view = QuoteView::of(&quote, language);
    Ok(ApiResponse::ok(&QuoteView { complete: view.complete && gone.is_empty(), gone, ..view }))
}

async fn record_shortage(
    state: &AppState,
    settings: Settings,
    quote: &Quote,
    basket: Basket,
    account: Option<AccountId>,
) {
    if quote.lines.iter().any(|line| line.unavailable.is_some()) {
        let source = account.map_or(DemandSource::Anonymous, DemandSource::Account);
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
