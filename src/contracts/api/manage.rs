//! Routes for proposing and reading contracts, and their transitions.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{ProposeContract, TransitionContract};
use super::find_visible;
use super::views::{ContractDetails, ContractView};
use crate::accounts;
use crate::contracts::access;
use crate::contracts::contract::Contract;
use crate::contracts::propose::propose;
use crate::contracts::store::{self, ContractPageKey};
use crate::contracts::transition::transition;
use crate::cooperatives::{Board, Caller, Roles};
use crate::db::{Conn, Result as DbResult};
use crate::kernel::ids::{ContractId, CooperativeId};
use crate::web::client_ids::is_repeated;
use crate::web::{
    ApiResponse, AppState, Body, Idempotency, IfMatch, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["market": propose_contract, list_cooperative_contracts, list_contracts, get_contract, transition_contract]
}

/// Loads the lines, buyer's name and open amount of a contract.
fn load_details(conn: &mut Conn, contract: Contract) -> DbResult<ContractDetails> {
    let lines = store::list_lines(conn, contract.id)?;
    let buyer_name = accounts::find_account(conn, contract.buyer)?.map(|account| account.name).unwrap_or_default();
    let open = store::sum_open(conn, contract.id)?;
    Ok(ContractDetails { contract, lines, buyer_name, open })
}

fn respond(conn: &mut Conn, contract: Contract, roles: &Roles) -> Result<ApiResponse, Problem> {
    let version = contract.version;
    Ok(ApiResponse::ok(&ContractView::of(load_details(conn, contract)?, roles)).with_version(version))
}

/// Propose a contract
///
/// For the board. The buyer, who needs an account, is notified and accepts or declines.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/contracts",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, description = "Proposed", body = ContractView),
        (status = 200, description = "Proposed before by the same request", body = ContractView),
        (status = 409, description = "`id-taken`"),
    ),
)]
async fn propose_contract(
    state: Data<AppState>,
    board: Board,
    caller: Caller,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    body: Body<ProposeContract>,
) -> Result<ApiResponse, Problem> {
    let permit = board.permit(id.0)?;
    let (now, scope, input, fingerprint) = (state.now(), board.person.scope(), body.value, body.fingerprint.clone());
    let roles = caller.roles;
    key.required()?
        .once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
            if is_repeated(tx, now, input.id, &scope, &fingerprint)?
                && let Some(id) = input.id
            {
                let contract = find_visible(tx, &roles, id)?;
                return respond(tx, contract, &roles);
            }
            let id = input.id.unwrap_or_else(|| tx.id(now));
            let (contract, _) = propose(tx, now, &permit, &input.new_contract(id))?;
            let (buyer, version) = (contract.buyer, contract.version);
            let view = ContractView::of(load_details(tx, contract)?, &roles);
            Ok::<_, Problem>(
                ApiResponse::created(format!("/v1/contracts/{id}"), &view).with_version(version).about_subject(buyer),
            )
        })
        .await
}

/// List the contracts of a cooperative
///
/// For its board, treasurer and supervisors. The newest first.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/contracts",
    params(PageQuery),
    responses((status = 200, body = Page<ContractView>)),
)]
async fn list_cooperative_contracts(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    access::require_overseer(&caller.roles, id.0)?;
    let list = format!("contracts of cooperative {}", id.0);
    let paging = Paging::<ContractPageKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let contracts = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let contracts = store::list_by_cooperative(conn, id.0, after, rows)?;
            Ok(contracts.into_iter().map(|contract| load_details(conn, contract)).collect::<DbResult<Vec<_>>>()?)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        contracts,
        |details| (details.contract.created_at, details.contract.id),
        |details| ContractView::of(details, &caller.roles),
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

/// List the caller's contracts
///
/// Contracts whose buyer is the caller, the newest first.
#[utoipa::path(get, path = "/v1/contracts", params(PageQuery), responses((status = 200, body = Page<ContractView>)))]
async fn list_contracts(
    state: Data<AppState>,
    caller: Caller,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let account = caller.person.account;
    let paging =
        Paging::<ContractPageKey>::read(&state.signer, format!("contracts of {account}"), limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let contracts = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let contracts = store::list_by_buyer(conn, account, after, rows)?;
            Ok(contracts.into_iter().map(|contract| load_details(conn, contract)).collect::<DbResult<Vec<_>>>()?)
        })
        .await?;
    let page = paging.page(
        &state.signer,
        contracts,
        |details| (details.contract.created_at, details.contract.id),
        |details| ContractView::of(details, &caller.roles),
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Get a contract
///
/// For its buyer, and the board, treasurer and supervisors of its cooperative.
#[utoipa::path(get, path = "/v1/contracts/{id}", responses((status = 200, body = ContractView)))]
async fn get_contract(state: Data<AppState>, caller: Caller, id: PathIds<ContractId>) -> Result<ApiResponse, Problem> {
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let contract = find_visible(conn, &caller.roles, id.0)?;
            respond(conn, contract, &caller.roles)
        })
        .await
}

/// Accept, decline, withdraw or end a contract
///
/// The buyer accepts or declines; the board withdraws an unanswered contract and ends an active one. Orders placed
/// under it go on and are part of the next invoice.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = ContractView),
        (status = 409, description = "`transition-invalid`: the status does not permit the action"),
    ),
)]
async fn transition_contract(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<ContractId>,
    version: IfMatch<Option<i64>>,
    key: Idempotency,
    body: Body<TransitionContract>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, action, id) = (state.now(), caller.person.scope(), body.value.action, id.0);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let contract = transition(tx, now, &caller.roles, id, action, version.0)?;
            let buyer = contract.buyer;
            Ok::<_, Problem>(respond(tx, contract, &caller.roles)?.about_subject(buyer))
        })
        .await
}
