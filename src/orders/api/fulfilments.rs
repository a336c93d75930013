//! Actions of a group on its part of an order.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::OrderView;
use crate::cooperatives::{Board, Caller, CooperativePermit, GroupPermit, Officer};
use crate::db;
use crate::kernel::ids::FulfilmentId;
use crate::kernel::text_enum::text_enum;
use crate::orders::access::Viewer;
use crate::orders::fulfilment::{FulfilmentAction, GoodsDisposition};
use crate::orders::settings::Settings;
use crate::orders::store;
use crate::orders::transition::{FulfilmentError, TransitionRequest, apply, decline_as_board};
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, IdempotencyKey, IfMatch, PathIds, Problem, Routes, Validate, routes,
};

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
        let texts = [
            ("/reason", &self.reason, 300),
            ("/courier", &self.courier, 60),
            ("/tracking_number", &self.tracking_number, 60),
            ("/received_by", &self.received_by, 100),
        ];
        for (pointer, text, max_length) in texts {
            if let Some(text) = text {
                errors.check_line(pointer, text, 1..=max_length);
            }
        }
    }
}

/// On whose behalf the caller acts.
enum ActingFor {
    Group(GroupPermit),
    Board(CooperativePermit),
}

/// Changes the status of a group's part of an order. Of two concurrent requests one wins; the other gets a conflict.
/// The board of the cooperative may only `decline` in the group's place.
#[utoipa::path(
    post, path = "/v1/fulfilments/{id}/transitions",
    params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = OrderView), (status = 409, description = "`transition-invalid`, `undo-too-late`")),
)]
#[expect(clippy::too_many_arguments, reason = "each is an extractor")]
async fn transition_fulfilment(
    state: Data<AppState>,
    settings: Data<Settings>,
    (officer, board): (Officer, Board),
    caller: Caller,
    key: IdempotencyKey,
    if_match: IfMatch<Option<i64>>,
    id: PathIds<FulfilmentId>,
    body: Body<PartTransition>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let id = id.0;
    let fulfilment = state
        .db
        .read(move |conn| store::find_fulfilment(conn, id))
        .await
        .map_err(|error: db::Error| Problem::from(error))?;
    let fulfilment = fulfilment.ok_or_else(Problem::not_found)?;
    let acting_for = match officer.permit(fulfilment.group) {
        Ok(permit) => ActingFor::Group(permit),
        Err(error) => ActingFor::Board(board.permit(fulfilment.cooperative).map_err(|_| error)?),
    };
    let (now, settings, scope, details) = (state.now(), **settings, caller.person.scope(), body.value);
    let viewer = Viewer::of(caller.roles);
    let request = TransitionRequest {
        action: details.action.into(),
        reason: details.reason,
        courier: details.courier,
        tracking_number: details.tracking_number,
        received_by: details.received_by,
        goods: details.goods,
        version: if_match.0,
        by_board: false,
    };
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let whole = match &acting_for {
            ActingFor::Group(permit) => apply(tx, now, &settings, permit, id, &request)?,
            ActingFor::Board(permit) => decline_as_board(tx, now, &settings, permit, id, &request)?,
        };
        let view = OrderView::of(&whole, &viewer, &settings, now).ok_or(FulfilmentError::NotFound)?;
        Ok::<_, FulfilmentError>(ApiResponse::ok(&view).with_version(whole.order.version).about_subject(whole.order.id))
    })
    .await
}
