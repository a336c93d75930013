//! File formats of tabular reports, and content negotiation among the formats of a report.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, Accept, Header, Quality};
use actix_web::{FromRequest, HttpRequest};

pub use super::cells::{Cell, Table};
use super::xlsx;
use super::{ApiResponse, Code, Problem};

impl Table {
    /// A file response in this format.
    pub fn to_response(&self, format: TableFormat) -> Result<ApiResponse, Problem> {
        match format {
            TableFormat::Csv => Ok(ApiResponse::csv(&self.name, self.to_csv().map_err(Problem::internal)?)),
            TableFormat::Xlsx => Ok(ApiResponse::xlsx(&self.name, xlsx::render(self).map_err(Problem::internal)?)),
        }
    }
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
}
