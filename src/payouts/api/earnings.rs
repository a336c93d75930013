//! What a member did, what they earned, and why.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::inside;
use super::views::EarningView;
use crate::cooperatives::{AccessError, Caller, Group, MemberRole, Roles};
use crate::db::Conn;
use crate::kernel::ids::{GroupId, MembershipId};
use crate::kernel::{Duration, Language};
use crate::ledger;
use crate::payouts::earning::Earning;
use crate::payouts::error::CapitalError;
use crate::payouts::store::{self, EarningKey};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![list_earnings]
}

/// What a member is called, for those who see what they earn: they themselves, the group's officers, and those who see the
/// group's money by their office.
fn seen(conn: &mut Conn, roles: &Roles, group: GroupId, member: MembershipId) -> Result<(Group, String), CapitalError> {
    let of = inside(conn, roles, group)?;
    let name = store::member_name(conn, group, member)?.ok_or(AccessError::Hidden)?;
    let own = roles.membership_in(group) == Some(member);
    let officer = roles.role_in(group).is_some_and(MemberRole::is_officer);
    if own || officer || roles.sees_money_in(of.cooperative_id) {
        Ok((of, name))
    } else {
        Err(AccessError::Forbidden.into())
    }
}

/// Show what a member did and earned
///
/// First what they did and were not paid for yet, then each payout, the latest first, with the batches that they worked for
/// and why it came to so much; in a browser as a page to print. For the member, the group's officers, and the board, the
/// treasurer, the supervisors and the companions.
#[utoipa::path(
    get, path = "/v1/groups/{id}/members/{membership}/earnings", tag = "capital", operation_id = "list_earnings",
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
    let (after, rows) = (paging.after, paging.rows_to_read());
    let (of, name, found, open) = state
        .db
        .read::<_, CapitalError, _>(move |conn| {
            let (of, name) = seen(conn, &caller.roles, group, member)?;
            let found = store::earnings(conn, member, after, rows)?;
            let today = ledger::zone_of(conn, of.cooperative_id)?.day_of(now);
            let basis = store::rule(conn, group)?.basis;
            let open = match after {
                None => store::open_work(conn, group, member, basis, today)?,
                Some(_) => None,
            };
            Ok((of, name, found, open))
        })
        .await?;
    if reader == Reader::Person {
        return crate::payouts::print::earnings(&of.name, &name, open.into_iter().chain(found), language);
    }
    // What is not paid yet comes before all that was.
    let first = (now.after(Duration::seconds(1)), state.db.entropy().id(now));
    let key = |it: &Earning| it.paid_at.zip(it.payout).unwrap_or(first);
    let rows: Vec<Earning> = open.into_iter().chain(found).collect();
    let page = paging.page(&state.signer, rows, key, |it| EarningView::of(it, language));
    Ok(page.answer(request.path(), request.query_string()))
}
