//! Events of batches, closed days and unmet demand.

use super::{BatchKind, ContributionKind, UnavailableReason};
use crate::events::events;
use crate::kernel::ids::{BatchId, MembershipId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Rupiah};

events! {
    /// What happened to supply. `orders` writes what happens to a batch with its lines.
    SupplyEvent {
        "batch.planned" => Planned(NewSupply),
        "batch.shelved" => Shelved(NewSupply),
        "batch.opened" => Opened { product: ProductId, ready_on: Day, capacity: Quantity },
        "batch.changed" => Changed { product: ProductId, capacity: Quantity, minimum: Quantity },
        "batch.moved" => Moved { product: ProductId, before: Day, ready_on: Day, cutoff_at: Option<Instant> },
        "batch.confirmed" => Confirmed(BatchPayload),
        "batch.extended" => Extended(BatchPayload),
        "batch.failed" => Failed(BatchPayload),
        "batch.cancelled" => Cancelled(BatchPayload),
        "batch.closed" => Closed(BatchPayload),
        "batch.discounted" => Discounted(DiscountPayload),
        "batch.discount_ended" => DiscountEnded(DiscountPayload),
        "contribution.noted" => ContributionNoted {
            batch: BatchId, membership: MembershipId, kind: ContributionKind, amount: Quantity,
        },
        "demand.refused" => DemandRefused { day: Day, quantity: Quantity, reason: UnavailableReason, anonymous: bool },
        "group.closed_day" => DayClosed { day: Day },
        "group.opened_day" => DayOpened { day: Day },
    }
    NewSupply {
        product: ProductId, kind: BatchKind, ready_on: Day, capacity: Quantity, minimum: Quantity, made: Option<Quantity>,
    }
    BatchPayload { product: ProductId, ready_on: Day, claimed: Quantity }
    DiscountPayload {
        product: ProductId, percent: Option<i32>, starts_at: Option<Instant>, ends_at: Option<Instant>,
        floor_price: Option<Rupiah>,
    }
}
