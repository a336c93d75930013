//! An invoice: what was handed over in a month, what of it is still to be paid, and where it stands by that.

use chrono::Datelike;
use diesel::prelude::*;

use crate::db::schema::{invoice_lines, invoices};
use crate::kernel::ids::{ContractId, CooperativeId, InvoiceId, InvoiceLineId, LineId, OrderId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Duration, Instant, Quantity, Rupiah};

text_enum! {
    /// Where an invoice stands, derived from its orders' money and from the day.
    InvoiceState {
        /// Nothing has been paid.
        Open = "open",
        /// Something has been paid, not all.
        PartlyPaid = "partly_paid",
        /// Nothing is left to pay.
        Paid = "paid",
        /// Something is left to pay, and its day is over.
        Overdue = "overdue",
    }
}

/// A month's invoice of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invoices)]
#[diesel(treat_none_as_default_value = false)]
pub struct Invoice {
    /// Its id.
    pub id: InvoiceId,
    /// Who asks.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Under which contract.
    #[diesel(column_name = contract_id)]
    pub contract: ContractId,
    /// What people call it: `CIH-INV-2611-0003`.
    pub number: String,
    /// The first day of its month.
    pub month: Day,
    /// When it was issued, by the cooperative's clock.
    pub issued_on: Day,
    /// The last day on which it is paid in time.
    pub due_on: Day,
    /// What it asks for; less than nothing when more came back than was handed over.
    pub total: Rupiah,
    /// When the buyer was reminded that it is overdue.
    pub reminded_at: Option<Instant>,
    /// When it was issued.
    pub issued_at: Instant,
}

/// A line of an invoice; negative when goods came back after they had been asked for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invoice_lines)]
#[diesel(treat_none_as_default_value = false)]
pub struct InvoiceLine {
    /// Its id.
    pub id: InvoiceLineId,
    /// Whose invoice.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Of which invoice.
    #[diesel(column_name = invoice_id)]
    pub invoice: InvoiceId,
    /// Of which order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// Of which line of it; none for the way to the buyer.
    #[diesel(column_name = line_id)]
    pub line: Option<LineId>,
    /// Its place.
    pub position: i32,
    /// When the goods were handed over or came back.
    pub day: Day,
    /// What people call the order.
    pub order_number: String,
    /// The product's name; none for the way to the buyer.
    pub product_name: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// How much.
    pub quantity: Quantity,
    /// The price of a unit.
    pub unit_price: Rupiah,
    /// What the line comes to.
    pub total: Rupiah,
}

/// What an order of an invoice comes to, and what was paid of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Which order.
    pub order: OrderId,
    /// What this invoice asks for it.
    pub asked: Rupiah,
    /// What this invoice and all before it ask for it.
    pub asked_so_far: Rupiah,
    /// What the order comes to now.
    pub total: Rupiah,
    /// What was paid of it, less what went back.
    pub paid: Rupiah,
}

impl Share {
    /// What is still to be paid for the order by this invoice. What was paid counts for the earlier invoice first, and
    /// nobody pays more than the order comes to now: what came back since needs no paying.
    pub fn open(&self) -> Result<Rupiah, AmountError> {
        let unpaid = self.asked_so_far.minus(self.paid)?.min(self.total.minus(self.paid)?).min(self.asked);
        Ok(unpaid.max(Rupiah::ZERO))
    }
}

impl Invoice {
    /// Where it stands on this day, with so much left to pay.
    pub fn state(&self, open: Rupiah, today: Day) -> InvoiceState {
        if open <= Rupiah::ZERO {
            InvoiceState::Paid
        } else if today > self.due_on {
            InvoiceState::Overdue
        } else if open < self.total {
            InvoiceState::PartlyPaid
        } else {
            InvoiceState::Open
        }
    }
}

/// The first day of the month of this day.
pub fn month_of(day: Day) -> Day {
    day.with_day(1).unwrap_or(day)
}

/// The last day of the month that begins on this day.
pub fn end_of_month(first: Day) -> Day {
    let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(Day::MAX);
    next.pred_opt().unwrap_or(first)
}

/// When an invoice of the month of this day falls due, if it is issued in time: with the first day after the month.
pub fn falls_due(day: Day, term_days: i32) -> Day {
    let issued = end_of_month(month_of(day)).succ_opt().unwrap_or(day);
    due_on(issued, term_days)
}

/// When an invoice of this day falls due.
pub fn due_on(issued: Day, term_days: i32) -> Day {
    issued.checked_add_signed(Duration::days(term_days.into())).unwrap_or(issued)
}

/// The month as numbers count it: `2611`.
pub fn month_text(month: Day) -> String {
    format!("{:02}{:02}", month.year().rem_euclid(100), month.month())
}

/// The number of this month's `count`th invoice of a cooperative.
pub fn number(code: &str, month: Day, count: i64) -> String {
    format!("{code}-INV-{}-{count:04}", month_text(month))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Entropy;

    fn share(asked: i64, asked_so_far: i64, total: i64, paid: i64) -> i64 {
        let order = Entropy::seeded(1).id(Instant::EPOCH);
        let [asked, asked_so_far, total, paid] = [asked, asked_so_far, total, paid].map(Rupiah);
        Share { order, asked, asked_so_far, total, paid }.open().unwrap().0
    }

    #[test]
    fn a_month_ends_before_the_next_begins_and_its_invoice_falls_due_later() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(end_of_month(month_of(day("2028-02-11"))), day("2028-02-29"));
        assert_eq!(falls_due(day("2026-12-31"), 14), day("2027-01-15"));
        assert_eq!(falls_due(day("2026-11-01"), 0), day("2026-12-01"));
        assert_eq!(number("CIH", day("2026-11-01"), 3), "CIH-INV-2611-0003");
    }

    #[test]
    fn what_was_paid_counts_for_the_earlier_invoice_and_what_came_back_is_not_paid() {
        assert_eq!(share(50_000, 50_000, 80_000, 0), 50_000, "its other part is still to come");
        assert_eq!(share(50_000, 50_000, 80_000, 50_000), 0);
        assert_eq!(share(30_000, 80_000, 80_000, 50_000), 30_000, "the later invoice is open still");
        assert_eq!(share(50_000, 50_000, 0, 0), 0, "all came back");
        assert_eq!(share(-50_000, 0, 0, 0), 0);
        assert_eq!(share(80_000, 80_000, 50_000, 0), 50_000, "a part came back");
        assert_eq!(share(50_000, 50_000, 50_000, 60_000), 0, "more was paid than asked for");
    }
}
