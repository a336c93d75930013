//! Reading invoices: as JSON, and as a page to print.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::views::InvoiceView;
use super::{page, seen};
use crate::cooperatives::{Denied, Insider};
use crate::kernel::ids::{ContractId, InvoiceId};
use crate::kernel::{Day, Language};
use crate::market::contracts::credit::today;
use crate::market::contracts::pay::open_of;
use crate::market::contracts::store;
use crate::web::html::{HtmlPage, Reader};
use crate::web::{Answer, Page, PageQuery, Paging, PathIds, Problem, Query, Routes, Site, routes};

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
    site: Data<Site>,
    caller: Insider,
    id: PathIds<ContractId>,
    request: HttpRequest,
    Query(PageQuery { cursor, limit }): Query<PageQuery>,
) -> Result<Answer, Problem> {
    let now = site.now();
    let paging = Paging::<Day>::read(&site.sealer, format!("invoices of {}", id.0), limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = site
        .db
        .read::<_, Problem, _>(move |conn| {
            let contract = seen(conn, &caller.standing, id.0)?;
            let today = today(conn, now, contract.cooperative)?;
            let mut found = Vec::new();
            for invoice in store::invoices_of(conn, id.0, after, rows)? {
                let open = open_of(conn, &invoice)?;
                found.push((invoice.month, InvoiceView::of(&invoice, Vec::new(), open, today)));
            }
            Ok(found)
        })
        .await?;
    let page = paging.page(&site.sealer, found, |(month, _)| *month, |(_, view)| view);
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
    site: Data<Site>,
    caller: Insider,
    reader: Reader,
    language: Language,
    id: PathIds<InvoiceId>,
) -> Result<Answer, Problem> {
    let now = site.now();
    site.db
        .read::<_, Problem, _>(move |conn| {
            let invoice = store::invoice(conn, id.0)?.ok_or(Denied::NotThere)?;
            let contract = seen(conn, &caller.standing, invoice.contract)?;
            let today = today(conn, now, invoice.cooperative)?;
            let open = open_of(conn, &invoice)?;
            let lines = store::invoice_lines(conn, invoice.id)?;
            match reader {
                Reader::Program => Ok(Answer::ok(&InvoiceView::of(&invoice, lines, open, today)).tagged()),
                Reader::Person => page::of(conn, &contract, &invoice, lines, (open, today), language),
            }
        })
        .await
}
