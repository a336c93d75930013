//! What groups bring: said by their officers, seen by everyone once the day is open.

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
use crate::market_days::propose::proposals;
use crate::market_days::set_offering::{OfferingTerms, leave_out, set_offering};
use crate::market_days::store;
use crate::supply;
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, Validate,
    routes,
};

/// The routes of what is brought.
pub(super) fn routes() -> Routes {
    routes![list_offerings, put_offering, withdraw_offering, list_proposals]
}

/// The offerings with what is left of their batches.
fn views(conn: &mut Conn, offerings: &[MarketOffering]) -> Result<Vec<OfferingView>, Problem> {
    let ids: Vec<ProductId> = offerings.iter().map(|offering| offering.product).collect();
    let products = store::product_rows(conn, &ids)?;
    let mut views = Vec::with_capacity(offerings.len());
    for offering in offerings {
        let batch = offering.batch.map(|batch| supply::find(conn, batch)).transpose()?.flatten();
        let product = products.iter().find(|(id, ..)| *id == offering.product);
        views.push(OfferingView::of(offering, batch.as_ref(), product));
    }
    Ok(views)
}

fn view(conn: &mut Conn, offering: &MarketOffering) -> Result<OfferingView, Problem> {
    views(conn, std::slice::from_ref(offering))?.pop().ok_or_else(Problem::not_found)
}

/// List what is brought to a market day
///
/// Public once the day is open; before, for the groups and offices of the cooperative.
#[utoipa::path(
    get, path = "/v1/market_days/{id}/offerings", tag = "market", operation_id = "list_offerings",
    params(("id" = MarketDayId, Path, description = "The market day"), PageQuery),
    responses((status = 200, description = "A page of what is brought", body = Page<OfferingView>)),
    security((), ("bearer" = [])),
)]
async fn list_offerings(
    state: Data<AppState>,
    caller: OptionalCaller,
    id: PathIds<MarketDayId>,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let roles = caller.roles;
    let paging = Paging::<OfferingId>::read(&state.signer, format!("offerings {}", id.0), limit, cursor.as_deref())?;
    let found = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let day = store::find_day(conn, id.0)?.ok_or_else(Problem::not_found)?;
            let inside = roles.belongs_to(day.cooperative) || roles.admin;
            let offerings =
                if inside || day.status != DayStatus::Planned { store::offerings_of(conn, id.0)? } else { Vec::new() };
            views(conn, &offerings)
        })
        .await?;
    let page = paging.page_of_whole(&state.signer, found, |it| it.id, |it| it);
    Ok(page.answer(request.path(), request.query_string()))
}

/// What a group brings of one product.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"capacity": 120, "minimum": 60, "price": 2500, "repeats": true}))]
struct SetOffering {
    /// How much at most.
    capacity: Quantity,
    /// How much must be ordered for it to be made; it is made anyway when left out.
    minimum: Option<Quantity>,
    /// How much of deposits must be in for it to be made.
    minimum_deposits: Option<Rupiah>,
    /// It is made in whole packs of so much only.
    pack_size: Option<Quantity>,
    /// Its price on that day; the product's when left out.
    price: Option<Rupiah>,
    /// Its deposit in percent on that day; the product's when left out.
    #[schema(minimum = 0, maximum = 100)]
    deposit_percent: Option<i32>,
    /// Whether it is brought to every day of the schedule from now on.
    repeats: Option<bool>,
}

impl Validate for SetOffering {
    fn check(&self, errors: &mut FieldErrors) {
        for (pointer, amount) in [("/price", self.price), ("/minimum_deposits", self.minimum_deposits)] {
            if let Some(Rupiah(amount)) = amount {
                errors.range(pointer, amount, 0..=Rupiah::MAX_LINE.0);
            }
        }
        if let Some(percent) = self.deposit_percent {
            errors.range("/deposit_percent", percent.into(), 0..=100);
        }
    }
}

