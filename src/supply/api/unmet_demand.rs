//! The routes of unmet demand: recorded by officers, orders and quotes.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::require_internal_view;
use super::views::UnmetDemandView;
use crate::catalogue;
use crate::cooperatives::{Caller, Officer};
use crate::kernel::ids::{GroupId, ProductId, RefusalId};
use crate::kernel::{Day, Duration, Quantity};
use crate::supply::{DemandSource, UnavailableReason, UnmetDemand, record_unmet_demand, store};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, IdempotencyKey, Page, Paging, PathIds, Problem, Query,
    Routes, Rule, Validate, routes,
};

/// The routes of unmet demand.
pub fn routes() -> Routes {
    routes!["supply": list_unmet_demand, create_unmet_demand]
}

/// A request that an officer could not meet.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "day": "2026-12-14", "quantity": 500, "asker": "0812-0000-0042"}))]
struct CreateUnmetDemand {
    /// The product.
    product: ProductId,
    /// The requested day, at most a year in the past or future.
    day: Day,
    /// The requested quantity.
    quantity: Quantity,
    /// Why it was not available. Default: `other`.
    reason: Option<UnavailableReason>,
    /// The requester's phone number or name, so that the same request counts once. Only a keyed hash of it is stored.
    #[schema(max_length = 120)]
    asker: Option<String>,
}

impl Validate for CreateUnmetDemand {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.require(self.quantity.is_positive(), "/quantity", FieldError::OutOfRange(1, 1_000_000));
        if let Some(asker) = &self.asker {
            errors.check_line("/asker", asker, 1..=120);
        }
    }
}

/// The result of recording unmet demand.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct UnmetDemandResult {
    /// Whether anything was recorded. The same requester counts once per product and day, with the largest quantity.
    recorded: bool,
}

/// Records unmet demand.
///
/// For the group's officers.
#[utoipa::path(
    post, path = "/v1/groups/{id}/unmet_demand",
    responses((status = 201, body = UnmetDemandResult), (status = 409, description = "The key is in use")),
)]
async fn create_unmet_demand(
    state: Data<AppState>,
    officer: Officer,
    path: PathIds<GroupId>,
    key: IdempotencyKey,
    body: Body<CreateUnmetDemand>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(group), now, scope) = (path, state.now(), officer.person.scope());
    let permit = officer.permit(group)?;
    let (request, signer) = (body.value, state.signer.clone());
    let distance = request.day.signed_duration_since(now.utc_day()).abs();
    if distance > Duration::days(366) {
        let mut errors = FieldErrors::default();
        errors.add("/day", Rule::DayDoesNotFit);
        errors.into_result()?;
    }
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        catalogue::find_of_any_status(tx, request.product)?
            .filter(|product| product.group == group)
            .ok_or_else(Problem::not_found)?;
        let demand = UnmetDemand {
            product: request.product,
            group,
            cooperative: permit.cooperative,
            day: request.day,
            quantity: request.quantity,
            reason: request.reason.unwrap_or(UnavailableReason::Other),
            source: request
                .asker
                .as_deref()
                .map_or(DemandSource::Reported, |contact| DemandSource::contact(&signer, contact)),
        };
        let recorded = record_unmet_demand(tx, now, &demand)?;
        Ok::<_, Problem>(ApiResponse::created(
            format!("/v1/groups/{group}/unmet_demand"),
            &UnmetDemandResult { recorded },
        ))
    })
    .await
}

/// The filters of the list of unmet demand.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListUnmetDemand {
    /// Only of this product.
    product: Option<ProductId>,
    /// Only for this day or later.
    from: Option<Day>,
    /// Only for this day or earlier.
    to: Option<Day>,
    /// The cursor of the previous page.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// The number of rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// Lists the unmet demand of a group, latest day first.
///
/// For the group's members and the offices of its cooperative.
#[utoipa::path(get, path = "/v1/groups/{id}/unmet_demand", responses((status = 200, body = Page<UnmetDemandView>)))]
async fn list_unmet_demand(
    state: Data<AppState>,
    caller: Caller,
    path: PathIds<GroupId>,
    request: HttpRequest,
    query: Query<ListUnmetDemand>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(group), Query(query)) = (path, query);
    let ListUnmetDemand { product, from, to, cursor, limit } = query;
    let list = format!("refusals {group} {product:?} {from:?} {to:?}");
    let paging = Paging::<(Day, RefusalId)>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, limit) = (paging.after, paging.fetch_limit());
    let records = state
        .db
        .read::<_, Problem, _>(move |conn| {
            require_internal_view(conn, &caller, group)?;
            Ok(store::list_unmet_demand_of_group(conn, group, product, (from, to), after, limit)?)
        })
        .await?;
    let page = paging.page(&state.signer, records, |record| (record.day, record.id), UnmetDemandView::from);
    Ok(page.to_response(request.path(), request.query_string()))
}
