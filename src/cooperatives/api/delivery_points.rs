//! What the routes of pick-up points and delivery zones do alike.

use serde::Serialize;

use super::is_repeated;
use crate::cooperatives::delivery_points::{self, DeliveryPoint};
use crate::cooperatives::extract::Caller;
use crate::cooperatives::store;
use crate::kernel::ids::CooperativeId;
use crate::web::{ApiResponse, AppState, Fingerprint, Idempotency, IfMatch, Page, Problem};

/// How a pick-up point or delivery zone is shown.
pub(super) trait DeliveryPointView: Serialize + Send + 'static {
    type Point: DeliveryPoint;
    /// The last segment of the collection's path.
    const SEGMENT: &'static str;

    fn of(point: Self::Point) -> Self;
}

type IdOf<V> = <<V as DeliveryPointView>::Point as DeliveryPoint>::Id;
type DetailsOf<V> = <<V as DeliveryPointView>::Point as DeliveryPoint>::Details;

fn respond<V: DeliveryPointView>(point: V::Point) -> ApiResponse {
    let version = point.version();
    ApiResponse::ok(&V::of(point)).with_version(version)
}

pub(super) async fn list<V: DeliveryPointView>(
    state: &AppState,
    cooperative: CooperativeId,
) -> Result<ApiResponse, Problem> {
    let points = state
        .db
        .read(move |conn| {
            store::find_cooperative(conn, cooperative)?.ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>(V::Point::list(conn, cooperative)?)
        })
        .await?;
    let data: Vec<V> = points.into_iter().map(V::of).collect();
    Ok(ApiResponse::ok(&Page { data, next: None }).with_etag().public())
}

pub(super) async fn get<V: DeliveryPointView>(
    state: &AppState,
    (cooperative, id): (CooperativeId, IdOf<V>),
) -> Result<ApiResponse, Problem> {
    let point = state.db.read(move |conn| V::Point::find(conn, id)).await?;
    let point = point.filter(|point| point.is_active_in(cooperative)).ok_or_else(Problem::not_found)?;
    Ok(respond::<V>(point))
}

/// Adds one, under the client's id if there is one.
pub(super) async fn add<V: DeliveryPointView>(
    state: &AppState,
    caller: Caller,
    cooperative: CooperativeId,
    id: Option<IdOf<V>>,
    details: DetailsOf<V>,
    (key, fingerprint): (Idempotency, Fingerprint),
) -> Result<ApiResponse, Problem> {
    let (now, scope, id_scope, id_fingerprint) =
        (state.now(), caller.person.scope(), caller.person.scope(), fingerprint.clone());
    key.once(&state.db, now, scope, fingerprint, move |tx| {
        let repeated = is_repeated(tx, now, id, &id_scope, &id_fingerprint)?;
        let point = match id {
            Some(id) if repeated => V::Point::find(tx, id)?.ok_or_else(Problem::not_found)?,
            id => delivery_points::add(tx, now, &caller.roles, cooperative, id, &details)?,
        };
        let (id, version) = (point.id(), point.version());
        let view = V::of(point);
        let location = format!("/v1/cooperatives/{cooperative}/{}/{id}", V::SEGMENT);
        let response = if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) };
        Ok::<_, Problem>(response.with_version(version))
    })
    .await
}

pub(super) async fn update<V: DeliveryPointView>(
    state: &AppState,
    caller: Caller,
    (cooperative, id): (CooperativeId, IdOf<V>),
    version: IfMatch,
    details: DetailsOf<V>,
) -> Result<ApiResponse, Problem> {
    let (now, expected) = (state.now(), version.0);
    let point: V::Point = state
        .db
        .write(move |tx| delivery_points::update(tx, now, &caller.roles, cooperative, id, expected, &details))
        .await?;
    Ok(respond::<V>(point))
}

pub(super) async fn remove<P: DeliveryPoint>(
    state: &AppState,
    caller: Caller,
    (cooperative, id): (CooperativeId, P::Id),
    version: IfMatch,
) -> Result<ApiResponse, Problem> {
    let (now, expected) = (state.now(), version.0);
    state.db.write(move |tx| delivery_points::remove::<P>(tx, now, &caller.roles, cooperative, id, expected)).await?;
    Ok(ApiResponse::no_content())
}
