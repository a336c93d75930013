//! Ordering under a contract.

use actix_web::web::Data;

use super::bodies::CallOff;
use crate::cooperatives::{Insider, Standing};
use crate::kernel::ids::ContractId;
use crate::kernel::{Instant, Language};
use crate::market::contracts::call_off::call_off;
use crate::market::contracts::error::ContractError;
use crate::orders::{self, OrderView, PlaceError, QuoteView, Settings, Viewer, WholeOrder};
use crate::web::creation::is_repeated;
use crate::web::{Answer, Body, Code, Idempotency, PathIds, Problem, Routes, Site, routes};

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
    request_body = CallOff,
    responses(
        (status = 201, description = "Ordered", body = OrderView),
        (status = 200, description = "Ordered before by the same request: as it is now", body = OrderView),
        (status = 409, description = "`credit-limit-reached` with `open`, `limit` and `wanted`; `contract-not-in-force`; as for any order, `sold-out`, `cutoff-passed`, `not-on-sale`, `total-changed` with the new `quote`; `id-taken`"),
    ),
    security(("bearer" = [])),
)]
async fn call_off_order(
    site: Data<Site>,
    settings: Data<Settings>,
    caller: Insider,
    language: Language,
    key: Idempotency,
    id: PathIds<ContractId>,
    body: Body<CallOff>,
) -> Result<Answer, Problem> {
    let (now, scope, asked, print) = (site.now(), caller.person.scope(), body.value, body.fingerprint.clone());
    let (settings, standing, id) = (**settings, caller.standing, id.0);
    key.required()?
        .once(&site.db, now, scope.clone(), body.fingerprint, move |tx| {
            if is_repeated(tx, now, asked.id, &scope, &print)?
                && let Some(order) = asked.id
            {
                let whole = orders::find_whole(tx, order)?.ok_or_else(Problem::not_found)?;
                return answer(&whole, &standing, &settings, now, |_, view| Answer::ok(view));
            }
            let order = asked.id.unwrap_or_else(|| tx.id(now));
            let whole = call_off(tx, now, &settings, &standing, id, &asked.calling_off(order))
                .map_err(|error| spoken(error, language))?;
            answer(&whole, &standing, &settings, now, Answer::created)
        })
        .await
}

/// A failed order, its new quote told in the caller's language.
fn spoken(error: ContractError, language: Language) -> Problem {
    match error {
        ContractError::Place(PlaceError::TotalChanged(quote)) => {
            Problem::new(Code::TotalChanged).with("total", quote.total).with("quote", QuoteView::of(&quote, language))
        }
        error => error.into(),
    }
}

fn answer(
    whole: &WholeOrder,
    standing: &Standing,
    settings: &Settings,
    now: Instant,
    status: impl Fn(String, &OrderView) -> Answer,
) -> Result<Answer, Problem> {
    let id = whole.order.id;
    let viewer = Viewer::of(standing.clone());
    let view = OrderView::of(whole, &viewer, settings, now).ok_or_else(Problem::not_found)?;
    Ok(status(format!("/v1/orders/{id}"), &view).version(whole.order.version).about(id))
}
