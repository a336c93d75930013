//! The chart of accounts with its balances, the trial balance, and the closed months.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::account_names::AccountNames;
use super::bodies::{OpenAccount, TransitionPeriod};
use super::views::{BookAccountList, BookAccountView, TrialBalanceRow, TrialBalanceView};
use crate::cooperatives::{self, Auditor, Treasurer};
use crate::db::Conn;
use crate::kernel::ids::{AccountId, CooperativeId};
use crate::kernel::{Day, Instant, Language, Rupiah};
use crate::ledger::account::LedgerAccount;
use crate::ledger::closing::{close_or_reopen, first_day};
use crate::ledger::custom_accounts::open_account;
use crate::ledger::error::LedgerError;
use crate::ledger::statements::TrialBalance;
use crate::ledger::{print, store};
use crate::web::html::HtmlPage;
use crate::web::table::{AcceptedFormats, CsvTable, XlsxTable};
use crate::web::{ApiResponse, KeyRequired, PathIds, Problem, Query, Read, Routes, Write, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["ledger": list_ledger_accounts, open_own_account, get_trial_balance, list_periods, transition_period]
}

/// Day of a balance.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct OnQuery {
    /// The business day, inclusive; today by default.
    pub(super) on: Option<Day>,
}

/// Twenty years.
const MAX_PERIODS: i64 = 240;

/// List the accounts of the books
///
/// The shared chart and the cooperative's own accounts, each with its balance.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/ledger/accounts", responses((status = 200, body = BookAccountList)))]
async fn list_ledger_accounts(
    read: Read,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<OnQuery>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let cooperative = auditor.permit(id.0)?.cooperative;
    read.run(move |conn, now| {
        let today = cooperatives::load_zone(conn, cooperative)?.day_of(now);
        let names = AccountNames::load(conn, cooperative, language)?;
        let balances = store::load_balances(conn, cooperative, Day::default(), query.on.unwrap_or(today))?;
        let balances: HashMap<LedgerAccount, Rupiah> = balances.into_iter().collect();
        let view = |account: LedgerAccount| BookAccountView {
            account,
            name: names.name(account),
            class: account.class(),
            by_hand: account.can_post_manually(),
            balance: account.class().display_amount(balances.get(&account).copied().unwrap_or_default()),
        };
        let data = names.accounts().into_iter().map(view).collect();
        Ok(ApiResponse::ok(&BookAccountList { data, next: None }).with_etag())
    })
    .await
}

/// Open an account of the cooperative's own
///
/// For the treasurer: an account that the shared chart does not have.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/ledger/accounts",
    responses((status = 201, body = BookAccountView), (status = 409, description = "`account-number-taken`")),
)]
async fn open_own_account(
    call: Write<OpenAccount>,
    treasurer: Treasurer,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        let own = open_account(tx, now, &permit, body.account, body.name.trim())?;
        let view = BookAccountView {
            account: own.account,
            name: own.name,
            class: own.account.class(),
            by_hand: true,
            balance: Rupiah::ZERO,
        };
        Ok(ApiResponse::created(format!("/v1/cooperatives/{}/ledger/accounts", permit.cooperative), &view))
    })
    .await
}

/// Trial balance
///
/// Every account with a balance, on its debit or credit side. The two sums are equal. JSON, CSV or XLSX, or a web page
/// to print and sign.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/trial_balance",
    responses(
        (status = 200, content( (TrialBalanceView = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (HtmlPage = "text/html"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_trial_balance(
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
        let trial = TrialBalance::of(&store::load_balances(conn, cooperative, Day::default(), on)?)?;
        let names = AccountNames::load(conn, cooperative, language)?;
        let difference = trial.difference()?;
        let row = |(account, debit, credit)| TrialBalanceRow { account, name: names.name(account), debit, credit };
        let view = TrialBalanceView {
            currency: "IDR",
            on,
            debit: trial.debit,
            credit: trial.credit,
            difference,
            rows: trial.rows.into_iter().map(row).collect(),
        };
        print::print_trial_balance(&view, language).respond(conn, cooperative, form, &view)
    })
    .await
}

/// List the closed months
#[utoipa::path(get, path = "/v1/cooperatives/{id}/ledger/periods", responses((status = 200, body = PeriodList)))]
async fn list_periods(read: Read, auditor: Auditor, id: PathIds<CooperativeId>) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    read.run(move |conn, _| Ok(ApiResponse::ok(&load_periods(conn, permit.cooperative)?).with_etag())).await
}

fn load_periods(conn: &mut Conn, cooperative: CooperativeId) -> Result<PeriodList, LedgerError> {
    let months = store::list_closed_months(conn, cooperative, MAX_PERIODS)?.into_iter();
    let data = months.map(|closed| PeriodView {
        month: closed.month,
        closed_at: closed.closed_at,
        closed_by: closed.closed_by,
    });
    Ok(PeriodList { data: data.collect(), next: None })
}

/// Close or reopen a month
///
/// For the treasurer. Months that are over are closed in order; only the last closed one can be reopened. A closed
/// month accepts no entries.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/ledger/periods/{month}/transitions",
    params(("month" = String, Path, description = "Which month", min_length = 7, max_length = 7, example = "2026-10")),
    responses((status = 200, body = PeriodList), (status = 409, description = "`period-step-invalid`")),
)]
async fn transition_period(
    call: Write<TransitionPeriod, KeyRequired>,
    treasurer: Treasurer,
    path: PathIds<(CooperativeId, String)>,
) -> Result<ApiResponse, Problem> {
    let (cooperative, month) = path.0;
    let permit = treasurer.permit(cooperative)?;
    let first = first_day(&month).ok_or_else(Problem::not_found)?;
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        close_or_reopen(tx, now, &permit, first, body.action)?;
        Ok(ApiResponse::ok(&load_periods(tx, permit.cooperative)?))
    })
    .await
}

/// The closed months of a cooperative's books.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct PeriodList {
    /// The closed months, the last first.
    #[schema(max_items = 240)]
    pub(in crate::ledger) data: Vec<PeriodView>,
    /// Always null: all months are on one page.
    #[schema(max_length = 600)]
    pub(in crate::ledger) next: Option<String>,
}

/// A closed month.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct PeriodView {
    /// The month.
    #[schema(min_length = 7, max_length = 7, example = "2026-10")]
    pub(in crate::ledger) month: String,
    /// When it was closed.
    pub(in crate::ledger) closed_at: Instant,
    /// The account that closed it.
    pub(in crate::ledger) closed_by: AccountId,
}
