//! One order: reading and cancelling.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::OrderView;
use crate::cooperatives::Caller;
use crate::kernel::ids::OrderId;
use crate::kernel::text_enum::text_enum;
use crate::orders::access::Viewer;
use crate::orders::cancel::{CancelError, cancel};
use crate::orders::settings::Settings;
use crate::orders::store;
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, IdempotencyKey, IfMatch, PathIds, Problem, Routes, Validate, routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["orders": get_order, cancel_order]
}

text_enum! {
    /// An action on a whole order.
    OrderAction {
        /// Cancels all of its open parts.
        Cancel = "cancel",
    }
}

/// A transition of a whole order.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "cancel", "reason": "Acaranya diundur."}))]
pub struct OrderTransition {
    /// The action.
    pub action: OrderAction,
    /// The reason.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub reason: Option<String>,
}

impl Validate for OrderTransition {
    fn validate(&self, errors: &mut FieldErrors) {
        if let Some(reason) = &self.reason {
            errors.check_line("/reason", reason, 0..=300);
        }
    }
}

/// Returns an order to its buyer, to the officers of its groups (their part only), and to the offices of its
/// cooperative.
#[utoipa::path(get, path = "/v1/orders/{id}", responses((status = 200, body = OrderView)))]
async fn get_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: Caller,
    id: PathIds<OrderId>,
) -> Result<ApiResponse, Problem> {
    let viewer = Viewer::of(caller.roles);
    let order = state
        .db
        .read(move |conn| {
            store::find_order(conn, id.0)?.map(|order| store::load_with_fulfilments(conn, order)).transpose()
        })
        .await;
    let whole = order.map_err(|error: crate::db::Error| Problem::from(error))?.ok_or_else(Problem::not_found)?;
    let view = OrderView::of(&whole, &viewer, &settings, state.now()).ok_or_else(Problem::not_found)?;
    Ok(ApiResponse::ok(&view).with_version(whole.order.version).about_subject(id.0))
}

/// Cancels an order: free for the buyer until the cut-off, later only by its officers or the board.
#[utoipa::path(
    post, path = "/v1/orders/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, body = OrderView),
        (status = 409, description = "`transition-invalid`, `cancel-too-late`"),
    ),
)]
async fn cancel_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: Caller,
    key: IdempotencyKey,
    if_match: IfMatch<Option<i64>>,
    id: PathIds<OrderId>,
    body: Body<OrderTransition>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let (now, settings, scope) = (state.now(), **settings, caller.person.scope());
    let (viewer, reason) = (Viewer::of(caller.roles), body.value.reason);
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let whole = cancel(tx, now, &viewer, id.0, reason.as_deref(), if_match.0)?;
        let view = OrderView::of(&whole, &viewer, &settings, now).ok_or(CancelError::NotFound)?;
        Ok::<_, CancelError>(ApiResponse::ok(&view).with_version(whole.order.version).about_subject(id.0))
    })
    .await
}
