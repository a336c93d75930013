//! A report as a table for a spreadsheet.

use super::api::SalesReport;

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

/// The table: a line of names, a line a row, and the totals under the key `total`.
///
/// Texts are made harmless; numbers are this program's own, and a negative one stays a number.
pub(super) fn csv(report: &SalesReport) -> Result<Vec<u8>, csv::Error> {
    let mut writer = begun();
    writer.write_record(["key", "label", "quantity", "unit", "amount", "orders"])?;
    let quantity = |quantity: Option<crate::kernel::Quantity>| quantity.map(|it| it.to_string()).unwrap_or_default();
    for row in &report.rows {
        writer.write_record([
            harmless(&row.key),
            harmless(&row.label),
            quantity(row.quantity),
            harmless(row.unit.as_deref().unwrap_or_default()),
            row.amount.0.to_string(),
            row.orders.to_string(),
        ])?;
    }
    let totals = &report.totals;
    writer.write_record([
        "total".to_owned(),
        "Total".to_owned(),
        quantity(totals.quantity),
        harmless(totals.unit.as_deref().unwrap_or_default()),
        totals.amount.0.to_string(),
        totals.orders.to_string(),
    ])?;
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
