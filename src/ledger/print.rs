//! Printed statements: the page that the treasurer prints and signs, and the same rows as a table. The forms are those
//! of SAK EMKM: *laporan posisi keuangan*, *laporan laba rugi*; and *buku kas* and *neraca saldo*.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::api::views::{BalanceSheetView, CashBook, IncomeStatementView, StatementRow, TrialBalanceView};
use super::statements::CashBookAccount;
use super::store;
use crate::db::Conn;
use crate::kernel::ids::CooperativeId;
use crate::kernel::{Day, Language, Rupiah, format};
use crate::web::table::{Cell, ReportFormat, Table};
use crate::web::{ApiResponse, Problem, html};

const PAGE: &str = include_str!("print.html");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum LineKind {
    Section,
    Item,
    Total,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct StatementLine {
    weight: LineKind,
    /// Account number, day or voucher: as many as the statement has key columns.
    marks: Vec<String>,
    words: String,
    amounts: Vec<Option<Rupiah>>,
}

/// A statement as rows, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PrintedStatement {
    language: Language,
    title: &'static str,
    /// The period as text.
    when: String,
    /// The name of the file, and the last day that it covers.
    file: (String, Day),
    /// The column titles of the page, and the column names of the table.
    heads: Vec<&'static str>,
    columns: Vec<&'static str>,
    lines: Vec<StatementLine>,
}

fn translate(language: Language, id: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Indonesian => id,
        Language::English => en,
    }
}

impl PrintedStatement {
    fn section(&mut self, words: &str) {
        self.line(LineKind::Section, &[], words, vec![]);
    }

    fn items(&mut self, rows: &[StatementRow]) {
        for row in rows {
            self.line(LineKind::Item, &[&row.account.0.to_string()], &row.name, vec![Some(row.amount)]);
        }
    }

    fn total(&mut self, words: &str, amount: Rupiah) {
        self.line(LineKind::Total, &[], words, vec![Some(amount)]);
    }

    /// Adds a row, padded to the number of columns.
    fn line(&mut self, weight: LineKind, marks: &[&str], words: &str, amounts: Vec<Option<Rupiah>>) {
        let mut marks: Vec<String> = marks.iter().map(|mark| (*mark).to_owned()).collect();
        let (key_columns, amount_columns) = self.count_columns();
        marks.resize(key_columns, String::new());
        let mut amounts = amounts;
        amounts.resize(amount_columns, None);
        self.lines.push(StatementLine { weight, marks, words: words.to_owned(), amounts });
    }

    /// The numbers of key columns and of amount columns.
    fn count_columns(&self) -> (usize, usize) {
        let before = self.columns.iter().position(|name| *name == "name").unwrap_or(1).saturating_sub(1);
        (before, self.columns.len().saturating_sub(before).saturating_sub(2))
    }

    fn table(&self) -> Table {
        let row = |line: &StatementLine| {
            let weight = match line.weight {
                LineKind::Section => "section",
                LineKind::Item => "item",
                LineKind::Total => "total",
            };
            let marks = line.marks.iter().map(|mark| if mark.is_empty() { Cell::Empty } else { Cell::text(mark) });
            let mut cells = vec![Cell::text(weight)];
            cells.extend(marks);
            cells.push(Cell::text(&line.words));
            cells.extend(line.amounts.iter().map(|amount| Cell::from(*amount)));
            cells
        };
        let (name, day) = self.file.clone();
        Table { name, day, columns: self.columns.clone(), rows: self.lines.iter().map(row).collect() }
    }

    /// Renders the statement as JSON, a table, or a page to print and sign.
    pub(super) fn respond(
        &self,
        conn: &mut Conn,
        cooperative: CooperativeId,
        form: ReportFormat,
        json: &impl Serialize,
    ) -> Result<ApiResponse, Problem> {
        match form {
            ReportFormat::Json => Ok(ApiResponse::ok(json).with_etag()),
            ReportFormat::Table(form) => self.table().to_response(form),
            ReportFormat::Page => {
                let cooperative = store::load_cooperative_name(conn, cooperative)?;
                let values = PageValues::of(self, &cooperative);
                html::page(StatusCode::OK, self.language, self.title, PAGE, values)
            }
        }
    }
}

