//! The offers for a request: all of them for who asked, one's own group's for its people.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::seen;
use super::views::OfferView;
use crate::cooperatives::Caller;
use crate::kernel::ids::{OfferId, RequestId};
use crate::requests::propose::{may_see, sees_all};
use crate::requests::store;
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![list_offers, show_offer]
}

/// Lists the offers for a request
///
/// Who asked and the offices of the cooperative see all of them; a group's people see those of their own group.
#[utoipa::path(
    get, path = "/v1/requests/{id}/offers", tag = "market", operation_id = "list_offers",
    params(("id" = RequestId, Path, description = "The request"), PageQuery),
    responses((status = 200, description = "A page of offers", body = Page<OfferView>)),
    security(("bearer" = [])),
)]
async fn list_offers(
    http: HttpRequest,
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<RequestId>,
    page: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let (now, id) = (state.now(), id.0);
    let Query(PageQuery { cursor, limit }) = page;
    let paging = Paging::<OfferId>::read(&state.signer, format!("offers for {id}"), limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let roles = caller.roles.clone();
    let found = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let (request, relation) = seen(conn, &roles, id)?;
            let own = (!sees_all(relation, &roles, request.cooperative)).then(|| roles.groups());
            Ok(store::offers_for(conn, id, own, after, rows)?)
        })
        .await?;
    let page =
        paging.page(&state.signer, found, |named| named.offer.id, |named| OfferView::of(named, &caller.roles, now));
    Ok(page.answer(http.path(), http.query_string()))
}

/// Shows one offer
#[utoipa::path(
    get, path = "/v1/requests/{id}/offers/{offer}", tag = "market", operation_id = "show_offer",
    params(
        ("id" = RequestId, Path, description = "The request"),
        ("offer" = OfferId, Path, description = "The offer"),
    ),
    responses((status = 200, description = "The offer", body = OfferView)),
    security(("bearer" = [])),
)]
async fn show_offer(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(RequestId, OfferId)>,
) -> Result<ApiResponse, Problem> {
    let (now, (request, id)) = (state.now(), ids.0);
    let roles = caller.roles.clone();
    let named = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let (request, relation) = seen(conn, &roles, request)?;
            store::named_offer(conn, id)?
                .filter(|named| named.offer.request == request.id && may_see(relation, &roles, &named.offer))
                .ok_or_else(Problem::not_found)
        })
        .await?;
    let version = named.offer.version;
    Ok(ApiResponse::ok(&OfferView::of(named, &caller.roles, now)).version(version))
}
