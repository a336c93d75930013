//! Events of the ledger.

use super::{EntryKind, LedgerAccount};
use crate::events::events;
use crate::kernel::ids::EntryId;

events! {
    /// What happened to the books by hand.
    LedgerEvent {
        "ledger.entered" => Entered { entry: EntryId, kind: EntryKind },
        "ledger.entry_reversed" => Reversed { entry: EntryId, by_entry: EntryId },
        "ledger.account_opened" => AccountOpened { account: LedgerAccount },
        "ledger.month_closed" => MonthClosed { month: String },
        "ledger.month_reopened" => MonthReopened { month: String },
    }
}
