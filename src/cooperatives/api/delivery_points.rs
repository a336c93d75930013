//! What the routes of pick-up points and delivery zones do alike.

use serde::Serialize;

use crate::cooperatives::access::AccessError;
use crate::cooperatives::delivery_points::{
    DeliveryPoint, add_delivery_point, remove_delivery_point, update_delivery_point,
};
use crate::cooperatives::extract::Caller;
use crate::cooperatives::store;
use crate::kernel::ids::CooperativeId;
use crate::web::{ApiResponse, ClientId, IfMatch, Page, Problem, Read, Write};

pub(super) async fn list<P: DeliveryPoint, V: Serialize + From<P>>(
    read: Read,
    cooperative: CooperativeId,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        store::find_cooperative(conn, cooperative)?.ok_or(AccessError::Hidden)?;
        let data: Vec<V> = P::list(conn, cooperative)?.into_iter().map(V::from).collect();
        Ok(ApiResponse::ok(&Page { data, next: None }).with_etag().public())
    })
    .await
}

pub(super) async fn get<P: DeliveryPoint, V: Serialize + From<P>>(
    read: Read,
    (cooperative, id): (CooperativeId, P::Id),
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let point = P::find(conn, id)?.filter(|point| point.is_active_in(cooperative)).ok_or(AccessError::Hidden)?;
        let version = point.version();
        Ok(ApiResponse::ok(&V::from(point)).with_version(version))
    })
    .await
}

/// Adds one to the collection with this name in its path.
pub(super) async fn add<P: DeliveryPoint, V: Serialize + From<P>, B: Send + 'static>(
    call: Write<B>,
    caller: Caller,
    (cooperative, collection): (CooperativeId, &'static str),
    id: fn(&B) -> Option<P::Id>,
    details: fn(&B) -> P::Details,
) -> Result<ApiResponse, Problem> {
    call.create_once(caller.person.idempotency_scope(), id, move |tx, now, body, id| {
        let point = match id {
            ClientId::Repeated(id) => P::find(tx, id)?.ok_or(AccessError::Hidden)?,
            ClientId::New(id) => add_delivery_point::<P>(tx, now, &caller.roles, cooperative, id, &details(body))?,
        };
        let (location, version) =
            (format!("/v1/cooperatives/{cooperative}/{collection}/{}", point.id()), point.version());
        Ok(id.respond(location, &V::from(point)).with_version(version))
    })
    .await
}

pub(super) async fn update<P: DeliveryPoint, V: Serialize + From<P>, B: Send + 'static>(
    call: Write<B>,
    caller: Caller,
    (cooperative, id): (CooperativeId, P::Id),
    IfMatch(expected_version): IfMatch,
    details: fn(&B) -> P::Details,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let details = details(body);
        let point: P = update_delivery_point(tx, now, &caller.roles, cooperative, id, expected_version, &details)?;
        let version = point.version();
        Ok(ApiResponse::ok(&V::from(point)).with_version(version))
    })
    .await
}

pub(super) async fn remove<P: DeliveryPoint>(
    call: Write,
    caller: Caller,
    (cooperative, id): (CooperativeId, P::Id),
    IfMatch(expected_version): IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, _| {
        remove_delivery_point::<P>(tx, now, &caller.roles, cooperative, id, expected_version)?;
        Ok(ApiResponse::no_content())
    })
    .await
}
