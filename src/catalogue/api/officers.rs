//! The routes by which officers and the board manage products.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::bodies::{CreateProduct, SetServiceShare, TransitionProduct, UpdateProduct};
use super::load_product;
use super::views::ProductView;
use crate::catalogue::access::ProductViewer;
use crate::catalogue::{
    AddError, Filters, ListKey, Product, ProductAction, ProductPermit, Sort, TransitionError, UpdateProductError, add,
    list_all_in_group, list_published, publish, retire, set_service_share, store, update, withdraw,
};
use crate::cooperatives::{Board, Officer, OptionalCaller};
use crate::db;
use crate::kernel::ids::{GroupId, ProductId};
use crate::web::client_ids::{self, ClientIdError, Reservation};
use crate::web::{
    ApiResponse, AppState, Body, Idempotency, IfMatch, Page, PageQuery, Paging, PathIds, Problem, Query, Routes,
    routes, verb_errors,
};

/// The routes of a group's products.
pub(super) fn routes() -> Routes {
    routes!["catalogue": create_product, list_group_products, update_product, transition_product, set_product_service_share]
}

verb_errors! {
    /// Why a request about a product failed.
    enum RequestError {
    }
    + ClientId(ClientIdError), Add(AddError), Update(UpdateProductError), Transition(TransitionError), Db(db::Error)
}

/// Creates a draft product of a group.
#[utoipa::path(
    post, path = "/v1/groups/{id}/products",
    request_body(
        content = CreateProduct,
        example = json!({ "name": "Pastel sayur", "category": "fresh_snacks", "unit": "piece", "price": 2500, "description": "Pastel isi wortel dan kentang, digoreng pagi hari.", "price_tiers": [{"from": 100, "price": 2400}], "lead_time_days": 2, "shelf_life_days": 1, "minimum_quantity": 30, "daily_capacity": 300, "label": {"composition": ["tepung terigu", "wortel", "kentang"], "allergens": ["gluten"]}, }),
    ),
    responses(
        (status = 201, description = "The draft", body = ProductView),
        (status = 200, description = "The same request was made before: the product as it is", body = ProductView),
        (status = 409, description = "The id is in use, or the group has closed"),
    ),
)]
async fn create_product(
    state: Data<AppState>,
    officer: Officer,
    viewer: ProductViewer,
    path: PathIds<GroupId>,
    key: Idempotency,
    body: Body<CreateProduct>,
) -> Result<ApiResponse, Problem> {
    let (permit, now) = (officer.permit(path.0)?, state.now());
    let (scope, fingerprint) = (officer.person.scope(), body.fingerprint.clone());
    let id_scope = scope.clone();
    let work = move |tx: &mut db::Tx<'_>| -> Result<ApiResponse, RequestError> {
        let id = body.value.id.unwrap_or_else(|| tx.id(now));
        if body.value.id.is_some()
            && client_ids::reserve_client_id(tx, now, id, &id_scope, &fingerprint)? == Reservation::Repeated
        {
            let product = store::find_in_group(tx, permit.group, id)?.ok_or(ClientIdError::Taken)?;
            return Ok(viewer.ok(tx, product)?);
        }
        let product = add(tx, now, &permit, id, body.value.offering())?;
        Ok(viewer.created(tx, product)?)
    };
    key.once(&state.db, now, scope, body.fingerprint.clone(), work).await
}

/// Lists a group's products by name.
///
/// The group's members and the cooperative's offices get products of every status, everyone else those on sale.
#[utoipa::path(get, path = "/v1/groups/{id}/products", responses((status = 200, body = Page<ProductView>)))]
async fn list_group_products(
    state: Data<AppState>,
    request: HttpRequest,
    caller: OptionalCaller,
    path: PathIds<GroupId>,
    query: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(group), Query(query)) = (path, query);
    let maker = state.db.read::<_, db::Error, _>(move |conn| store::find_maker(conn, group)).await?;
    let maker = maker.ok_or_else(Problem::not_found)?;
    let is_internal = caller.roles.role_in_group(group).is_some() || caller.roles.has_any_office(maker.cooperative);
    let list = format!("products of {group} {is_internal}");
    let paging = Paging::<ListKey>::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let (after, limit) = (paging.after.clone(), paging.fetch_limit());
    let rows = state.db.read::<_, db::Error, _>(move |conn| match is_internal {
        true => list_all_in_group(conn, group, after.as_ref(), limit),
        false => {
            let filters = Filters { group: Some(group), ..Filters::default() };
            list_published(conn, &filters, Sort::Name, after.as_ref(), limit)
        }
    });
    let page = paging.page(&state.signer, rows.await?, |row| row.key(Sort::Name), ProductView::from);
    let response = page.to_response(request.path(), request.query_string()).with_etag();
    Ok(if is_internal { response } else { response.public() })
}

