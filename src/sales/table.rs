//! A report as a table for a spreadsheet.

use super::api::{SalesMargin, SalesReport};
use crate::kernel::Rupiah;

/// Begins the file, so that spreadsheets on Windows read it as UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A text that a spreadsheet takes for text: one that would begin a formula gets an apostrophe before it.
pub(super) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// A table that is begun so that spreadsheets read it.
pub(super) fn begun() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.to_vec())
}

/// Which columns a report has beside those that all have.
#[derive(Clone, Copy)]
struct Told {
    days: bool,
    last_year: bool,
    margin: bool,
}

impl Told {
    fn names(self) -> impl Iterator<Item = &'static str> {
        let days = self.days.then_some("days").into_iter();
        let last_year = self.last_year.then_some("last_year").into_iter();
        days.chain(last_year).chain(self.margin.then_some(["service", "costed", "cost", "left"]).into_iter().flatten())
    }

    fn cells(
        self,
        days: Option<i64>,
        last_year: Option<Rupiah>,
        margin: Option<&SalesMargin>,
    ) -> impl Iterator<Item = String> {
        let money = |amount: Option<Rupiah>| amount.map(|it| it.0.to_string()).unwrap_or_default();
        let left = [
            margin.map(|it| it.service),
            margin.map(|it| it.costed),
            margin.and_then(|it| it.cost),
            margin.and_then(|it| it.left),
        ];
        let days = self.days.then(|| days.map(|it| it.to_string()).unwrap_or_default()).into_iter();
        let last_year = self.last_year.then(|| money(last_year)).into_iter();
        days.chain(last_year).chain(self.margin.then(|| left.map(money)).into_iter().flatten())
    }
}

/// The table: a line of names, a line a row, and the totals under the key `total`.
///
/// Texts are made harmless; numbers are this program's own, and a negative one stays a number.
pub(super) fn csv(report: &SalesReport) -> Result<Vec<u8>, csv::Error> {
    let mut writer = begun();
    let totals = &report.totals;
    let told = Told {
        days: report.rows.iter().any(|row| row.days.is_some()),
        last_year: totals.last_year.is_some(),
        margin: totals.margin.is_some(),
    };
    writer.write_record(["key", "label", "quantity", "unit", "amount", "orders"].into_iter().chain(told.names()))?;
    let quantity = |quantity: Option<crate::kernel::Quantity>| quantity.map(|it| it.to_string()).unwrap_or_default();
    for row in &report.rows {
        let cells = [
            harmless(&row.key),
            harmless(&row.label),
            quantity(row.quantity),
            harmless(row.unit.as_deref().unwrap_or_default()),
            row.amount.0.to_string(),
            row.orders.to_string(),
        ];
        let last_year = row.last_year.as_ref().map(|it| it.amount);
        writer.write_record(cells.into_iter().chain(told.cells(row.days, last_year, row.margin.as_ref())))?;
    }
    let cells = [
        "total".to_owned(),
        "Total".to_owned(),
        quantity(totals.quantity),
        harmless(totals.unit.as_deref().unwrap_or_default()),
        totals.amount.0.to_string(),
        totals.orders.to_string(),
    ];
    writer.write_record(cells.into_iter().chain(told.cells(None, totals.last_year, totals.margin.as_ref())))?;
    writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cell_that_would_be_a_formula_is_text() {
        for text in ["=1+1", "+62812", "-x", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        assert_eq!(harmless("Pastel sayur"), "Pastel sayur");
        assert_eq!(harmless(""), "");
    }

    proptest! {
        #[test]
        fn no_text_begins_a_formula(text in "\\PC*") {
            prop_assert!(!harmless(&text).starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}
