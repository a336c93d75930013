//! Income statement, balance sheet and cash book.

use chrono::Datelike;
use serde::Deserialize;
use utoipa::IntoParams;

use super::account_names::AccountNames;
use super::overview::OnQuery;
use super::views::{BalanceSheetView, CashBook, CashBookRow, IncomeStatementView};
use crate::cooperatives::{self, Auditor};
use crate::db::Conn;
use crate::kernel::ids::CooperativeId;
use crate::kernel::{Day, Language, Rupiah};
use crate::ledger::account::LedgerAccount;
use crate::ledger::closing::{first_day, next_month};
use crate::ledger::entry::month_of;
use crate::ledger::error::LedgerError;
use crate::ledger::print;
use crate::ledger::statements::{BalanceSheet, CashBookAccount, IncomeStatement};
use crate::ledger::store;
use crate::web::html::HtmlPage;
use crate::web::table::{AcceptedFormats, CsvTable, XlsxTable};
use crate::web::{ApiResponse, PathIds, Problem, Query, Read, Routes, Rule, routes};

/// The routes of this file.
pub(in crate::ledger) fn routes() -> Routes {
    routes!["ledger": get_income_statement, get_balance_sheet, get_cash_book]
}

/// Period of a statement.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct PeriodQuery {
    /// The first business day; the first day of the year of `to` by default.
    from: Option<Day>,
    /// The last business day; today by default.
    to: Option<Day>,
}

fn first_day_of_year(day: Day) -> Day {
    Day::from_ymd_opt(day.year(), 1, 1).unwrap_or(day)
}

/// Get the income statement
///
/// Income, costs and result of a period, in the form of SAK EMKM. JSON, CSV or XLSX, or a web page to print and sign.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/income_statement",
    responses(
        (status = 200, content( (IncomeStatementView = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (HtmlPage = "text/html"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_income_statement(
    read: Read,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<PeriodQuery>,
    language: Language,
    accepted: AcceptedFormats,
) -> Result<ApiResponse, Problem> {
    let (cooperative, form) = (auditor.permit(id.0)?.cooperative, accepted.preferred()?);
    read.run(move |conn, now| {
        let today = cooperatives::load_zone(conn, cooperative)?.day_of(now);
        let to = query.to.unwrap_or(today);
        let from = query.from.unwrap_or_else(|| first_day_of_year(to));
        let posted = store::load_balances(conn, cooperative, from, to)?;
        let names = AccountNames::load(conn, cooperative, language)?;
        let statement = IncomeStatement::of(&posted)?;
        let view = IncomeStatementView::of(statement, (from, to), &names);
        print::print_income_statement(&view, language).respond(conn, cooperative, form, &view)
    })
    .await
}

/// Get the balance sheet
///
/// Assets, liabilities and equity on a day, in the form of SAK EMKM. JSON, CSV or XLSX, or a web page to print and
/// sign.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/balance_sheet",
    responses(
        (status = 200, content( (BalanceSheetView = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (HtmlPage = "text/html"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_balance_sheet(
    read: Read,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<OnQuery>,
    language: Language,
    accepted: AcceptedFormats,
) -> Result<ApiResponse, Problem> {
    let (cooperative, form) = (auditor.permit(id.0)?.cooperative, accepted.preferred()?);
    read.run(move |conn, now| {
        let on = query.on.unwrap_or(cooperatives::load_zone(conn, cooperative)?.day_of(now));
        let balances = store::load_balances(conn, cooperative, Day::default(), on)?;
        let this_year = store::load_balances(conn, cooperative, first_day_of_year(on), on)?;
        let names = AccountNames::load(conn, cooperative, language)?;
        let sheet = BalanceSheet::of(&balances, &this_year)?;
        let view = BalanceSheetView::of(sheet, on, &names);
        print::print_balance_sheet(&view, language).respond(conn, cooperative, form, &view)
    })
    .await
}

/// Month and purse of a cash book.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct CashBookQuery {
    /// The month; the current one by default.
    #[param(min_length = 7, max_length = 7, example = "2026-11")]
    month: Option<String>,
    /// The purse; `cash` by default.
    #[param(inline)]
    of: Option<CashBookAccount>,
}

/// Get the cash book
///
/// Money in and out in a month, voucher by voucher, with the balance after each: *buku kas*. JSON, CSV or XLSX, or a
/// web page to print and sign.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/cash_book",
    responses(
        (status = 200, content( (CashBook = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (HtmlPage = "text/html"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_cash_book(
    read: Read,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<CashBookQuery>,
    language: Language,
    accepted: AcceptedFormats,
) -> Result<ApiResponse, Problem> {
    let (cooperative, form) = (auditor.permit(id.0)?.cooperative, accepted.preferred()?);
    let of = query.of.unwrap_or(CashBookAccount::Cash);
    read.run(move |conn, now| {
        let today = cooperatives::load_zone(conn, cooperative)?.day_of(now);
        let first = match &query.month {
            None => today.with_day(1).unwrap_or(today),
            Some(month) => first_day(month).ok_or_else(|| Problem::invalid_parameter("/month", Rule::NoMonth))?,
        };
        let book = load_cash_book(conn, cooperative, of.ledger_account(), first)?;
        let last = next_month(first).pred_opt().unwrap_or(first);
        print::print_cash_book(&book, of, (first, last), language).respond(conn, cooperative, form, &book)
    })
    .await
}

fn load_cash_book(
    conn: &mut Conn,
    cooperative: CooperativeId,
    account: LedgerAccount,
    first: Day,
) -> Result<CashBook, LedgerError> {
    let next = next_month(first);
    let (before, last) = (first.pred_opt().unwrap_or(first), next.pred_opt().unwrap_or(first));
    let balances = store::load_balances(conn, cooperative, Day::default(), before)?;
    let opening = balances.into_iter().find(|(other, _)| *other == account).map_or(Rupiah::ZERO, |(_, amount)| amount);
    let mut book = CashBook {
        currency: "IDR",
        month: month_of(first),
        opening,
        rows: Vec::new(),
        came: Rupiah::ZERO,
        went: Rupiah::ZERO,
        closing: opening,
    };
    for (entry, amount) in store::list_movements(conn, cooperative, account, first, last)? {
        let (came, went) = (amount.max(Rupiah::ZERO), amount.negated().max(Rupiah::ZERO));
        book.closing = book.closing.plus(amount)?;
        book.came = book.came.plus(came)?;
        book.went = book.went.plus(went)?;
        book.rows.push(CashBookRow {
            day: entry.business_day,
            voucher: entry.voucher_number(),
            kind: entry.kind,
            memo: entry.memo,
            came,
            went,
            balance: book.closing,
        });
    }
    Ok(book)
}