#[derive(Serialize)]
struct PageValues<'p> {
    cooperative: &'p str,
    when: &'p str,
    heads: &'p [&'static str],
    lines: Vec<PageLine<'p>>,
    marks: usize,
    money: &'static str,
    signed: [&'static str; 2],
}

/// Formats a day for people; returns other text unchanged.
fn format_mark(mark: &str) -> String {
    mark.parse::<Day>().map_or_else(|_| mark.to_owned(), |day| day.format("%d-%m-%Y").to_string())
}

#[derive(Serialize)]
struct PageLine<'p> {
    weight: LineKind,
    marks: Vec<String>,
    words: &'p str,
    amounts: Vec<String>,
}

impl<'p> PageValues<'p> {
    fn of(statement: &'p PrintedStatement, cooperative: &'p str) -> Self {
        let language = statement.language;
        let line = |line: &'p StatementLine| PageLine {
            weight: line.weight,
            marks: line.marks.iter().map(|mark| format_mark(mark)).collect(),
            words: &line.words,
            amounts: line.amounts.iter().map(|amount| amount.map(format_amount).unwrap_or_default()).collect(),
        };
        PageValues {
            cooperative,
            when: &statement.when,
            heads: &statement.heads,
            lines: statement.lines.iter().map(line).collect(),
            marks: statement.count_columns().0,
            money: translate(language, "Dalam rupiah", "In rupiah"),
            signed: [translate(language, "Ketua", "Chair"), translate(language, "Bendahara", "Treasurer")],
        }
    }
}

/// Without the currency, and amounts below zero in brackets.
fn format_amount(amount: Rupiah) -> String {
    let size = amount.max(amount.negated()).to_string().replacen("Rp", "", 1);
    if amount < Rupiah::ZERO { format!("({size})") } else { size }
}

/// Income statement: *laporan laba rugi*.
pub(super) fn print_income_statement(view: &IncomeStatementView, language: Language) -> PrintedStatement {
    let text = |id, en| translate(language, id, en);
    let (from, to) = (format::date(language, view.from), format::date(language, view.to));
    let mut statement = PrintedStatement {
        language,
        title: text("Laporan Laba Rugi", "Income statement"),
        when: format!("{from} – {to}"),
        file: (format!("income-statement-{}-{}", view.from, view.to), view.to),
        heads: vec![text("Akun", "Account"), text("Uraian", "Item"), text("Jumlah", "Amount")],
        columns: vec!["line", "account", "name", "amount"],
        lines: vec![],
    };
    statement.section(text("PENDAPATAN", "INCOME"));
    statement.items(&view.sales);
    statement.total(text("Penjualan bersih", "Net sales"), view.net_sales);
    statement.section(text("BEBAN POKOK PENJUALAN", "COST OF GOODS SOLD"));
    statement.items(&view.cost_of_goods);
    statement.total(text("Laba kotor", "Gross result"), view.service);
    statement.section(text("PENDAPATAN LAIN-LAIN", "OTHER INCOME"));
    statement.items(&view.other_income);
    statement.section(text("BEBAN USAHA", "EXPENSES"));
    statement.items(&view.expenses);
    statement.total(text("LABA (RUGI) SEBELUM PAJAK PENGHASILAN", "RESULT BEFORE INCOME TAX"), view.result);
    statement
}

/// Balance sheet: *laporan posisi keuangan*.
pub(super) fn print_balance_sheet(view: &BalanceSheetView, language: Language) -> PrintedStatement {
    let text = |id, en| translate(language, id, en);
    let mut statement = PrintedStatement {
        language,
        title: text("Laporan Posisi Keuangan", "Statement of financial position"),
        when: format!("{} {}", text("Per", "As of"), format::date(language, view.on)),
        file: (format!("balance-sheet-{}", view.on), view.on),
        heads: vec![text("Akun", "Account"), text("Uraian", "Item"), text("Jumlah", "Amount")],
        columns: vec!["line", "account", "name", "amount"],
        lines: vec![],
    };
    statement.section(text("ASET", "ASSETS"));
    statement.items(&view.assets);
    statement.total(text("JUMLAH ASET", "TOTAL ASSETS"), view.total_assets);
    statement.section(text("LIABILITAS", "LIABILITIES"));
    statement.items(&view.liabilities);
    let liabilities = Rupiah::sum(view.liabilities.iter().map(|row| row.amount)).unwrap_or_default();
    statement.total(text("Jumlah liabilitas", "Total liabilities"), liabilities);
    statement.section(text("EKUITAS", "EQUITY"));
    statement.items(&view.equity);
    let results = [
        (text("Saldo laba tahun-tahun lalu", "Results of earlier years"), view.earlier_results),
        (text("Laba (rugi) tahun berjalan", "Result of this year"), view.result),
    ];
    for (words, amount) in results {
        statement.line(LineKind::Item, &[], words, vec![Some(amount)]);
    }
    statement.total(text("Jumlah ekuitas", "Total equity"), view.total_claims.minus(liabilities).unwrap_or_default());
    statement.total(text("JUMLAH LIABILITAS DAN EKUITAS", "TOTAL LIABILITIES AND EQUITY"), view.total_claims);
    statement
}

