//! Actions of a group on its part of an order.

use super::access::{is_corrected_by_counts, is_in_time};
use super::events::{FulfilmentPayload, OrderEvent};
use super::fulfilment::{
    Fulfilment, FulfilmentAction, FulfilmentActor, FulfilmentStatus, FulfilmentWithLines, GoodsDisposition, OrderLine,
    TRANSITIONS,
};
use super::order::OrderWithFulfilments;
use super::postings;
use super::settings::Settings;
use super::store::{self, FulfilmentChange, SaleFact, SaleKind};
use super::totals::{record_event, release_claims, update_totals};
use crate::cooperatives::{self, CooperativePermit, GroupPermit};
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, FulfilmentId};
use crate::kernel::{AmountError, Day, Instant, Quantity, Rupiah};
use crate::ledger::LedgerError;
use crate::supply::{self, BatchQuantityError, Discard};
use crate::web::{StaleVersion, verb_errors};

/// An action on a fulfilment, with its details.
#[derive(Debug, Clone)]
pub struct TransitionRequest {
    /// The action.
    pub action: FulfilmentAction,
    /// The reason.
    pub reason: Option<String>,
    /// The courier.
    pub courier: Option<String>,
    /// The courier's tracking number.
    pub tracking_number: Option<String>,
    /// Who received the goods.
    pub received_by: Option<String>,
    /// What happens to goods that were returned or not collected; `None` puts them into stock.
    pub goods: Option<GoodsDisposition>,
    /// The version of the order that the caller read, if sent.
    pub version: Option<i64>,
    /// Whether the board acts in the group's place.
    pub by_board: bool,
}

