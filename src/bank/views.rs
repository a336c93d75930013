//! Statements as clients see them.

use serde::Serialize;
use utoipa::ToSchema;

use super::bring::Found;
use super::line::{LineStatus, StatementLine};
use super::mapping::Mapping;
use super::matching::Outcome;
use crate::kernel::ids::{PaymentId, StatementLineId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Instant, Rupiah};

text_enum! {
    /// What a line of a statement is found to be.
    LineOutcome {
        /// One awaited transfer.
        Matched = "matched",
        /// It could be several, or another line could be the same.
        Several = "several",
        /// No awaited transfer comes to that.
        Nobodys = "none",
        /// It was brought in before.
        Known = "known",
    }
}

/// What a statement brings.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatementView {
    /// Whether it was only looked at.
    dry_run: bool,
    /// The lines in which money arrived.
    #[schema(max_items = 500)]
    lines: Vec<FoundLine>,
    /// How many are one awaited transfer each.
    #[schema(minimum = 0, maximum = 500, example = 1)]
    matched: usize,
    /// What those come to.
    matched_amount: Rupiah,
    /// How many wait for the treasurer.
    #[schema(minimum = 0, maximum = 500, example = 0)]
    queued: usize,
}

/// A line of a statement.
#[derive(Debug, Serialize, ToSchema)]
struct FoundLine {
    /// Which line of the file.
    #[schema(minimum = 1, maximum = 100_000, example = 2)]
    line: u64,
    /// The bank's day.
    #[schema(value_type = String, format = Date)]
    booked_on: Day,
    /// How much arrived.
    amount: Rupiah,
    /// What the bank wrote.
    #[schema(max_length = 300, example = "TRF CONTOH SARI")]
    description: String,
    /// What it is.
    outcome: LineOutcome,
    /// The transfers that it is, or could be.
    #[schema(max_items = 5_000)]
    payments: Vec<PaymentId>,
}

impl StatementView {
    pub(super) fn of(found: Vec<Found>, dry_run: bool) -> Result<StatementView, AmountError> {
        let mut view =
            StatementView { dry_run, lines: Vec::new(), matched: 0, matched_amount: Rupiah::ZERO, queued: 0 };
        for Found { read, outcome, .. } in found {
            let (outcome, payments) = match outcome {
                None => (LineOutcome::Known, Vec::new()),
                Some(Outcome::Matched(payment)) => (LineOutcome::Matched, vec![payment]),
                Some(Outcome::Several(payments)) => (LineOutcome::Several, payments),
                Some(Outcome::None) => (LineOutcome::Nobodys, Vec::new()),
            };
            match outcome {
                LineOutcome::Matched => {
                    view.matched = view.matched.saturating_add(1);
                    view.matched_amount = view.matched_amount.plus(read.amount)?;
                }
                LineOutcome::Several | LineOutcome::Nobodys => view.queued = view.queued.saturating_add(1),
                LineOutcome::Known => {}
            }
            view.lines.push(FoundLine {
                line: read.line,
                booked_on: read.booked_on,
                amount: read.amount,
                description: read.description,
                outcome,
                payments,
            });
        }
        Ok(view)
    }
}

/// Money that arrived at the account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatementLineView {
    /// Its id.
    id: StatementLineId,
    /// The bank's day.
    #[schema(value_type = String, format = Date)]
    booked_on: Day,
    /// How much arrived.
    amount: Rupiah,
    /// What the bank wrote.
    #[schema(max_length = 300, example = "TRF CONTOH SARI")]
    description: String,
    /// Where it stands.
    status: LineStatus,
    /// Whose payment it is.
    payment: Option<PaymentId>,
    /// When it was brought in.
    brought_at: Instant,
}

impl From<StatementLine> for StatementLineView {
    fn from(line: StatementLine) -> Self {
        StatementLineView {
            id: line.id,
            booked_on: line.booked_on,
            amount: line.amount,
            description: line.description,
            status: line.status,
            payment: line.payment,
            brought_at: line.brought_at,
        }
    }
}

/// How the banks of a cooperative write their statements.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BankFormats {
    /// The mappings, by name.
    #[schema(max_items = 100)]
    pub(super) data: Vec<BankFormat>,
    /// Always null: they come all at once.
    #[schema(max_length = 600)]
    pub(super) next: Option<String>,
}

/// How a bank writes its statements.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BankFormat {
    /// What it is called.
    #[schema(max_length = 40, example = "BRI")]
    pub(super) name: String,
    /// How it writes.
    pub(super) mapping: Mapping,
}
