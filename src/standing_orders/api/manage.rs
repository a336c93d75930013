//! Routes for creating, reading, updating, pausing and ending standing orders, for their buyers.

use actix_web::web::Data;
use serde::Deserialize;

use super::bodies::{CreateStandingOrder, UpdateStandingOrder};
use super::views::StandingOrderView;
use super::{find_own, respond};
use crate::accounts::SignedIn;
use crate::cooperatives::load_group_names;
use crate::kernel::ids::StandingOrderId;
use crate::kernel::{Day, Instant};
use crate::standing_orders::Rules;
use crate::standing_orders::create::create;
use crate::standing_orders::standing_order::{StandingAction, StandingLine};
use crate::standing_orders::store;
use crate::standing_orders::transition::transition;
use crate::standing_orders::update::update;
use crate::web::{
    ApiResponse, ClientId, FieldError, FieldErrors, IfMatch, KeyRequired, List, Page, PathIds, Problem, Read, Routes,
    Validate, Write, routes,
};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![
        "market": list_standing_orders,
        create_standing_order,
        get_standing_order,
        update_standing_order,
        transition_standing_order
    ]
}

/// Create a standing order
///
/// Standing orders claim goods before anyone else: when a market day opens, or one day before a daily product is open
/// to everyone. Each due day yields at most one order, or the reasons why there is none.
#[utoipa::path(
    post, path = "/v1/standing_orders",
    responses(
        (status = 201, body = StandingOrderView),
        (status = 200, description = "Created before by the same request", body = StandingOrderView),
    ),
)]
async fn create_standing_order(
    call: Write<CreateStandingOrder, KeyRequired>,
    person: SignedIn,
) -> Result<ApiResponse, Problem> {
    call.create_once(
        person.idempotency_scope(),
        |body| body.id,
        move |tx, now, body, id| {
            let standing_order = match id {
                ClientId::Repeated(id) => store::find_standing_order(tx, id)?.ok_or_else(Problem::not_found)?,
                ClientId::New(id) => create(tx, now, person.account, &body.to_new_standing_order(id))?.0,
            };
            let view = StandingOrderView::load(tx, &standing_order)?;
            let location = format!("/v1/standing_orders/{}", standing_order.id);
            Ok(id.respond(location, &view).with_version(standing_order.version))
        },
    )
    .await
}

/// List the caller's standing orders
///
/// The newest first.
#[utoipa::path(get, path = "/v1/standing_orders", responses((status = 200, body = Page<StandingOrderView>)))]
async fn list_standing_orders(
    list: List<(Instant, StandingOrderId)>,
    person: SignedIn,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let mut rows = Vec::new();
        for standing_order in store::list_by_buyer(conn, person.account, list.after, list.limit)? {
            let lines = store::list_lines(conn, standing_order.id)?;
            rows.push((standing_order, lines));
        }
        let groups = rows.iter().flat_map(|(_, lines)| lines).map(|line: &StandingLine| line.group);
        let names = load_group_names(conn, groups)?;
        Ok(rows.iter().map(|(row, lines)| StandingOrderView::of(row, lines, &names)).collect())
    });
    Ok(rows.await?.answer(|view| (view.created_at, view.id), |view| view))
}

/// Get a standing order
#[utoipa::path(get, path = "/v1/standing_orders/{id}", responses((status = 200, body = StandingOrderView)))]
async fn get_standing_order(
    read: Read,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let standing_order = find_own(conn, &person, id.0)?;
        respond(conn, &standing_order)
    })
    .await
}

/// Update a standing order
///
/// Orders placed ahead are replaced by new ones, as far as they can still be cancelled freely and are unpaid.
#[utoipa::path(
    patch, path = "/v1/standing_orders/{id}",
    responses(
        (status = 200, body = StandingOrderView),
        (status = 409, description = "`transition-invalid`: it has ended"),
    ),
)]
async fn update_standing_order(
    call: Write<UpdateStandingOrder>,
    rules: Data<Rules>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    IfMatch(version): IfMatch,
) -> Result<ApiResponse, Problem> {
    call.run(move |tx, now, body| {
        let rules = (&rules.orders, &rules.settings);
        let (standing_order, _) = update(tx, now, rules, person.account, id.0, version, &body.to_change())?;
        respond(tx, &standing_order)
    })
    .await
}

/// A transition of a standing order.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "pause", "until": "2026-12-20"}))]
struct TransitionStandingOrder {
    /// The action.
    action: StandingAction,
    /// For `pause`: the first day on which it is due again. Absent: until it is resumed.
    until: Option<Day>,
}

impl Validate for TransitionStandingOrder {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.require(self.until.is_none() || self.action == StandingAction::Pause, "/until", FieldError::Unknown);
    }
}

/// Pause, resume or end a standing order
///
/// Orders placed ahead for days on which it is no longer due are cancelled, as far as they can still be cancelled
/// freely and are unpaid.
#[utoipa::path(
    post, path = "/v1/standing_orders/{id}/transitions",
    responses(
        (status = 200, body = StandingOrderView),
        (status = 409, description = "`transition-invalid`: the status does not permit the action"),
    ),
)]
async fn transition_standing_order(
    call: Write<TransitionStandingOrder, KeyRequired>,
    rules: Data<Rules>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    IfMatch(version): IfMatch<Option<i64>>,
) -> Result<ApiResponse, Problem> {
    call.once(person.idempotency_scope(), move |tx, now, body| {
        let (rules, action) = ((&rules.orders, &rules.settings), (body.action, body.until));
        let standing_order = transition(tx, now, rules, person.account, id.0, action, version)?;
        respond(tx, &standing_order)
    })
    .await
}
