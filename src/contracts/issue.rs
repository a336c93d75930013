//! Issuing the invoices of months that are over: one a contract and month, of what was handed over and not asked for yet.

use std::collections::BTreeMap;

use super::contract::{Contract, ContractStatus};
use super::error::ContractError;
use super::events::invoice_event;
use super::invoice::{Invoice, InvoiceLine, due_on, end_of_month, month_of, month_text, number};
use super::store::{self, Fact};
use crate::cooperatives::{self, AccessError, Cooperative};
use crate::db::{self, Db, Tx};
use crate::events;
use crate::jobs::{self, TaskError};
use crate::kernel::ids::{ContractId, InvoiceId, LineId, OrderId};
use crate::kernel::{Day, Duration, Instant, Quantity, Rupiah};

/// Issues what is due under every contract, month by month, each in a transaction of its own. Whoever slept catches up, and
/// whoever comes second finds nothing to do. Tells how many months were looked at.
pub fn issue_due(db: &Db, now: Instant) -> Result<usize, TaskError> {
    // Somewhere in Indonesia it is tomorrow already; each one's own day is asked for below.
    let today = now.after(Duration::hours(9)).utc_day();
    let Some(through) = month_of(today).pred_opt() else { return Ok(0) };
    let mut done = 0_usize;
    loop {
        // One month of each, until none is left: each in a transaction of its own.
        let behind = db.read_blocking::<_, db::Error>(|conn| store::to_invoice(conn, through))?;
        match jobs::for_each_in_tx(db, behind, move |tx, id| issue_next(tx, now, *id).map(usize::from))? {
            0 => return Ok(done),
            issued => done = done.saturating_add(issued),
        }
    }
}

/// Issues the invoice of the next month under a contract that is over and was not looked at; false when there is none.
pub fn issue_next(tx: &mut Tx<'_>, now: Instant, id: ContractId) -> Result<bool, ContractError> {
    let Some(contract) = store::locked(tx, id)? else { return Ok(false) };
    if !matches!(contract.status, ContractStatus::Active | ContractStatus::Ended) {
        return Ok(false);
    }
    let cooperative = cooperatives::find_cooperative(tx, contract.cooperative)?.ok_or(AccessError::Hidden)?;
    let today = cooperative.zone.day_of(now);
    let first = contract.invoiced_through.and_then(|day| day.succ_opt());
    // Something may be handed over before the period begins, when a group is early.
    let began = contract.starts_on.min(cooperative.zone.day_of(contract.created_at));
    let month = month_of(first.unwrap_or(began));
    let last = end_of_month(month);
    if last >= today {
        return Ok(false);
    }
    issue(tx, now, &contract, &cooperative, month, today)?;
    store::set_invoiced_through(tx, id, last)?;
    Ok(true)
}

fn issue(
    tx: &mut Tx<'_>,
    now: Instant,
    contract: &Contract,
    cooperative: &Cooperative,
    month: Day,
    today: Day,
) -> Result<(), ContractError> {
    let facts = store::facts(tx, contract.id, end_of_month(month))?;
    let entries = entries(&facts, &store::asked(tx, contract.id)?)?;
    if entries.is_empty() || store::has_invoice(tx, contract.id, month)? {
        return Ok(());
    }
    let count = store::next_number(tx, contract.cooperative, &month_text(month))?;
    let invoice = Invoice {
        id: tx.id(now),
        cooperative: contract.cooperative,
        contract: contract.id,
        number: number(&cooperative.code, month, count),
        month,
        issued_on: today,
        due_on: due_on(today, contract.term_days),
        total: Rupiah::sum(entries.iter().map(|entry| entry.total))?,
        reminded_at: None,
        issued_at: now,
    };
    let lines: Vec<InvoiceLine> = entries
        .into_iter()
        .enumerate()
        .map(|(place, entry)| entry.line(tx, now, contract, invoice.id, place))
        .collect();
    store::insert_invoice(tx, &invoice, &lines)?;
    events::record(tx, now, &invoice_event("invoice.issued", &invoice))?;
    Ok(())
}

/// What is to be asked for: goods of a line of an order, or the way to the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    fact: Fact,
    line: Option<LineId>,
    quantity: Quantity,
    unit_price: Rupiah,
    total: Rupiah,
}

impl Entry {
    fn line(self, tx: &Tx<'_>, now: Instant, contract: &Contract, invoice: InvoiceId, place: usize) -> InvoiceLine {
        let is_goods = self.line.is_some();
        InvoiceLine {
            id: tx.id(now),
            cooperative: contract.cooperative,
            invoice,
            order: self.fact.order,
            line: self.line,
            position: i32::try_from(place).unwrap_or(i32::MAX),
            day: self.fact.day,
            order_number: self.fact.order_number,
            product_name: is_goods.then_some(self.fact.product_name),
            unit: is_goods.then_some(self.fact.unit),
            quantity: self.quantity,
            unit_price: self.unit_price,
            total: self.total,
        }
    }
}

