//! What officers and the board do with products.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::known;
use super::reader::Reader;
use crate::catalogue::requests::{AddProduct, ChangeProduct, SetServiceShare, StepProduct};
use crate::catalogue::views::ProductView;
use crate::catalogue::{
    Action, AddError, ChangeError, Filters, ListKey, Mandate, Product, Sort, TransitionError, add, change,
    goods_of_group, listing, publish, retire, set_service_share, store, withdraw,
};
use crate::cooperatives::{Board, Officer, OptionalCaller};
use crate::db;
use crate::kernel::ids::{GroupId, ProductId};
use crate::web::client_ids::{self, ClientId, CreationError};
use crate::web::{
    ApiResponse, AppState, Body, Idempotency, IfMatch, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes,
};

/// The routes of a group's products.
pub(super) fn routes() -> Routes {
    routes![add_product, list_group_products, change_product, step_product, set_product_service_share]
}

/// Why a request about a product was refused.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    ClientId(#[from] CreationError),
    #[error(transparent)]
    Add(#[from] AddError),
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    Transition(#[from] TransitionError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<Refused> for Problem {
    fn from(error: Refused) -> Self {
        match error {
            Refused::ClientId(error) => error.into(),
            Refused::Add(error) => error.into(),
            Refused::Change(error) => error.into(),
            Refused::Transition(error) => error.into(),
            Refused::Db(error) => error.into(),
        }
    }
}

/// Adds a product to a group, as a draft.
#[utoipa::path(
    post, path = "/v1/groups/{id}/products", tag = "catalogue", operation_id = "add_product",
    params(
        ("id" = GroupId, Path, description = "The group"),
    ),
    request_body(content = AddProduct, example = json!({
        "name": "Pastel sayur", "category": "fresh_snacks", "unit": "piece", "price": 2500,
        "description": "Pastel isi wortel dan kentang, digoreng pagi hari.",
        "price_tiers": [{"from": 100, "price": 2400}], "lead_time_days": 2, "shelf_life_days": 1,
        "minimum_quantity": 30, "daily_capacity": 300,
        "label": {"composition": ["tepung terigu", "wortel", "kentang"], "allergens": ["gluten"]},
    })),
    responses(
        (status = 201, description = "The draft", body = ProductView),
        (status = 200, description = "The same request was made before: the product as it is", body = ProductView),
        (status = 409, description = "The id is taken, or the group has closed"),
    ),
    security(("bearer" = [])),
)]
async fn add_product(
    state: Data<AppState>,
    officer: Officer,
    reader: Reader,
    path: PathIds<GroupId>,
    key: Idempotency,
    body: Body<AddProduct>,
) -> Result<ApiResponse, Problem> {
    let (permit, now) = (officer.of(path.0)?, state.now());
    let (scope, same) = (officer.person.scope(), body.fingerprint.clone());
    let own = scope.clone();
    let work = move |tx: &mut db::Tx<'_>| -> Result<ApiResponse, Refused> {
        let id = body.value.id.unwrap_or_else(|| tx.id(now));
        if body.value.id.is_some() && client_ids::reserve_client_id(tx, now, id, &own, &same)? == ClientId::Repeated {
            let product = store::find_in_group(tx, permit.group, id)?.ok_or(CreationError::Taken)?;
            return Ok(reader.ok(tx, product)?);
        }
        let product = add(tx, now, &permit, id, body.value.offering())?;
        Ok(reader.created(tx, product)?)
    };
    key.once(&state.db, now, scope, body.fingerprint.clone(), work).await
}

/// A group's products by name: to its own people all of them, to everyone else those on sale.
#[utoipa::path(
    get, path = "/v1/groups/{id}/products", tag = "catalogue", operation_id = "list_group_products",
    params(("id" = GroupId, Path, description = "The group"), PageQuery),
    responses(
        (status = 200, description = "A page of the group's products", body = Page<ProductView>),
    ),
    security((), ("bearer" = [])),
)]
async fn list_group_products(
    state: Data<AppState>,
    request: HttpRequest,
    caller: OptionalCaller,
    path: PathIds<GroupId>,
    query: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(group), Query(wanted)) = (path, query);
    let maker = state.db.read::<_, db::Error, _>(move |conn| store::find_maker(conn, group)).await?;
    let maker = maker.ok_or_else(Problem::not_found)?;
    let inside = caller.roles.role_in(group).is_some() || caller.roles.oversees(maker.cooperative);
    let list = format!("products of {group} {inside}");
    let paging = Paging::<ListKey>::read(&state.signer, list, wanted.limit, wanted.cursor.as_deref())?;
    let (after, limit) = (paging.after.clone(), paging.rows_to_read());
    let rows = state.db.read::<_, db::Error, _>(move |conn| match inside {
        true => goods_of_group(conn, group, after.as_ref(), limit),
        false => {
            let filters = Filters { group: Some(group), ..Filters::default() };
            listing(conn, &filters, Sort::Name, after.as_ref(), limit)
        }
    });
    let page = paging.page(&state.signer, rows.await?, |row| row.key(Sort::Name), ProductView::from);
    let answer = page.answer(request.path(), request.query_string()).tagged();
    Ok(if inside { answer } else { answer.public() })
}