impl TransitionRequest {
    /// This action without details.
    pub fn new(action: FulfilmentAction) -> Self {
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

verb_errors! {
    /// Why the action was not performed.
    pub enum FulfilmentError {
        /// The fulfilment does not exist or belongs to another group.
        NotFound => NotFound,
        /// The caller sees the fulfilment, but only the group may do this.
        Forbidden => Forbidden,
        /// The status does not allow the action.
        WrongStatus(status: FulfilmentStatus) => TransitionInvalid ["state" = status],
        /// The undo period has passed.
        TooLateToUndo => UndoTooLate,
    }
    + Stale(StaleVersion), Quantity(BatchQuantityError), Ledger(LedgerError), Db(db::Error)
}

impl From<AmountError> for FulfilmentError {
    fn from(error: AmountError) -> Self {
        FulfilmentError::Ledger(error.into())
    }
}

/// Applies the action with all its effects: claims released, sales recorded and posted, totals derived, event recorded.
pub fn apply(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    permit: &GroupPermit,
    id: FulfilmentId,
    request: &TransitionRequest,
) -> Result<OrderWithFulfilments, FulfilmentError> {
    let fulfilment = store::find_fulfilment(tx, id)?.filter(|fulfilment| fulfilment.group == permit.group);
    apply_as(tx, now, settings, permit.account, &fulfilment.ok_or(FulfilmentError::NotFound)?, request)
}

/// Declines a fulfilment in its group's place: the board answers for what its cooperative sells. All other actions are
/// reserved for the group.
pub fn decline_as_board(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    permit: &CooperativePermit,
    id: FulfilmentId,
    request: &TransitionRequest,
) -> Result<OrderWithFulfilments, FulfilmentError> {
    let fulfilment = store::find_fulfilment(tx, id)?.filter(|fulfilment| fulfilment.cooperative == permit.cooperative);
    let fulfilment = fulfilment.ok_or(FulfilmentError::NotFound)?;
    if !request.action.is_allowed_for_board() {
        return Err(FulfilmentError::Forbidden);
    }
    let request = TransitionRequest { by_board: true, ..request.clone() };
    apply_as(tx, now, settings, permit.account, &fulfilment, &request)
}

fn apply_as(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    by: AccountId,
    fulfilment: &Fulfilment,
    request: &TransitionRequest,
) -> Result<OrderWithFulfilments, FulfilmentError> {
    let whole = store::lock_order(tx, fulfilment.order)?.ok_or(FulfilmentError::NotFound)?;
    let locked = whole.fulfilments.iter().find(|locked| locked.row.id == fulfilment.id);
    StaleVersion::check(request.version, whole.order.version)?;
    apply_action(tx, now, settings, &whole, locked.ok_or(FulfilmentError::NotFound)?, Some(by), request)?;
    Ok(update_totals(tx, whole.order.id)?)
}

/// Applies one action to a fulfilment of a locked order.
pub(super) fn apply_action(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    whole: &OrderWithFulfilments,
    fulfilment: &FulfilmentWithLines,
    by: Option<AccountId>,
    request: &TransitionRequest,
) -> Result<(), FulfilmentError> {
    let from = fulfilment.row.status;
    let row = TRANSITIONS
        .iter()
        .find(|row| row.from == from && row.action == request.action && row.actor == FulfilmentActor::Officer)
        .ok_or(FulfilmentError::WrongStatus(from))?;
    if whole.order.outlet.is_some() && is_corrected_by_counts(request.action) {
        return Err(FulfilmentError::WrongStatus(from));
    }
    if !is_in_time(settings, now, &fulfilment.row, request.action) {
        return Err(FulfilmentError::TooLateToUndo);
    }
    let change = FulfilmentChange {
        status: Some(row.to),
        answered_at: (from == FulfilmentStatus::Pending).then_some(now),
        ready_at: (row.to == FulfilmentStatus::Ready && request.action != FulfilmentAction::Undo).then_some(now),
        handed_over_at: match request.action {
            FulfilmentAction::HandOver => Some(Some(now)),
            FulfilmentAction::Undo => Some(None),
            _ => None,
        },
        reason: request.reason.clone(),
        courier: request.courier.clone(),
        tracking_number: request.tracking_number.clone(),
        received_by: request.received_by.clone(),
    };
    if !store::update_fulfilment(tx, &fulfilment.row, &change)? {
        return Err(FulfilmentError::WrongStatus(from));
    }
    match request.action {
        FulfilmentAction::Decline => release_claims(tx, now, [fulfilment])?,
        FulfilmentAction::NotCollected => restock_or_discard(tx, now, fulfilment, by, request)?,
        FulfilmentAction::Return => {
            restock_or_discard(tx, now, fulfilment, by, request)?;
            reverse_sale(tx, now, whole, fulfilment, SaleKind::Return, by)?;
        }
        FulfilmentAction::HandOver => record_sale(tx, now, whole, fulfilment, by)?,
        FulfilmentAction::Undo => reverse_sale(tx, now, whole, fulfilment, SaleKind::Undo, by)?,
        _ => {}
    }
    let payload = FulfilmentPayload { by_board: request.by_board, ..FulfilmentPayload::new(fulfilment) };
    Ok(record_event(tx, now, by, fulfilment, event_kind(request.action)(payload))?)
}

/// Puts returned goods back into stock or discards them.
fn restock_or_discard(
    tx: &mut Tx<'_>,
    now: Instant,
    fulfilment: &FulfilmentWithLines,
    by: Option<AccountId>,
    request: &TransitionRequest,
) -> Result<(), FulfilmentError> {
    for (batch, quantity) in OrderWithFulfilments::claims([fulfilment]) {
        let made = supply::lock_batch(tx, batch)?.made.is_some();
        match (made, request.goods.unwrap_or(GoodsDisposition::Shelf)) {
            (true, GoodsDisposition::Shelf) => {
                supply::restock(tx, now, batch, quantity)?;
            }
            (true, GoodsDisposition::Discard) => {
                let Some(by) = by else { continue };
                let reason = request.reason.clone().unwrap_or_else(|| request.action.as_str().to_owned());
                let discard = Discard { id: tx.id(now), quantity, reason, by, noted_at: now };
                let batch = supply::discard_returned(tx, batch, &discard)?;
                postings::post_discard(tx, now, &batch, &discard)?;
            }
            // The group never recorded its production, so there are no figures to correct.
            (false, GoodsDisposition::Shelf) => supply::release(tx, batch, quantity)?,
            (false, GoodsDisposition::Discard) => {}
        }
    }
    Ok(())
}

fn build_sale_fact(
    tx: &Tx<'_>,
    now: Instant,
    whole: &OrderWithFulfilments,
    fulfilment: &FulfilmentWithLines,
    line: &OrderLine,
    day: Day,
) -> SaleFact {
    SaleFact {
        id: tx.id(now),
        cooperative: whole.order.cooperative,
        group: fulfilment.row.group,
        product: line.product,
        order: whole.order.id,
        fulfilment: fulfilment.row.id,
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

/// Records the sale of every line with a positive quantity, and posts it.
fn record_sale(
    tx: &mut Tx<'_>,
    now: Instant,
    whole: &OrderWithFulfilments,
    fulfilment: &FulfilmentWithLines,
    by: Option<AccountId>,
) -> Result<(), FulfilmentError> {
    let day = cooperatives::load_zone(tx, whole.order.cooperative)?.day_of(now);
    let facts: Vec<SaleFact> = fulfilment
        .lines
        .iter()
        .filter(|line| line.row.quantity.is_positive())
        .map(|line| build_sale_fact(tx, now, whole, fulfilment, &line.row, day))
        .collect();
    store::insert_facts(tx, &facts)?;
    Ok(postings::post_handover(tx, now, (day, by), whole, fulfilment, &facts)?)
}

/// Reverses what remains of the sale of every line: dated on the day of the sale if the hand-over was a mistake, today
/// if the goods were returned.
pub(super) fn reverse_sale(
    tx: &mut Tx<'_>,
    now: Instant,
    whole: &OrderWithFulfilments,
    fulfilment: &FulfilmentWithLines,
    kind: SaleKind,
    by: Option<AccountId>,
) -> Result<(), FulfilmentError> {
    let today = cooperatives::load_zone(tx, whole.order.cooperative)?.day_of(now);
    let recorded = store::list_facts_of_fulfilment(tx, fulfilment.row.id)?;
    let mut facts = Vec::new();
    for line in &fulfilment.lines {
        let facts_of_line = || recorded.iter().filter(|fact| fact.line == line.row.id);
        let quantity = Quantity::sum(facts_of_line().map(|fact| fact.quantity));
        let amount = Rupiah::sum(facts_of_line().map(|fact| fact.amount))?;
        let service = Rupiah::sum(facts_of_line().map(|fact| fact.service))?;
        let Some(last) = facts_of_line().next_back() else { continue };
        if quantity == Quantity::ZERO && amount == Rupiah::ZERO {
            continue;
        }
        let sold_on = if kind == SaleKind::Undo { last.sold_on } else { today };
        facts.push(SaleFact {
            kind,
            buyer: last.buyer.clone(),
            quantity: Quantity::ZERO.minus(quantity),
            amount: amount.negated(),
            service: service.negated(),
            ..build_sale_fact(tx, now, whole, fulfilment, &line.row, sold_on)
        });
    }
    store::insert_facts(tx, &facts)?;
    Ok(postings::post_reversal(tx, now, (today, by), whole, fulfilment, &facts, kind)?)
}

fn event_kind(action: FulfilmentAction) -> fn(FulfilmentPayload) -> OrderEvent {
    match action {
        FulfilmentAction::Accept => OrderEvent::Accepted,
        FulfilmentAction::Decline => OrderEvent::Declined,
        FulfilmentAction::Start => OrderEvent::Started,
        FulfilmentAction::Ready => OrderEvent::Ready,
        FulfilmentAction::HandOver => OrderEvent::HandedOver,
        FulfilmentAction::NotCollected => OrderEvent::NotCollected,
        FulfilmentAction::Return => OrderEvent::Returned,
        FulfilmentAction::Undo => OrderEvent::Undone,
        FulfilmentAction::Cancel => OrderEvent::PartCancelled,
        FulfilmentAction::Expire => OrderEvent::Expired,
    }
}
