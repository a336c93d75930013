//! Work and earnings of members.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::find_accessible_group;
use crate::cooperatives::{AccessError, Caller, Group, MemberRole, Roles};
use crate::db::Conn;
use crate::kernel::ids::{BatchId, GroupId, MembershipId, PayoutId};
use crate::kernel::{Day, Duration, Instant, Language, Quantity, Rupiah};
use crate::ledger;
use crate::payouts::earning::{BatchWork, Earning};
use crate::payouts::error::PayoutError;
use crate::payouts::store::{self, EarningKey};
use crate::supply::ContributionKind;
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["capital": list_earnings]
}

/// Finds the group and the member's name. Only for the member, the group's officers, and those whose office lets them
/// see the group's money.
fn find_member(
    conn: &mut Conn,
    roles: &Roles,
    group: GroupId,
    member: MembershipId,
) -> Result<(Group, String), PayoutError> {
    let group_row = find_accessible_group(conn, roles, group)?;
    let name = store::find_member_name(conn, group, member)?.ok_or(AccessError::Hidden)?;
    let is_self = roles.membership_in_group(group) == Some(member);
    let is_officer = roles.role_in_group(group).is_some_and(MemberRole::is_officer);
    if is_self || is_officer || roles.can_see_money_in(group_row.cooperative_id) {
        Ok((group_row, name))
    } else {
        Err(AccessError::Forbidden.into())
    }
}

/// List the work and earnings of a member
///
/// First the work that is not paid yet, then each payout, the latest first, with the batches and an explanation of the
/// share; in a browser a page to print. For the member, the group's officers, the board, the treasurer, the supervisors
/// and the companions.
#[utoipa::path(
    get, path = "/v1/groups/{id}/members/{membership}/earnings",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of earnings", content( (Page<EarningView> = "application/json"), (HtmlPage = "text/html"), )),
    ),
)]
async fn list_earnings(
    state: Data<AppState>,
    caller: Caller,
    path: PathIds<(GroupId, MembershipId)>,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
    (reader, language): (Reader, Language),
    request: HttpRequest,
) -> Result<ApiResponse, Problem> {
    let ((group, member), now) = (path.0, state.now());
    let list = format!("earnings of {member}");
    let paging = Paging::<EarningKey>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let (group, name, paid, unpaid) = state
        .db
        .read::<_, PayoutError, _>(move |conn| {
            let (group_row, name) = find_member(conn, &caller.roles, group, member)?;
            let paid = store::list_earnings(conn, member, after, rows)?;
            let today = ledger::load_zone(conn, group_row.cooperative_id)?.day_of(now);
            let basis = store::load_rule(conn, group)?.basis;
            let unpaid = match after {
                None => store::find_unpaid_earning(conn, group, member, basis, today)?,
                Some(_) => None,
            };
            Ok((group_row, name, paid, unpaid))
        })
        .await?;
    if reader == Reader::Person {
        return crate::payouts::print::print_earnings(&group.name, &name, unpaid.into_iter().chain(paid), language);
    }
    // Unpaid work sorts before all payouts.
    let first = (now.after(Duration::seconds(1)), state.db.entropy().id(now));
    let key = |earning: &Earning| earning.paid_at.zip(earning.payout).unwrap_or(first);
    let rows: Vec<Earning> = unpaid.into_iter().chain(paid).collect();
    let page = paging.page(&state.signer, rows, key, |earning| EarningView::of(earning, language));
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Earnings of a member in one payout, or for the work that is not paid yet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarningView {
    /// The payout; null for work that is not paid yet.
    payout: Option<PayoutId>,
    /// The last business day that it settles.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-30")]
    until: Day,
    /// When it was paid.
    paid_at: Option<Instant>,
    /// The basis of the work.
    basis: ContributionKind,
    /// The member's work.
    work: Quantity,
    /// The work of all members.
    all_work: Quantity,
    /// The divided sum.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 46_350)]
    shared: Rupiah,
    /// The member's share.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 18_540)]
    share: Rupiah,
    /// The repaid receipts.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 0)]
    receipts: Rupiah,
    /// An explanation of the share.
    #[schema(max_length = 300, example = "20 buah dari 50 buah atas Rp46.350 yang dibagi: Rp18.540.")]
    why: String,
    /// The batches that the member worked for.
    #[schema(max_items = 10_000)]
    batches: Vec<BatchWorkView>,
}

/// Work of a member for a batch.
#[derive(Debug, Serialize, ToSchema)]
struct BatchWorkView {
    /// The batch.
    batch: BatchId,
    /// The name of the product.
    #[schema(max_length = 200, example = "Pastel sayur")]
    product: String,
    /// The business day on which the batch is ready.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-23")]
    ready_on: Day,
    /// The work.
    work: Quantity,
}

impl EarningView {
    pub(super) fn of(earning: Earning, language: Language) -> EarningView {
        let batch = |batch: BatchWork| BatchWorkView {
            batch: batch.batch,
            product: batch.product,
            ready_on: batch.ready_on,
            work: batch.work,
        };
        EarningView {
            why: earning.explain(language),
            payout: earning.payout,
            until: earning.until,
            paid_at: earning.paid_at,
            basis: earning.basis,
            work: earning.work,
            all_work: earning.all_work,
            shared: earning.shared,
            share: earning.share,
            receipts: earning.receipts,
            batches: earning.batches.into_iter().map(batch).collect(),
        }
    }
}
