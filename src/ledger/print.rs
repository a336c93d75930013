//! Statements on paper: what the treasurer prints and signs, and the same lines as a table. The forms are those of SAK
//! EMKM: *laporan posisi keuangan*, *laporan laba rugi*; beside them *buku kas* and *neraca saldo*.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::api::statements::CashBookOf;
use super::api::views::{BalanceSheetView, CashBook, IncomeStatementView, StatementRow, TrialBalanceView};
use crate::kernel::{Day, Language, Rupiah, format};
use crate::web::table::{Cell, Form, Table};
use crate::web::{ApiResponse, Problem, html};

const PAGE: &str = include_str!("print.html");

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Weight {
    Section,
    Item,
    Total,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    weight: Weight,
    /// An account's number, a day, a voucher: as many as the paper has.
    marks: Vec<String>,
    words: String,
    amounts: Vec<Option<Rupiah>>,
}

/// A statement as lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paper {
    language: Language,
    title: &'static str,
    /// The days that it tells of, as people say them.
    when: String,
    /// What its file is called, and of which last day it is.
    file: (String, Day),
    /// What the columns are called on paper, and in tables.
    heads: Vec<&'static str>,
    columns: Vec<&'static str>,
    lines: Vec<Line>,
}

fn say(language: Language, id: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Indonesian => id,
        Language::English => en,
    }
}

impl Paper {
    fn section(&mut self, words: &str) {
        self.line(Weight::Section, &[], words, vec![]);
    }

    fn items(&mut self, rows: &[StatementRow]) {
        for row in rows {
            self.line(Weight::Item, &[&row.account.0.to_string()], &row.name, vec![Some(row.amount)]);
        }
    }

    fn total(&mut self, words: &str, amount: Rupiah) {
        self.line(Weight::Total, &[], words, vec![Some(amount)]);
    }

    /// As many marks and amounts as there are columns.
    fn line(&mut self, weight: Weight, marks: &[&str], words: &str, amounts: Vec<Option<Rupiah>>) {
        let mut marks: Vec<String> = marks.iter().map(|mark| (*mark).to_owned()).collect();
        let (most_marks, most_amounts) = self.shape();
        marks.resize(most_marks, String::new());
        let mut all = amounts;
        all.resize(most_amounts, None);
        self.lines.push(Line { weight, marks, words: words.to_owned(), amounts: all });
    }

    /// How many columns stand before the words, and how many after.
    fn shape(&self) -> (usize, usize) {
        let before = self.columns.iter().position(|name| *name == "name").unwrap_or(1).saturating_sub(1);
        (before, self.columns.len().saturating_sub(before).saturating_sub(2))
    }

    fn table(&self) -> Table {
        let row = |line: &Line| {
            let weight = match line.weight {
                Weight::Section => "section",
                Weight::Item => "item",
                Weight::Total => "total",
            };
            let marks = line.marks.iter().map(|mark| if mark.is_empty() { Cell::Nothing } else { Cell::text(mark) });
            let mut cells = vec![Cell::text(weight)];
            cells.extend(marks);
            cells.push(Cell::text(&line.words));
            cells.extend(line.amounts.iter().map(|amount| Cell::from(*amount)));
            cells
        };
        let (name, day) = self.file.clone();
        Table { name, day, columns: self.columns.clone(), rows: self.lines.iter().map(row).collect() }
    }

    /// The statement of the cooperative of this name: a table, or a page to print and sign.
    pub(super) fn answer(&self, form: Form, cooperative: &str, json: &impl Serialize) -> Result<ApiResponse, Problem> {
        match form {
            Form::Json => Ok(ApiResponse::ok(json).tagged()),
            Form::Table(form) => self.table().answer(form),
            Form::Page => {
                let values = Printed::of(self, cooperative);
                html::page(StatusCode::OK, self.language, self.title, PAGE, values)
            }
        }
    }
}

#[derive(Serialize)]
struct Printed<'p> {
    cooperative: &'p str,
    when: &'p str,
    heads: &'p [&'static str],
    lines: Vec<PrintedLine<'p>>,
    marks: usize,
    money: &'static str,
    signed: [&'static str; 2],
}

