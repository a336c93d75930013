//! What was paid for an invoice, recorded by the treasurer.

use actix_web::web::Data;

use super::bodies::PayInvoice;
use super::views::{InvoicePaymentView, InvoiceView, OrderPaymentView};
use crate::contracts::credit::today;
use crate::contracts::pay::{open_of, pay};
use crate::contracts::{store, viewer};
use crate::cooperatives::{AccessError, Caller, Treasurer};
use crate::kernel::ids::InvoiceId;
use crate::web::{ApiResponse, AppState, Body, Idempotency, PathIds, Problem, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![pay_invoice]
}

/// Record a payment of an invoice
///
/// For the treasurer: it becomes payments of the orders of the invoice, the oldest first, and is confirmed at once. More
/// than is left to pay is refused.
#[utoipa::path(
    post, path = "/v1/invoices/{id}/payments", tag = "market", operation_id = "pay_invoice",
    params(("id" = InvoiceId, Path, description = "The invoice"), ("Idempotency-Key" = String, Header)),
    request_body = PayInvoice,
    responses(
        (status = 201, description = "Recorded", body = InvoicePaymentView),
        (status = 409, description = "`nothing-owed`"),
        (status = 422, description = "`more-than-owed` with `owed`"),
    ),
    security(("bearer" = [])),
)]
async fn pay_invoice(
    state: Data<AppState>,
    treasurer: Treasurer,
    caller: Caller,
    key: Idempotency,
    id: PathIds<InvoiceId>,
    body: Body<PayInvoice>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, asked, id) = (state.now(), treasurer.person.scope(), body.value, id.0);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let invoice = store::invoice(tx, id)?.ok_or(AccessError::Hidden)?;
            let contract = store::contract(tx, invoice.contract)?.ok_or(AccessError::Hidden)?;
            viewer::sees(&caller.roles, &contract)?;
            let permit = treasurer.of(invoice.cooperative).map_err(|_| AccessError::Forbidden)?;
            let (invoice, paid) = pay(tx, now, &permit, id, asked.method, asked.amount)?;
            let (open, today) = (open_of(tx, &invoice)?, today(tx, now, invoice.cooperative)?);
            let lines = store::invoice_lines(tx, id)?;
            let payments =
                paid.into_iter().map(|(order, payment, amount)| OrderPaymentView { payment, order, amount }).collect();
            let view = InvoicePaymentView { invoice: InvoiceView::of(&invoice, lines, open, today), payments };
            Ok::<_, Problem>(ApiResponse::created(format!("/v1/invoices/{id}"), &view).about_subject(contract.buyer))
        })
        .await
}
