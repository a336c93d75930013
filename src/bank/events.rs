//! Events of bank statements.

use super::line::LineStatus;
use crate::events::events;
use crate::kernel::ids::{PaymentId, StatementLineId};

events! {
    /// What happened to bank statements.
    BankEvent {
        "bank_format.set" => FormatSet { name: String },
        "statement.brought_in" => Imported { lines: usize, matched: usize },
        "statement.line_decided" => LineDecided { line: StatementLineId, status: LineStatus, payment: Option<PaymentId> },
    }
}
