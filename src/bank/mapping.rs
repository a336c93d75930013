//! Statement formats of banks, and parsing by them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Rupiah};
use crate::web::{FieldError, FieldErrors, Rule, Validate};

text_enum! {
    /// Format of a date.
    DateForm {
        /// `23/11/2026`.
        DayMonthYear = "dd/mm/yyyy",
        /// `23-11-2026`.
        DayMonthYearDashed = "dd-mm-yyyy",
        /// `23/11/26`.
        DayMonthShortYear = "dd/mm/yy",
        /// `2026-11-23`.
        YearMonthDay = "yyyy-mm-dd",
    }
}

text_enum! {
    /// Decimal separator of amounts.
    Decimal {
        /// `146.644,00`.
        Comma = "comma",
        /// `146,644.00`.
        Point = "point",
    }
}

text_enum! {
    /// Column separator.
    Separator {
        /// A comma.
        Comma = "comma",
        /// A semicolon.
        Semicolon = "semicolon",
        /// A tab.
        Tab = "tab",
    }
}

/// A column of a statement, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i32, minimum = 1, maximum = 40, example = 1)]
pub struct StatementColumn(pub u16);

/// The format of a bank's statements. Columns are numbered from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "separator": "comma", "skip_lines": 1, "date_column": 1, "date_form": "dd/mm/yyyy", "decimal": "point",
    "amount_column": 4, "description_columns": [2],
}))]
pub struct Mapping {
    /// Column separator.
    pub separator: Separator,
    /// Number of header lines to skip.
    #[schema(minimum = 0, maximum = 50, example = 1)]
    pub skip_lines: u16,
    /// The column of the date.
    pub date_column: StatementColumn,
    /// The format of the date.
    pub date_form: DateForm,
    /// The decimal separator.
    pub decimal: Decimal,
    /// The column of the received amount. Lines without an amount, or with zero, are skipped.
    pub amount_column: StatementColumn,
    /// The column that marks credit or debit, if one amount column holds both.
    #[serde(default)]
    pub marker_column: Option<StatementColumn>,
    /// The marker of a credit: `CR`, `K`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 10, example = "CR")]
    pub credit_marker: Option<String>,
    /// The columns of the description.
    #[schema(min_items = 1, max_items = 5)]
    pub description_columns: Vec<StatementColumn>,
}

/// A parsed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedLine {
    /// Line number in the file, from 1.
    pub line: u64,
    /// The booking day of the bank.
    pub booked_on: Day,
    /// The received amount.
    pub amount: Rupiah,
    /// The bank's description.
    pub description: String,
}

/// Maximum number of lines of one import.
pub const MAX_LINES: usize = 500;
const MAX_DESCRIPTION_LENGTH: usize = 300;

impl Validate for Mapping {
    fn validate(&self, errors: &mut FieldErrors) {
        let column = |errors: &mut FieldErrors, pointer: &str, column: StatementColumn| {
            errors.check_range(pointer, column.0.into(), 1..=40)
        };
        errors.check_range("/skip_lines", self.skip_lines.into(), 0..=50);
        column(errors, "/date_column", self.date_column);
        column(errors, "/amount_column", self.amount_column);
        if let Some(marker) = self.marker_column {
            column(errors, "/marker_column", marker);
        }
        if let Some(marker) = &self.credit_marker {
            errors.check_line("/credit_marker", marker, 1..=10);
        }
        let both = self.marker_column.is_some() == self.credit_marker.is_some();
        errors.require(both, "/credit_marker", FieldError::Required);
        errors.check_length("/description_columns", self.description_columns.len(), 1..=5);
        for (index, number) in self.description_columns.iter().enumerate().take(5) {
            column(errors, &format!("/description_columns/{index}"), *number);
        }
    }
}

impl Mapping {
    /// Parses a statement: returns the lines with a received amount, or the errors of all lines that cannot be parsed.
    pub fn read(&self, csv: &str) -> Result<Vec<ParsedLine>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut lines = Vec::new();
        let body = csv.trim_start_matches('\u{feff}');
        let separator = match self.separator {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(body.as_bytes());
        for (record, line) in reader.records().zip(1_u64..).skip(self.skip_lines.into()) {
            let pointer = format!("/csv/{line}");
            let Ok(record) = record else {
                errors.add(pointer, Rule::LineUnreadable);
                continue;
            };
            let cell = |column: StatementColumn| {
                record.get(usize::from(column.0).saturating_sub(1)).unwrap_or_default().trim()
            };
            let is_credit = match (self.marker_column, &self.credit_marker) {
                (Some(column), Some(marker)) => cell(column).eq_ignore_ascii_case(marker),
                _ => true,
            };
            let amount = cell(self.amount_column);
            if !is_credit || amount.is_empty() || record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            match (day(cell(self.date_column), self.date_form), rupiah(amount, self.decimal)) {
                (_, Ok(amount)) if amount <= Rupiah::ZERO => {}
                (Some(booked_on), Ok(amount)) => {
                    lines.push(ParsedLine { line, booked_on, amount, description: self.description_text(&cell) });
                }
                (None, _) => errors.add(pointer, Rule::NoDateInColumn),
                (_, Err(fault)) => errors.add(pointer, fault),
            }
        }
        if lines.len() > MAX_LINES {
            errors.add("/csv", Rule::TooManyLines);
        }
        if errors.is_empty() { Ok(lines) } else { Err(errors) }
    }

