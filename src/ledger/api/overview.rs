//! The chart of accounts with its balances, the trial balance, and the closed months.

use std::collections::HashMap;

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::account_names::AccountNames;
use super::bodies::{OpenAccount, TransitionPeriod};
use super::views::{BookAccountList, BookAccountView, TrialBalanceRow, TrialBalanceView};
use crate::cooperatives::{Auditor, Treasurer};
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
use crate::web::{ApiResponse, AppState, Body, IdempotencyKey, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["ledger": list_ledger_accounts, open_own_account, get_trial_balance, list_periods, transition_period]
}

/// Day of a balance.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OnQuery {
    /// The business day, inclusive; today by default.
    on: Option<Day>,
}

/// Twenty years.
const MAX_PERIODS: i64 = 240;

fn list_account_views(
    conn: &mut Conn,
    cooperative: CooperativeId,
    on: Day,
    language: Language,
) -> Result<Vec<BookAccountView>, LedgerError> {
    let names = AccountNames::load(conn, cooperative, language)?;
    let balances: HashMap<LedgerAccount, Rupiah> =
        store::load_balances(conn, cooperative, Day::default(), on)?.into_iter().collect();
    let view = |account: LedgerAccount| BookAccountView {
        account,
        name: names.name(account),
        class: account.class(),
        by_hand: account.can_post_manually(),
        balance: account.class().display_amount(balances.get(&account).copied().unwrap_or_default()),
    };
    Ok(names.accounts().into_iter().map(view).collect())
}

/// List the accounts of the books
///
/// The shared chart and the cooperative's own accounts, each with its balance.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/ledger/accounts", responses((status = 200, body = BookAccountList)))]
async fn list_ledger_accounts(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<OnQuery>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (permit, now) = (auditor.permit(id.0)?, state.now());
    let data = state.db.read::<_, LedgerError, _>(move |conn| {
        let today = store::load_zone(conn, permit.cooperative)?.day_of(now);
        list_account_views(conn, permit.cooperative, query.on.unwrap_or(today), language)
    });
    Ok(ApiResponse::ok(&BookAccountList { data: data.await?, next: None }).with_etag())
}

/// Open an account of the cooperative's own
///
/// For the treasurer: an account that the shared chart does not have.
#[utoipa::path(
    post, path = "/v1/cooperatives/{id}/ledger/accounts",
    responses((status = 201, body = BookAccountView), (status = 409, description = "`account-number-taken`")),
)]
async fn open_own_account(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: IdempotencyKey,
    id: PathIds<CooperativeId>,
    body: Body<OpenAccount>,
) -> Result<ApiResponse, Problem> {
    let permit = treasurer.permit(id.0)?;
    let (now, scope, request) = (state.now(), treasurer.person.scope(), body.value);
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let own = open_account(tx, now, &permit, request.account, request.name.trim())?;
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
/// Every account with a balance, on its debit or credit side. The two sums are equal. JSON, CSV or XLSX, or a web page
/// to print and sign.
#[utoipa::path(
    get, path = "/v1/cooperatives/{id}/ledger/trial_balance",
    responses(
        (status = 200, description = "The trial balance", content( (TrialBalanceView = "application/json"), (CsvTable = "text/csv"), (XlsxTable = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (HtmlPage = "text/html"), )),
        (status = 406, description = "None of these forms is accepted"),
    ),
)]
async fn get_trial_balance(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
    Query(query): Query<OnQuery>,
    language: Language,
    accepted: AcceptedFormats,
) -> Result<ApiResponse, Problem> {
    let (permit, now, form) = (auditor.permit(id.0)?, state.now(), accepted.preferred()?);
    let response = state.db.read::<_, Problem, _>(move |conn| {
        let on = query.on.unwrap_or(store::load_zone(conn, permit.cooperative)?.day_of(now));
        let trial = TrialBalance::of(&store::load_balances(conn, permit.cooperative, Day::default(), on)?)
            .map_err(LedgerError::from)?;
        let names = AccountNames::load(conn, permit.cooperative, language)?;
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
        print::print_trial_balance(&view, language).respond(
            form,
            &store::load_cooperative_name(conn, permit.cooperative)?,
            &view,
        )
    });
    response.await
}

/// List the closed months
#[utoipa::path(get, path = "/v1/cooperatives/{id}/ledger/periods", responses((status = 200, body = PeriodList)))]
async fn list_periods(
    state: Data<AppState>,
    auditor: Auditor,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let permit = auditor.permit(id.0)?;
    let list = state.db.read::<_, LedgerError, _>(move |conn| load_periods(conn, permit.cooperative));
    Ok(ApiResponse::ok(&list.await?).with_etag())
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
    params(
        ("month" = String, Path, description = "Which month", min_length = 7, max_length = 7, example = "2026-10"),
        ("Idempotency-Key" = String, Header),
    ),
    responses((status = 200, body = PeriodList), (status = 409, description = "`period-step-invalid`")),
)]
async fn transition_period(
    state: Data<AppState>,
    treasurer: Treasurer,
    key: IdempotencyKey,
    path: PathIds<(CooperativeId, String)>,
    body: Body<TransitionPeriod>,
) -> Result<ApiResponse, Problem> {
    let (cooperative, month) = path.0;
    let permit = treasurer.permit(cooperative)?;
    let first = first_day(&month).ok_or_else(Problem::not_found)?;
    let (now, scope, action) = (state.now(), treasurer.person.scope(), body.value.action);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            close_or_reopen(tx, now, &permit, first, action)?;
            Ok::<_, Problem>(ApiResponse::ok(&load_periods(tx, permit.cooperative)?))
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
    /// The account that closed statement.
    pub(in crate::ledger) closed_by: AccountId,
}