/// Updates a product.
#[utoipa::path(
    patch, path = "/v1/products/{id}",
    request_body(
        content = UpdateProduct,
        content_type = "application/merge-patch+json",
        example = json!({"price": 2600, "price_tiers": null}),
    ),
    responses((status = 200, body = ProductView)),
)]
async fn update_product(
    state: Data<AppState>,
    officer: Officer,
    viewer: ProductViewer,
    path: PathIds<ProductId>,
    version: IfMatch,
    body: Body<UpdateProduct>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), now) = (path, state.now());
    let product = load_product(&state, id).await?;
    let (permit, expected) = (officer.permit(product.group)?, version.0);
    let work = move |tx: &mut db::Tx<'_>| -> Result<ApiResponse, RequestError> {
        let product = update(tx, now, &permit, id, Some(expected), |offering| body.value.apply(offering))?;
        Ok(viewer.ok(tx, product)?)
    };
    Ok(state.db.write(work).await?)
}

/// Publishes, retires or withdraws a product.
#[utoipa::path(
    post, path = "/v1/products/{id}/transitions",
    request_body(content = TransitionProduct, example = json!({"action": "publish"})),
    responses(
        (status = 200, body = ProductView),
        (status = 409, description = "Not possible now, or the group is not active"),
    ),
)]
async fn transition_product(
    state: Data<AppState>,
    (officer, board): (Officer, Board),
    (viewer, version): (ProductViewer, IfMatch<Option<i64>>),
    path: PathIds<ProductId>,
    key: Idempotency,
    body: Body<TransitionProduct>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), now, expected) = (path, state.now(), version.0);
    let product = load_product(&state, id).await?;
    let permit = product_permit(&officer, &board, &product, body.value.action)?;
    let Body { value: transition, fingerprint } = body;
    let work = move |tx: &mut db::Tx<'_>| -> Result<ApiResponse, RequestError> {
        let product = match (transition.action, permit) {
            (ProductAction::Publish, permit) => publish(tx, now, permit, id, expected)?,
            (ProductAction::Retire, ProductPermit::Group(permit)) => retire(tx, now, &permit, id, expected)?,
            (ProductAction::Withdraw, ProductPermit::Board(permit)) => {
                withdraw(tx, now, &permit, id, expected, transition.reason.as_deref().unwrap_or_default())?
            }
            _ => return Err(TransitionError::NotFound.into()),
        };
        Ok(viewer.ok(tx, product)?)
    };
    key.once(&state.db, now, officer.person.scope(), fingerprint, work).await
}

/// Set the cooperative's share of a product's sales
///
/// For the board. Orders already placed keep their share.
#[utoipa::path(
    put, path = "/v1/products/{id}/service_share",
    request_body(content = SetServiceShare, example = json!({"percent": 5})),
    responses((status = 200, body = ProductView)),
)]
async fn set_product_service_share(
    state: Data<AppState>,
    board: Board,
    viewer: ProductViewer,
    path: PathIds<ProductId>,
    body: Body<SetServiceShare>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(id), now, percent) = (path, state.now(), body.value.percent);
    let product = load_product(&state, id).await?;
    let permit = board.permit(product.cooperative)?;
    let work = move |tx: &mut db::Tx<'_>| -> Result<ApiResponse, Problem> {
        let product = set_service_share(tx, now, &permit, id, percent)?;
        Ok(viewer.ok(tx, product)?)
    };
    state.db.write(work).await
}

/// The permit under which this caller takes the action. Officers retire, the board withdraws, both publish; only the
/// board publishes what it withdrew.
fn product_permit(
    officer: &Officer,
    board: &Board,
    product: &Product,
    action: ProductAction,
) -> Result<ProductPermit, Problem> {
    let group_permit = || officer.permit(product.group).map(ProductPermit::from);
    let board_permit = || board.permit(product.cooperative).map(ProductPermit::from);
    match action {
        ProductAction::Retire => group_permit(),
        ProductAction::Withdraw => board_permit(),
        ProductAction::Publish if product.withdrawn_reason.is_some() => board_permit().or_else(|_| group_permit()),
        ProductAction::Publish => group_permit().or_else(|forbidden| board_permit().map_err(|_| forbidden)),
    }
}
