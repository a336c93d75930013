//! What the books learn of an order when goods change hands.

use super::fulfilment::FulfilmentStatus;
use super::order::{Order, Part, WholeOrder};
use super::store::{self, SaleFact, SaleKind};
use super::transition::TransitionError;
use crate::db::Tx;
use crate::kernel::ids::{AccountId, Id, SourceId};
use crate::kernel::{AmountError, Day, Instant, Rupiah};
use crate::ledger::rules::{self, PartMoved};
use crate::ledger::{self, Booking, EntryKind, LedgerError, Standing};
use crate::supply::{Batch, Discard};

impl Order {
    /// How it stands between buyer and cooperative.
    pub fn standing(&self) -> Standing {
        Standing { paid: self.paid_total, delivered: self.delivered_total, outlet: self.outlet }
    }
}

/// Posts the hand-over of a part for these facts.
pub(super) fn handed_over(
    tx: &mut Tx<'_>,
    now: Instant,
    (day, by): (Day, Option<AccountId>),
    whole: &WholeOrder,
    part: &Part,
    facts: &[SaleFact],
) -> Result<(), TransitionError> {
    let moved = moved(whole, part, facts, |amount| amount)?;
    let booking = Booking { cooperative: whole.order.cooperative, on: day, by };
    ledger::post(tx, now, &booking, &rules::sale(&moved)?)?;
    Ok(())
}

/// Posts that a part came back, or had never been handed over, for these facts with their signs turned.
pub(super) fn turned_back(
    tx: &mut Tx<'_>,
    now: Instant,
    (day, by): (Day, Option<AccountId>),
    whole: &WholeOrder,
    part: &Part,
    facts: &[SaleFact],
    kind: SaleKind,
) -> Result<(), TransitionError> {
    let moved = moved(whole, part, facts, Rupiah::negated)?;
    let draft = if kind == SaleKind::Return {
        rules::sale_returned(&moved)?
    } else {
        let source = SourceId::from_uuid(part.fulfilment.id.uuid());
        let sale = ledger::entry_of_source(tx, EntryKind::Sale, source)?;
        rules::sale_undone(&moved, sale.map(|entry| entry.id))?
    };
    let booking = Booking { cooperative: whole.order.cooperative, on: day, by };
    ledger::post(tx, now, &booking, &draft)?;
    Ok(())
}

/// Posts what a cooperative owes a group for goods thrown away, where it bears the loss and the batch's cost is known.
pub(super) fn discarded(tx: &mut Tx<'_>, now: Instant, batch: &Batch, discard: &Discard) -> Result<(), LedgerError> {
    let seller = store::seller(tx, batch.cooperative_id)?.filter(|seller| seller.bears_discards);
    let (Some(seller), Some(unit_cost)) = (seller, batch.unit_cost) else { return Ok(()) };
    let cost = discard.quantity.cost(unit_cost)?;
    let booking = Booking { cooperative: seller.id, on: seller.zone.day_of(now), by: Some(discard.by) };
    ledger::post(tx, now, &booking, &rules::discard(discard.id, batch.group_id, cost))?;
    Ok(())
}

fn moved(
    whole: &WholeOrder,
    part: &Part,
    facts: &[SaleFact],
    towards: impl Fn(Rupiah) -> Rupiah,
) -> Result<PartMoved, AmountError> {
    let is_there = |other: &Part| other.fulfilment.status == FulfilmentStatus::HandedOver;
    let others_there = whole.parts.iter().any(|other| other.fulfilment.id != part.fulfilment.id && is_there(other));
    let discounts = part.lines.iter().map(|line| line.line.discounted()).collect::<Result<Vec<_>, _>>()?;
    Ok(PartMoved {
        part: part.fulfilment.id,
        order: whole.order.id,
        group: part.fulfilment.group,
        goods: towards(Rupiah::sum(facts.iter().map(|fact| fact.amount))?),
        discount: Rupiah::sum(discounts)?,
        service: towards(Rupiah::sum(facts.iter().map(|fact| fact.service))?),
        fee: if others_there { Rupiah::ZERO } else { whole.order.delivery_fee },
        before: whole.order.standing(),
    })
}
