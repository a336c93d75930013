//! A group takes its part of an order a step further.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::views::OrderView;
use crate::cooperatives::{Board, Caller, CooperativePermit, GroupPermit, Officer};
use crate::db;
use crate::kernel::ids::FulfilmentId;
use crate::kernel::text_enum::text_enum;
use crate::orders::fulfilment::{Action, GoodsAfter};
use crate::orders::settings::Settings;
use crate::orders::store;
use crate::orders::transition::{TransitionError, TransitionRequest, apply, decline_for_group};
use crate::orders::viewer::Viewer;
use crate::web::{
    ApiResponse, AppState, Body, FieldErrors, Idempotency, IfMatch, PathIds, Problem, Routes, Validate, routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![take_step]
}

text_enum! {
    /// What a group can do with its part.
    PartAction {
        /// The group will deliver.
        Accept = "accept",
        /// The group will not deliver.
        Decline = "decline",
        /// Work begins.
        Start = "start",
        /// The goods are ready.
        Ready = "ready",
        /// The goods are handed to the buyer or the courier.
        HandOver = "hand_over",
        /// Nobody came.
        NotCollected = "not_collected",
        /// The goods came back.
        Return = "return",
        /// The hand-over was noted by mistake.
        Undo = "undo",
    }
}

impl From<PartAction> for Action {
    fn from(action: PartAction) -> Self {
        match action {
            PartAction::Accept => Action::Accept,
            PartAction::Decline => Action::Decline,
            PartAction::Start => Action::Start,
            PartAction::Ready => Action::Ready,
            PartAction::HandOver => Action::HandOver,
            PartAction::NotCollected => Action::NotCollected,
            PartAction::Return => Action::Return,
            PartAction::Undo => Action::Undo,
        }
    }
}

/// A step of a group's part.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "hand_over", "received_by": "Contoh Wati"}))]
pub struct PartTransition {
    /// Which step.
    action: PartAction,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 300)]
    reason: Option<String>,
    /// Which courier takes it.
    #[serde(default)]
    #[schema(max_length = 60, example = "JNE")]
    courier: Option<String>,
    /// The courier's number for it.
    #[serde(default)]
    #[schema(max_length = 60)]
    tracking_number: Option<String>,
    /// Who took the goods.
    #[serde(default)]
    #[schema(max_length = 100, example = "Contoh Wati")]
    received_by: Option<String>,
    /// What becomes of goods that were not collected or came back; on the shelf, unless said.
    #[serde(default)]
    goods: Option<GoodsAfter>,
}

impl Validate for PartTransition {
    fn check(&self, errors: &mut FieldErrors) {
        let texts = [
            ("/reason", &self.reason, 300),
            ("/courier", &self.courier, 60),
            ("/tracking_number", &self.tracking_number, 60),
            ("/received_by", &self.received_by, 100),
        ];
        for (pointer, text, most) in texts {
            if let Some(text) = text {
                errors.line(pointer, text, 1..=most);
            }
        }
    }
}

/// For whom a step is taken.
enum Hand {
    Group(GroupPermit),
    Board(CooperativePermit),
}

/// Takes a group's part of an order a step further. Of two officers at once one wins, and the other is told. The board
/// of the cooperative can `decline` in the group's place, and nothing else.
#[utoipa::path(
    post, path = "/v1/fulfilments/{id}/transitions", tag = "orders", operation_id = "take_fulfilment_step",
    request_body = PartTransition,
    params(
        ("id" = FulfilmentId, Path, description = "The part"),
        ("Idempotency-Key" = String, Header),
        ("If-Match" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "The order as it is now", body = OrderView),
        (status = 409, description = "`transition-invalid`, `undo-too-late`"),
    ),
    security(("bearer" = [])),
)]
#[expect(clippy::too_many_arguments, reason = "each is an extractor")]
async fn take_step(
    state: Data<AppState>,
    settings: Data<Settings>,
    (officer, board): (Officer, Board),
    caller: Caller,
    key: Idempotency,
    seen: IfMatch,
    id: PathIds<FulfilmentId>,
    body: Body<PartTransition>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let id = id.0;
    let part = state
        .db
        .read(move |conn| store::fulfilment(conn, id))
        .await
        .map_err(|error: db::Error| Problem::from(error))?;
    let part = part.ok_or_else(Problem::not_found)?;
    let hand = match officer.of(part.group) {
        Ok(permit) => Hand::Group(permit),
        Err(refusal) => Hand::Board(board.of(part.cooperative).map_err(|_| refusal)?),
    };
    let (now, settings, scope, it) = (state.now(), **settings, caller.person.scope(), body.value);
    let viewer = Viewer::of(caller.roles);
    let how = TransitionRequest {
        action: it.action.into(),
        reason: it.reason,
        courier: it.courier,
        tracking_number: it.tracking_number,
        received_by: it.received_by,
        goods: it.goods,
        version: seen.sent(),
        by_board: false,
    };
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let whole = match &hand {
            Hand::Group(permit) => apply(tx, now, &settings, permit, id, &how)?,
            Hand::Board(permit) => decline_for_group(tx, now, &settings, permit, id, &how)?,
        };
        let view = OrderView::of(&whole, &viewer, &settings, now).ok_or(TransitionError::NotFound)?;
        Ok::<_, TransitionError>(ApiResponse::ok(&view).version(whole.order.version).about_subject(whole.order.id))
    })
    .await
}
