//! The route of the quick sale.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cooperatives::Officer;
use crate::db::Tx;
use crate::kernel::ids::{BatchId, FulfilmentId, GroupId, OrderId, PaymentId, ProductId};
use crate::kernel::{Instant, Language, Quantity, Rupiah};
use crate::orders::{self, BasketLine, OrderStatus, PaymentState};
use crate::payments::error::PaymentError;
use crate::payments::quick_sale::{Sold, StallSale, StallSaleError, over_the_counter, sell};
use crate::supply::DemandSource;
use crate::web::client_ids::{self, ClientId};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, PathIds, Problem, Routes, Validate, routes,
};

/// The route of the quick sale.
pub(super) fn routes() -> Routes {
    routes![quick_sale]
}

/// What was sold at the stall for cash.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "quantity": 3}],
    "expected_total": 36000,
}))]
pub(super) struct QuickSale {
    /// The id of the order that it becomes, when the client makes it.
    #[schema(nullable = false)]
    id: Option<OrderId>,
    /// What was sold, from this group's shelf.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<QuickSaleLine>,
    /// Who bought, if they said.
    #[schema(max_length = 100, example = "Contoh Wati")]
    buyer: Option<String>,
    /// What is worth remembering.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// What the buyer was told; another price is refused with 409 `total-changed`.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64, example = 36_000)]
    expected_total: Option<Rupiah>,
}

/// One product sold at the stall.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuickSaleLine {
    /// Which product.
    product: ProductId,
    /// How much, in its unit.
    quantity: Quantity,
    /// From which batch; what spoils first, when it is not said.
    #[schema(nullable = false)]
    batch: Option<BatchId>,
}

impl Validate for QuickSale {
    fn check(&self, errors: &mut FieldErrors) {
        errors.length("/lines", self.lines.len(), 1..=50);
        let positive =
            || FieldError::Rule { code: "not-positive", id: "Harus lebih dari nol.", en: "Must be more than zero." };
        for (position, line) in self.lines.iter().enumerate() {
            errors.require(line.quantity.is_positive(), &format!("/lines/{position}/quantity"), positive());
        }
        if let Some(buyer) = &self.buyer {
            errors.line("/buyer", buyer, 1..=100);
        }
        if let Some(note) = &self.note {
            errors.text("/note", note, 1..=500);
        }
        if let Some(total) = self.expected_total {
            errors.range("/expected_total", total.0, 0..=Rupiah::MAX_LINE.0);
        }
    }
}

/// A sale at the stall, done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuickSaleView {
    /// The id of its order.
    id: OrderId,
    /// Its number.
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    number: String,
    /// The group.
    group: GroupId,
    /// The group's part of the order, by which a mistake is undone within minutes.
    fulfilment: Option<FulfilmentId>,
    /// Always completed at first.
    status: OrderStatus,
    /// How it stands with the money.
    payment_state: PaymentState,
    /// What was sold.
    #[schema(max_items = 50)]
    lines: Vec<QuickSaleLineView>,
    /// What it came to.
    total: Rupiah,
    /// What was paid.
    paid: Rupiah,
    /// The cash payment; null when all was for free.
    payment: Option<PaymentId>,
    /// When.
    sold_at: Instant,
    /// The order's version.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
}

/// One line of a sale at the stall.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuickSaleLineView {
    /// Which product.
    product: ProductId,
    /// Its name.
    #[schema(max_length = 200, example = "Keripik original 200 g")]
    name: String,
    /// The unit.
    #[schema(max_length = 20, example = "pack")]
    unit: String,
    /// How much.
    quantity: Quantity,
    /// For how much a unit.
    unit_price: Rupiah,
    /// For how much in all.
    total: Rupiah,
}

impl QuickSaleView {
    fn of(sold: &Sold, group: GroupId) -> Self {
        let order = &sold.order.order;
        let lines = sold.order.parts.iter().flat_map(|part| &part.lines).map(|claimed| QuickSaleLineView {
            product: claimed.line.product,
            name: claimed.line.product_name.clone(),
            unit: claimed.line.unit.clone(),
            quantity: claimed.line.quantity,
            unit_price: claimed.line.unit_price,
            total: claimed.line.total,
        });
        QuickSaleView {
            id: order.id,
            number: order.number.clone(),
            group,
            fulfilment: sold.order.parts.first().map(|part| part.fulfilment.id),
            status: order.status,
            payment_state: order.payment_state(),
            lines: lines.collect(),
            total: order.total,
            paid: order.paid_total,
            payment: sold.payment.as_ref().map(|payment| payment.id),
            sold_at: order.placed_at,
            version: order.version,
        }
    }
}

/// The sale of this id as it is now.
fn again(tx: &mut Tx<'_>, id: OrderId) -> Result<Sold, StallSaleError> {
    let order = orders::find_whole(tx, id)?.ok_or(PaymentError::NotFound)?;
    let payment = crate::payments::store::payments_of(tx, id)?.into_iter().next();
    Ok(Sold { order, payment })
}

/// Sell at the stall
///
/// Lines, paid cash, handed over, in one call: an order of the channel `walk_in` that is completed and paid at once.
/// The cash is held by the officer until it is handed in.
#[utoipa::path(
    post,
    path = "/v1/groups/{id}/sales",
    tag = "sales",
    operation_id = "quick_sale",
    params(
        ("id" = GroupId, Path, description = "The group"),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = QuickSale,
    responses(
        (status = 201, description = "Sold", body = QuickSaleView),
        (status = 200, description = "Sold before, by the same request", body = QuickSaleView),
        (status = 409, description = "Sold out, or another total"),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn quick_sale(
    state: Data<AppState>,
    settings: Data<orders::Settings>,
    officer: Officer,
    PathIds(group): PathIds<GroupId>,
    idempotency: Idempotency,
    language: Language,
    body: Body<QuickSale>,
) -> Result<ApiResponse, Problem> {
    let permit = officer.of(group)?;
    let (now, scope, request, print) = (state.now(), officer.person.scope(), body.value, body.fingerprint.clone());
    let owner = scope.clone();
    let settings = **settings;
    let basket = over_the_counter(&permit, request.lines());
    let answer = idempotency
        .required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            if let Some(id) = request.id
                && client_ids::reserve_client_id(tx, now, id, &owner, &print).map_err(PaymentError::from)?
                    == ClientId::Repeated
            {
                let view = QuickSaleView::of(&again(tx, id)?, group);
                return Ok(ApiResponse::ok(&view).version(view.version).about_subject(view.id));
            }
            let sale = request.sale(request.id.unwrap_or_else(|| tx.id(now)), language);
            let sold = sell(tx, now, &settings, &permit, &sale)?;
            let view = QuickSaleView::of(&sold, group);
            let answer = ApiResponse::created(format!("/v1/orders/{}", view.id), &view);
            Ok::<_, StallSaleError>(answer.version(view.version).about_subject(view.id))
        })
        .await;
    if answer.as_ref().is_err_and(|problem| problem.code().status() == StatusCode::CONFLICT) {
        // Who stands at the stall is not asked; the officer's tries count as one.
        let asker = DemandSource::contact(&state.signer, &format!("stall:{}", permit.account));
        orders::remember(&state, settings, basket, asker).await;
    }
    answer
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
