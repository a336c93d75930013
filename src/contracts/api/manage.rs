//! Drawing contracts up, reading them, and taking their steps.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{DrawUpContract, StepContract};
use super::seen;
use super::views::{ContractView, WholeContract};
use crate::accounts;
use crate::contracts::contract::Contract;
use crate::contracts::propose::propose;
use crate::contracts::step::step;
use crate::contracts::store::{self, PageKey};
use crate::contracts::viewer;
use crate::cooperatives::{Board, Caller, Roles};
use crate::db::{Conn, Result as DbResult};
use crate::kernel::ids::{ContractId, CooperativeId};
use crate::web::client_ids::is_repeated;
use crate::web::{
    ApiResponse, AppState, Body, Idempotency, IfMatch, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![draw_up_contract, list_cooperative_contracts, list_contracts, show_contract, step_contract]
}

/// A contract with its lines, its buyer's name and what is open.
fn whole(conn: &mut Conn, contract: Contract) -> DbResult<WholeContract> {
    let lines = store::lines_of(conn, contract.id)?;
    let buyer_name = accounts::account(conn, contract.buyer)?.map(|account| account.name).unwrap_or_default();
    let open = store::open_of(conn, contract.id)?;
    Ok(WholeContract { contract, lines, buyer_name, open })
}

fn answer(conn: &mut Conn, contract: Contract, roles: &Roles) -> Result<ApiResponse, Problem> {
    let version = contract.version;
    Ok(ApiResponse::ok(&ContractView::of(whole(conn, contract)?, roles)).version(version))
}

/// Draw up a contract
///
/// For the board. The buyer, who has an account, is told and accepts or declines.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/contracts", tag = "market", operation_id = "draw_up_contract",
    params(("id" = CooperativeId, Path, description = "The cooperative"), ("Idempotency-Key" = String, Header)),
    request_body = DrawUpContract,
    responses(
        (status = 201, description = "Proposed", body = ContractView),
        (status = 200, description = "Proposed before by the same request", body = ContractView),
        (status = 409, description = "`id-taken`"),
    ),
    security(("bearer" = [])),
)]
async fn draw_up_contract(
    state: Data<AppState>,
    board: Board,
    caller: Caller,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    body: Body<DrawUpContract>,
) -> Result<ApiResponse, Problem> {
    let permit = board.of(id.0)?;
    let (now, scope, asked, print) = (state.now(), board.person.scope(), body.value, body.fingerprint.clone());
    let roles = caller.roles;
    key.required()?
        .once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
            if is_repeated(tx, now, asked.id, &scope, &print)?
                && let Some(id) = asked.id
            {
                let contract = seen(tx, &roles, id)?;
                return answer(tx, contract, &roles);
            }
            let id = asked.id.unwrap_or_else(|| tx.id(now));
            let (contract, _) = propose(tx, now, &permit, &asked.drawing(id))?;
            let (buyer, version) = (contract.buyer, contract.version);
            let view = ContractView::of(whole(tx, contract)?, &roles);
            Ok::<_, Problem>(
                ApiResponse::created(format!("/v1/contracts/{id}"), &view).version(version).about_subject(buyer),
            )
        })
        .await
}

/// List a cooperative's contracts
///
/// The latest first; for its board, treasurer and supervisors.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/contracts", tag = "market", operation_id = "list_cooperative_contracts",
    params(("id" = CooperativeId, Path, description = "The cooperative"), PageQuery),
    responses((status = 200, description = "A page of contracts", body = Page<ContractView>)),
    security(("bearer" = [])),
)]
async fn list_cooperative_contracts(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    viewer::may_watch(&caller.roles, id.0)?;
    let list = format!("contracts of cooperative {}", id.0);
    let paging = Paging::<PageKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let contracts = store::of_cooperative(conn, id.0, after, rows)?;
            Ok(contracts.into_iter().map(|it| whole(conn, it)).collect::<DbResult<Vec<_>>>()?)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        found,
        |it| (it.contract.created_at, it.contract.id),
        |it| ContractView::of(it, &caller.roles),
    );
    Ok(page.answer(request.path(), request.query_string()))
}

/// List one's contracts
///
/// Those by which the caller buys, the latest first.
#[utoipa::path(
    get, path = "/v1/contracts", tag = "market", operation_id = "list_contracts",
    params(PageQuery),
    responses((status = 200, description = "A page of contracts", body = Page<ContractView>)),
    security(("bearer" = [])),
)]
async fn list_contracts(
    state: Data<AppState>,
    caller: Caller,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let account = caller.person.account;
    let paging = Paging::<PageKey>::read(&state.signer, format!("contracts of {account}"), limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let contracts = store::of_buyer(conn, account, after, rows)?;
            Ok(contracts.into_iter().map(|it| whole(conn, it)).collect::<DbResult<Vec<_>>>()?)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        found,
        |it| (it.contract.created_at, it.contract.id),
        |it| ContractView::of(it, &caller.roles),
    );
    Ok(page.answer(request.path(), request.query_string()))
}

/// Show a contract
///
/// To its buyer, and to the board, the treasurer and the supervisors of its cooperative.
#[utoipa::path(
    get, path = "/v1/contracts/{id}", tag = "market", operation_id = "contract",
    params(("id" = ContractId, Path, description = "The contract")),
    responses((status = 200, description = "The contract", body = ContractView)),
    security(("bearer" = [])),
)]
async fn show_contract(state: Data<AppState>, caller: Caller, id: PathIds<ContractId>) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let contract = seen(conn, &caller.roles, id.0)?;
            answer(conn, contract, &caller.roles)
        })
        .await
}

/// Accept, decline, withdraw or end a contract
///
/// Its buyer accepts or declines; the board withdraws what is not answered, and ends what is active. What was ordered under
/// it goes on, and is asked for by the next invoice.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/transitions", tag = "market", operation_id = "step_contract",
    params(
        ("id" = ContractId, Path, description = "The contract"),
        ("If-Match" = Option<String>, Header),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = StepContract,
    responses(
        (status = 200, description = "The contract as it is now", body = ContractView),
        (status = 409, description = "`transition-invalid`: it does not take this step now"),
    ),
    security(("bearer" = [])),
)]
async fn step_contract(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<ContractId>,
    seen: IfMatch,
    key: Idempotency,
    body: Body<StepContract>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, action, id) = (state.now(), caller.person.scope(), body.value.action, id.0);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let contract = step(tx, now, &caller.roles, id, action, seen.sent())?;
            let buyer = contract.buyer;
            Ok::<_, Problem>(answer(tx, contract, &caller.roles)?.about_subject(buyer))
        })
        .await
}
