//! The route of quick sales.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cooperatives::{AccessError, GroupRef, Officer};
use crate::kernel::ids::{BatchId, FulfilmentId, GroupId, OrderId, PaymentId, ProductId};
use crate::kernel::{Instant, Language, Quantity, Rupiah, Version};
use crate::orders::{self, BasketLine, OrderStatus, PaymentState};
use crate::payments::quick_sale::{CompletedSale, StallSale, over_the_counter, sell};
use crate::payments::store;
use crate::supply::DemandSource;
use crate::web::{
    ApiResponse, AppState, ClientId, FieldErrors, KeyRequired, PathIds, Problem, Routes, Rule, Validate, Write, routes,
};

/// The route of the quick sale.
pub(super) fn routes() -> Routes {
    routes!["sales": create_quick_sale]
}

/// Goods sold at the stall for cash.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "quantity": 3}],
    "expected_total": 36000,
}))]
pub(super) struct QuickSale {
    /// Id of the new order, chosen by the client, if any.
    #[schema(nullable = false)]
    id: Option<OrderId>,
    /// The sold products, from this group's stock.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<QuickSaleLine>,
    /// The buyer's name, if given.
    #[schema(max_length = 100, example = "Contoh Wati")]
    buyer: Option<String>,
    /// A note.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// The total that was shown to the buyer; if it differs, the response is 409 `total-changed`.
    expected_total: Option<Rupiah>,
}

/// One product sold at the stall.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuickSaleLine {
    /// The product.
    product: ProductId,
    /// Quantity in the product's unit.
    quantity: Quantity,
    /// The batch to take from; if absent, the batch with the earliest best-before date.
    #[schema(nullable = false)]
    batch: Option<BatchId>,
}

impl Validate for QuickSale {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_length("/lines", self.lines.len(), 1..=50);
        for (position, line) in self.lines.iter().enumerate() {
            errors.require(line.quantity.is_positive(), &format!("/lines/{position}/quantity"), Rule::NotPositive);
        }
        errors.check_line("/buyer", &self.buyer, 1..=100);
        errors.check_text("/note", &self.note, 1..=500);
        errors.check_range("/expected_total", self.expected_total.unwrap_or_default().0, 0..=Rupiah::MAX_LINE.0);
    }
}

/// A completed sale at the stall.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuickSaleView {
    /// The order's id.
    id: OrderId,
    /// The order's number.
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    number: String,
    /// The group.
    group: GroupRef,
    /// The group's part of the order, to undo a mistake within minutes.
    fulfilment: FulfilmentId,
    /// The order's status; completed at first.
    status: OrderStatus,
    /// The payment state.
    payment_state: PaymentState,
    /// The sold lines.
    #[schema(max_items = 50)]
    lines: Vec<QuickSaleLineView>,
    /// The total.
    total: Rupiah,
    /// The paid amount.
    paid: Rupiah,
    /// The cash payment; null if the total is zero.
    payment: Option<PaymentId>,
    /// When it was sold.
    sold_at: Instant,
    /// The order's version.
    version: Version,
}

/// One line of a sale at the stall.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuickSaleLineView {
    /// The product.
    product: ProductId,
    /// The product's name.
    #[schema(max_length = 200, example = "Keripik original 200 g")]
    name: String,
    /// The product's unit.
    #[schema(max_length = 20, example = "pack")]
    unit: String,
    /// The quantity.
    quantity: Quantity,
    /// The unit price.
    unit_price: Rupiah,
    /// The total of the line.
    total: Rupiah,
}

impl QuickSaleView {
    /// `None` for an order without a fulfilment, which the stall does not make.
    fn of(sold: &CompletedSale) -> Option<Self> {
        let (order, fulfilment) = (&sold.order.order, sold.order.fulfilments.first()?);
        let lines = fulfilment.lines.iter().map(|line| QuickSaleLineView {
            product: line.row.product,
            name: line.row.product_name.clone(),
            unit: line.row.unit.clone(),
            quantity: line.row.quantity,
            unit_price: line.row.unit_price,
            total: line.row.total,
        });
        Some(QuickSaleView {
            id: order.id,
            number: order.number.clone(),
            group: fulfilment.group.clone(),
            fulfilment: fulfilment.row.id,
            status: order.status,
            payment_state: order.payment_state(),
            lines: lines.collect(),
            total: order.total,
            paid: order.paid_total,
            payment: sold.payment.as_ref().map(|payment| payment.id),
            sold_at: order.placed_at,
            version: order.version,
        })
    }
}

/// Sell at the stall
///
/// Sells, takes cash and hands over in one call: an order of channel `walk_in` that is completed and paid at once. The
/// officer holds the cash until a hand-over.
#[utoipa::path(
    post, path = "/v1/groups/{id}/sales",
    responses(
        (status = 201, description = "Sold", body = QuickSaleView),
        (status = 200, description = "Sold before, by the same request", body = QuickSaleView),
        (status = 409, description = "Sold out, or another total"),
    ),
)]
async fn create_quick_sale(
    call: Write<QuickSale, KeyRequired>,
    (state, settings): (Data<AppState>, Data<orders::Settings>),
    officer: Officer,
    PathIds(group): PathIds<GroupId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (permit, settings) = (officer.permit(group)?, **settings);
    let basket = over_the_counter(&permit, call.body.lines());
    let client_id = |body: &QuickSale| body.id;
    let sale = call.create_once(officer.person.idempotency_scope(), client_id, move |tx, now, body, id| {
        let sold = match id {
            ClientId::Repeated(id) => CompletedSale {
                order: orders::find_with_fulfilments(tx, id)?.ok_or(AccessError::Hidden)?,
                payment: store::list_payments_of_order(tx, id)?.into_iter().next(),
            },
            ClientId::New(id) => sell(tx, now, &settings, &permit, &body.sale(id, language))?,
        };
        let view = QuickSaleView::of(&sold).ok_or(AccessError::Hidden)?;
        let location = format!("/v1/orders/{}", view.id);
        Ok(id.respond(location, &view).with_version(view.version).about_subject(view.id))
    });
    let response = sale.await;
    if response.as_ref().is_err_and(|problem| problem.code().status() == StatusCode::CONFLICT) {
        // The buyer is anonymous, so repeated attempts of one officer count as one demand source.
        let source = DemandSource::contact(&state.signer, &format!("stall:{}", permit.account));
        orders::record_unmet(&state, settings, basket, source).await;
    }
    response
}

impl QuickSale {
    fn lines(&self) -> Vec<BasketLine> {
        let line = |line: &QuickSaleLine| BasketLine {
            product: line.product,
            ready_on: None,
            batch: line.batch,
            quantity: line.quantity,
            at_least: None,
        };
        self.lines.iter().map(line).collect()
    }

    fn sale(&self, order: OrderId, language: Language) -> StallSale {
        StallSale {
            order,
            lines: self.lines(),
            buyer: self.buyer.clone(),
            note: self.note.clone(),
            language,
            expected_total: self.expected_total,
        }
    }
}
