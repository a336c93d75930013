//! Reading invoices: as JSON, and as a page to print.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::seen;
use super::views::InvoiceView;
use crate::contracts::credit::today;
use crate::contracts::pay::open_of;
use crate::contracts::store;
use crate::cooperatives::{AccessError, Caller};
use crate::kernel::ids::{ContractId, InvoiceId};
use crate::kernel::{Day, Language};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, AppState, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![list_invoices, show_invoice]
}

/// List a contract's invoices
///
/// The latest month first, without their lines.
#[utoipa::path(
    get, path = "/v1/contracts/{id}/invoices", tag = "market", operation_id = "list_invoices",
    params(("id" = ContractId, Path, description = "The contract"), PageQuery),
    responses((status = 200, description = "A page of invoices", body = Page<InvoiceView>)),
    security(("bearer" = [])),
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
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let contract = seen(conn, &caller.roles, id.0)?;
            let today = today(conn, now, contract.cooperative)?;
            let mut found = Vec::new();
            for invoice in store::invoices_of(conn, id.0, after, rows)? {
                let open = open_of(conn, &invoice)?;
                found.push((invoice.month, InvoiceView::of(&invoice, Vec::new(), open, today)));
            }
            Ok(found)
        })
        .await?;
    let page = paging.page(&state.signer, found, |(month, _)| *month, |(_, view)| view);
    Ok(page.answer(request.path(), request.query_string()))
}

/// Show an invoice
///
/// To the buyer, and to the board, the treasurer and the supervisors of the cooperative: JSON for programs; a page to print,
/// in the reader's language, for a browser.
#[utoipa::path(
    get, path = "/v1/invoices/{id}", tag = "market", operation_id = "show_invoice",
    params(("id" = InvoiceId, Path, description = "The invoice")),
    responses(
        (status = 200, description = "The invoice", content((InvoiceView = "application/json"), (HtmlPage = "text/html"))),
    ),
    security(("bearer" = [])),
)]
async fn show_invoice(
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
            let invoice = store::invoice(conn, id.0)?.ok_or(AccessError::Hidden)?;
            let contract = seen(conn, &caller.roles, invoice.contract)?;
            let today = today(conn, now, invoice.cooperative)?;
            let open = open_of(conn, &invoice)?;
            let lines = store::invoice_lines(conn, invoice.id)?;
            match reader {
                Reader::Program => Ok(ApiResponse::ok(&InvoiceView::of(&invoice, lines, open, today)).tagged()),
                Reader::Person => {
                    crate::contracts::print::of(conn, &contract, &invoice, lines, (open, today), language)
                }
            }
        })
        .await
}