/// Trial balance: *neraca saldo*.
pub(super) fn print_trial_balance(view: &TrialBalanceView, language: Language) -> PrintedStatement {
    let text = |id, en| translate(language, id, en);
    let mut statement = PrintedStatement {
        language,
        title: text("Neraca Saldo", "Trial balance"),
        when: format!("{} {}", text("Per", "As of"), format::date(language, view.on)),
        file: (format!("trial-balance-{}", view.on), view.on),
        heads: vec![text("Akun", "Account"), text("Uraian", "Item"), text("Debit", "Debit"), text("Kredit", "Credit")],
        columns: vec!["line", "account", "name", "debit", "credit"],
        lines: vec![],
    };
    let non_zero = |amount: Rupiah| Some(amount).filter(|amount| *amount != Rupiah::ZERO);
    for row in &view.rows {
        let number = row.account.0.to_string();
        statement.line(LineKind::Item, &[&number], &row.name, vec![non_zero(row.debit), non_zero(row.credit)]);
    }
    statement.line(LineKind::Total, &[], text("Jumlah", "Total"), vec![Some(view.debit), Some(view.credit)]);
    statement
}

/// Cash book or bank book: *buku kas*, *buku bank*.
pub(super) fn print_cash_book(
    view: &CashBook,
    account: CashBookAccount,
    (first, last): (Day, Day),
    language: Language,
) -> PrintedStatement {
    let text = |id, en| translate(language, id, en);
    let mut statement = PrintedStatement {
        language,
        title: match account {
            CashBookAccount::Cash => text("Buku Kas", "Cash book"),
            CashBookAccount::Bank => text("Buku Bank", "Bank book"),
        },
        when: format!("{} – {}", format::date(language, first), format::date(language, last)),
        file: (format!("{account}-book-{}", view.month), last),
        heads: vec![
            text("Tanggal", "Day"),
            text("Bukti", "Voucher"),
            text("Uraian", "Item"),
            text("Masuk", "In"),
            text("Keluar", "Out"),
            text("Saldo", "Balance"),
        ],
        columns: vec!["line", "day", "voucher", "name", "came", "went", "balance"],
        lines: vec![],
    };
    statement.line(LineKind::Total, &[], text("Saldo awal", "Opening balance"), vec![None, None, Some(view.opening)]);
    let non_zero = |amount: Rupiah| Some(amount).filter(|amount| *amount != Rupiah::ZERO);
    for row in &view.rows {
        let day = row.day.to_string();
        let label = row.kind.label(language);
        let words = row.memo.as_ref().map_or_else(|| label.to_owned(), |memo| format!("{label}: {memo}"));
        let amounts = vec![non_zero(row.came), non_zero(row.went), Some(row.balance)];
        statement.line(LineKind::Item, &[&day, &row.voucher], &words, amounts);
    }
    let amounts = vec![Some(view.came), Some(view.went), Some(view.closing)];
    statement.line(LineKind::Total, &[], text("Jumlah dan saldo akhir", "Totals and closing balance"), amounts);
    statement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_printed_as_statements_have_them() {
        assert_eq!(format_amount(Rupiah(1_250_000)), "1.250.000");
        assert_eq!(format_amount(Rupiah(-1_250_000)), "(1.250.000)");
        assert_eq!(format_amount(Rupiah::ZERO), "0");
    }
}
