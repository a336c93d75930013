//! Routes of contracts: proposed by the board, answered and used by the buyer.

use actix_web::web::Data;

use super::bodies::{OrderByContract, ProposeContract, TransitionContract};
use super::find_visible;
use super::views::ContractView;
use crate::contracts::access;
use crate::contracts::error::ContractError;
use crate::contracts::order::place_order;
use crate::contracts::propose::propose;
use crate::contracts::store::{self, ContractPageKey};
use crate::contracts::transition::transition;
use crate::cooperatives::{AccessError, Board, Caller};
use crate::kernel::Language;
use crate::kernel::ids::{ContractId, CooperativeId};
use crate::orders::{self, OrderView, Settings, Viewer};
use crate::web::{
    ApiResponse, ClientId, IfMatch, KeyRequired, List, Page, PathIds, Problem, Read, Routes, Write, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![
        "market": propose_contract,
        list_cooperative_contracts,
        list_contracts,
        get_contract,
        transition_contract,
        place_contract_order
    ]
}

/// Propose a contract
///
/// For the board. The buyer, who needs an account, is notified and accepts or declines.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/contracts",
    responses(
        (status = 201, body = ContractView),
        (status = 200, description = "Proposed before by the same request", body = ContractView),
        (status = 409, description = "`id-taken`"),
    ),
)]
async fn propose_contract(
    call: Write<ProposeContract, KeyRequired>,
    board: Board,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = board.permit(id.0)?;
    call.create_once(
        caller.person.idempotency_scope(),
        |body| body.id,
        move |tx, now, body, client_id| {
            let contract = match client_id {
                ClientId::Repeated(id) => find_visible(tx, &caller.roles, id)?,
                ClientId::New(id) => propose(tx, now, &permit, &body.to_new_contract(id))?.0,
            };
            let view = ContractView::load(tx, contract, &caller.roles)?;
            let response = client_id.respond(format!("/v1/contracts/{}", view.id), &view);
            Ok(response.with_version(view.version).about_subject(view.buyer))
        },
    )
    .await
}

/// List the contracts of a cooperative
///
/// For its board, treasurer and supervisors. The newest first.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/contracts", responses((status = 200, body = Page<ContractView>)))]
async fn list_cooperative_contracts(
    list: List<ContractPageKey>,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    access::require_overseer(&caller.roles, id.0)?;
    let rows = list.read(move |conn, list| {
        let contracts = store::list_by_cooperative(conn, id.0, list.after, list.limit)?;
        contracts.into_iter().map(|contract| Ok(ContractView::load(conn, contract, &caller.roles)?)).collect()
    });
    Ok(rows.await?.answer(|view| (view.created_at, view.id), |view| view))
}

/// List the caller's contracts
///
/// Contracts whose buyer is the caller, the newest first.
#[utoipa::path(get, path = "/v1/contracts", responses((status = 200, body = Page<ContractView>)))]
async fn list_contracts(list: List<ContractPageKey>, caller: Caller) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let contracts = store::list_by_buyer(conn, caller.person.account, list.after, list.limit)?;
        contracts.into_iter().map(|contract| Ok(ContractView::load(conn, contract, &caller.roles)?)).collect()
    });
    Ok(rows.await?.answer(|view| (view.created_at, view.id), |view| view))
}

/// Get a contract
///
/// For its buyer, and the board, treasurer and supervisors of its cooperative.
#[utoipa::path(get, path = "/v1/contracts/{id}", responses((status = 200, body = ContractView)))]
async fn get_contract(read: Read, caller: Caller, id: PathIds<ContractId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let contract = find_visible(conn, &caller.roles, id.0)?;
        let view = ContractView::load(conn, contract, &caller.roles)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    })
    .await
}

/// Accept, decline, withdraw or end a contract
///
/// The buyer accepts or declines; the board withdraws an unanswered contract and ends an active one. Orders placed
/// under it go on and are part of the next invoice.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/transitions",
    responses(
        (status = 200, body = ContractView),
        (status = 409, description = "`transition-invalid`: the status does not permit the action"),
    ),
)]
async fn transition_contract(
    call: Write<TransitionContract, KeyRequired>,
    caller: Caller,
    id: PathIds<ContractId>,
    version: IfMatch<Option<i64>>,
) -> Result<ApiResponse, Problem> {
    call.once(caller.person.idempotency_scope(), move |tx, now, body| {
        let contract = transition(tx, now, &caller.roles, id.0, body.action, version.0)?;
        let view = ContractView::load(tx, contract, &caller.roles)?;
        Ok(ApiResponse::ok(&view).with_version(view.version).about_subject(view.buyer))
    })
    .await
}

/// Order under a contract
///
/// For its buyer. Uses the agreed prices, needs no deposit, and is paid with the invoice of its month; only days of the
/// contract are allowed. The groups have promised the goods, so the order needs no acceptance. The total of unpaid
/// orders never exceeds the credit limit, even with concurrent orders.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/orders",
    responses(
        (status = 201, body = OrderView),
        (status = 200, description = "Ordered before by the same request; the current state", body = OrderView),
        (status = 409, description = "`credit-limit-reached` with `open`, `limit` and `wanted`; `contract-not-in-force`; as for any order, `sold-out`, `cutoff-passed`, `not-on-sale`, `total-changed` with the new `quote`; `id-taken`"),
    ),
)]
async fn place_contract_order(
    call: Write<OrderByContract, KeyRequired>,
    settings: Data<Settings>,
    caller: Caller,
    language: Language,
    id: PathIds<ContractId>,
) -> Result<ApiResponse, Problem> {
    call.create_once(
        caller.person.idempotency_scope(),
        |body| body.id,
        move |tx, now, body, client_id| {
            let whole = match client_id {
                ClientId::Repeated(order) => orders::find_with_fulfilments(tx, order)?.ok_or(AccessError::Hidden)?,
                ClientId::New(order) => {
                    place_order(tx, now, &settings, &caller.roles, id.0, &body.to_contract_order(order))
                        .map_err(|error| to_problem(error, language))?
                }
            };
            let viewer = Viewer::of(caller.roles.clone());
            let view = OrderView::of(&whole, &viewer, &settings, now).ok_or(AccessError::Hidden)?;
            let (order, version) = (whole.order.id, whole.order.version);
            let response = client_id.respond(format!("/v1/orders/{order}"), &view);
            Ok(response.with_version(version).about_subject(order))
        },
    )
    .await
}

/// Renders a new quote in the caller's language.
fn to_problem(error: ContractError, language: Language) -> Problem {
    match error {
        ContractError::Place(error) => orders::place_problem(error, language),
        error => error.into(),
    }
}
