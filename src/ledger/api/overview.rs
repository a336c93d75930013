//! The chart with its balances, the trial balance, and the months that are closed.

use std::collections::HashMap;

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;

use super::bodies::{OpenAccount, StepPeriod};
use super::views::{
    BookAccountList, BookAccountView, Names, PeriodList, PeriodView, TrialBalanceRow, TrialBalanceView,
};
use crate::cooperatives::{Auditor, Treasurer};
use crate::db::Conn;
use crate::kernel::ids::CooperativeId;
use crate::kernel::{Day, Language, Rupiah};
use crate::ledger::account::Account;
use crate::ledger::closing::{close_or_reopen, first_day};
use crate::ledger::error::LedgerError;
use crate::ledger::own_accounts::open_account;
use crate::ledger::print;
use crate::ledger::statements::TrialBalance;
use crate::ledger::store;
use crate::web::html::HtmlPage;
use crate::web::table::{Accepted, CsvTable, XlsxTable};
use crate::web::{ApiResponse, AppState, Body, Idempotency, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![list_accounts, open_own_account, trial_balance, list_periods, step_period]
}

/// Up to which day.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OnQuery {
    /// Up to which business day; today when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-30")]
    on: Option<Day>,
}

/// The most closed months that are told of: twenty years.
const MOST_PERIODS: i64 = 240;

fn accounts_of(
    conn: &mut Conn,
    cooperative: CooperativeId,
    on: Day,
    language: Language,
) -> Result<Vec<BookAccountView>, LedgerError> {
    let names = Names::of(conn, cooperative, language)?;
    let balances: HashMap<Account, Rupiah> =
        store::balances(conn, cooperative, Day::default(), on)?.into_iter().collect();
    let view = |account: Account| BookAccountView {
        account,
        name: names.name(account),
        class: account.class(),
        by_hand: account.takes_postings_by_hand(),
        balance: account.class().shown(balances.get(&account).copied().unwrap_or_default()),
    };
    Ok(names.accounts().into_iter().map(view).collect())
}

/// List the accounts of the books
///
/// The chart that all cooperatives share and this one's own, with what stands in each.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/accounts", tag = "ledger", operation_id = "list_accounts",
    params(("id" = CooperativeId, Path, description = "The cooperative"), OnQuery),
    responses((status = 200, description = "The accounts", body = BookAccountList)),
    security(("bearer" = [])),
)]
async fn list_accounts(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<OnQuery>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (permit, now) = (auditor.of(id.0)?, state.now());
    let data = state.db.read::<_, LedgerError, _>(move |conn| {
        let today = store::zone_of(conn, permit.cooperative)?.day_of(now);
        accounts_of(conn, permit.cooperative, query.on.unwrap_or(today), language)
    });
    Ok(ApiResponse::ok(&BookAccountList { data: data.await?, next: None }).tagged())
}

/// Open an account of one's own
///
/// For the treasurer: what the shared chart has no number for.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/ledger/accounts", tag = "ledger", operation_id = "open_account",
    params(("id" = CooperativeId, Path, description = "The cooperative"), ("Idempotency-Key" = Option<String>, Header)),
    request_body = OpenAccount,
    responses(
        (status = 201, description = "Opened", body = BookAccountView),
        (status = 409, description = "`account-number-taken`"),
    ),
    security(("bearer" = [])),
)]
async fn open_own_account(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: Idempotency,
    id: PathIds<CooperativeId>,
    body: Body<OpenAccount>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.of(id.0)?;
    let (now, scope, asked) = (state.now(), treasurer.person.scope(), body.value);
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let own = open_account(tx, now, &permit, asked.account, asked.name.trim())?;
        let view = BookAccountView {
            account: own.account,
            name: own.name,
            class: own.account.class(),
            by_hand: true,
            balance: Rupiah::ZERO,
        };
        Ok::<_, Problem>(ApiResponse::created(
            format!("/v1/cooperatives/{}/ledger/accounts", permit.cooperative),
            &view,
        ))
    })
    .await
}

/// Trial balance
///
/// Every account in which something stands, on its side. The two sides come to the same. JSON, a table for
/// spreadsheets, or in a browser a page to print and sign.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/trial_balance", tag = "ledger", operation_id = "trial_balance",
    params(("id" = CooperativeId, Path, description = "The cooperative"), OnQuery),
    responses((status = 200, description = "The trial balance", content(
        (TrialBalanceView = "application/json"), (CsvTable = "text/csv"),
        (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (HtmlPage = "text/html"),
    )), (status = 406, description = "None of these forms is accepted")),
    security(("bearer" = [])),
)]
async fn trial_balance(
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
        let trial = TrialBalance::of(&store::balances(conn, permit.cooperative, Day::default(), on)?)
            .map_err(LedgerError::from)?;
        let names = Names::of(conn, permit.cooperative, language)?;
        let difference = trial.difference().map_err(LedgerError::from)?;
        let row = |(account, debit, credit)| TrialBalanceRow { account, name: names.name(account), debit, credit };
        let view = TrialBalanceView {
            currency: "IDR",
            on,
            debit: trial.debit,
            credit: trial.credit,
            difference,
            rows: trial.rows.into_iter().map(row).collect(),
        };
        print::of_trial(&view, language).answer(form, &store::name_of(conn, permit.cooperative)?, &view)
    });
    answer.await
}

/// List the closed months
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/periods", tag = "ledger", operation_id = "list_periods",
    params(("id" = CooperativeId, Path, description = "The cooperative")),
    responses((status = 200, description = "The closed months", body = PeriodList)),
    security(("bearer" = [])),
)]
async fn list_periods(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.of(id.0)?;
    let list = state.db.read::<_, LedgerError, _>(move |conn| periods(conn, permit.cooperative));
    Ok(ApiResponse::ok(&list.await?).tagged())
}

fn periods(conn: &mut Conn, cooperative: CooperativeId) -> Result<PeriodList, LedgerError> {
    let closed = store::closings(conn, cooperative, MOST_PERIODS)?.into_iter();
    let data = closed.map(|it| PeriodView { month: it.month, closed_at: it.closed_at, closed_by: it.closed_by });
    Ok(PeriodList { data: data.collect(), next: None })
}

/// Close or reopen a month
///
/// For the treasurer. Months that are over are closed one after the other; only the last closed one is reopened. In a
/// closed month nothing is entered any more.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/ledger/periods/{month}/transitions", tag = "ledger",
    operation_id = "step_period",
    params(
        ("id" = CooperativeId, Path, description = "The cooperative"),
        ("month" = String, Path, description = "Which month", min_length = 7, max_length = 7, example = "2026-10"),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = StepPeriod,
    responses(
        (status = 200, description = "The closed months as they are now", body = PeriodList),
        (status = 409, description = "`period-step-invalid`"),
    ),
    security(("bearer" = [])),
)]
async fn step_period(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: Idempotency,
    path: PathIds<(CooperativeId, String)>,
    body: Body<StepPeriod>,
) -> Result<ApiResponse, Problem> {
    let (cooperative, month) = path.0;
    let permit = treasurer.of(cooperative)?;
    let first = first_day(&month).ok_or_else(Problem::not_found)?;
    let (now, scope, action) = (state.now(), treasurer.person.scope(), body.value.action);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            close_or_reopen(tx, now, &permit, first, action)?;
            Ok::<_, Problem>(ApiResponse::ok(&periods(tx, permit.cooperative)?))
        })
        .await
}
