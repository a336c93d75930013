//! The routes of unmet demand: recorded by officers, orders and quotes.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::load_group;
use super::views::UnmetDemandView;
use crate::catalogue;
use crate::cooperatives::{AccessError, Caller, Officer};
use crate::kernel::ids::{GroupId, ProductId, RefusalId};
use crate::kernel::{Day, Duration, Quantity};
use crate::supply::{DemandSource, UnavailableReason, UnmetDemand, record_unmet_demand, store};
use crate::web::{
    ApiResponse, AppState, FieldError, FieldErrors, List, Page, PathIds, Problem, Routes, Rule, Validate, Write, routes,
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
    (state, call): (Data<AppState>, Write<CreateUnmetDemand>),
    officer: Officer,
    PathIds(group): PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let permit = officer.permit(group)?;
    call.once(officer.person.idempotency_scope(), move |tx, now, body| {
        let CreateUnmetDemand { product, day, quantity, reason, ref asker } = *body;
        if day.signed_duration_since(now.utc_day()).abs() > Duration::days(366) {
            return Err(Problem::invalid_field("/day", Rule::DayDoesNotFit));
        }
        let own_product = catalogue::find_of_any_status(tx, product)?.filter(|product| product.group == group);
        own_product.ok_or(AccessError::Hidden)?;
        let reason = reason.unwrap_or(UnavailableReason::Other);
        let asker = asker.as_deref().map(|contact| DemandSource::contact(&state.signer, contact));
        let source = asker.unwrap_or(DemandSource::Reported);
        let cooperative = permit.cooperative;
        let demand = UnmetDemand { product, group, cooperative, day, quantity, reason, source };
        let recorded = record_unmet_demand(tx, now, &demand)?;
        Ok(ApiResponse::created(format!("/v1/groups/{group}/unmet_demand"), &UnmetDemandResult { recorded }))
    })
    .await
}

/// The filter of the list of unmet demand.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct UnmetDemandFilter {
    /// Only of this product.
    product: Option<ProductId>,
    /// Only for this day or later.
    from: Option<Day>,
    /// Only for this day or earlier.
    to: Option<Day>,
}

/// Lists the unmet demand of a group, latest day first.
///
/// For the group's members and the offices of its cooperative.
#[utoipa::path(get, path = "/v1/groups/{id}/unmet_demand", responses((status = 200, body = Page<UnmetDemandView>)))]
async fn list_unmet_demand(
    list: List<(Day, RefusalId), UnmetDemandFilter>,
    caller: Caller,
    PathIds(group): PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        load_group(conn, &caller, group)?;
        let UnmetDemandFilter { product, from, to } = list.filter;
        Ok(store::list_unmet_demand_of_group(conn, group, product, (from, to), list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|record| (record.day, record.id), UnmetDemandView::from))
}
