//! Routes of offerings: set by officers of the groups, public once the day is open.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::{OfferingView, ProposalView};
use crate::cooperatives::{self, Caller, GroupPermit, Officer, OptionalCaller};
use crate::db::Conn;
use crate::kernel::ids::{GroupId, MarketDayId, OfferingId, ProductId};
use crate::kernel::{Quantity, Rupiah};
use crate::market_days::day::{DayStatus, MarketDay};
use crate::market_days::offering::MarketOffering;
use crate::market_days::proposal::list_proposals;
use crate::market_days::set_offering::{OfferingTerms, set_offering, withdraw_offering};
use crate::market_days::store;
use crate::supply;
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, Validate,
    routes,
};

pub(super) fn routes() -> Routes {
    routes!["market": list_market_offerings, set_market_offering, remove_market_offering, list_offering_proposals]
}

fn to_views(conn: &mut Conn, offerings: &[MarketOffering]) -> Result<Vec<OfferingView>, Problem> {
    let ids: Vec<ProductId> = offerings.iter().map(|offering| offering.product).collect();
    let products = store::list_products(conn, &ids)?;
    let mut views = Vec::with_capacity(offerings.len());
    for offering in offerings {
        let batch = offering.batch.map(|batch| supply::find(conn, batch)).transpose()?.flatten();
        let product = products.iter().find(|(id, ..)| *id == offering.product);
        views.push(OfferingView::of(offering, batch.as_ref(), product));
    }
    Ok(views)
}

fn to_view(conn: &mut Conn, offering: &MarketOffering) -> Result<OfferingView, Problem> {
    to_views(conn, std::slice::from_ref(offering))?.pop().ok_or_else(Problem::not_found)
}

/// List offerings of a market day
///
/// Public once the day is open. Before, only members and office holders of the cooperative get a filled list.
#[utoipa::path(
    get, path = "/v1/market_days/{id}/offerings",
    params(PageQuery),
    responses((status = 200, body = Page<OfferingView>)),
)]
async fn list_market_offerings(
    state: Data<AppState>,
    caller: OptionalCaller,
    id: PathIds<MarketDayId>,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let roles = caller.roles;
    let paging = Paging::<OfferingId>::read(&state.signer, format!("offerings {}", id.0), limit, cursor.as_deref())?;
    let offerings = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let day = store::find_day(conn, id.0)?.ok_or_else(Problem::not_found)?;
            let is_insider = roles.is_affiliated_with(day.cooperative) || roles.admin;
            let offerings = if is_insider || day.status != DayStatus::Planned {
                store::list_offerings(conn, id.0)?
            } else {
                Vec::new()
            };
            to_views(conn, &offerings)
        })
        .await?;
    let page = paging.page_from_all(&state.signer, offerings, |view| view.id, |view| view);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// The officer's permit for the product's group; 404 when the day is of another cooperative.
fn permit_for(
    conn: &mut Conn,
    officer: &Officer,
    day: MarketDayId,
    product: ProductId,
) -> Result<GroupPermit, Problem> {
    let product = crate::catalogue::find_of_any_status(conn, product)?.ok_or_else(Problem::not_found)?;
    let permit = officer.permit(product.group)?;
    store::find_day(conn, day)?
        .filter(|day: &MarketDay| day.cooperative == permit.cooperative)
        .ok_or_else(Problem::not_found)?;
    Ok(permit)
}

/// Set an offering of a market day
///
/// For officers of the product's group. Replaces an earlier offering of the product; while the day is open, its batch
/// changes at once.
#[utoipa::path(
    put, path = "/v1/market_days/{id}/offerings/{product}",
    responses(
        (status = 201, description = "Created", body = OfferingView),
        (status = 200, description = "Replaced", body = OfferingView),
        (status = 409, description = "`not-on-sale`; `transition-invalid`: the day is over, or pack size or deposit of an open day would change; `batch-too-small`: more is ordered already, see `claimed`"),
    ),
)]
async fn set_market_offering(
    state: Data<AppState>,
    officer: Officer,
    ids: PathIds<(MarketDayId, ProductId)>,
    body: Body<SetOffering>,
) -> Result<ApiResponse, Problem> {
    let (now, (day, product), terms) = (state.now(), ids.0, body.value.terms());
    state
        .db
        .write::<_, Problem, _>(move |tx| {
            let permit = permit_for(tx, &officer, day, product)?;
            let (offering, is_new) = set_offering(tx, now, &permit, day, product, &terms)?;
            let view = to_view(tx, &offering)?;
            let location = format!("/v1/market_days/{day}/offerings");
            Ok(if is_new { ApiResponse::created(location, &view) } else { ApiResponse::ok(&view) })
        })
        .await
}

