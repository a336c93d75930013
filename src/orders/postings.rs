//! Ledger postings of orders when goods change hands.

use super::fulfilment::{FulfilmentStatus, FulfilmentWithLines};
use super::order::{Order, OrderWithFulfilments};
use super::store::{self, SaleFact, SaleKind};
use crate::db::Tx;
use crate::kernel::ids::{AccountId, Id, SourceDocumentId};
use crate::kernel::{AmountError, Day, Instant, Rupiah};
use crate::ledger::rules::{self, DeliveryPosting};
use crate::ledger::{self, EntryKind, LedgerError, OrderBalance, PostingContext};
use crate::supply::{Batch, Discard};

impl Order {
    /// Paid and delivered totals, as the ledger rules need them.
    pub fn standing(&self) -> OrderBalance {
        OrderBalance { paid: self.paid_total, delivered: self.delivered_total, outlet: self.outlet }
    }
}

/// Posts the hand-over of a fulfilment with these sale facts.
pub(super) fn post_handover(
    tx: &mut Tx<'_>,
    now: Instant,
    (day, by): (Day, Option<AccountId>),
    whole: &OrderWithFulfilments,
    fulfilment: &FulfilmentWithLines,
    facts: &[SaleFact],
) -> Result<(), LedgerError> {
    let moved = build_delivery_posting(whole, fulfilment, facts, |amount| amount)?;
    let booking = PostingContext { cooperative: whole.order.cooperative, on: day, by };
    ledger::post(tx, now, &booking, &rules::draft_sale(&moved)?)?;
    Ok(())
}

/// Posts the return of a fulfilment, or the undoing of its hand-over, with these reversing sale facts.
pub(super) fn post_reversal(
    tx: &mut Tx<'_>,
    now: Instant,
    (day, by): (Day, Option<AccountId>),
    whole: &OrderWithFulfilments,
    fulfilment: &FulfilmentWithLines,
    facts: &[SaleFact],
    kind: SaleKind,
) -> Result<(), LedgerError> {
    let moved = build_delivery_posting(whole, fulfilment, facts, Rupiah::negated)?;
    let draft = if kind == SaleKind::Return {
        rules::draft_sale_return(&moved)?
    } else {
        let source = SourceDocumentId::from_uuid(fulfilment.row.id.uuid());
        let sale = ledger::find_entry_by_source(tx, EntryKind::Sale, source)?;
        rules::draft_sale_undo(&moved, sale.map(|entry| entry.id))?
    };
    let booking = PostingContext { cooperative: whole.order.cooperative, on: day, by };
    ledger::post(tx, now, &booking, &draft)?;
    Ok(())
}

/// Posts the compensation of a group for discarded goods, if the cooperative bears discards and the batch's unit cost
/// is known.
pub(super) fn post_discard(tx: &mut Tx<'_>, now: Instant, batch: &Batch, discard: &Discard) -> Result<(), LedgerError> {
    let seller = store::find_seller(tx, batch.cooperative_id)?.filter(|seller| seller.bears_discards);
    let (Some(seller), Some(unit_cost)) = (seller, batch.unit_cost) else { return Ok(()) };
    let cost = discard.quantity.total_at(unit_cost)?;
    let booking = PostingContext { cooperative: seller.id, on: seller.zone.day_of(now), by: Some(discard.by) };
    ledger::post(tx, now, &booking, &rules::draft_discard(discard.id, batch.group_id, cost))?;
    Ok(())
}

fn build_delivery_posting(
    whole: &OrderWithFulfilments,
    fulfilment: &FulfilmentWithLines,
    facts: &[SaleFact],
    sign: impl Fn(Rupiah) -> Rupiah,
) -> Result<DeliveryPosting, AmountError> {
    let is_handed_over = |other: &FulfilmentWithLines| other.row.status == FulfilmentStatus::HandedOver;
    let others_are_handed_over =
        whole.fulfilments.iter().any(|other| other.row.id != fulfilment.row.id && is_handed_over(other));
    let discounts = fulfilment.lines.iter().map(|line| line.row.discounted()).collect::<Result<Vec<_>, _>>()?;
    Ok(DeliveryPosting {
        fulfilment: fulfilment.row.id,
        order: whole.order.id,
        group: fulfilment.row.group,
        goods: sign(Rupiah::sum(facts.iter().map(|fact| fact.amount))?),
        discount: Rupiah::sum(discounts)?,
        service: sign(Rupiah::sum(facts.iter().map(|fact| fact.service))?),
        fee: if others_are_handed_over { Rupiah::ZERO } else { whole.order.delivery_fee },
        before: whole.order.standing(),
    })
}
