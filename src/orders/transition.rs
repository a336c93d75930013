//! A group takes its part of an order a step further.

use super::fulfilment::{Action, FulfilmentStatus, GoodsAfter, TRANSITIONS, Who};
use super::order::{Part, WholeOrder};
use super::postings;
use super::settings::Settings;
use super::settle::{release, settle, tell};
use super::store::{self, SaleFact, SaleKind, Step};
use super::viewer::{is_for_counts, is_in_time};
use crate::cooperatives::{CooperativePermit, GroupPermit};
use crate::db::{self, Tx};
use crate::events::Kind;
use crate::kernel::ids::{AccountId, FulfilmentId};
use crate::kernel::{AmountError, Instant, Quantity, Rupiah};
use crate::ledger::LedgerError;
use crate::supply::{self, Discard, FiguresError};
use crate::web::StaleVersion;

/// A step, and what is to be noted with it.
#[derive(Debug, Clone)]
pub struct TransitionRequest {
    /// Which step.
    pub action: Action,
    /// Why.
    pub reason: Option<String>,
    /// Which courier takes it.
    pub courier: Option<String>,
    /// The courier's number for it.
    pub tracking_number: Option<String>,
    /// Who took the goods.
    pub received_by: Option<String>,
    /// What becomes of goods that were not collected or came back; the shelf, when unsaid.
    pub goods: Option<GoodsAfter>,
    /// The version of the order that the caller saw, if they said so.
    pub version: Option<i64>,
    /// Whether the board takes it in the group's place.
    pub by_board: bool,
}

