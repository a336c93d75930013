//! Events of consignment.

use crate::events::events;
use crate::kernel::ids::{BatchId, ConsignmentId, OrderId, OutletCountId, OutletId, PaymentId, ProductId};
use crate::kernel::{Quantity, Rupiah};

events! {
    /// What happened at an outlet.
    ConsignmentEvent {
        "outlet.added" => OutletAdded { outlet: OutletId },
        "outlet.changed" => OutletChanged { outlet: OutletId },
        "consignment.delivered" => Delivered {
            consignment: ConsignmentId, outlet: OutletId, batch: BatchId, product: ProductId, quantity: Quantity,
            unit_price: Rupiah,
        },
        "outlet.counted" => Counted { outlet: OutletId, count: OutletCountId, order: Option<OrderId>, sold: Quantity },
        "outlet.count_reversed" => CountReversed { outlet: OutletId, count: OutletCountId, order: OrderId },
        "outlet.payment_recorded" => PaymentRecorded { outlet: OutletId, amount: Rupiah, payments: Vec<PaymentId> },
    }
}
