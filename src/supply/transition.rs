//! Taking a batch a step further.

use super::batch::{Batch, BatchAction, BatchKind, BatchStatus};
use super::figures::{FiguresError, lock};
use super::store;
use crate::db::{self, Tx};
use crate::events::{self, Event, Kind};
use crate::kernel::ids::{AccountId, BatchId};
use crate::kernel::{Instant, Quantity};
use crate::web::{Code, FieldError, FieldErrors, Problem, StaleVersion};

/// A step that a batch shall take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is to be done.
    pub action: BatchAction,
    /// The new cut-off, when it is extended.
    pub cutoff_at: Option<Instant>,
    /// Who does it; nobody, when the system does.
    pub by: Option<AccountId>,
    /// The version it was decided on, when the caller says so.
    pub version: Option<i64>,
}

/// Why a batch does not take a step.
#[derive(Debug, thiserror::Error)]
pub enum TransitionError {
    /// There is no such batch.
    #[error("there is no such batch")]
    NotFound,
    /// It does not take this step in its present state.
    #[error("the batch is {0}")]
    Invalid(BatchStatus),
    /// Orders have lines on it, which must be released first.
    #[error("{0} of the batch are claimed")]
    HasClaims(Quantity),
    /// The new cut-off is not later than the old one, or not before the end of the day on which it is ready.
    #[error("the new cut-off does not fit")]
    Cutoff,
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<FiguresError> for TransitionError {
    fn from(error: FiguresError) -> Self {
        match error {
            FiguresError::Db(error) => TransitionError::Db(error),
            FiguresError::WrongStatus(status) => TransitionError::Invalid(status),
            FiguresError::NotFound | FiguresError::TooMuch { .. } | FiguresError::NotWholePacks { .. } => {
                TransitionError::NotFound
            }
        }
    }
}

impl From<TransitionError> for Problem {
    fn from(error: TransitionError) -> Self {
        match error {
            TransitionError::NotFound => Problem::not_found(),
            TransitionError::Invalid(status) => Problem::new(Code::TransitionInvalid).with("state", status),
            TransitionError::HasClaims(claimed) => Problem::new(Code::BatchHasClaims).with("claimed", claimed),
            TransitionError::Cutoff => {
                Problem::new(Code::BodyInvalid).with_faults(FieldErrors::one("/cutoff_at", CUTOFF_FAULT))
            }
            TransitionError::Stale(stale) => stale.into(),
            TransitionError::Db(error) => error.into(),
        }
    }
}

pub(super) const CUTOFF_FAULT: FieldError = FieldError::Rule {
    code: "cutoff-does-not-fit",
    id: "Batas pesan harus di depan, dan tidak lewat dari hari jadinya.",
    en: "The cut-off must lie ahead, and not after the day on which the batch is ready.",
};

/// Takes a batch a step further. What is called off or failed must have no claims any more: who has lines on it
/// releases them first, in the same transaction.
pub fn transition(tx: &mut Tx<'_>, now: Instant, batch: BatchId, step: Step) -> Result<Batch, TransitionError> {
    let batch = lock(tx, batch)?;
    StaleVersion::check(step.version, batch.version)?;
    let status = batch.after(step.action).ok_or(TransitionError::Invalid(batch.status))?;
    let mut cutoff_at = batch.cutoff_at;
    match step.action {
        BatchAction::Fail | BatchAction::Cancel if batch.claimed.is_positive() => {
            return Err(TransitionError::HasClaims(batch.claimed));
        }
        BatchAction::Extend => {
            cutoff_at = step.cutoff_at.filter(|new| *new > now && batch.cutoff_at.is_none_or(|old| *new > old));
            let terms = store::terms_of(tx, now, &[batch.product_id])?;
            let end = terms.first().map(|terms| terms.zone.end_of(batch.ready_on));
            if cutoff_at.zip(end).is_none_or(|(new, end)| new > end) {
                return Err(TransitionError::Cutoff);
            }
        }
        _ => {}
    }
    let extended = batch.extended || step.action == BatchAction::Extend;
    store::set_status(tx, batch.id, status, cutoff_at, extended)?;
    record(tx, now, &batch, step.action, step.by)?;
    Ok(lock(tx, batch.id)?)
}

/// Gives a batch the second cut-off that it was opened with, whatever the clock says meanwhile.
pub fn extend(tx: &mut Tx<'_>, now: Instant, batch: BatchId, to: Instant) -> Result<Batch, TransitionError> {
    let batch = lock(tx, batch)?;
    let status = batch.after(BatchAction::Extend).ok_or(TransitionError::Invalid(batch.status))?;
    store::set_status(tx, batch.id, status, Some(to), true)?;
    record(tx, now, &batch, BatchAction::Extend, None)?;
    Ok(lock(tx, batch.id)?)
}

/// Calls off a batch that was opened for a request and is not made, when nobody has a claim on it any more: it is offered
/// to nobody else.
pub fn drop_unwanted(tx: &mut Tx<'_>, now: Instant, batch: BatchId) -> db::Result<()> {
    let Some(batch) = store::locked_batch(tx, batch)? else { return Ok(()) };
    let unwanted = batch.kind == BatchKind::Request && batch.claimed == Quantity::ZERO;
    let Some(status) = batch.after(BatchAction::Cancel).filter(|_| unwanted) else { return Ok(()) };
    store::set_status(tx, batch.id, status, batch.cutoff_at, batch.extended)?;
    record(tx, now, &batch, BatchAction::Cancel, None)
}

fn record(tx: &mut Tx<'_>, now: Instant, batch: &Batch, action: BatchAction, by: Option<AccountId>) -> db::Result<()> {
    let event = Event::new(told(action), batch.id)
        .by(by)
        .in_cooperative(batch.cooperative_id)
        .of_group(batch.group_id)
        .with("product", batch.product_id)
        .with("ready_on", batch.ready_on)
        .with("claimed", batch.claimed);
    events::record(tx, now, &event)?;
    Ok(())
}

fn told(action: BatchAction) -> Kind {
    match action {
        BatchAction::Confirm => "batch.confirmed",
        BatchAction::Extend => "batch.extended",
        BatchAction::Fail => "batch.failed",
        BatchAction::Cancel => "batch.cancelled",
        BatchAction::Close => "batch.closed",
    }
}
