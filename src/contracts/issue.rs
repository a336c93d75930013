//! Issues the invoices of past months: one per contract and month, of goods handed over and not invoiced yet.

use std::collections::BTreeMap;

use super::contract::{Contract, ContractStatus};
use super::error::ContractError;
use super::events::{self, ContractEvent, InvoicePayload};
use super::invoice::{Invoice, InvoiceLine, due_date, end_of_month, first_of_month, format_month, format_number};
use super::store::{self, DeliveryMovement};
use crate::cooperatives::{self, AccessError, Cooperative};
use crate::db::{self, Db, Tx};
use crate::jobs::{self, TaskError};
use crate::kernel::ids::{ContractId, InvoiceId, LineId, OrderId};
use crate::kernel::{Day, Duration, Instant, Quantity, Rupiah};

/// Issues all due invoices, month by month, each in its own transaction. Missed months are caught up; a second run
/// finds nothing to do. Returns how many months were processed.
pub fn issue_due(db: &Db, now: Instant) -> Result<usize, TaskError> {
    // The easternmost zone of Indonesia (UTC+9) reaches the next day first; each cooperative's own date is checked
    // below.
    let today = now.after(Duration::hours(9)).utc_day();
    let Some(through) = first_of_month(today).pred_opt() else { return Ok(0) };
    let mut issued_total = 0_usize;
    loop {
        // One month of each contract per pass, until none is left.
        let contracts = db.read_blocking::<_, db::Error>(|conn| store::list_to_invoice(conn, through))?;
        match jobs::for_each_in_tx(db, contracts, move |tx, id| issue_next(tx, now, *id).map(usize::from))? {
            0 => return Ok(issued_total),
            issued => issued_total = issued_total.saturating_add(issued),
        }
    }
}

/// Issues the invoice of the contract's next past month that was not processed. Returns false when there is none.
pub fn issue_next(tx: &mut Tx<'_>, now: Instant, id: ContractId) -> Result<bool, ContractError> {
    let Some(contract) = store::lock_contract(tx, id)? else { return Ok(false) };
    if !matches!(contract.status, ContractStatus::Active | ContractStatus::Ended) {
        return Ok(false);
    }
    let cooperative = cooperatives::find_cooperative(tx, contract.cooperative)?.ok_or(AccessError::Hidden)?;
    let today = cooperative.zone.day_of(now);
    let first = contract.invoiced_through.and_then(|day| day.succ_opt());
    // Goods may be handed over before the period begins, when a group is early.
    let first_day = contract.starts_on.min(cooperative.zone.day_of(contract.created_at));
    let month = first_of_month(first.unwrap_or(first_day));
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
    let movements = store::list_delivery_movements(tx, contract.id, end_of_month(month))?;
    let entries = compute_entries(&movements, &store::list_invoiced(tx, contract.id)?)?;
    if entries.is_empty() || store::has_invoice(tx, contract.id, month)? {
        return Ok(());
    }
    let count = store::take_next_number(tx, contract.cooperative, &format_month(month))?;
    let invoice = Invoice {
        id: tx.id(now),
        cooperative: contract.cooperative,
        contract: contract.id,
        number: format_number(&cooperative.code, month, count),
        month,
        issued_on: today,
        due_on: due_date(today, contract.term_days),
        total: Rupiah::sum(entries.iter().map(|entry| entry.total))?,
        reminded_at: None,
        issued_at: now,
    };
    let lines: Vec<InvoiceLine> = entries
        .into_iter()
        .enumerate()
        .map(|(index, entry)| entry.into_line(tx, now, contract, invoice.id, index))
        .collect();
    store::insert_invoice(tx, &invoice, &lines)?;
    let event = ContractEvent::InvoiceIssued(InvoicePayload::new(&invoice)).about(invoice.id);
    events::record(tx, now, &event.in_cooperative(invoice.cooperative))?;
    Ok(())
}

/// An amount to invoice: goods of an order line, or a delivery fee.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    movement: DeliveryMovement,
    line: Option<LineId>,
    quantity: Quantity,
    unit_price: Rupiah,
    total: Rupiah,
}

impl Entry {
    fn into_line(
        self,
        tx: &Tx<'_>,
        now: Instant,
        contract: &Contract,
        invoice: InvoiceId,
        index: usize,
    ) -> InvoiceLine {
        let is_goods = self.line.is_some();
        InvoiceLine {
            id: tx.id(now),
            cooperative: contract.cooperative,
            invoice,
            order: self.movement.order,
            line: self.line,
            position: i32::try_from(index).unwrap_or(i32::MAX),
            day: self.movement.day,
            order_number: self.movement.order_number,
            product_name: is_goods.then_some(self.movement.product_name),
            unit: is_goods.then_some(self.movement.unit),
            quantity: self.quantity,
            unit_price: self.unit_price,
            total: self.total,
        }
    }
}