/// Changes what is stated about a product.
#[utoipa::path(
    patch, path = "/v1/products/{id}", tag = "catalogue", operation_id = "change_product",
    params(
        ("id" = ProductId, Path, description = "The product"),
    ),
    request_body(content = ChangeProduct, content_type = "application/merge-patch+json", example = json!({"price": 2600, "price_tiers": null})),
    responses(
        (status = 200, description = "The product as it is now", body = ProductView),
    ),
    security(("bearer" = [])),
)]
async fn change_product(
    state: Data<AppState>,
    officer: Officer,
    reader: Reader,
    path: PathIds<ProductId>,
    version: IfMatch,
    body: Body<ChangeProduct>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), now) = (path, state.now());
    let product = known(&state, id).await?;
    let (permit, expected) = (officer.of(product.group)?, version.required()?);
    let work = move |tx: &mut db::Tx<'_>| -> Result<ApiResponse, Refused> {
        let product = change(tx, now, &permit, id, Some(expected), |offering| body.value.apply(offering))?;
        Ok(reader.ok(tx, product)?)
    };
    Ok(state.db.write(work).await?)
}

/// Takes a step with a product: onto the list, off it, or withdrawn by the board.
#[utoipa::path(
    post, path = "/v1/products/{id}/transitions", tag = "catalogue", operation_id = "step_product",
    params(
        ("id" = ProductId, Path, description = "The product"),
        ("If-Match" = Option<String>, Header),
    ),
    request_body(content = StepProduct, example = json!({"action": "publish"})),
    responses(
        (status = 200, description = "The product as it is now", body = ProductView),
        (status = 409, description = "Not possible now, or the group is not active"),
    ),
    security(("bearer" = [])),
)]
async fn step_product(
    state: Data<AppState>,
    (officer, board): (Officer, Board),
    (reader, version): (Reader, IfMatch),
    path: PathIds<ProductId>,
    key: Idempotency,
    body: Body<StepProduct>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), now, expected) = (path, state.now(), version.sent());
    let product = known(&state, id).await?;
    let mandate = mandate(&officer, &board, &product, body.value.action)?;
    let Body { value: step, fingerprint } = body;
    let work = move |tx: &mut db::Tx<'_>| -> Result<ApiResponse, Refused> {
        let product = match (step.action, mandate) {
            (Action::Publish, mandate) => publish(tx, now, mandate, id, expected)?,
            (Action::Retire, Mandate::Group(permit)) => retire(tx, now, &permit, id, expected)?,
            (Action::Withdraw, Mandate::Board(permit)) => {
                withdraw(tx, now, &permit, id, expected, step.reason.as_deref().unwrap_or_default())?
            }
            _ => return Err(TransitionError::Absent.into()),
        };
        Ok(reader.ok(tx, product)?)
    };
    key.once(&state.db, now, officer.person.scope(), fingerprint, work).await
}

/// Set what the cooperative keeps of a product's sales
///
/// For the board; what is ordered already keeps its rule.
#[utoipa::path(
    put, path = "/v1/products/{id}/service_share", tag = "catalogue", operation_id = "set_service_share",
    params(("id" = ProductId, Path, description = "The product")),
    request_body(content = SetServiceShare, example = json!({"percent": 5})),
    responses((status = 200, description = "The product as it is now", body = ProductView)),
    security(("bearer" = [])),
)]
async fn set_product_service_share(
    state: Data<AppState>,
    board: Board,
    reader: Reader,
    path: PathIds<ProductId>,
    body: Body<SetServiceShare>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), now, percent) = (path, state.now(), body.value.percent);
    let product = known(&state, id).await?;
    let permit = board.of(product.cooperative)?;
    let work = move |tx: &mut db::Tx<'_>| -> Result<ApiResponse, Problem> {
        let product = set_service_share(tx, now, &permit, id, percent)?;
        Ok(reader.ok(tx, product)?)
    };
    state.db.write(work).await
}

/// By what leave this caller takes the step: retiring is the group's, withdrawing the board's, publishing either's,
/// and of what the board withdrew the board's.
fn mandate(officer: &Officer, board: &Board, product: &Product, action: Action) -> Result<Mandate, Problem> {
    let of_group = || officer.of(product.group).map(Mandate::from);
    let of_board = || board.of(product.cooperative).map(Mandate::from);
    match action {
        Action::Retire => of_group(),
        Action::Withdraw => of_board(),
        Action::Publish if product.withdrawn_reason.is_some() => of_board().or_else(|_| of_group()),
        Action::Publish => of_group().or_else(|refused| of_board().map_err(|_| refused)),
    }
}
