//! Tables of cells, and how they are written as CSV.

use crate::kernel::{Day, Quantity, Rupiah};

/// At the start of the file, so that spreadsheets on Windows read it as UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The content of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Empty.
    Empty,
    /// Text; never a formula, whatever it begins with.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A quantity.
    Quantity(Quantity),
}

impl Cell {
    /// A text cell.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Number(number)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Cell {
        Cell::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Rupiah> for Cell {
    fn from(amount: Rupiah) -> Cell {
        Cell::Number(amount.0)
    }
}

impl From<Quantity> for Cell {
    fn from(quantity: Quantity) -> Cell {
        Cell::Quantity(quantity)
    }
}

impl From<Day> for Cell {
    fn from(day: Day) -> Cell {
        Cell::Text(day.to_string())
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Cell {
        cell.map_or(Cell::Empty, Into::into)
    }
}

/// A table with a header row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The file name without extension.
    pub name: String,
    /// The last day of the report, which a spreadsheet has as its creation date, so that equal figures give equal
    /// bytes.
    pub day: Day,
    /// The header row.
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The table as CSV. Escapes texts that would be formulas; numbers are the program's own, and negative ones stay numbers.
    pub(super) fn to_csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.to_vec());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| match cell {
                Cell::Empty => String::new(),
                Cell::Text(text) => escape_formula(text),
                Cell::Number(number) => number.to_string(),
                Cell::Quantity(quantity) => quantity.to_string(),
            }))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
    }
}

/// Prefixes a text that a spreadsheet would take for a formula with an apostrophe.
fn escape_formula(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_that_would_be_formulas_are_escaped() {
        for text in ["=1+1", "+62812", "-x", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(escape_formula(text), format!("'{text}"));
        }
        assert_eq!(escape_formula("Pastel sayur"), "Pastel sayur");
        assert_eq!(escape_formula(""), "");
        let table = Table {
            name: "x".into(),
            day: "2026-11-30".parse().unwrap(),
            columns: vec!["name", "amount", "quantity", "none"],
            rows: vec![vec![Cell::text("-5"), (-5_i64).into(), Quantity::from_thousandths(1_500).into(), Cell::Empty]],
        };
        assert_eq!(table.to_csv().unwrap(), "\u{feff}name,amount,quantity,none\r\n'-5,-5,1.5,\r\n".as_bytes());
    }

    proptest! {
        #[test]
        fn no_text_begins_a_formula(text in "\\PC*") {
            prop_assert!(!escape_formula(&text).starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}
