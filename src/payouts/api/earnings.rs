//! Work and earnings of members, and the rules by which groups divide them.

use serde::Serialize;
use utoipa::ToSchema;

use super::bodies::SetRule;
use super::find_accessible_group;
use super::views::RuleView;
use crate::cooperatives::{self, AccessError, Caller, Officer, Roles};
use crate::db::Conn;
use crate::kernel::ids::{BatchId, GroupId, Id, MembershipId, PayoutId};
use crate::kernel::{Day, Duration, Instant, Language, Quantity, Rupiah};
use crate::payouts::earning::{BatchWork, Earning};
use crate::payouts::error::PayoutError;
use crate::payouts::print::print_earnings;
use crate::payouts::rule::set_rule;
use crate::payouts::store::{self, EarningPageKey};
use crate::supply::ContributionKind;
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, List, Page, PathIds, Problem, Read, Routes, Write, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["capital": list_earnings, get_earning_rule, set_earning_rule]
}

/// Loads the names of the group and the member, and a page of the member's earnings, which begins with the unpaid work.
/// Only for the member, the group's officers, and those whose office lets them see the group's money.
fn load_earnings(
    conn: &mut Conn,
    roles: &Roles,
    (id, member): (GroupId, MembershipId),
    list: &List<EarningPageKey>,
) -> Result<(String, String, Vec<Earning>), PayoutError> {
    let group = find_accessible_group(conn, roles, id)?;
    let name = store::find_member_name(conn, id, member)?.ok_or(AccessError::Hidden)?;
    let is_self = roles.membership_in_group(id) == Some(member);
    let can_see_others = roles.is_officer_of_group(id) || roles.can_see_money_in(group.cooperative_id);
    AccessError::forbid_unless(is_self || can_see_others)?;
    let today = cooperatives::load_zone(conn, group.cooperative_id)?.day_of(list.now);
    let basis = store::load_rule(conn, id)?.basis;
    let unpaid = match list.after {
        None => store::find_unpaid_earning(conn, id, member, basis, today)?,
        Some(_) => None,
    };
    let paid = store::list_earnings(conn, member, list.after, list.limit)?;
    Ok((group.name, name, unpaid.into_iter().chain(paid).collect()))
}

/// List the work and earnings of a member
///
/// First the work that is not paid yet, then each payout, the latest first, with the batches and an explanation of the
/// share; in a browser a page to print. For the member, the group's officers, the board, the treasurer, the supervisors
/// and the companions.
#[utoipa::path(
    get, path = "/v1/groups/{id}/members/{membership}/earnings",
    responses(
        (status = 200, content( (Page<EarningView> = "application/json"), (HtmlPage = "text/html"), )),
    ),
)]
async fn list_earnings(
    list: List<EarningPageKey>,
    read: Read,
    caller: Caller,
    path: PathIds<(GroupId, MembershipId)>,
    (reader, language): (Reader, Language),
) -> Result<ApiResponse, Problem> {
    if reader == Reader::Person {
        return read
            .run(move |conn, _| {
                let (group, name, earnings) = load_earnings(conn, &caller.roles, path.0, &list)?;
                print_earnings(&group, &name, earnings, language)
            })
            .await;
    }
    // Unpaid work sorts before all payouts.
    let first = (list.now.after(Duration::seconds(1)), PayoutId::from_uuid(path.0.1.uuid()));
    let rows = list.read(move |conn, list| Ok(load_earnings(conn, &caller.roles, path.0, list)?.2));
    let key = |earning: &Earning| earning.paid_at.zip(earning.payout).unwrap_or(first);
    Ok(rows.await?.answer(key, |earning| EarningView::of(earning, language)))
}

/// Get the rule by which a group divides its earnings
///
/// For the group's members, the board, the treasurer, the supervisors and the companions.
#[utoipa::path(get, path = "/v1/groups/{id}/earning_rule", responses((status = 200, body = RuleView)))]
async fn get_earning_rule(read: Read, caller: Caller, id: PathIds<GroupId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        find_accessible_group(conn, &caller.roles, id.0)?;
        Ok(ApiResponse::ok(&RuleView::from(store::load_rule(conn, id.0)?)).with_etag())
    })
    .await
}

/// Set the rule by which a group divides its earnings
///
/// For the group's officers: by pieces or by hours, and the percentage for the group's fund. It applies to future
/// payouts.
#[utoipa::path(put, path = "/v1/groups/{id}/earning_rule", responses((status = 200, body = RuleView)))]
async fn set_earning_rule(
    call: Write<SetRule>,
    officer: Officer,
    id: PathIds<GroupId>,
) -> Result<ApiResponse, Problem> {
    let permit = officer.permit(id.0)?;
    call.run(move |tx, now, body| {
        let rule = body.to_rule();
        set_rule(tx, now, &permit, rule)?;
        Ok(ApiResponse::ok(&RuleView::from(rule)))
    })
    .await
}

/// Earnings of a member in one payout, or for the work that is not paid yet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarningView {
    /// The payout; null for work that is not paid yet.
    payout: Option<PayoutId>,
    /// The last business day that it settles.
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
    shared: Rupiah,
    /// The member's share.
    share: Rupiah,
    /// The repaid receipts.
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
