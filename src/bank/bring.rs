//! A statement is looked at, and brought in.

use super::error::StatementError;
use super::line::{LineStatus, StatementLine, digests};
use super::mapping::Read;
use super::matching::{Outcome, match_lines};
use super::store;
use crate::cooperatives::CooperativePermit;
use crate::db::{Conn, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::PaymentId;
use crate::ledger;
use crate::payments::{Action, PaymentAccess, Step, decide_on};

/// A line of a statement, and what it is found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The line.
    pub(super) read: Read,
    /// What it is; nothing when it was brought in before.
    pub(super) outcome: Option<Outcome>,
    digest: String,
}

/// Reads a statement of this bank and finds what each line is.
pub(super) fn look(
    conn: &mut Conn,
    permit: &CooperativePermit,
    format: &str,
    csv: &str,
) -> Result<Vec<Found>, StatementError> {
    let mapping = store::mapping(conn, permit.cooperative, format)?;
    let mapping = mapping.ok_or_else(|| StatementError::unknown("/format"))?;
    let lines = mapping.read(csv).map_err(StatementError::Faulty)?;
    let digests = digests(&lines);
    let known = store::known(conn, permit.cooperative, &digests)?;
    let zone = ledger::zone_of(conn, permit.cooperative)?;
    let awaited = store::awaited(conn, permit.cooperative, zone)?;
    let is_new = |digest: &String| !known.contains(digest);
    let new: Vec<Read> =
        lines.iter().zip(&digests).filter(|(_, digest)| is_new(digest)).map(|(line, _)| line.clone()).collect();
    let mut outcomes = match_lines(&new, &awaited).into_iter();
    let found = lines.into_iter().zip(digests).map(|(read, digest)| {
        let outcome = if is_new(&digest) { outcomes.next() } else { None };
        Found { read, outcome, digest }
    });
    Ok(found.collect())
}

/// Brings a statement in: what is one awaited transfer confirms it, what is none or could be several waits for the
/// treasurer, what was brought in before is left alone.
pub(super) fn bring_in(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    format: &str,
    csv: &str,
) -> Result<Vec<Found>, StatementError> {
    // One statement at a time, so that a line is not brought in by two.
    ledger::hold(tx, permit.cooperative)?;
    let found = look(tx, permit, format, csv)?;
    let mut matched = 0_usize;
    for it in &found {
        let payment = match &it.outcome {
            None => continue,
            Some(Outcome::Matched(payment)) => Some(*payment),
            Some(Outcome::Several(_) | Outcome::None) => None,
        };
        if let Some(payment) = payment {
            confirm(tx, now, permit, payment)?;
            matched = matched.saturating_add(1);
        }
        let line = StatementLine {
            id: tx.id(now),
            cooperative: permit.cooperative,
            digest: it.digest.clone(),
            booked_on: it.read.booked_on,
            amount: it.read.amount,
            description: it.read.description.clone(),
            status: if payment.is_some() { LineStatus::Matched } else { LineStatus::Queued },
            payment,
            brought_at: now,
            brought_by: permit.account,
            decided_at: payment.map(|_| now),
            decided_by: payment.map(|_| permit.account),
        };
        store::insert_line(tx, &line)?;
    }
    let event = Event::new("statement.brought_in", permit.cooperative).by(permit.account);
    let event = event.in_cooperative(permit.cooperative).with("lines", found.len()).with("matched", matched);
    events::record(tx, now, &event)?;
    Ok(found)
}

/// Confirms an awaited transfer in the treasurer's name.
pub(super) fn confirm(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    payment: PaymentId,
) -> Result<(), StatementError> {
    let access = PaymentAccess { account: Some(permit.account), treasurer: true, ..PaymentAccess::default() };
    decide_on(tx, now, payment, &access, &Step { action: Action::Confirm, reason: None, expected: None })?;
    Ok(())
}
