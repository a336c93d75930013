//! Routes for ordering under a contract.

use actix_web::web::Data;

use super::bodies::OrderByContract;
use crate::contracts::error::ContractError;
use crate::contracts::order::place_order;
use crate::cooperatives::{Caller, Roles};
use crate::kernel::ids::ContractId;
use crate::kernel::{Instant, Language};
use crate::orders::{self, OrderView, OrderWithFulfilments, PlaceOrderError, QuoteView, Settings, Viewer};
use crate::web::client_ids::is_repeated;
use crate::web::{ApiResponse, AppState, Body, Code, Idempotency, PathIds, Problem, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["market": place_contract_order]
}

/// Order under a contract
///
/// For its buyer. Uses the agreed prices, needs no deposit, and is paid with the invoice of its month; only days of the
/// contract are allowed. The groups have promised the goods, so the order needs no acceptance. The total of unpaid
/// orders never exceeds the credit limit, even with concurrent orders.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/orders",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, description = "Ordered", body = OrderView),
        (status = 200, description = "Ordered before by the same request; the current state", body = OrderView),
        (status = 409, description = "`credit-limit-reached` with `open`, `limit` and `wanted`; `contract-not-in-force`; as for any order, `sold-out`, `cutoff-passed`, `not-on-sale`, `total-changed` with the new `quote`; `id-taken`"),
    ),
)]
async fn place_contract_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: Caller,
    language: Language,
    key: Idempotency,
    id: PathIds<ContractId>,
    body: Body<OrderByContract>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, input, fingerprint) = (state.now(), caller.person.scope(), body.value, body.fingerprint.clone());
    let (settings, roles, id) = (**settings, caller.roles, id.0);
    key.required()?
        .once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
            if is_repeated(tx, now, input.id, &scope, &fingerprint)?
                && let Some(order) = input.id
            {
                let whole = orders::find_with_fulfilments(tx, order)?.ok_or_else(Problem::not_found)?;
                return respond(&whole, &roles, &settings, now, |_, view| ApiResponse::ok(view));
            }
            let order = input.id.unwrap_or_else(|| tx.id(now));
            let whole = place_order(tx, now, &settings, &roles, id, &input.contract_order(order))
                .map_err(|error| to_problem(error, language))?;
            respond(&whole, &roles, &settings, now, ApiResponse::created)
        })
        .await
}

/// Renders a new quote in the caller's language.
fn to_problem(error: ContractError, language: Language) -> Problem {
    match error {
        ContractError::Place(PlaceOrderError::TotalChanged(quote)) => {
            Problem::new(Code::TotalChanged).with("total", quote.total).with("quote", QuoteView::of(&quote, language))
        }
        error => error.into(),
    }
}

fn respond(
    whole: &OrderWithFulfilments,
    roles: &Roles,
    settings: &Settings,
    now: Instant,
    status: impl Fn(String, &OrderView) -> ApiResponse,
) -> Result<ApiResponse, Problem> {
    let id = whole.order.id;
    let viewer = Viewer::of(roles.clone());
    let view = OrderView::of(whole, &viewer, settings, now).ok_or_else(Problem::not_found)?;
    Ok(status(format!("/v1/orders/{id}"), &view).with_version(whole.order.version).about_subject(id))
}
