//! Routes of consignments: goods delivered to outlets.

use serde::Deserialize;

use super::bodies::CreateConsignment;
use super::find_visible_outlet;
use super::views::ConsignmentView;
use crate::consignment::access::GoodsAccess;
use crate::consignment::create_consignment::create_consignment;
use crate::consignment::print;
use crate::consignment::store::{self, ConsignmentPageKey};
use crate::cooperatives::{AccessError, Caller, Officer};
use crate::kernel::Language;
use crate::kernel::ids::{ConsignmentId, OutletId};
use crate::supply;
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, KeyRequired, List, Page, PathIds, Problem, Read, Routes, Rule, Write, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["consignment": list_consignments, deliver_consignment, get_consignment]
}

/// Filters of consignments.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct ConsignmentFilter {
    /// Only consignments with goods on hand.
    #[serde(default)]
    open: bool,
}

/// List the consignments at an outlet
///
/// The newest first. Members see those of their own groups; board, treasurer, supervisors and companions see all.
#[utoipa::path(get, path = "/v1/outlets/{id}/consignments", responses((status = 200, body = Page<ConsignmentView>)))]
async fn list_consignments(
    list: List<ConsignmentPageKey, ConsignmentFilter>,
    caller: Caller,
    id: PathIds<OutletId>,
) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let (_, access) = find_visible_outlet(conn, &caller.roles, id.0)?;
        Ok(store::list_consignments(conn, id.0, &access, list.filter.open, list.after, list.limit)?)
    });
    Ok(rows.await?.answer(|row| (row.consignment.delivered_at, row.consignment.id), ConsignmentView::from))
}

/// Deliver goods to an outlet
///
/// For officers of the group that made the goods. The goods are claimed from the batch, so that nobody else can order
/// them, and belong to the group until a count finds them sold.
#[utoipa::path(
    post, path = "/v1/outlets/{id}/consignments",
    responses(
        (status = 201, body = ConsignmentView),
        (status = 409, description = "`sold-out` with `available`, `outlet-not-active`, `transition-invalid`: the batch is not made"),
    ),
)]
async fn deliver_consignment(
    call: Write<CreateConsignment, KeyRequired>,
    caller: Caller,
    officer: Officer,
    id: PathIds<OutletId>,
) -> Result<ApiResponse, Problem> {
    call.once(officer.person.idempotency_scope(), move |tx, now, body| {
        let (outlet, _) = find_visible_outlet(tx, &caller.roles, id.0)?;
        AccessError::forbid_unless(caller.roles.is_officer_in_cooperative(outlet.cooperative))?;
        let batch = supply::find(tx, body.batch)?.filter(|batch| caller.roles.is_officer_of_group(batch.group_id));
        let batch = batch.ok_or_else(|| Problem::invalid_field("/batch", Rule::UnknownReference))?;
        let permit = officer.permit(batch.group_id)?;
        let id = create_consignment(tx, now, &permit, outlet.id, &body.to_new_consignment(tx.id(now)))?.id;
        let details = store::find_consignment(tx, id)?.ok_or(AccessError::Hidden)?;
        let version = details.consignment.version;
        let view = ConsignmentView::from(details);
        Ok(ApiResponse::created(format!("/v1/consignments/{id}"), &view).with_version(version))
    })
    .await
}

/// Get a consignment
///
/// For members of the group, and for board, treasurer, supervisors and companions. Returns JSON, or for browsers a
/// printable delivery note for both sides to sign.
#[utoipa::path(
    get, path = "/v1/consignments/{id}",
    responses(
        (status = 200, content( (ConsignmentView = "application/json"), (HtmlPage = "text/html"), )),
    ),
)]
async fn get_consignment(
    read: Read,
    caller: Caller,
    id: PathIds<ConsignmentId>,
    reader: Reader,
    language: Language,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let details = store::find_consignment(conn, id.0)?.ok_or(AccessError::Hidden)?;
        GoodsAccess::require(&caller.roles, details.consignment.cooperative, details.consignment.group)?;
        if reader == Reader::Person {
            return print::render_delivery_note(&details, language);
        }
        let version = details.consignment.version;
        Ok(ApiResponse::ok(&ConsignmentView::from(details)).with_version(version))
    })
    .await
}
