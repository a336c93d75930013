//! Tabular reports as CSV or XLSX, and content negotiation among the formats of a report.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, Accept, Header, Quality};
use actix_web::{FromRequest, HttpRequest};

use super::xlsx;
use super::{ApiResponse, Code, Problem};
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
    /// A file response in this format.
    pub fn to_response(&self, format: TableFormat) -> Result<ApiResponse, Problem> {
        match format {
            TableFormat::Csv => Ok(ApiResponse::csv(&self.name, self.to_csv().map_err(Problem::internal)?)),
            TableFormat::Xlsx => Ok(ApiResponse::xlsx(&self.name, xlsx::render(self).map_err(Problem::internal)?)),
        }
    }

    /// Escapes texts that would be formulas; numbers are the program's own, and negative ones stay numbers.
    fn to_csv(&self) -> Result<Vec<u8>, csv::Error> {
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

/// A file format of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// Comma-separated values.
    Csv,
    /// A spreadsheet of Excel.
    Xlsx,
}

/// A representation of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// JSON.
    Json,
    /// A file for spreadsheets.
    Table(TableFormat),
    /// An HTML page, to read and to print.
    Page,
}

/// The representations that `Accept` allows, the preferred first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedFormats(Vec<ReportFormat>);

impl AcceptedFormats {
    /// The preferred one of JSON and tables; a `not-acceptable` problem when there is none.
    pub fn preferred_table(&self) -> Result<ReportFormat, Problem> {
        self.0
            .iter()
            .copied()
            .find(|format| *format != ReportFormat::Page)
            .ok_or_else(|| Problem::new(Code::NotAcceptable))
    }

    /// The preferred one, pages included; a `not-acceptable` problem when there is none.
    pub fn preferred(&self) -> Result<ReportFormat, Problem> {
        self.0.first().copied().ok_or_else(|| Problem::new(Code::NotAcceptable))
    }
}

impl FromRequest for AcceptedFormats {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.headers().contains_key(ACCEPT) {
            false => Ok(AcceptedFormats(vec![ReportFormat::Json])),
            true => Accept::parse(request)
                .map(|accept| negotiate(&accept))
                .map_err(|error| Problem::new(Code::HeaderInvalid).with("header", "Accept").because(error.to_string())),
        })
    }
}

/// Wildcards mean JSON.
fn negotiate(accept: &Accept) -> AcceptedFormats {
    let acceptable = accept.iter().filter(|range| range.quality > Quality::ZERO).cloned().collect();
    let representation = |kind: &str, subtype: &str| match (kind, subtype) {
        ("*", "*") | ("application", "*" | "json") => Some(ReportFormat::Json),
        ("text", "*" | "csv") => Some(ReportFormat::Table(TableFormat::Csv)),
        ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet") => {
            Some(ReportFormat::Table(TableFormat::Xlsx))
        }
        ("text", "html") => Some(ReportFormat::Page),
        _ => None,
    };
    AcceptedFormats(
        Accept(acceptable)
            .ranked()
            .iter()
            .filter_map(|range| representation(range.type_().as_str(), range.subtype().as_str()))
            .collect(),
    )
}

/// A CSV file, for the OpenAPI document.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "only for the OpenAPI document")]
pub struct CsvTable(String);

/// An XLSX file, for the OpenAPI document.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "only for the OpenAPI document")]
pub struct XlsxTable(String);

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    fn parse(accept: &str) -> AcceptedFormats {
        let request = TestRequest::default().insert_header(("accept", accept)).to_http_request();
        negotiate(&Accept::parse(&request).unwrap())
    }

    #[test]
    fn the_preferred_representation_is_chosen() {
        let csv = ReportFormat::Table(TableFormat::Csv);
        let xlsx = ReportFormat::Table(TableFormat::Xlsx);
        for (accept, table, any) in [
            ("application/json", Some(ReportFormat::Json), Some(ReportFormat::Json)),
            ("text/csv", Some(csv), Some(csv)),
            ("text/csv;q=0.5, application/json", Some(ReportFormat::Json), Some(ReportFormat::Json)),
            ("text/html, text/csv;q=0.9, */*;q=0.1", Some(csv), Some(ReportFormat::Page)),
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Some(xlsx), Some(xlsx)),
            ("*/*", Some(ReportFormat::Json), Some(ReportFormat::Json)),
            ("text/html", None, Some(ReportFormat::Page)),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                Some(ReportFormat::Json),
                Some(ReportFormat::Page),
            ),
            ("text/csv;q=0", None, None),
            ("image/png, application/pdf", None, None),
        ] {
            let accepted = parse(accept);
            assert_eq!((accepted.preferred_table().ok(), accepted.preferred().ok()), (table, any), "{accept}");
        }
    }

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
            rows: vec![vec![Cell::text("-5"), (-5_i64).into(), Quantity::thousandths(1_500).into(), Cell::Empty]],
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