/// Remove an offering from a market day
///
/// For officers of the product's group. The batch of an open day is cancelled and its buyers are notified.
#[utoipa::path(
    delete, path = "/v1/market_days/{id}/offerings/{product}",
    responses(
        (status = 204),
        (status = 409, description = "`transition-invalid`: the day is over, or the offering was removed before"),
    ),
)]
async fn remove_market_offering(
    state: Data<AppState>,
    officer: Officer,
    ids: PathIds<(MarketDayId, ProductId)>,
) -> Result<ApiResponse, Problem> {
    let (now, (day, product)) = (state.now(), ids.0);
    state
        .db
        .write::<_, Problem, _>(move |tx| {
            let permit = permit_for(tx, &officer, day, product)?;
            Ok(withdraw_offering(tx, now, &permit, day, product)?)
        })
        .await?;
    Ok(ApiResponse::no_content())
}

/// Filters of proposals.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListProposals {
    /// Only proposals of this group. Absent: of all of the caller's groups.
    group: Option<GroupId>,
    /// Cursor of the page, from `next` of the previous one.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List proposals for a market day
///
/// What the caller's groups offered on the previous day of the same schedule, and how much of it was ordered. Office
/// holders of the cooperative name a group.
#[utoipa::path(
    get, path = "/v1/market_days/{id}/proposals",
    params(ListProposals),
    responses((status = 200, body = Page<ProposalView>)),
)]
async fn list_offering_proposals(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<MarketDayId>,
    request: HttpRequest,
    Query(ListProposals { group, cursor, limit }): Query<ListProposals>,
) -> Result<ApiResponse, Problem> {
    let list = format!("proposals {} {} {group:?}", id.0, caller.person.account);
    let paging = Paging::<ProductId>::read(&state.signer, list, limit, cursor.as_deref())?;
    let proposals = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let roles = &caller.roles;
            let day = store::find_day(conn, id.0)?.ok_or_else(Problem::not_found)?;
            if !roles.is_affiliated_with(day.cooperative) && !roles.admin {
                return Err(Problem::not_found());
            }
            let mut proposals = Vec::new();
            for group in group.map_or_else(|| roles.groups(), |group| vec![group]) {
                let row = cooperatives::find_group(conn, group)?;
                // Callers who may not see the group get an empty list, not an error.
                if row.is_some_and(|row| roles.can_see_inside(&row) && row.cooperative_id == day.cooperative) {
                    proposals.extend(list_proposals(conn, id.0, group)?);
                }
            }
            Ok(proposals)
        })
        .await?;
    let page = paging.page_from_all(
        &state.signer,
        proposals,
        |proposal| proposal.last.product,
        |proposal| ProposalView::from(&proposal),
    );
    Ok(page.to_response(request.path(), request.query_string()))
}

/// The terms at which a group offers a product on a market day.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"capacity": 120, "minimum": 60, "price": 2500, "repeats": true}))]
struct SetOffering {
    /// Maximum quantity.
    capacity: Quantity,
    /// Quantity that must be ordered for the batch to be made. Absent: it is always made.
    minimum: Option<Quantity>,
    /// Deposits that must be paid before the batch is made, in rupiah.
    minimum_deposits: Option<Rupiah>,
    /// The batch is made in whole packs of this quantity only.
    pack_size: Option<Quantity>,
    /// Price per unit on that day. Absent: the product's price.
    price: Option<Rupiah>,
    /// Deposit in percent on that day. Absent: the product's.
    #[schema(minimum = 0, maximum = 100)]
    deposit_percent: Option<i32>,
    /// Whether the offering is copied to every later day of the schedule.
    repeats: Option<bool>,
}

impl Validate for SetOffering {
    fn validate(&self, errors: &mut FieldErrors) {
        for (pointer, amount) in [("/price", self.price), ("/minimum_deposits", self.minimum_deposits)] {
            if let Some(Rupiah(amount)) = amount {
                errors.check_range(pointer, amount, 0..=Rupiah::MAX_LINE.0);
            }
        }
        if let Some(percent) = self.deposit_percent {
            errors.check_range("/deposit_percent", percent.into(), 0..=100);
        }
    }
}

impl SetOffering {
    pub(super) fn terms(&self) -> OfferingTerms {
        OfferingTerms {
            capacity: self.capacity,
            minimum: self.minimum.unwrap_or_default(),
            minimum_deposits: self.minimum_deposits.unwrap_or_default(),
            pack_size: self.pack_size,
            price: self.price,
            deposit_percent: self.deposit_percent,
            repeats: self.repeats.unwrap_or(false),
        }
    }
}
