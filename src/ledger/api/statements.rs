//! The statements: what was earned, what there is, and where the money went.

use actix_web::web::Data;
use chrono::Datelike;
use serde::Deserialize;
use utoipa::IntoParams;

use super::views::{BalanceSheetView, CashBook, CashBookRow, IncomeStatementView, Names};
use crate::cooperatives::Auditor;
use crate::db::Conn;
use crate::kernel::ids::CooperativeId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Language, Rupiah};
use crate::ledger::account::Account;
use crate::ledger::closing::{first_day, next_month};
use crate::ledger::entry::month_of;
use crate::ledger::error::LedgerError;
use crate::ledger::print;
use crate::ledger::statements::{BalanceSheet, IncomeStatement};
use crate::ledger::store;
use crate::web::html::HtmlPage;
use crate::web::table::{Accepted, CsvTable, XlsxTable};
use crate::web::{ApiResponse, AppState, FieldError, FieldErrors, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(in crate::ledger) fn routes() -> Routes {
    routes![income_statement, balance_sheet, cash_book]
}

/// From which day to which.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PeriodQuery {
    /// The first business day; the first of the year of `to` when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-01-01")]
    from: Option<Day>,
    /// The last; today when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-30")]
    to: Option<Day>,
}

/// On which day.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OnQuery {
    /// On which business day; today when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-30")]
    on: Option<Day>,
}

fn new_year(day: Day) -> Day {
    Day::from_ymd_opt(day.year(), 1, 1).unwrap_or(day)
}

/// Income statement
///
/// What was earned in a period, what it cost and what is left, in the form of SAK EMKM.
/// JSON, a table for spreadsheets, or in a browser a page to print and sign.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/income_statement", tag = "ledger", operation_id = "income_statement",
    params(("id" = CooperativeId, Path, description = "The cooperative"), PeriodQuery),
    responses((status = 200, description = "The statement", content(
        (IncomeStatementView = "application/json"), (CsvTable = "text/csv"),
        (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (HtmlPage = "text/html"),
    )), (status = 406, description = "None of these forms is accepted")),
    security(("bearer" = [])),
)]
async fn income_statement(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<PeriodQuery>,
    language: Language,
    accepted: Accepted,
) -> Result<ApiResponse, Problem> {
    let (permit, now, form) = (auditor.of(id.0)?, state.now(), accepted.any()?);
    let answer = state.db.read::<_, Problem, _>(move |conn| {
        let today = store::zone_of(conn, permit.cooperative)?.day_of(now);
        let to = query.to.unwrap_or(today);
        let from = query.from.unwrap_or_else(|| new_year(to));
        let posted = store::balances(conn, permit.cooperative, from, to)?;
        let names = Names::of(conn, permit.cooperative, language)?;
        let statement = IncomeStatement::of(&posted).map_err(LedgerError::from)?;
        let view = IncomeStatementView::of(statement, (from, to), &names);
        print::of_income(&view, language).answer(form, &store::name_of(conn, permit.cooperative)?, &view)
    });
    answer.await
}

/// Balance sheet
///
/// What is owned, what is owed and what is the cooperative's own on a day, in the form of SAK EMKM.
/// JSON, a table for spreadsheets, or in a browser a page to print and sign.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/balance_sheet", tag = "ledger", operation_id = "balance_sheet",
    params(("id" = CooperativeId, Path, description = "The cooperative"), OnQuery),
    responses((status = 200, description = "The sheet", content(
        (BalanceSheetView = "application/json"), (CsvTable = "text/csv"),
        (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (HtmlPage = "text/html"),
    )), (status = 406, description = "None of these forms is accepted")),
    security(("bearer" = [])),
)]
async fn balance_sheet(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<OnQuery>,
    language: Language,
    accepted: Accepted,
) -> Result<ApiResponse, Problem> {
    let (permit, now, form) = (auditor.of(id.0)?, state.now(), accepted.any()?);
    let answer = state.db.read::<_, Problem, _>(move |conn| {
        let on = query.on.unwrap_or(store::zone_of(conn, permit.cooperative)?.day_of(now));
        let balances = store::balances(conn, permit.cooperative, Day::default(), on)?;
        let this_year = store::balances(conn, permit.cooperative, new_year(on), on)?;
        let names = Names::of(conn, permit.cooperative, language)?;
        let sheet = BalanceSheet::of(&balances, &this_year).map_err(LedgerError::from)?;
        let view = BalanceSheetView::of(sheet, on, &names);
        print::of_sheet(&view, language).answer(form, &store::name_of(conn, permit.cooperative)?, &view)
    });
    answer.await
}

