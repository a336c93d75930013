//! Routes of invoices: read as JSON and as a printable page, and paid.

use super::bodies::PayInvoice;
use super::find_visible;
use super::views::{InvoicePaymentView, InvoiceView, OrderPaymentView};
use crate::contracts::pay::{compute_open_amount, record_payment};
use crate::contracts::print::render_invoice;
use crate::contracts::store;
use crate::cooperatives::{self, AccessError, Caller, Treasurer};
use crate::kernel::ids::{ContractId, InvoiceId};
use crate::kernel::{Day, Language};
use crate::web::html::{HtmlPage, Reader};
use crate::web::{ApiResponse, KeyRequired, List, Page, PathIds, Problem, Read, Routes, Write, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["market": list_invoices, get_invoice, pay_invoice]
}

/// List the invoices of a contract
///
/// The latest month first, without lines.
#[utoipa::path(get, path = "/v1/contracts/{id}/invoices", responses((status = 200, body = Page<InvoiceView>)))]
async fn list_invoices(list: List<Day>, caller: Caller, id: PathIds<ContractId>) -> Result<ApiResponse, Problem> {
    let rows = list.read(move |conn, list| {
        let contract = find_visible(conn, &caller.roles, id.0)?;
        let today = cooperatives::load_zone(conn, contract.cooperative)?.day_of(list.now);
        let invoices = store::list_invoices(conn, id.0, list.after, list.limit)?;
        let mut view = |invoice| Ok(InvoiceView::of(&invoice, Vec::new(), compute_open_amount(conn, &invoice)?, today));
        invoices.into_iter().map(&mut view).collect()
    });
    Ok(rows.await?.answer(|view| view.month, |view| view))
}

/// Get an invoice
///
/// For the buyer, and the board, treasurer and supervisors of the cooperative. Returns JSON, or for browsers a
/// printable page in the reader's language.
#[utoipa::path(
    get, path = "/v1/invoices/{id}",
    responses((status = 200, content((InvoiceView = "application/json"), (HtmlPage = "text/html")))),
)]
async fn get_invoice(
    read: Read,
    caller: Caller,
    reader: Reader,
    language: Language,
    id: PathIds<InvoiceId>,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let invoice = store::find_invoice(conn, id.0)?.ok_or(AccessError::Hidden)?;
        let contract = find_visible(conn, &caller.roles, invoice.contract)?;
        let (open, today) =
            (compute_open_amount(conn, &invoice)?, cooperatives::load_zone(conn, invoice.cooperative)?.day_of(now));
        let lines = store::list_invoice_lines(conn, invoice.id)?;
        match reader {
            Reader::Program => Ok(ApiResponse::ok(&InvoiceView::of(&invoice, lines, open, today)).with_etag()),
            Reader::Person => render_invoice(conn, &contract, &invoice, lines, (open, today), language),
        }
    })
    .await
}

/// Record a payment of an invoice
///
/// For the treasurer. The amount is split into confirmed payments of the invoice's orders, the oldest first. An amount
/// above what is owed is refused.
#[utoipa::path(
    post, path = "/v1/invoices/{id}/payments",
    responses(
        (status = 201, body = InvoicePaymentView),
        (status = 409, description = "`nothing-owed`"),
        (status = 422, description = "`more-than-owed` with `owed`"),
    ),
)]
async fn pay_invoice(
    call: Write<PayInvoice, KeyRequired>,
    treasurer: Treasurer,
    caller: Caller,
    id: PathIds<InvoiceId>,
) -> Result<ApiResponse, Problem> {
    call.once(treasurer.person.idempotency_scope(), move |tx, now, body| {
        let invoice = store::find_invoice(tx, id.0)?.ok_or(AccessError::Hidden)?;
        let contract = find_visible(tx, &caller.roles, invoice.contract)?;
        let permit = treasurer.permit(invoice.cooperative).map_err(|_| AccessError::Forbidden)?;
        let (invoice, paid) = record_payment(tx, now, &permit, id.0, body.method, body.amount)?;
        let (open, today) =
            (compute_open_amount(tx, &invoice)?, cooperatives::load_zone(tx, invoice.cooperative)?.day_of(now));
        let lines = store::list_invoice_lines(tx, id.0)?;
        let payments =
            paid.into_iter().map(|(order, payment, amount)| OrderPaymentView { payment, order, amount }).collect();
        let view = InvoicePaymentView { invoice: InvoiceView::of(&invoice, lines, open, today), payments };
        Ok(ApiResponse::created(format!("/v1/invoices/{}", id.0), &view).about_subject(contract.buyer))
    })
    .await
}
