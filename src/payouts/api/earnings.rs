//! Work and earnings of members.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::find_accessible_group;
use super::views::EarningView;
use crate::cooperatives::{AccessError, Caller, Group, MemberRole, Roles};
use crate::db::Conn;
use crate::kernel::ids::{GroupId, MembershipId};
use crate::kernel::{Duration, Language};
use crate::ledger;
use crate::payouts::earning::Earning;
use crate::payouts::error::PayoutError;
use crate::payouts::store::{self, EarningKey};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![list_earnings]
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
    let is_self = roles.membership_in(group) == Some(member);
    let is_officer = roles.role_in(group).is_some_and(MemberRole::is_officer);
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
    get, path = "/v1/groups/{id}/members/{membership}/earnings", tag = "capital",
    params(
        ("id" = GroupId, Path, description = "The group"),
        ("membership" = MembershipId, Path, description = "The member"),
        PageQuery,
    ),
    responses((status = 200, description = "A page of earnings", content(
        (Page<EarningView> = "application/json"), (HtmlPage = "text/html"),
    ))),
    security(("bearer" = [])),
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
