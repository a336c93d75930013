//! The routes of products: of one for everyone while it is on sale, the others for officers and the board. The public
//! product list belongs to `supply`, which knows availability.

use super::bodies::{CreateProduct, SetServiceShare, TransitionProduct, UpdateProduct};
use super::views::ProductView;
use super::{load_permit, load_product};
use crate::catalogue::access::{ProductViewer, is_internal, product_permit};
use crate::catalogue::{
    Filters, ListKey, ProductStatus, Sort, add, list_all_in_group, list_published, set_service_share, store,
    transition, update,
};
use crate::cooperatives::{AccessError, Board, Officer, OptionalCaller};
use crate::kernel::ids::{GroupId, ProductId};
use crate::web::{ApiResponse, ClientId, Code, IfMatch, List, Page, PathIds, Problem, Read, Routes, Write, routes};

/// The routes of products.
pub(super) fn routes() -> Routes {
    routes![
        "catalogue": get_product,
        create_product,
        list_group_products,
        update_product,
        transition_product,
        set_product_service_share
    ]
}

/// Returns a product.
///
/// Everyone gets products on sale; the group's members and the cooperative's offices get products of every status, with
/// the internal members.
#[utoipa::path(
    get, path = "/v1/products/{id}",
    responses((status = 200, body = ProductView), (status = 410, description = "No longer sold")),
)]
async fn get_product(read: Read, viewer: ProductViewer, id: PathIds<ProductId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let product = load_product(conn, id.0)?;
        if viewer.is_internal(&product) {
            return viewer.ok(conn, now, product);
        }
        let was_sold = product.status == ProductStatus::Retired && product.published_at.is_some();
        let missing = if was_sold { Code::ProductRetired } else { Code::NotFound };
        let product = store::find(conn, id.0)?.ok_or_else(|| Problem::new(missing))?;
        Ok(viewer.ok(conn, now, product)?.public())
    })
    .await
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
    call: Write<CreateProduct>,
    officer: Officer,
    viewer: ProductViewer,
    group: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let (permit, id) = (officer.permit(group.0)?, |body: &CreateProduct| body.id);
    call.create_once(officer.person.idempotency_scope(), id, move |tx, now, body, id| match id {
        ClientId::Repeated(id) => {
            let product = load_product(tx, id)?;
            viewer.ok(tx, now, product)
        }
        ClientId::New(id) => {
            let product = add(tx, now, &permit, id, body.offering())?;
            viewer.created(tx, now, product)
        }
    })
    .await
}

/// Lists a group's products by name.
///
/// The group's members and the cooperative's offices get products of every status, everyone else those on sale.
#[utoipa::path(get, path = "/v1/groups/{id}/products", responses((status = 200, body = Page<ProductView>)))]
async fn list_group_products(
    (read, list): (Read, List<ListKey>),
    caller: OptionalCaller,
    PathIds(group): PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let maker = read.run(move |conn, _| Ok(store::find_maker(conn, group)?.ok_or(AccessError::Hidden)?)).await?;
    let is_internal = is_internal(&caller.roles, group, maker.cooperative);
    let rows = list.read(move |conn, list| {
        let filters = Filters { group: Some(group), ..Filters::default() };
        Ok(match is_internal {
            true => list_all_in_group(conn, group, list.after.as_ref(), list.limit)?,
            false => list_published(conn, &filters, Sort::Name, list.after.as_ref(), list.limit)?,
        })
    });
    let response = rows.await?.answer(|row| row.key(Sort::Name), ProductView::from).with_etag();
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
    call: Write<UpdateProduct>,
    officer: Officer,
    viewer: ProductViewer,
    PathIds(id): PathIds<ProductId>,
    IfMatch(version): IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let permit = load_permit(tx, &officer, id)?;
        let product = update(tx, now, &permit, id, Some(version), |offering| body.apply(offering))?;
        viewer.ok(tx, now, product)
    })
    .await
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
    call: Write<TransitionProduct>,
    (officer, board): (Officer, Board),
    viewer: ProductViewer,
    PathIds(id): PathIds<ProductId>,
    IfMatch(version): IfMatch<Option<i64>>,
) -> Result<ApiResponse, Problem> {
    call.once(officer.person.idempotency_scope(), move |tx, now, body| {
        let permit = product_permit(&officer, &board, &load_product(tx, id)?, body.action)?;
        let product = transition(tx, now, permit, id, version, body.action, body.reason.as_deref())?;
        viewer.ok(tx, now, product)
    })
    .await
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
    call: Write<SetServiceShare>,
    board: Board,
    viewer: ProductViewer,
    PathIds(id): PathIds<ProductId>,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let permit = board.permit(load_product(tx, id)?.cooperative)?;
        let product = set_service_share(tx, now, &permit, id, body.percent)?;
        viewer.ok(tx, now, product)
    })
    .await
}
