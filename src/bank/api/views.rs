//! Response bodies of bank statements.

use serde::Serialize;
use utoipa::ToSchema;

use crate::bank::import::PreviewLine;
use crate::bank::line::{LineStatus, StatementLine};
use crate::bank::mapping::Mapping;
use crate::bank::matching::MatchOutcome;
use crate::kernel::ids::{PaymentId, StatementLineId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Instant, Rupiah};

text_enum! {
    /// The match of a statement line.
    LineOutcome {
        /// It is one awaited transfer.
        Matched = "matched",
        /// Several transfers match, or another line matches the same one.
        Several = "several",
        /// No awaited transfer matches.
        NoMatch = "none",
        /// It was imported before.
        Known = "known",
    }
}

/// The result of an import or its preview.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatementView {
    /// Whether it is a preview.
    dry_run: bool,
    /// The lines with a received amount.
    #[schema(max_items = 500)]
    lines: Vec<StatementLinePreview>,
    /// Number of lines that match one awaited transfer.
    #[schema(minimum = 0, maximum = 500, example = 1)]
    matched: usize,
    /// Their total.
    matched_amount: Rupiah,
    /// Number of lines queued for the treasurer.
    #[schema(minimum = 0, maximum = 500, example = 0)]
    queued: usize,
}

/// A line of a statement.
#[derive(Debug, Serialize, ToSchema)]
struct StatementLinePreview {
    /// Line number in the file.
    #[schema(minimum = 1, maximum = 100_000, example = 2)]
    line: u64,
    /// The booking day of the bank.
    booked_on: Day,
    /// The received amount.
    amount: Rupiah,
    /// The bank's description.
    #[schema(max_length = 300, example = "TRF CONTOH SARI")]
    description: String,
    /// The match.
    outcome: LineOutcome,
    /// The matching transfers.
    #[schema(max_items = 5_000)]
    payments: Vec<PaymentId>,
}

impl StatementView {
    pub(super) fn of(preview_lines: Vec<PreviewLine>, dry_run: bool) -> Result<StatementView, AmountError> {
        let mut view =
            StatementView { dry_run, lines: Vec::new(), matched: 0, matched_amount: Rupiah::ZERO, queued: 0 };
        for PreviewLine { line, outcome, .. } in preview_lines {
            let (outcome, payments) = match outcome {
                None => (LineOutcome::Known, Vec::new()),
                Some(MatchOutcome::Matched(payment)) => (LineOutcome::Matched, vec![payment]),
                Some(MatchOutcome::Ambiguous(payments)) => (LineOutcome::Several, payments),
                Some(MatchOutcome::Unmatched) => (LineOutcome::NoMatch, Vec::new()),
            };
            if outcome == LineOutcome::Matched {
                view.matched = view.matched.saturating_add(1);
                view.matched_amount = view.matched_amount.plus(line.amount)?;
            } else if outcome != LineOutcome::Known {
                view.queued = view.queued.saturating_add(1);
            }
            view.lines.push(StatementLinePreview {
                line: line.line,
                booked_on: line.booked_on,
                amount: line.amount,
                description: line.description,
                outcome,
                payments,
            });
        }
        Ok(view)
    }
}

/// An incoming amount on a bank statement.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatementLineView {
    /// Its id.
    id: StatementLineId,
    /// The booking day of the bank.
    booked_on: Day,
    /// The received amount.
    amount: Rupiah,
    /// The bank's description.
    #[schema(max_length = 300, example = "TRF CONTOH SARI")]
    description: String,
    /// Its status.
    status: LineStatus,
    /// The matched payment.
    payment: Option<PaymentId>,
    /// When it was imported.
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

/// The statement formats of a cooperative's banks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BankFormats {
    /// The formats, by name.
    #[schema(max_items = 100)]
    pub(super) data: Vec<BankFormat>,
    /// Always null: the list is not paged.
    #[schema(max_length = 600)]
    pub(super) next: Option<String>,
}

/// The statement format of a bank.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BankFormat {
    /// The bank's name.
    #[schema(max_length = 40, example = "BRI")]
    pub(super) name: String,
    /// The format.
    pub(super) mapping: Mapping,
}
