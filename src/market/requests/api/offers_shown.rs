//! The offers for a request: all of them for who asked, one's own group's for its people.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::seen;
use super::views::OfferView;
use crate::cooperatives::Insider;
use crate::kernel::ids::{OfferId, RequestId};
use crate::market::requests::propose::{may_see, sees_all};
use crate::market::requests::store;
use crate::web::{Answer, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, Site, routes};

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
    site: Data<Site>,
    caller: Insider,
    id: PathIds<RequestId>,
    page: Query<PageQuery>,
) -> Result<Answer, Problem> {
    let (now, id) = (site.now(), id.0);
    let Query(PageQuery { cursor, limit }) = page;
    let paging = Paging::<OfferId>::read(&site.sealer, format!("offers for {id}"), limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let standing = caller.standing.clone();
    let found = site
        .db
        .read::<_, Problem, _>(move |conn| {
            let (request, relation) = seen(conn, &standing, id)?;
            let own = (!sees_all(relation, &standing, request.cooperative)).then(|| standing.groups());
            Ok(store::offers_for(conn, id, own, after, rows)?)
        })
        .await?;
    let page =
        paging.page(&site.sealer, found, |named| named.offer.id, |named| OfferView::of(named, &caller.standing, now));
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
async fn show_offer(site: Data<Site>, caller: Insider, ids: PathIds<(RequestId, OfferId)>) -> Result<Answer, Problem> {
    let (now, (request, id)) = (site.now(), ids.0);
    let standing = caller.standing.clone();
    let named = site
        .db
        .read::<_, Problem, _>(move |conn| {
            let (request, relation) = seen(conn, &standing, request)?;
            store::named_offer(conn, id)?
                .filter(|named| named.offer.request == request.id && may_see(relation, &standing, &named.offer))
                .ok_or_else(Problem::not_found)
        })
        .await?;
    let version = named.offer.version;
    Ok(Answer::ok(&OfferView::of(named, &caller.standing, now)).version(version))
}
