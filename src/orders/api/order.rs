//! One order: reading and cancelling.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::OrderView;
use crate::cooperatives::Caller;
use crate::kernel::ids::OrderId;
use crate::kernel::text_enum::text_enum;
use crate::orders::access::Viewer;
use crate::orders::cancel::cancel;
use crate::orders::settings::Settings;
use crate::orders::store;
use crate::web::{
    ApiResponse, FieldErrors, IfMatch, KeyRequired, PathIds, Problem, Read, Routes, Validate, Write, routes,
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
        errors.check_line("/reason", &self.reason, 0..=300);
    }
}

/// Returns an order to its buyer, to the officers of its groups (their part only), and to the offices of its
/// cooperative.
#[utoipa::path(get, path = "/v1/orders/{id}", responses((status = 200, body = OrderView)))]
async fn get_order(
    read: Read,
    settings: Data<Settings>,
    caller: Caller,
    id: PathIds<OrderId>,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let whole = store::find_with_fulfilments(conn, id.0)?.ok_or_else(Problem::not_found)?;
        OrderView::respond(&whole, &Viewer::of(caller.roles), &settings, now)
    })
    .await
}

/// Cancels an order: free for the buyer until the cut-off, later only by its officers or the board.
#[utoipa::path(
    post, path = "/v1/orders/{id}/transitions",
    responses(
        (status = 200, body = OrderView),
        (status = 409, description = "`transition-invalid`, `cancel-too-late`"),
    ),
)]
async fn cancel_order(
    call: Write<OrderTransition, KeyRequired>,
    settings: Data<Settings>,
    caller: Caller,
    IfMatch(version): IfMatch<Option<i64>>,
    id: PathIds<OrderId>,
) -> Result<ApiResponse, Problem> {
    let viewer = Viewer::of(caller.roles);
    call.once(caller.person.idempotency_scope(), move |tx, now, body| {
        let whole = cancel(tx, now, &viewer, id.0, body.reason.as_deref(), version)?;
        OrderView::respond(&whole, &viewer, &settings, now)
    })
    .await
}