impl TransitionRequest {
    /// This step with nothing noted.
    pub fn just(action: Action) -> Self {
        TransitionRequest {
            action,
            reason: None,
            courier: None,
            tracking_number: None,
            received_by: None,
            goods: None,
            version: None,
            by_board: false,
        }
    }
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TransitionError {
    /// There is no such part for this group.
    #[error("there is no such part")]
    NotFound,
    /// The part is theirs to see, but the step is the group's to take.
    #[error("the step is the group's to take")]
    Forbidden,
    /// From where it stands, this step leads nowhere.
    #[error("from {0} this step leads nowhere")]
    Invalid(FulfilmentStatus),
    /// A hand-over can be undone for a short while only.
    #[error("too late to undo")]
    TooLateToUndo,
    /// Someone else has changed it.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// The batch does not take the goods.
    #[error(transparent)]
    Figures(#[from] FiguresError),
    /// It cannot be posted.
    #[error(transparent)]
    Books(#[from] LedgerError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<AmountError> for TransitionError {
    fn from(error: AmountError) -> Self {
        TransitionError::Books(error.into())
    }
}

/// Takes the step, with everything that follows: claims given back, sales written, totals derived anew, and told.
pub fn apply(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    permit: &GroupPermit,
    id: FulfilmentId,
    how: &TransitionRequest,
) -> Result<WholeOrder, TransitionError> {
    let found =
        store::fulfilment(tx, id)?.filter(|part| part.group == permit.group).ok_or(TransitionError::NotFound)?;
    let whole = store::locked(tx, found.order)?.ok_or(TransitionError::NotFound)?;
    let part = whole.parts.iter().find(|part| part.fulfilment.id == id).ok_or(TransitionError::NotFound)?;
    StaleVersion::check(how.version, whole.order.version)?;
    take(tx, now, settings, &whole, part, Some(permit.account), how)?;
    Ok(settle(tx, whole.order.id)?)
}

/// Declines a part in the place of its group, which cannot or does not: the board answers for what its cooperative sells.
/// All other steps are the group's own.
pub fn decline_for_group(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    permit: &CooperativePermit,
    id: FulfilmentId,
    how: &TransitionRequest,
) -> Result<WholeOrder, TransitionError> {
    let found = store::fulfilment(tx, id)?.filter(|part| part.cooperative == permit.cooperative);
    let found = found.ok_or(TransitionError::NotFound)?;
    if !how.action.is_boards_too() {
        return Err(TransitionError::Forbidden);
    }
    let whole = store::locked(tx, found.order)?.ok_or(TransitionError::NotFound)?;
    let part = whole.parts.iter().find(|part| part.fulfilment.id == id).ok_or(TransitionError::NotFound)?;
    StaleVersion::check(how.version, whole.order.version)?;
    let how = TransitionRequest { by_board: true, ..how.clone() };
    take(tx, now, settings, &whole, part, Some(permit.account), &how)?;
    Ok(settle(tx, whole.order.id)?)
}

/// Takes one step of a part whose order is locked.
pub(super) fn take(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    whole: &WholeOrder,
    part: &Part,
    by: Option<AccountId>,
    how: &TransitionRequest,
) -> Result<(), TransitionError> {
    let from = part.fulfilment.status;
    let row = TRANSITIONS
        .iter()
        .find(|row| row.from == from && row.action == how.action && row.who == Who::Officer)
        .ok_or(TransitionError::Invalid(from))?;
    if whole.order.outlet.is_some() && is_for_counts(how.action) {
        return Err(TransitionError::Invalid(from));
    }
    if !is_in_time(settings, now, &part.fulfilment, how.action) {
        return Err(TransitionError::TooLateToUndo);
    }
    let first_answer = if from == FulfilmentStatus::Pending { Some(now) } else { None };
    let step = Step {
        status: Some(row.to),
        answered_at: first_answer,
        ready_at: (row.to == FulfilmentStatus::Ready && how.action != Action::Undo).then_some(now),
        handed_over_at: match how.action {
            Action::HandOver => Some(Some(now)),
            Action::Undo => Some(None),
            _ => None,
        },
        reason: how.reason.clone(),
        courier: how.courier.clone(),
        tracking_number: how.tracking_number.clone(),
        received_by: how.received_by.clone(),
    };
    if !store::step(tx, &part.fulfilment, &step)? {
        return Err(TransitionError::Invalid(from));
    }
    match how.action {
        Action::Decline => release(tx, now, [part])?,
        Action::NotCollected | Action::Return => take_goods_back(tx, now, part, by, how)?,
        _ => {}
    }
    match how.action {
        Action::HandOver => sell(tx, now, whole, part, by)?,
        Action::Undo => turn_back(tx, now, whole, part, SaleKind::Undo, by)?,
        Action::Return => turn_back(tx, now, whole, part, SaleKind::Return, by)?,
        _ => {}
    }
    tell(tx, now, told(how.action), by, part, |event| {
        let event = event.with("amount", part.fulfilment.goods_total);
        if how.by_board { event.with("by_board", true) } else { event }
    })?;
    Ok(())
}

/// Goods that nobody has any more go back on the shelf or away.
fn take_goods_back(
    tx: &mut Tx<'_>,
    now: Instant,
    part: &Part,
    by: Option<AccountId>,
    how: &TransitionRequest,
) -> Result<(), TransitionError> {
    for (batch, quantity) in WholeOrder::claims([part]) {
        let made = supply::lock(tx, batch)?.made.is_some();
        match (made, how.goods.unwrap_or(GoodsAfter::Shelf)) {
            (true, GoodsAfter::Shelf) => {
                supply::put_back(tx, now, batch, quantity)?;
            }
            (true, GoodsAfter::Discard) => {
                let Some(by) = by else { continue };
                let reason = how.reason.clone().unwrap_or_else(|| how.action.as_str().to_owned());
                let discard = Discard { id: tx.id(now), quantity, reason, by, noted_at: now };
                let batch = supply::discard_returned(tx, batch, &discard)?;
                postings::discarded(tx, now, &batch, &discard)?;
            }
            // The group never wrote down what it made: there are no figures to correct yet.
            (false, GoodsAfter::Shelf) => supply::release(tx, batch, quantity)?,
            (false, GoodsAfter::Discard) => {}
        }
    }
    Ok(())
}

fn fact(
    tx: &Tx<'_>,
    now: Instant,
    whole: &WholeOrder,
    part: &Part,
    line: &super::order::Line,
    day: crate::kernel::Day,
) -> SaleFact {
    SaleFact {
        id: tx.id(now),
        cooperative: whole.order.cooperative,
        group: part.fulfilment.group,
        product: line.product,
        order: whole.order.id,
        fulfilment: part.fulfilment.id,
        line: line.id,
        kind: SaleKind::Sale,
        channel: whole.order.channel,
        buyer: whole.order.buyer_key(),
        sold_on: day,
        recorded_at: now,
        quantity: line.quantity,
        amount: line.total,
        service: line.service(),
    }
}

/// Writes the sale of every line that has something in it, and posts it.
fn sell(
    tx: &mut Tx<'_>,
    now: Instant,
    whole: &WholeOrder,
    part: &Part,
    by: Option<AccountId>,
) -> Result<(), TransitionError> {
    let zone = store::seller(tx, whole.order.cooperative)?
        .ok_or(diesel::result::Error::NotFound)
        .map_err(db::Error::from)?
        .zone;
    let day = zone.day_of(now);
    let facts: Vec<SaleFact> = part
        .lines
        .iter()
        .filter(|line| line.line.quantity.is_positive())
        .map(|line| fact(tx, now, whole, part, &line.line, day))
        .collect();
    if !facts.is_empty() {
        store::insert_facts(tx, &facts)?;
    }
    postings::handed_over(tx, now, (day, by), whole, part, &facts)
}

/// Writes what is left of the sale of every line with its signs turned: on the day of the sale when it was a
/// mistake, today when the goods came back.
pub(super) fn turn_back(
    tx: &mut Tx<'_>,
    now: Instant,
    whole: &WholeOrder,
    part: &Part,
    kind: SaleKind,
    by: Option<AccountId>,
) -> Result<(), TransitionError> {
    let zone = store::seller(tx, whole.order.cooperative)?
        .ok_or(diesel::result::Error::NotFound)
        .map_err(db::Error::from)?
        .zone;
    let written = store::facts_of_fulfilment(tx, part.fulfilment.id)?;
    let mut facts = Vec::new();
    for line in &part.lines {
        let of_line = || written.iter().filter(|fact| fact.line == line.line.id);
        let quantity = Quantity::sum(of_line().map(|fact| fact.quantity));
        let amount = Rupiah::sum(of_line().map(|fact| fact.amount))?;
        let service = Rupiah::sum(of_line().map(|fact| fact.service))?;
        let Some(last) = of_line().next_back() else { continue };
        if quantity == Quantity::ZERO && amount == Rupiah::ZERO {
            continue;
        }
        let sold_on = if kind == SaleKind::Undo { last.sold_on } else { zone.day_of(now) };
        facts.push(SaleFact {
            kind,
            buyer: last.buyer.clone(),
            quantity: Quantity::ZERO.minus(quantity),
            amount: amount.negated(),
            service: service.negated(),
            ..fact(tx, now, whole, part, &line.line, sold_on)
        });
    }
    if !facts.is_empty() {
        store::insert_facts(tx, &facts)?;
    }
    postings::turned_back(tx, now, (zone.day_of(now), by), whole, part, &facts, kind)
}

fn told(action: Action) -> Kind {
    match action {
        Action::Accept => "fulfilment.accepted",
        Action::Decline => "fulfilment.declined",
        Action::Start => "fulfilment.started",
        Action::Ready => "fulfilment.ready",
        Action::HandOver => "fulfilment.handed_over",
        Action::NotCollected => "fulfilment.not_collected",
        Action::Return => "fulfilment.returned",
        Action::Undo => "fulfilment.undone",
        Action::Cancel => "fulfilment.cancelled",
        Action::Expire => "fulfilment.expired",
    }
}