/// A day as people write it; all else as it is.
fn on_paper(mark: &str) -> String {
    mark.parse::<Day>().map_or_else(|_| mark.to_owned(), |day| day.format("%d-%m-%Y").to_string())
}

#[derive(Serialize)]
struct PrintedLine<'p> {
    weight: Weight,
    marks: Vec<String>,
    words: &'p str,
    amounts: Vec<String>,
}

impl<'p> Printed<'p> {
    fn of(paper: &'p Paper, cooperative: &'p str) -> Self {
        let language = paper.language;
        let line = |line: &'p Line| PrintedLine {
            weight: line.weight,
            marks: line.marks.iter().map(|mark| on_paper(mark)).collect(),
            words: &line.words,
            amounts: line.amounts.iter().map(|amount| amount.map(printed).unwrap_or_default()).collect(),
        };
        Printed {
            cooperative,
            when: &paper.when,
            heads: &paper.heads,
            lines: paper.lines.iter().map(line).collect(),
            marks: paper.shape().0,
            money: say(language, "Dalam rupiah", "In rupiah"),
            signed: [say(language, "Ketua", "Chair"), say(language, "Bendahara", "Treasurer")],
        }
    }
}

/// As statements have it: without the money's name, and what is below zero between brackets.
fn printed(amount: Rupiah) -> String {
    let size = amount.max(amount.negated()).to_string().replacen("Rp", "", 1);
    if amount < Rupiah::ZERO { format!("({size})") } else { size }
}

/// *Laporan laba rugi.*
pub(super) fn of_income(it: &IncomeStatementView, language: Language) -> Paper {
    let say = |id, en| say(language, id, en);
    let (from, to) = (format::date(language, it.from), format::date(language, it.to));
    let mut paper = Paper {
        language,
        title: say("Laporan Laba Rugi", "Income statement"),
        when: format!("{from} – {to}"),
        file: (format!("income-statement-{}-{}", it.from, it.to), it.to),
        heads: vec![say("Akun", "Account"), say("Uraian", "Item"), say("Jumlah", "Amount")],
        columns: vec!["line", "account", "name", "amount"],
        lines: vec![],
    };
    paper.section(say("PENDAPATAN", "INCOME"));
    paper.items(&it.sales);
    paper.total(say("Penjualan bersih", "Net sales"), it.net_sales);
    paper.section(say("BEBAN POKOK PENJUALAN", "COST OF GOODS SOLD"));
    paper.items(&it.cost_of_goods);
    paper.total(say("Laba kotor", "Gross result"), it.service);
    paper.section(say("PENDAPATAN LAIN-LAIN", "OTHER INCOME"));
    paper.items(&it.other_income);
    paper.section(say("BEBAN USAHA", "EXPENSES"));
    paper.items(&it.expenses);
    paper.total(say("LABA (RUGI) SEBELUM PAJAK PENGHASILAN", "RESULT BEFORE INCOME TAX"), it.result);
    paper
}

/// *Laporan posisi keuangan.*
pub(super) fn of_sheet(it: &BalanceSheetView, language: Language) -> Paper {
    let say = |id, en| say(language, id, en);
    let mut paper = Paper {
        language,
        title: say("Laporan Posisi Keuangan", "Statement of financial position"),
        when: format!("{} {}", say("Per", "As of"), format::date(language, it.on)),
        file: (format!("balance-sheet-{}", it.on), it.on),
        heads: vec![say("Akun", "Account"), say("Uraian", "Item"), say("Jumlah", "Amount")],
        columns: vec!["line", "account", "name", "amount"],
        lines: vec![],
    };
    paper.section(say("ASET", "ASSETS"));
    paper.items(&it.assets);
    paper.total(say("JUMLAH ASET", "TOTAL ASSETS"), it.total_assets);
    paper.section(say("LIABILITAS", "LIABILITIES"));
    paper.items(&it.liabilities);
    let owed = Rupiah::sum(it.liabilities.iter().map(|row| row.amount)).unwrap_or_default();
    paper.total(say("Jumlah liabilitas", "Total liabilities"), owed);
    paper.section(say("EKUITAS", "EQUITY"));
    paper.items(&it.equity);
    let results = [
        (say("Saldo laba tahun-tahun lalu", "Results of earlier years"), it.earlier_results),
        (say("Laba (rugi) tahun berjalan", "Result of this year"), it.result),
    ];
    for (words, amount) in results {
        paper.line(Weight::Item, &[], words, vec![Some(amount)]);
    }
    paper.total(say("Jumlah ekuitas", "Total equity"), it.total_claims.minus(owed).unwrap_or_default());
    paper.total(say("JUMLAH LIABILITAS DAN EKUITAS", "TOTAL LIABILITIES AND EQUITY"), it.total_claims);
    paper
}

