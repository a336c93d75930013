//! Invoices of goods handed over in a month, and their state derived from payments.

use chrono::Datelike;
use diesel::prelude::*;

use crate::db::schema::{invoice_lines, invoices};
use crate::kernel::ids::{ContractId, CooperativeId, InvoiceId, InvoiceLineId, LineId, OrderId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Day, Duration, Instant, Quantity, Rupiah};

text_enum! {
    /// The state of an invoice, derived from its orders' payments and the date.
    InvoiceState {
        /// Nothing has been paid.
        Open = "open",
        /// Part of it has been paid.
        PartlyPaid = "partly_paid",
        /// Nothing is left to pay.
        Paid = "paid",
        /// Not fully paid after its due date.
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
    /// The invoicing cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The contract.
    #[diesel(column_name = contract_id)]
    pub contract: ContractId,
    /// Invoice number, such as `CIH-INV-2611-0003`.
    pub number: String,
    /// The first day of its month.
    pub month: Day,
    /// Date of issue, in the cooperative's time zone.
    pub issued_on: Day,
    /// Due date: the last day on which payment is in time.
    pub due_on: Day,
    /// Total in rupiah; negative when more was returned than handed over.
    pub total: Rupiah,
    /// When the buyer was reminded that it is overdue.
    pub reminded_at: Option<Instant>,
    /// When it was issued.
    pub issued_at: Instant,
}

/// A line of an invoice; negative for goods returned after they were invoiced.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invoice_lines)]
#[diesel(treat_none_as_default_value = false)]
pub struct InvoiceLine {
    /// Its id.
    pub id: InvoiceLineId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The invoice.
    #[diesel(column_name = invoice_id)]
    pub invoice: InvoiceId,
    /// The order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// The order line; `None` for a delivery fee.
    #[diesel(column_name = line_id)]
    pub line: Option<LineId>,
    /// Position in the list, from 0.
    pub position: i32,
    /// When the goods were handed over or returned.
    pub day: Day,
    /// Order number.
    pub order_number: String,
    /// Product name; `None` for a delivery fee.
    pub product_name: Option<String>,
    /// Unit of the product.
    pub unit: Option<String>,
    /// Quantity.
    pub quantity: Quantity,
    /// Price per unit, in rupiah.
    pub unit_price: Rupiah,
    /// Total of the line, in rupiah.
    pub total: Rupiah,
}

/// An order's share of an invoice, and what was paid for the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceShare {
    /// The order.
    pub order: OrderId,
    /// Amount on this invoice.
    pub invoiced: Rupiah,
    /// Amount on this and all earlier invoices.
    pub invoiced_so_far: Rupiah,
    /// The order's current total.
    pub total: Rupiah,
    /// Amount paid for the order, less refunds.
    pub paid: Rupiah,
}

impl InvoiceShare {
    /// Amount of this invoice still to be paid for the order. Payments count for earlier invoices first, and never more
    /// than the order's current total is due: goods returned since need no payment.
    pub fn open_amount(&self) -> Result<Rupiah, AmountError> {
        let unpaid = self.invoiced_so_far.minus(self.paid)?.min(self.total.minus(self.paid)?).min(self.invoiced);
        Ok(unpaid.max(Rupiah::ZERO))
    }
}

impl Invoice {
    /// The state on this day, with this amount left to pay.
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
pub fn first_of_month(day: Day) -> Day {
    day.with_day(1).unwrap_or(day)
}

/// The last day of the month that begins on this day.
pub fn end_of_month(first: Day) -> Day {
    let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(Day::MAX);
    next.pred_opt().unwrap_or(first)
}

/// Due date of the invoice of this day's month, if it is issued on the first day after the month.
pub fn expected_due_date(day: Day, term_days: i32) -> Day {
    let issued = end_of_month(first_of_month(day)).succ_opt().unwrap_or(day);
    due_date(issued, term_days)
}

/// Due date of an invoice issued on this day.
pub fn due_date(issued: Day, term_days: i32) -> Day {
    issued.checked_add_signed(Duration::days(term_days.into())).unwrap_or(issued)
}

/// The month as part of an invoice number, such as `2611`.
pub fn format_month(month: Day) -> String {
    format!("{:02}{:02}", month.year().rem_euclid(100), month.month())
}

/// The number of the cooperative's `count`-th invoice of this month.
pub fn format_number(code: &str, month: Day, count: i64) -> String {
    format!("{code}-INV-{}-{count:04}", format_month(month))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Entropy;

    fn share(invoiced: i64, invoiced_so_far: i64, total: i64, paid: i64) -> i64 {
        let order = Entropy::seeded(1).id(Instant::EPOCH);
        let [invoiced, invoiced_so_far, total, paid] = [invoiced, invoiced_so_far, total, paid].map(Rupiah);
        InvoiceShare { order, invoiced, invoiced_so_far, total, paid }.open_amount().unwrap().0
    }

    #[test]
    fn a_month_ends_before_the_next_begins_and_its_invoice_falls_due_later() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(end_of_month(first_of_month(day("2028-02-11"))), day("2028-02-29"));
        assert_eq!(expected_due_date(day("2026-12-31"), 14), day("2027-01-15"));
        assert_eq!(expected_due_date(day("2026-11-01"), 0), day("2026-12-01"));
        assert_eq!(format_number("CIH", day("2026-11-01"), 3), "CIH-INV-2611-0003");
    }

    #[test]
    fn payments_count_for_earlier_invoices_first_and_returns_need_no_payment() {
        assert_eq!(share(50_000, 50_000, 80_000, 0), 50_000, "the other part is not invoiced yet");
        assert_eq!(share(50_000, 50_000, 80_000, 50_000), 0);
        assert_eq!(share(30_000, 80_000, 80_000, 50_000), 30_000, "the later invoice is still open");
        assert_eq!(share(50_000, 50_000, 0, 0), 0, "all was returned");
        assert_eq!(share(-50_000, 0, 0, 0), 0);
        assert_eq!(share(80_000, 80_000, 50_000, 0), 50_000, "a part was returned");
        assert_eq!(share(50_000, 50_000, 50_000, 60_000), 0, "more was paid than invoiced");
    }
}