/// Computes what is to be invoiced beyond what was invoiced before. Goods undone or returned before they were invoiced
/// yield nothing; goods returned later yield negative entries. An order's delivery fee is invoiced with its first goods
/// and credited with its last.
fn compute_entries(
    movements: &[DeliveryMovement],
    invoiced: &[(OrderId, Option<LineId>, Quantity, Rupiah)],
) -> Result<Vec<Entry>, ContractError> {
    let mut sums: BTreeMap<LineId, (Quantity, Rupiah)> = BTreeMap::new();
    for movement in movements {
        let (quantity, amount) = sums.entry(movement.line).or_default();
        (*quantity, *amount) = (quantity.plus(movement.quantity), amount.plus(movement.amount)?);
    }
    let mut fees: BTreeMap<OrderId, Rupiah> = BTreeMap::new();
    for (order, line, quantity, total) in invoiced {
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
    // The last movement of a line gives its date: the hand-over, or the return.
    let mut latest: BTreeMap<LineId, usize> = BTreeMap::new();
    for (index, movement) in movements.iter().enumerate() {
        latest.insert(movement.line, index);
    }
    let mut entries = Vec::new();
    for (index, movement) in movements.iter().enumerate() {
        let (quantity, amount) = sums.get(&movement.line).copied().unwrap_or_default();
        if latest.get(&movement.line) != Some(&index) || (quantity == Quantity::ZERO && amount == Rupiah::ZERO) {
            continue;
        }
        entries.push(Entry {
            movement: movement.clone(),
            line: Some(movement.line),
            quantity,
            unit_price: movement.unit_price,
            total: amount,
        });
        let before = fees.insert(movement.order, movement.order_delivery_fee).unwrap_or(Rupiah::ZERO);
        let fee = movement.order_delivery_fee.minus(before)?;
        if fee != Rupiah::ZERO {
            let (unit_price, quantity) = if fee < Rupiah::ZERO {
                (fee.negated(), Quantity::ZERO.minus(Quantity::from_units(1)))
            } else {
                (fee, Quantity::from_units(1))
            };
            entries.push(Entry { movement: movement.clone(), line: None, quantity, unit_price, total: fee });
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Entropy;

    fn movement(line: u64, day: &str, pieces: i64, fee: i64) -> DeliveryMovement {
        DeliveryMovement {
            order: Entropy::seeded(1).id(Instant::EPOCH),
            order_number: "CIH-2611-0042".into(),
            order_delivery_fee: Rupiah(fee),
            line: Entropy::seeded(line).id(Instant::EPOCH),
            product_name: "Pastel".into(),
            unit: "piece".into(),
            unit_price: Rupiah(2_000),
            day: day.parse().unwrap(),
            quantity: Quantity::from_units(pieces),
            amount: Rupiah(pieces * 2_000),
        }
    }

    fn summarize(entries: &[Entry]) -> Vec<(bool, i64)> {
        entries.iter().map(|entry| (entry.line.is_some(), entry.total.0)).collect()
    }

    #[test]
    fn goods_are_invoiced_once_and_later_returns_are_deducted() {
        let sold = movement(2, "2026-11-27", 20, 10_000);
        let first = compute_entries(std::slice::from_ref(&sold), &[]).unwrap();
        assert_eq!(summarize(&first), [(true, 40_000), (false, 10_000)], "with the delivery fee, once");
        let invoiced: Vec<_> =
            first.iter().map(|entry| (entry.movement.order, entry.line, entry.quantity, entry.total)).collect();
        assert_eq!(summarize(&compute_entries(std::slice::from_ref(&sold), &invoiced).unwrap()), [], "nothing new");
        let returned = DeliveryMovement { order_delivery_fee: Rupiah(0), ..movement(2, "2026-12-02", -20, 0) };
        let sold_since = DeliveryMovement { order_delivery_fee: Rupiah(0), ..sold.clone() };
        let later = compute_entries(&[sold_since.clone(), returned.clone()], &invoiced).unwrap();
        assert_eq!(summarize(&later), [(true, -40_000), (false, -10_000)]);
        assert_eq!(later[0].movement.day, returned.day, "on the day of the return");
        assert_eq!(
            summarize(&compute_entries(&[sold_since, returned], &[]).unwrap()),
            [],
            "never invoiced, nothing to deduct"
        );
    }

    #[test]
    fn a_second_part_of_an_order_is_invoiced_without_the_delivery_fee() {
        let (first_movement, second_movement) =
            (movement(2, "2026-11-27", 20, 10_000), movement(3, "2026-12-01", 10, 10_000));
        let first = compute_entries(std::slice::from_ref(&first_movement), &[]).unwrap();
        let invoiced: Vec<_> =
            first.iter().map(|entry| (entry.movement.order, entry.line, entry.quantity, entry.total)).collect();
        assert_eq!(
            summarize(&compute_entries(&[first_movement, second_movement], &invoiced).unwrap()),
            [(true, 20_000)]
        );
    }
}
