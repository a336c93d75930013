//! Routes for reading invoices, as JSON and as a printable page.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::find_visible;
use super::views::InvoiceView;
use crate::contracts::credit::find_today;
use crate::contracts::pay::compute_open_amount;
use crate::contracts::store;
use crate::cooperatives::{AccessError, Caller};
use crate::kernel::ids::{ContractId, InvoiceId};
use crate::kernel::{Day, Language};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["market": list_invoices, get_invoice]
}

/// List the invoices of a contract
///
/// The latest month first, without lines.
#[utoipa::path(
    get, path = "/v1/contracts/{id}/invoices",
    params(PageQuery),
    responses((status = 200, body = Page<InvoiceView>)),
)]
async fn list_invoices(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<ContractId>,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let now = state.now();
    let paging = Paging::<Day>::read(&state.signer, format!("invoices of {}", id.0), limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.fetch_limit());
    let invoices = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let contract = find_visible(conn, &caller.roles, id.0)?;
            let today = find_today(conn, now, contract.cooperative)?;
            let mut views = Vec::new();
            for invoice in store::list_invoices(conn, id.0, after, rows)? {
                let open = compute_open_amount(conn, &invoice)?;
                views.push((invoice.month, InvoiceView::of(&invoice, Vec::new(), open, today)));
            }
            Ok(views)
        })
        .await?;
    let page = paging.page(&state.signer, invoices, |(month, _)| *month, |(_, view)| view);
    Ok(page.to_response(request.path(), request.query_string()))
}

/// Get an invoice
///
/// For the buyer, and the board, treasurer and supervisors of the cooperative. Returns JSON, or for browsers a
/// printable page in the reader's language.
#[utoipa::path(
    get, path = "/v1/invoices/{id}",
    responses(
        (status = 200, description = "The invoice", content((InvoiceView = "application/json"), (HtmlPage = "text/html"))),
    ),
)]
async fn get_invoice(
    state: Data<AppState>,
    caller: Caller,
    reader: Reader,
    language: Language,
    id: PathIds<InvoiceId>,
) -> Result<ApiResponse, Problem> {
    let now = state.now();
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let invoice = store::find_invoice(conn, id.0)?.ok_or(AccessError::Hidden)?;
            let contract = find_visible(conn, &caller.roles, invoice.contract)?;
            let today = find_today(conn, now, invoice.cooperative)?;
            let open = compute_open_amount(conn, &invoice)?;
            let lines = store::list_invoice_lines(conn, invoice.id)?;
            match reader {
                Reader::Program => Ok(ApiResponse::ok(&InvoiceView::of(&invoice, lines, open, today)).with_etag()),
                Reader::Person => {
                    crate::contracts::print::render_invoice(conn, &contract, &invoice, lines, (open, today), language)
                }
            }
        })
        .await
}
