//! Ordering under a contract.

use actix_web::web::Data;

use super::bodies::OrderByContract;
use crate::contracts::error::ContractError;
use crate::contracts::order::order;
use crate::cooperatives::{Caller, Roles};
use crate::kernel::ids::ContractId;
use crate::kernel::{Instant, Language};
use crate::orders::{self, OrderView, PlaceOrderError, QuoteView, Settings, Viewer, WholeOrder};
use crate::web::client_ids::is_repeated;
use crate::web::{ApiResponse, AppState, Body, Code, Idempotency, PathIds, Problem, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![call_off_order]
}

/// Order under a contract
///
/// For its buyer: at the agreed prices, without a deposit, on a day of the contract; paid by the invoice of its month. The
/// groups have promised it, so that nobody needs to accept it. What is ordered and not paid never comes to more than the
/// credit limit, however many order at once.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/orders", tag = "market", operation_id = "call_off_order",
    params(("id" = ContractId, Path, description = "The contract"), ("Idempotency-Key" = String, Header)),
    request_body = OrderByContract,
    responses(
        (status = 201, description = "Ordered", body = OrderView),
        (status = 200, description = "Ordered before by the same request: as it is now", body = OrderView),
        (status = 409, description = "`credit-limit-reached` with `open`, `limit` and `wanted`; `contract-not-in-force`; as for any order, `sold-out`, `cutoff-passed`, `not-on-sale`, `total-changed` with the new `quote`; `id-taken`"),
    ),
    security(("bearer" = [])),
)]
async fn call_off_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: Caller,
    language: Language,
    key: Idempotency,
    id: PathIds<ContractId>,
    body: Body<OrderByContract>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked, print) = (state.now(), caller.person.scope(), body.value, body.fingerprint.clone());
    let (settings, roles, id) = (**settings, caller.roles, id.0);
    key.required()?
        .once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
            if is_repeated(tx, now, asked.id, &scope, &print)?
                && let Some(order) = asked.id
            {
                let whole = orders::find_whole(tx, order)?.ok_or_else(Problem::not_found)?;
                return answer(&whole, &roles, &settings, now, |_, view| ApiResponse::ok(view));
            }
            let new = asked.id.unwrap_or_else(|| tx.id(now));
            let whole = order(tx, now, &settings, &roles, id, &asked.calling_off(new))
                .map_err(|error| spoken(error, language))?;
            answer(&whole, &roles, &settings, now, ApiResponse::created)
        })
        .await
}

/// A failed order, its new quote told in the caller's language.
fn spoken(error: ContractError, language: Language) -> Problem {
    match error {
        ContractError::Place(PlaceOrderError::TotalChanged(quote)) => {
            Problem::new(Code::TotalChanged).with("total", quote.total).with("quote", QuoteView::of(&quote, language))
        }
        error => error.into(),
    }
}

fn answer(
    whole: &WholeOrder,
    roles: &Roles,
    settings: &Settings,
    now: Instant,
    status: impl Fn(String, &OrderView) -> ApiResponse,
) -> Result<ApiResponse, Problem> {
    let id = whole.order.id;
    let viewer = Viewer::of(roles.clone());
    let view = OrderView::of(whole, &viewer, settings, now).ok_or_else(Problem::not_found)?;
    Ok(status(format!("/v1/orders/{id}"), &view).version(whole.order.version).about_subject(id))
}
