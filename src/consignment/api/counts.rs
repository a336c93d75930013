//! Routes of counts at outlets.

use actix_web::web::Data;

use super::bodies::{CreateOutletCount, OutletCountAction, TransitionOutletCount};
use super::find_visible_outlet;
use super::views::OutletCountView;
use crate::consignment::access::GoodsAccess;
use crate::consignment::print;
use crate::consignment::record_count;
use crate::consignment::reverse::reverse_count;
use crate::consignment::store::{self, OutletCountPageKey};
use crate::cooperatives::{AccessError, Caller, Officer};
use crate::db::Conn;
use crate::kernel::Language;
use crate::kernel::ids::{OutletCountId, OutletId};
use crate::orders;
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, KeyRequired, List, Page, PathIds, Problem, Read, Routes, Write, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["consignment": list_outlet_counts, create_outlet_count, get_outlet_count, transition_outlet_count]
}

fn load_view(conn: &mut Conn, id: OutletCountId) -> Result<OutletCountView, Problem> {
    let row = store::find_count_row(conn, id)?.ok_or(AccessError::Hidden)?;
    Ok(OutletCountView::of(row, &store::list_count_lines(conn, &[id])?))
}

/// List the counts of an outlet
///
/// The newest first. Members see those of their own groups; board, treasurer, supervisors and companions see all.
#[utoipa::path(get, path = "/v1/outlets/{id}/counts", responses((status = 200, body = Page<OutletCountView>)))]
async fn list_outlet_counts(
    list: List<OutletCountPageKey>,
    caller: Caller,
    id: PathIds<OutletId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let (_, access) = find_visible_outlet(conn, &caller.roles, id.0)?;
        let counts = store::list_counts(conn, id.0, &access, list.after, list.limit)?;
        let ids: Vec<OutletCountId> = counts.iter().map(|(count, ..)| count.id).collect();
        let lines = store::list_count_lines(conn, &ids)?;
        Ok(counts.into_iter().map(|row| ((row.0.counted_at, row.0.id), OutletCountView::of(row, &lines))).collect())
    });
    Ok(rows.await?.answer(|(key, _)| *key, |(_, view)| view))
}

/// Record a count at an outlet
///
/// For officers of the group that owns the goods. Goods that are neither left nor returned nor damaged count as sold:
/// they become an order of the outlet, handed over at once and due after the outlet's payment term.
#[utoipa::path(
    post, path = "/v1/outlets/{id}/counts",
    responses((status = 201, body = OutletCountView)),
)]
async fn create_outlet_count(
    call: Write<CreateOutletCount, KeyRequired>,
    settings: Data<orders::Settings>,
    caller: Caller,
    officer: Officer,
    id: PathIds<OutletId>,
) -> Result<ApiResponse, Problem> {
    call.once(officer.person.idempotency_scope(), move |tx, now, body| {
        let (outlet, _) = find_visible_outlet(tx, &caller.roles, id.0)?;
        AccessError::forbid_unless(caller.roles.is_officer_in_cooperative(outlet.cooperative))?;
        let permit = officer.permit(body.group)?;
        let new_count = body.to_new_count(tx.id(now));
        record_count::record_count(tx, now, &settings, &permit, outlet.id, &new_count)?;
        let location = format!("/v1/outlet_counts/{}", new_count.id);
        Ok(ApiResponse::created(location, &load_view(tx, new_count.id)?))
    })
    .await
}

/// Get a count
///
/// For members of its group, and for board, treasurer, supervisors and companions. Returns JSON, or for browsers a
/// printable note of what is to be paid, for both sides to sign.
#[utoipa::path(
    get, path = "/v1/outlet_counts/{id}",
    responses(
        (status = 200, content( (OutletCountView = "application/json"), (HtmlPage = "text/html"), )),
    ),
)]
async fn get_outlet_count(
    read: Read,
    caller: Caller,
    id: PathIds<OutletCountId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let count = store::find_count(conn, id.0)?.ok_or(AccessError::Hidden)?;
        GoodsAccess::require(&caller.roles, count.cooperative, count.group)?;
        if reader == Reader::Person {
            return print::render_count_note(conn, &count, language);
        }
        Ok(ApiResponse::ok(&load_view(conn, id.0)?).with_etag())
    })
    .await
}

/// Reverse a wrong count
///
/// For officers of its group. Goods found sold are on hand again, to be counted anew, and their sale is undone;
/// returned and discarded goods stay so. What the outlet has paid already becomes its credit.
#[utoipa::path(
    post, path = "/v1/outlet_counts/{id}/transitions",
    responses(
        (status = 200, body = OutletCountView),
        (status = 409, description = "`transition-invalid`: it has no sale to reverse, or is reversed already"),
    ),
)]
async fn transition_outlet_count(
    call: Write<TransitionOutletCount, KeyRequired>,
    caller: Caller,
    officer: Officer,
    id: PathIds<OutletCountId>,
) -> Result<ApiResponse, Problem> {
    let OutletCountAction::Reverse = call.body.action;
    call.once(officer.person.idempotency_scope(), move |tx, now, _| {
        let count = store::find_count(tx, id.0)?.ok_or(AccessError::Hidden)?;
        GoodsAccess::require(&caller.roles, count.cooperative, count.group)?;
        AccessError::forbid_unless(caller.roles.is_officer_of_group(count.group))?;
        reverse_count(tx, now, &officer.permit(count.group)?, id.0)?;
        Ok(ApiResponse::ok(&load_view(tx, id.0)?))
    })
    .await
}
