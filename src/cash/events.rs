//! Events of cash.

use crate::events::events;
use crate::kernel::Rupiah;
use crate::kernel::ids::HandoverId;

events! {
    /// What happened to cash.
    CashEvent {
        "cash.counted" => Counted { expected: Rupiah, counted: Rupiah },
        "handover.declared" => Declared { handover: HandoverId, expected: Rupiah, payments: usize },
        "handover.received" => Received(DecidedHandover),
        "handover.refused" => Refused(DecidedHandover),
    }
    DecidedHandover { handover: HandoverId, expected: Rupiah, counted: Option<Rupiah> }
}