    fn description_text<'a>(&self, cell: &impl Fn(StatementColumn) -> &'a str) -> String {
        let words = self.description_columns.iter().flat_map(|column| cell(*column).split_whitespace());
        let text = words.collect::<Vec<_>>().join(" ");
        text.chars().filter(|letter| !letter.is_control()).take(MAX_DESCRIPTION_LENGTH).collect()
    }
}

fn day(text: &str, form: DateForm) -> Option<Day> {
    let form = match form {
        DateForm::DayMonthYear => "%d/%m/%Y",
        DateForm::DayMonthYearDashed => "%d-%m-%Y",
        DateForm::DayMonthShortYear => "%d/%m/%y",
        DateForm::YearMonthDay => "%Y-%m-%d",
    };
    // Some banks append the time to the date.
    let date = text.split_whitespace().next().unwrap_or_default();
    Day::parse_from_str(date, form).ok().filter(|day| (2000..2100).contains(&chrono::Datelike::year(day)))
}

/// Parses an amount: `146.644,00`, `Rp 146,644.00`, `-5.000`. Cents other than zero are an error.
fn rupiah(text: &str, decimal: Decimal) -> Result<Rupiah, Rule> {
    let (point, thousands) = match decimal {
        Decimal::Comma => (',', '.'),
        Decimal::Point => ('.', ','),
    };
    let bare = text.trim().trim_start_matches("Rp").trim_start_matches("IDR").trim();
    let (bare, is_negative) = bare.strip_prefix('-').map_or((bare, false), |rest| (rest, true));
    let (whole, cents) = bare.split_once(point).unwrap_or((bare, ""));
    let digits: String = whole.chars().filter(|letter| *letter != thousands).collect();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || !cents.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Rule::NoAmount);
    }
    if cents.bytes().any(|byte| byte != b'0') {
        return Err(Rule::Cents);
    }
    let amount = digits.parse().ok().map(Rupiah).filter(|amount| *amount <= Rupiah::MAX_LINE).ok_or(Rule::NoAmount)?;
    Ok(if is_negative { amount.negated() } else { amount })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bri() -> Mapping {
        Mapping {
            separator: Separator::Comma,
            skip_lines: 1,
            date_column: StatementColumn(1),
            date_form: DateForm::DayMonthYear,
            decimal: Decimal::Point,
            amount_column: StatementColumn(4),
            marker_column: None,
            credit_marker: None,
            description_columns: vec![StatementColumn(2)],
        }
    }

    #[test]
    fn a_statement_with_a_column_for_what_arrived_is_read() {
        let csv = "\u{feff}Tanggal,Keterangan,Debet,Kredit,Saldo\r\n\
                   23/11/2026,\"TRF  CONTOH SARI, CIH-2611-0042\",,\"146,644.00\",\"1,000,000.00\"\r\n\
                   23/11/2026,BIAYA ADM,\"2,500.00\",0.00,\"997,500.00\"\r\n\r\n";
        let lines = bri().read(csv).unwrap();
        let day = Day::from_ymd_opt(2026, 11, 23).unwrap();
        let description = "TRF CONTOH SARI, CIH-2611-0042".to_owned();
        assert_eq!(lines, [ParsedLine { line: 2, booked_on: day, amount: Rupiah(146_644), description }]);
    }

    #[test]
    fn a_statement_with_one_column_and_a_marker_is_read() {
        let mapping = Mapping {
            separator: Separator::Semicolon,
            decimal: Decimal::Comma,
            date_form: DateForm::DayMonthShortYear,
            amount_column: StatementColumn(3),
            marker_column: Some(StatementColumn(4)),
            credit_marker: Some("CR".into()),
            ..bri()
        };
        let csv = "Tgl;Ket;Jumlah;D/K\n23/11/26;A;146.644,00;cr\n23/11/26;B;5.000,00;DB\n";
        let amounts: Vec<i64> = mapping.read(csv).unwrap().iter().map(|line| line.amount.0).collect();
        assert_eq!(amounts, [146_644]);
    }

    #[test]
    fn every_line_that_cannot_be_read_is_told() {
        let csv = "h\n31/02/2026,A,,100\n23/11/2026,B,,seratus\n23/11/2026,C,,100.50\n23/11/2026,D,,100.00\n";
        let errors = bri().read(csv).unwrap_err();
        let sentences = errors.sentences(crate::kernel::Language::English);
        assert_eq!(sentences.len(), 3, "{sentences:?}");
    }

    proptest! {
        /// Parsing any file terminates, and all parsed lines have a positive amount.
        #[test]
        fn no_file_is_too_strange(csv in "\\PC{0,200}", lines in prop::collection::vec("[0-9/,.\\-a-z\"]{0,30}", 0..8)) {
            for text in [csv, lines.join("\n")] {
                if let Ok(lines) = bri().read(&text) {
                    prop_assert!(lines.iter().all(|line| line.amount.0 > 0 && line.description.chars().count() <= 300));
                }
            }
        }

        /// Amounts are parsed correctly with both decimal separators.
        #[test]
        fn amounts_are_read_as_they_are_written(amount in 1..=Rupiah::MAX_LINE.0) {
            let dotted = Rupiah(amount).to_string();
            prop_assert_eq!(rupiah(&format!("{dotted},00"), Decimal::Comma).unwrap(), Rupiah(amount));
            let pointed = format!("{}.00", dotted.replace('.', ","));
            prop_assert_eq!(rupiah(&pointed, Decimal::Point).unwrap(), Rupiah(amount));
        }
    }
}