impl SetOffering {
    fn terms(&self) -> OfferingTerms {
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

/// The officer's permit for the group that makes this product, if the day is of its cooperative.
fn permit_for(
    conn: &mut Conn,
    officer: &Officer,
    day: MarketDayId,
    product: ProductId,
) -> Result<GroupPermit, Problem> {
    let known = crate::catalogue::find_of_any_status(conn, product)?.ok_or_else(Problem::not_found)?;
    let permit = officer.of(known.group)?;
    store::find_day(conn, day)?
        .filter(|day: &MarketDay| day.cooperative == permit.cooperative)
        .ok_or_else(Problem::not_found)?;
    Ok(permit)
}

/// Say what is brought
///
/// By the officers of the group that makes the product. Said again, it replaces what was said; while the day is open, its
/// batch follows at once.
#[utoipa::path(
    put, path = "/v1/market_days/{id}/offerings/{product}", tag = "market", operation_id = "set_offering",
    params(
        ("id" = MarketDayId, Path, description = "The market day"),
        ("product" = ProductId, Path, description = "The product"),
    ),
    request_body = SetOffering,
    responses(
        (status = 201, description = "Said for the first time", body = OfferingView),
        (status = 200, description = "Said anew", body = OfferingView),
        (status = 409, description = "`not-on-sale`; `transition-invalid`: the day is over, or packs and deposit stay as they were announced; `batch-too-small`: more is ordered already, see `claimed`"),
    ),
    security(("bearer" = [])),
)]
async fn put_offering(
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
            let (said, is_new) = set_offering(tx, now, &permit, day, product, &terms)?;
            let view = view(tx, &said)?;
            let location = format!("/v1/market_days/{day}/offerings");
            Ok(if is_new { ApiResponse::created(location, &view) } else { ApiResponse::ok(&view) })
        })
        .await
}

/// Take back what was to be brought
///
/// By the officers of the group. Whoever ordered of it is told.
#[utoipa::path(
    delete, path = "/v1/market_days/{id}/offerings/{product}", tag = "market", operation_id = "withdraw_offering",
    params(
        ("id" = MarketDayId, Path, description = "The market day"),
        ("product" = ProductId, Path, description = "The product"),
    ),
    responses((status = 204, description = "Taken back")),
    security(("bearer" = [])),
)]
async fn withdraw_offering(
    state: Data<AppState>,
    officer: Officer,
    ids: PathIds<(MarketDayId, ProductId)>,
) -> Result<ApiResponse, Problem> {
    let (now, (day, product)) = (state.now(), ids.0);
    state
        .db
        .write::<_, Problem, _>(move |tx| {
            let permit = permit_for(tx, &officer, day, product)?;
            Ok(leave_out(tx, now, &permit, day, product)?)
        })
        .await?;
    Ok(ApiResponse::no_content())
}

/// Whose proposals.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListProposals {
    /// Of this group; of all of the caller's, when left out.
    group: Option<GroupId>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List what was brought the last time
///
/// The proposals of the caller's groups for this day: the figures of the day before of the same schedule, and what was
/// ordered. Offices of the cooperative name a group.
#[utoipa::path(
    get, path = "/v1/market_days/{id}/proposals", tag = "market", operation_id = "list_proposals",
    params(("id" = MarketDayId, Path, description = "The market day"), ListProposals),
    responses((status = 200, description = "A page of proposals", body = Page<ProposalView>)),
    security(("bearer" = [])),
)]
async fn list_proposals(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<MarketDayId>,
    request: HttpRequest,
    Query(ListProposals { group, cursor, limit }): Query<ListProposals>,
) -> Result<ApiResponse, Problem> {
    let list = format!("proposals {} {} {group:?}", id.0, caller.person.account);
    let paging = Paging::<ProductId>::read(&state.signer, list, limit, cursor.as_deref())?;
    let found = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let roles = &caller.roles;
            let day = store::find_day(conn, id.0)?.ok_or_else(Problem::not_found)?;
            if !roles.belongs_to(day.cooperative) && !roles.admin {
                return Err(Problem::not_found());
            }
            let mut found = Vec::new();
            for group in group.map_or_else(|| roles.groups(), |group| vec![group]) {
                let known = cooperatives::find_group(conn, group)?;
                // To others a group's inside is not there, and so it has proposed nothing.
                if known.is_some_and(|it| roles.is_inside(&it) && it.cooperative_id == day.cooperative) {
                    found.extend(proposals(conn, id.0, group)?);
                }
            }
            Ok(found)
        })
        .await?;
    let page = paging.page_of_whole(&state.signer, found, |it| it.last.product, |it| ProposalView::from(&it));
    Ok(page.answer(request.path(), request.query_string()))
}
