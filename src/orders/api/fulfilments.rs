//! Actions of a group on its part of an order.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::OrderView;
use crate::cooperatives::{Board, Caller, Officer};
use crate::kernel::ids::FulfilmentId;
use crate::kernel::text_enum::text_enum;
use crate::orders::access::Viewer;
use crate::orders::fulfilment::{FulfilmentAction, GoodsDisposition};
use crate::orders::settings::Settings;
use crate::orders::store;
use crate::orders::transition::{TransitionRequest, apply, decline_as_board};
use crate::web::{ApiResponse, FieldErrors, IfMatch, KeyRequired, PathIds, Problem, Routes, Validate, Write, routes};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["orders": transition_fulfilment]
}

text_enum! {
    /// An action of a group on its part of an order.
    PartAction {
        /// The group accepts the order.
        Accept = "accept",
        /// The group declines the order.
        Decline = "decline",
        /// The group starts preparing the goods.
        Start = "start",
        /// The goods are ready.
        Ready = "ready",
        /// The goods are handed over to the buyer or the courier.
        HandOver = "hand_over",
        /// The buyer did not collect the goods.
        NotCollected = "not_collected",
        /// The goods were returned.
        Return = "return",
        /// The hand-over was recorded by mistake.
        Undo = "undo",
    }
}

impl From<PartAction> for FulfilmentAction {
    fn from(action: PartAction) -> Self {
        match action {
            PartAction::Accept => FulfilmentAction::Accept,
            PartAction::Decline => FulfilmentAction::Decline,
            PartAction::Start => FulfilmentAction::Start,
            PartAction::Ready => FulfilmentAction::Ready,
            PartAction::HandOver => FulfilmentAction::HandOver,
            PartAction::NotCollected => FulfilmentAction::NotCollected,
            PartAction::Return => FulfilmentAction::Return,
            PartAction::Undo => FulfilmentAction::Undo,
        }
    }
}

/// A transition of a group's part of an order.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "hand_over", "received_by": "Contoh Wati"}))]
pub struct PartTransition {
    /// The action.
    action: PartAction,
    /// The reason.
    #[serde(default)]
    #[schema(max_length = 300)]
    reason: Option<String>,
    /// The courier.
    #[serde(default)]
    #[schema(max_length = 60, example = "JNE")]
    courier: Option<String>,
    /// The courier's tracking number.
    #[serde(default)]
    #[schema(max_length = 60)]
    tracking_number: Option<String>,
    /// Who received the goods.
    #[serde(default)]
    #[schema(max_length = 100, example = "Contoh Wati")]
    received_by: Option<String>,
    /// What happens to goods that were returned or not collected; into stock by default.
    #[serde(default)]
    goods: Option<GoodsDisposition>,
}

impl Validate for PartTransition {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/reason", &self.reason, 1..=300);
        errors.check_line("/courier", &self.courier, 1..=60);
        errors.check_line("/tracking_number", &self.tracking_number, 1..=60);
        errors.check_line("/received_by", &self.received_by, 1..=100);
    }
}

/// Changes the status of a group's part of an order. Of two concurrent requests one wins; the other gets a conflict.
/// The board of the cooperative may only `decline` in the group's place.
#[utoipa::path(
    post, path = "/v1/fulfilments/{id}/transitions",
    responses((status = 200, body = OrderView), (status = 409, description = "`transition-invalid`, `undo-too-late`")),
)]
async fn transition_fulfilment(
    call: Write<PartTransition, KeyRequired>,
    settings: Data<Settings>,
    (officer, board): (Officer, Board),
    caller: Caller,
    IfMatch(version): IfMatch<Option<i64>>,
    id: PathIds<FulfilmentId>,
) -> Result<ApiResponse, Problem> {
    let viewer = Viewer::of(caller.roles);
    call.once(caller.person.idempotency_scope(), move |tx, now, body| {
        let fulfilment = store::find_fulfilment(tx, id.0)?.ok_or_else(Problem::not_found)?;
        let request = TransitionRequest {
            action: body.action.into(),
            reason: body.reason.clone(),
            courier: body.courier.clone(),
            tracking_number: body.tracking_number.clone(),
            received_by: body.received_by.clone(),
            goods: body.goods,
            version,
            by_board: false,
        };
        let whole = match officer.permit(fulfilment.group) {
            Ok(permit) => apply(tx, now, &settings, &permit, id.0, &request)?,
            Err(error) => {
                let permit = board.permit(fulfilment.cooperative).map_err(|_| error)?;
                decline_as_board(tx, now, &settings, &permit, id.0, &request)?
            }
        };
        OrderView::respond(&whole, &viewer, &settings, now)
    })
    .await
}