/// What the facts come to beyond what was asked for: what was undone or came back before it was asked for is nothing, what
/// came back later is less than nothing. The way of an order is asked for with the first of its goods, and given back with
/// the last.
fn entries(facts: &[Fact], asked: &[(OrderId, Option<LineId>, Quantity, Rupiah)]) -> Result<Vec<Entry>, ContractError> {
    let mut sums: BTreeMap<LineId, (Quantity, Rupiah)> = BTreeMap::new();
    for fact in facts {
        let (quantity, amount) = sums.entry(fact.line).or_default();
        (*quantity, *amount) = (quantity.plus(fact.quantity), amount.plus(fact.amount)?);
    }
    let mut fees: BTreeMap<OrderId, Rupiah> = BTreeMap::new();
    for (order, line, quantity, total) in asked {
        match line {
            Some(line) => {
                let (sum, amount) = sums.entry(*line).or_default();
                (*sum, *amount) = (sum.minus(*quantity), amount.minus(*total)?);
            }
            None => {
                let fee = fees.entry(*order).or_default();
                *fee = fee.plus(*total)?;
            }
        }
    }
    // The last fact of a line says when: the day of the hand-over, or of the return.
    let mut latest: BTreeMap<LineId, usize> = BTreeMap::new();
    for (place, fact) in facts.iter().enumerate() {
        latest.insert(fact.line, place);
    }
    let mut entries = Vec::new();
    for (place, fact) in facts.iter().enumerate() {
        let (quantity, amount) = sums.get(&fact.line).copied().unwrap_or_default();
        if latest.get(&fact.line) != Some(&place) || (quantity == Quantity::ZERO && amount == Rupiah::ZERO) {
            continue;
        }
        entries.push(Entry {
            fact: fact.clone(),
            line: Some(fact.line),
            quantity,
            unit_price: fact.unit_price,
            total: amount,
        });
        let before = fees.insert(fact.order, fact.delivery_fee).unwrap_or(Rupiah::ZERO);
        let fee = fact.delivery_fee.minus(before)?;
        if fee != Rupiah::ZERO {
            let (unit_price, quantity) = if fee < Rupiah::ZERO {
                (fee.negated(), Quantity::ZERO.minus(Quantity::units(1)))
            } else {
                (fee, Quantity::units(1))
            };
            entries.push(Entry { fact: fact.clone(), line: None, quantity, unit_price, total: fee });
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Entropy;

    fn fact(line: u64, day: &str, pieces: i64, fee: i64) -> Fact {
        Fact {
            order: Entropy::seeded(1).id(Instant::EPOCH),
            order_number: "CIH-2611-0042".into(),
            delivery_fee: Rupiah(fee),
            line: Entropy::seeded(line).id(Instant::EPOCH),
            product_name: "Pastel".into(),
            unit: "piece".into(),
            unit_price: Rupiah(2_000),
            day: day.parse().unwrap(),
            quantity: Quantity::units(pieces),
            amount: Rupiah(pieces * 2_000),
        }
    }

    fn shown(entries: &[Entry]) -> Vec<(bool, i64)> {
        entries.iter().map(|entry| (entry.line.is_some(), entry.total.0)).collect()
    }

    #[test]
    fn goods_are_asked_for_once_and_what_came_back_is_taken_off_later() {
        let sold = fact(2, "2026-11-27", 20, 10_000);
        let first = entries(std::slice::from_ref(&sold), &[]).unwrap();
        assert_eq!(shown(&first), [(true, 40_000), (false, 10_000)], "with the way, once");
        let asked: Vec<_> =
            first.iter().map(|entry| (entry.fact.order, entry.line, entry.quantity, entry.total)).collect();
        assert_eq!(shown(&entries(std::slice::from_ref(&sold), &asked).unwrap()), [], "nothing new");
        let back = Fact { delivery_fee: Rupiah(0), ..fact(2, "2026-12-02", -20, 0) };
        let sold_since = Fact { delivery_fee: Rupiah(0), ..sold.clone() };
        let later = entries(&[sold_since.clone(), back.clone()], &asked).unwrap();
        assert_eq!(shown(&later), [(true, -40_000), (false, -10_000)]);
        assert_eq!(later[0].fact.day, back.day, "on the day on which it came back");
        assert_eq!(shown(&entries(&[sold_since, back], &[]).unwrap()), [], "never asked for, nothing to take off");
    }

    #[test]
    fn a_second_part_of_an_order_is_asked_for_without_the_way() {
        let (one, two) = (fact(2, "2026-11-27", 20, 10_000), fact(3, "2026-12-01", 10, 10_000));
        let first = entries(std::slice::from_ref(&one), &[]).unwrap();
        let asked: Vec<_> =
            first.iter().map(|entry| (entry.fact.order, entry.line, entry.quantity, entry.total)).collect();
        assert_eq!(shown(&entries(&[one, two], &asked).unwrap()), [(true, 20_000)]);
    }
}