text_enum! {
    /// Whose money a cash book follows.
    CashBookOf {
        /// The treasurer's cash.
        Cash = "cash",
        /// The bank account.
        Bank = "bank",
    }
}

/// Which month of which money.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CashBookQuery {
    /// Which month; the one of today when it is not said.
    #[param(min_length = 7, max_length = 7, example = "2026-11")]
    month: Option<String>,
    /// Whose money; the treasurer's cash when it is not said.
    #[param(inline)]
    of: Option<CashBookOf>,
}

/// Cash book
///
/// What came and went in a month, voucher by voucher, with what is there after each: *buku kas*.
/// JSON, a table for spreadsheets, or in a browser a page to print and sign.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/cash_book", tag = "ledger", operation_id = "cash_book",
    params(("id" = CooperativeId, Path, description = "The cooperative"), CashBookQuery),
    responses((status = 200, description = "The month", content(
        (CashBook = "application/json"), (CsvTable = "text/csv"),
        (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (HtmlPage = "text/html"),
    )), (status = 406, description = "None of these forms is accepted")),
    security(("bearer" = [])),
)]
async fn cash_book(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<CashBookQuery>,
    language: Language,
    accepted: Accepted,
) -> Result<ApiResponse, Problem> {
    let (permit, now, form) = (auditor.of(id.0)?, state.now(), accepted.any()?);
    let of = query.of.unwrap_or(CashBookOf::Cash);
    let account = match of {
        CashBookOf::Cash => Account::CASH,
        CashBookOf::Bank => Account::BANK,
    };
    let answer = state.db.read::<_, Problem, _>(move |conn| {
        let today = store::zone_of(conn, permit.cooperative)?.day_of(now);
        let first = match &query.month {
            None => today.with_day(1).unwrap_or(today),
            Some(month) => first_day(month).ok_or_else(|| {
                let fault = FieldError::Rule {
                    code: "no-month",
                    id: "Tulislah bulan seperti 2026-11.",
                    en: "Write a month as 2026-11.",
                };
                Problem::new(crate::web::Code::QueryInvalid).with_faults(FieldErrors::one("/month", fault))
            })?,
        };
        let book = month_of_book(conn, permit.cooperative, account, first)?;
        let last = next_month(first).pred_opt().unwrap_or(first);
        let paper = print::of_book(&book, of, (first, last), language);
        paper.answer(form, &store::name_of(conn, permit.cooperative)?, &book)
    });
    answer.await
}

fn month_of_book(
    conn: &mut Conn,
    cooperative: CooperativeId,
    account: Account,
    first: Day,
) -> Result<CashBook, LedgerError> {
    let next = next_month(first);
    let (before, last) = (first.pred_opt().unwrap_or(first), next.pred_opt().unwrap_or(first));
    let opening = store::balances(conn, cooperative, Day::default(), before)?;
    let opening = opening.into_iter().find(|(it, _)| *it == account).map_or(Rupiah::ZERO, |(_, amount)| amount);
    let mut book = CashBook {
        currency: "IDR",
        month: month_of(first),
        opening,
        rows: Vec::new(),
        came: Rupiah::ZERO,
        went: Rupiah::ZERO,
        closing: opening,
    };
    for (entry, amount) in store::movements(conn, cooperative, account, first, last)? {
        let (came, went) = (amount.max(Rupiah::ZERO), amount.negated().max(Rupiah::ZERO));
        book.closing = book.closing.plus(amount)?;
        book.came = book.came.plus(came)?;
        book.went = book.went.plus(went)?;
        book.rows.push(CashBookRow {
            day: entry.entered_on,
            voucher: entry.filed_as(),
            kind: entry.kind,
            memo: entry.memo,
            came,
            went,
            balance: book.closing,
        });
    }
    Ok(book)
}
