//! Events of orders.

use super::fulfilment::{Fulfilment, FulfilmentWithLines};
use super::{Channel, LineReason, PaymentState};
use crate::events::events;
use crate::kernel::ids::{DiscardId, FulfilmentId, GroupId, LineId, NoteId, OrderId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};

events! {
    /// What happened to an order, to a group's part of it, and to a batch with its lines.
    OrderEvent {
        "order.placed" => Placed {
            order: OrderId, #[serde(skip_serializing_if = "Option::is_none")] group: Option<GroupId>, groups: Vec<GroupId>,
            fulfilments: Vec<FulfilmentId>, channel: Channel, total: Rupiah, promised: bool,
        },
        "order.claimed" => Claimed { order: OrderId },
        "order.noted" => Noted { order: OrderId, note: NoteId, from_buyer: bool },
        "order.paid_total_changed" => PaidTotalChanged {
            order: OrderId, paid_total: Rupiah, payment_state: PaymentState,
        },
        "order.cancelled" => Cancelled {
            order: OrderId, #[serde(skip_serializing_if = "Option::is_none")] group: Option<GroupId>, groups: Vec<GroupId>,
            by_buyer: bool,
        },
        "order.line_shrunk" => LineShrunk {
            order: OrderId, group: GroupId, fulfilment: FulfilmentId, line: LineId, product: ProductId, before: Quantity,
            quantity: Quantity, reason: LineReason,
        },
        "order.batch_confirmed" => BatchConfirmed(LinePayload),
        "order.batch_extended" => BatchExtended(LinePayload),
        "order.moved" => Moved {
            order: OrderId, group: GroupId, fulfilment: FulfilmentId, line: LineId, product: ProductId, day_before: Day,
            until: Instant,
        },
        "fulfilment.accepted" => Accepted(FulfilmentPayload),
        "fulfilment.declined" => Declined(FulfilmentPayload),
        "fulfilment.started" => Started(FulfilmentPayload),
        "fulfilment.ready" => Ready(FulfilmentPayload),
        "fulfilment.handed_over" => HandedOver(FulfilmentPayload),
        "fulfilment.not_collected" => NotCollected(FulfilmentPayload),
        "fulfilment.returned" => Returned(FulfilmentPayload),
        "fulfilment.undone" => Undone(FulfilmentPayload),
        "fulfilment.cancelled" => PartCancelled(FulfilmentPayload),
        "fulfilment.expired" => Expired(FulfilmentPayload),
        "batch.made" => BatchMade { product: ProductId, made: Quantity, claimed: Quantity },
        "batch.discarded" => BatchDiscarded {
            product: ProductId, discard: DiscardId, quantity: Quantity, claimed: Quantity,
        },
    }
    LinePayload {
        order: OrderId, group: GroupId, fulfilment: FulfilmentId, line: LineId, product: ProductId, quantity: Quantity,
        until: Option<Instant>,
    }
    FulfilmentPayload {
        order: OrderId, fulfilment: FulfilmentId, group: GroupId,
        #[serde(skip_serializing_if = "Option::is_none")] amount: Option<Rupiah>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] by_board: bool,
    }
}

impl FulfilmentPayload {
    pub(super) fn new(fulfilment: &FulfilmentWithLines) -> Self {
        let Fulfilment { order, id: fulfilment, group, goods_total, .. } = fulfilment.row;
        FulfilmentPayload { order, fulfilment, group, amount: Some(goods_total), by_board: false }
    }
}
