//! Documents as tables: one table, written for programs that read CSV and for spreadsheets; and which of its forms a
//! caller likes best.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, Accept, Header, Quality};
use actix_web::{FromRequest, HttpRequest};

use super::xlsx;
use super::{ApiResponse, Code, Problem};
use crate::kernel::{Day, Quantity, Rupiah};

/// Begins the file, so that spreadsheets on Windows read it as UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Nothing,
    /// Words; whatever they begin with, they are no formula.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A quantity.
    Quantity(Quantity),
}

impl Cell {
    /// Words.
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
        cell.map_or(Cell::Nothing, Into::into)
    }
}

/// A table with a line of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What its file is called, without an ending.
    pub name: String,
    /// The last day that it tells of: a spreadsheet says that it was made then, so that the same figures are the same
    /// bytes.
    pub day: Day,
    /// What its columns are called.
    pub columns: Vec<&'static str>,
    /// Its lines.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The table in this form, offered as a file.
    pub fn answer(&self, form: TableForm) -> Result<ApiResponse, Problem> {
        match form {
            TableForm::Csv => Ok(ApiResponse::csv(&self.name, self.csv().map_err(Problem::internal)?)),
            TableForm::Xlsx => Ok(ApiResponse::xlsx(&self.name, xlsx::of(self).map_err(Problem::internal)?)),
        }
    }

    /// Texts are made harmless; numbers are this program's own, and a negative one stays a number.
    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.to_vec());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| match cell {
                Cell::Nothing => String::new(),
                Cell::Text(text) => harmless(text),
                Cell::Number(number) => number.to_string(),
                Cell::Quantity(quantity) => quantity.to_string(),
            }))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
    }
}

/// A text that a spreadsheet takes for text: one that would begin a formula gets an apostrophe before it.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// The forms a table comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableForm {
    /// Text with commas.
    Csv,
    /// A spreadsheet.
    Xlsx,
}

/// The forms a document comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For programs.
    Json,
    /// For spreadsheets.
    Table(TableForm),
    /// For people, to read and to print.
    Page,
}

/// The forms that a caller accepts, the best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted(Vec<Form>);

impl Accepted {
    /// The form that the caller likes best of JSON and tables.
    pub fn table(&self) -> Result<Form, Problem> {
        self.0.iter().copied().find(|form| *form != Form::Page).ok_or_else(|| Problem::new(Code::NotAcceptable))
    }

    /// The form that the caller likes best, pages among them.
    pub fn any(&self) -> Result<Form, Problem> {
        self.0.first().copied().ok_or_else(|| Problem::new(Code::NotAcceptable))
    }
}

impl FromRequest for Accepted {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.headers().contains_key(ACCEPT) {
            false => Ok(Accepted(vec![Form::Json])),
            true => Accept::parse(request)
                .map(|accept| accepted(&accept))
                .map_err(|error| Problem::new(Code::HeaderInvalid).with("header", "Accept").because(error.to_string())),
        })
    }
}

/// JSON where nothing is said between several.
fn accepted(accept: &Accept) -> Accepted {
    let liked = accept.iter().filter(|range| range.quality > Quality::ZERO).cloned().collect();
    let form = |kind: &str, of: &str| match (kind, of) {
        ("*", "*") | ("application", "*" | "json") => Some(Form::Json),
        ("text", "*" | "csv") => Some(Form::Table(TableForm::Csv)),
        ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet") => Some(Form::Table(TableForm::Xlsx)),
        ("text", "html") => Some(Form::Page),
        _ => None,
    };
    Accepted(
        Accept(liked)
            .ranked()
            .iter()
            .filter_map(|range| form(range.type_().as_str(), range.subtype().as_str()))
            .collect(),
    )
}

/// A CSV table, as the contract describes it.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "stands in the contract only")]
pub struct CsvTable(String);

/// A spreadsheet, as the contract describes it.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "stands in the contract only")]
pub struct XlsxTable(String);

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    fn forms(accept: &str) -> Accepted {
        let request = TestRequest::default().insert_header(("accept", accept)).to_http_request();
        accepted(&Accept::parse(&request).unwrap())
    }

    #[test]
    fn the_form_is_the_one_that_the_caller_likes_best() {
        let csv = Form::Table(TableForm::Csv);
        let xlsx = Form::Table(TableForm::Xlsx);
        for (accept, table, any) in [
            ("application/json", Some(Form::Json), Some(Form::Json)),
            ("text/csv", Some(csv), Some(csv)),
            ("text/csv;q=0.5, application/json", Some(Form::Json), Some(Form::Json)),
            ("text/html, text/csv;q=0.9, */*;q=0.1", Some(csv), Some(Form::Page)),
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Some(xlsx), Some(xlsx)),
            ("*/*", Some(Form::Json), Some(Form::Json)),
            ("text/html", None, Some(Form::Page)),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some(Form::Json), Some(Form::Page)),
            ("text/csv;q=0", None, None),
            ("image/png, application/pdf", None, None),
        ] {
            assert_eq!((forms(accept).table().ok(), forms(accept).any().ok()), (table, any), "{accept}");
        }
    }

    #[test]
    fn a_cell_that_would_be_a_formula_is_text() {
        for text in ["=1+1", "+62812", "-x", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        assert_eq!(harmless("Pastel sayur"), "Pastel sayur");
        assert_eq!(harmless(""), "");
        let table = Table {
            name: "x".into(),
            day: "2026-11-30".parse().unwrap(),
            columns: vec!["name", "amount", "quantity", "none"],
            rows: vec![vec![Cell::text("-5"), (-5_i64).into(), Quantity::thousandths(1_500).into(), Cell::Nothing]],
        };
        assert_eq!(table.csv().unwrap(), "\u{feff}name,amount,quantity,none\r\n'-5,-5,1.5,\r\n".as_bytes());
    }

    proptest! {
        #[test]
        fn no_text_begins_a_formula(text in "\\PC*") {
            prop_assert!(!harmless(&text).starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}
