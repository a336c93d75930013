//! Routes of offerings: set by officers of the groups, public once the day is open.

use serde::Deserialize;

use super::views::{OfferingView, ProposalView};
use crate::catalogue;
use crate::cooperatives::{self, AccessError, Caller, GroupPermit, GroupRef, Officer, OptionalCaller};
use crate::db::Conn;
use crate::kernel::ids::{GroupId, MarketDayId, OfferingId, ProductId};
use crate::kernel::{Quantity, Rupiah};
use crate::market_days::day::DayStatus;
use crate::market_days::offering::MarketOffering;
use crate::market_days::proposal::list_proposals;
use crate::market_days::set_offering::{OfferingTerms, set_offering, withdraw_offering};
use crate::market_days::store;
use crate::supply;
use crate::web::{ApiResponse, FieldErrors, List, Page, PathIds, Problem, Routes, Validate, Write, routes};

pub(super) fn routes() -> Routes {
    routes!["market": list_market_offerings, set_market_offering, remove_market_offering, list_offering_proposals]
}

fn to_views(conn: &mut Conn, offerings: &[MarketOffering]) -> Result<Vec<OfferingView>, Problem> {
    let ids: Vec<ProductId> = offerings.iter().map(|offering| offering.product).collect();
    let products = store::list_products(conn, &ids)?;
    let groups = cooperatives::load_group_names(conn, offerings.iter().map(|offering| offering.group))?;
    let mut views = Vec::with_capacity(offerings.len());
    for offering in offerings {
        let batch = offering.batch.map(|batch| supply::find(conn, batch)).transpose()?.flatten();
        let product = products.iter().find(|(id, ..)| *id == offering.product);
        views.push(OfferingView::of(offering, groups.get(offering.group), batch.as_ref(), product));
    }
    Ok(views)
}

/// List offerings of a market day
///
/// Public once the day is open. Before, only members and office holders of the cooperative get a filled list.
#[utoipa::path(get, path = "/v1/market_days/{id}/offerings", responses((status = 200, body = Page<OfferingView>)))]
async fn list_market_offerings(
    list: List<OfferingId>,
    caller: OptionalCaller,
    id: PathIds<MarketDayId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, _| {
        let day = store::find_day(conn, id.0)?.ok_or(AccessError::Hidden)?;
        let is_insider = caller.roles.is_affiliated_with(day.cooperative) || caller.roles.admin;
        if !is_insider && day.status == DayStatus::Planned {
            return Ok(Vec::new());
        }
        let offerings = store::list_offerings(conn, id.0)?;
        to_views(conn, &offerings)
    });
    Ok(rows.await?.answer_from_all(|view| view.id, |view| view))
}

/// The officer's permit for the product's group; 404 when the day is of another cooperative.
fn find_permit(
    conn: &mut Conn,
    officer: &Officer,
    day: MarketDayId,
    product: ProductId,
) -> Result<GroupPermit, Problem> {
    let product = catalogue::find_of_any_status(conn, product)?.ok_or(AccessError::Hidden)?;
    let permit = officer.permit(product.group)?;
    let day = store::find_day(conn, day)?.filter(|day| day.cooperative == permit.cooperative);
    day.map(|_| permit).ok_or_else(Problem::not_found)
}

/// Set an offering of a market day
///
/// For officers of the product's group. Replaces an earlier offering of the product; while the day is open, its batch
/// changes at once.
#[utoipa::path(
    put, path = "/v1/market_days/{id}/offerings/{product}",
    responses(
        (status = 201, body = OfferingView),
        (status = 200, description = "Replaced", body = OfferingView),
        (status = 409, description = "`not-on-sale`; `transition-invalid`: the day is over, or pack size or deposit of an open day would change; `batch-too-small`: more is ordered already, see `claimed`"),
    ),
)]
async fn set_market_offering(
    call: Write<SetOffering>,
    officer: Officer,
    ids: PathIds<(MarketDayId, ProductId)>,
) -> Result<ApiResponse, Problem> {
    let (day, product) = ids.0;
    call.run(move |tx, now, body| {
        let permit = find_permit(tx, &officer, day, product)?;
        let (offering, is_new) = set_offering(tx, now, &permit, day, product, &body.to_terms())?;
        let view = to_views(tx, &[offering])?.pop().ok_or_else(Problem::not_found)?;
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
    call: Write,
    officer: Officer,
    ids: PathIds<(MarketDayId, ProductId)>,
) -> Result<ApiResponse, Problem> {
    let (day, product) = ids.0;
    call.run(move |tx, now, ()| {
        let permit = find_permit(tx, &officer, day, product)?;
        withdraw_offering(tx, now, &permit, day, product)?;
        Ok(ApiResponse::no_content())
    })
    .await
}

/// Filters of proposals.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct ProposalFilter {
    /// Only proposals of this group. Absent: of all of the caller's groups.
    group: Option<GroupId>,
}

/// List proposals for a market day
///
/// What the caller's groups offered on the previous day of the same schedule, and how much of it was ordered. Office
/// holders of the cooperative name a group.
#[utoipa::path(get, path = "/v1/market_days/{id}/proposals", responses((status = 200, body = Page<ProposalView>)))]
async fn list_offering_proposals(
    list: List<ProductId, ProposalFilter>,
    caller: Caller,
    id: PathIds<MarketDayId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let roles = &caller.roles;
        let day = store::find_day(conn, id.0)?.ok_or(AccessError::Hidden)?;
        AccessError::hide_unless(roles.is_affiliated_with(day.cooperative) || roles.admin)?;
        let mut proposals = Vec::new();
        for group in list.filter.group.map_or_else(|| roles.groups(), |group| vec![group]) {
            let row = cooperatives::find_group(conn, group)?;
            // Callers who may not see the group get an empty list, not an error.
            if let Some(row) = row.filter(|row| roles.can_see_inside(row) && row.cooperative_id == day.cooperative) {
                let of_group = list_proposals(conn, id.0, group)?.into_iter();
                proposals.extend(of_group.map(|proposal| (proposal, GroupRef::from(&row))));
            }
        }
        Ok(proposals)
    });
    Ok(rows.await?.answer_from_all(|(proposal, _)| proposal.last.product, ProposalView::of))
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
            errors.check_range(pointer, amount.unwrap_or_default().0, 0..=Rupiah::MAX_LINE.0);
        }
        errors.check_range("/deposit_percent", self.deposit_percent.unwrap_or_default().into(), 0..=100);
    }
}

impl SetOffering {
    fn to_terms(&self) -> OfferingTerms {
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
