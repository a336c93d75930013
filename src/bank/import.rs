//! Preview and import of bank statements.

use super::error::StatementError;
use super::events::{self, BankEvent};
use super::line::{LineStatus, StatementLine, digests};
use super::mapping::ParsedLine;
use super::matching::{MatchOutcome, match_lines};
use super::store;
use crate::cooperatives::{self, CooperativePermit};
use crate::db::{Conn, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::PaymentId;
use crate::ledger;
use crate::payments::{PaymentAccess, PaymentAction, PaymentTransition, transition_payment};

/// A parsed line with its match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PreviewLine {
    /// The parsed line.
    pub(super) line: ParsedLine,
    /// The match; `None` if the line was imported before.
    pub(super) outcome: Option<MatchOutcome>,
    digest: String,
}

/// Parses a statement in this format and matches its lines; writes nothing.
pub(super) fn preview(
    conn: &mut Conn,
    permit: &CooperativePermit,
    format: &str,
    csv: &str,
) -> Result<Vec<PreviewLine>, StatementError> {
    let mapping = store::find_mapping(conn, permit.cooperative, format)?;
    let mapping = mapping.ok_or_else(|| StatementError::unknown("/format"))?;
    let lines = mapping.read(csv).map_err(StatementError::Invalid)?;
    let digests = digests(&lines);
    let known = store::list_known_digests(conn, permit.cooperative, &digests)?;
    let zone = cooperatives::load_zone(conn, permit.cooperative)?;
    let awaited = store::list_awaited_transfers(conn, permit.cooperative, zone)?;
    let is_new = |digest: &String| !known.contains(digest);
    let new: Vec<ParsedLine> =
        lines.iter().zip(&digests).filter(|(_, digest)| is_new(digest)).map(|(line, _)| line.clone()).collect();
    let mut outcomes = match_lines(&new, &awaited).into_iter();
    let preview_lines = lines.into_iter().zip(digests).map(|(line, digest)| {
        let outcome = if is_new(&digest) { outcomes.next() } else { None };
        PreviewLine { line, outcome, digest }
    });
    Ok(preview_lines.collect())
}

/// Imports a statement: a line that matches exactly one awaited transfer confirms it; a line that matches none or
/// several is queued for the treasurer; a line that was imported before is skipped.
pub(super) fn import_statement(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    format: &str,
    csv: &str,
) -> Result<Vec<PreviewLine>, StatementError> {
    // Imports of one cooperative are serialized, so that no line is imported twice.
    ledger::lock_cooperative(tx, permit.cooperative)?;
    let preview_lines = preview(tx, permit, format, csv)?;
    let mut matched = 0_usize;
    for preview_line in &preview_lines {
        let payment = match &preview_line.outcome {
            None => continue,
            Some(MatchOutcome::Matched(payment)) => Some(*payment),
            Some(MatchOutcome::Ambiguous(_) | MatchOutcome::Unmatched) => None,
        };
        if let Some(payment) = payment {
            confirm(tx, now, permit, payment)?;
            matched = matched.saturating_add(1);
        }
        let line = StatementLine {
            id: tx.id(now),
            cooperative: permit.cooperative,
            digest: preview_line.digest.clone(),
            booked_on: preview_line.line.booked_on,
            amount: preview_line.line.amount,
            description: preview_line.line.description.clone(),
            status: if payment.is_some() { LineStatus::Matched } else { LineStatus::Queued },
            payment,
            brought_at: now,
            brought_by: permit.account,
            decided_at: payment.map(|_| now),
            decided_by: payment.map(|_| permit.account),
        };
        store::insert_line(tx, &line)?;
    }
    let event = BankEvent::Imported { lines: preview_lines.len(), matched }.about(permit.cooperative);
    events::record(tx, now, &event.by(permit.account).in_cooperative(permit.cooperative))?;
    Ok(preview_lines)
}

/// Confirms an awaited transfer on behalf of the treasurer.
pub(super) fn confirm(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    payment: PaymentId,
) -> Result<(), StatementError> {
    let confirmation = PaymentTransition { action: PaymentAction::Confirm, reason: None, expected_version: None };
    transition_payment(tx, now, payment, &PaymentAccess::of_treasurer(permit.account), &confirmation)?;
    Ok(())
}