/// *Neraca saldo.*
pub(super) fn of_trial(it: &TrialBalanceView, language: Language) -> Paper {
    let say = |id, en| say(language, id, en);
    let mut paper = Paper {
        language,
        title: say("Neraca Saldo", "Trial balance"),
        when: format!("{} {}", say("Per", "As of"), format::date(language, it.on)),
        file: (format!("trial-balance-{}", it.on), it.on),
        heads: vec![say("Akun", "Account"), say("Uraian", "Item"), say("Debit", "Debit"), say("Kredit", "Credit")],
        columns: vec!["line", "account", "name", "debit", "credit"],
        lines: vec![],
    };
    let side = |amount: Rupiah| Some(amount).filter(|amount| *amount != Rupiah::ZERO);
    for row in &it.rows {
        let number = row.account.0.to_string();
        paper.line(Weight::Item, &[&number], &row.name, vec![side(row.debit), side(row.credit)]);
    }
    paper.line(Weight::Total, &[], say("Jumlah", "Total"), vec![Some(it.debit), Some(it.credit)]);
    paper
}

/// *Buku kas*, or the bank's.
pub(super) fn of_book(it: &CashBook, of: CashBookOf, (first, last): (Day, Day), language: Language) -> Paper {
    let say = |id, en| say(language, id, en);
    let mut paper = Paper {
        language,
        title: match of {
            CashBookOf::Cash => say("Buku Kas", "Cash book"),
            CashBookOf::Bank => say("Buku Bank", "Bank book"),
        },
        when: format!("{} – {}", format::date(language, first), format::date(language, last)),
        file: (format!("{of}-book-{}", it.month), last),
        heads: vec![
            say("Tanggal", "Day"),
            say("Bukti", "Voucher"),
            say("Uraian", "Item"),
            say("Masuk", "In"),
            say("Keluar", "Out"),
            say("Saldo", "Balance"),
        ],
        columns: vec!["line", "day", "voucher", "name", "came", "went", "balance"],
        lines: vec![],
    };
    paper.line(Weight::Total, &[], say("Saldo awal", "Opening balance"), vec![None, None, Some(it.opening)]);
    let side = |amount: Rupiah| Some(amount).filter(|amount| *amount != Rupiah::ZERO);
    for row in &it.rows {
        let day = row.day.to_string();
        let words = row.kind.told_in(language);
        let words = row.memo.as_ref().map_or_else(|| words.to_owned(), |memo| format!("{words}: {memo}"));
        let amounts = vec![side(row.came), side(row.went), Some(row.balance)];
        paper.line(Weight::Item, &[&day, &row.voucher], &words, amounts);
    }
    let amounts = vec![Some(it.came), Some(it.went), Some(it.closing)];
    paper.line(Weight::Total, &[], say("Jumlah dan saldo akhir", "Totals and closing balance"), amounts);
    paper
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_printed_as_statements_have_them() {
        assert_eq!(printed(Rupiah(1_250_000)), "1.250.000");
        assert_eq!(printed(Rupiah(-1_250_000)), "(1.250.000)");
        assert_eq!(printed(Rupiah::ZERO), "0");
    }
}
