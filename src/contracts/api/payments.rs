//! Routes for recording payments of invoices.

use actix_web::web::Data;

use super::bodies::PayInvoice;
use super::views::{InvoicePaymentView, InvoiceView, OrderPaymentView};
use crate::contracts::credit::find_today;
use crate::contracts::pay::{compute_open_amount, record_payment};
use crate::contracts::{access, store};
use crate::cooperatives::{AccessError, Caller, Treasurer};
use crate::kernel::ids::InvoiceId;
use crate::web::{ApiResponse, AppState, Body, Idempotency, PathIds, Problem, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["market": pay_invoice]
}

/// Record a payment of an invoice
///
/// For the treasurer. The amount is split into confirmed payments of the invoice's orders, the oldest first. An amount
/// above what is owed is refused.
#[utoipa::path(
    post, path = "/v1/invoices/{id}/payments",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, body = InvoicePaymentView),
        (status = 409, description = "`nothing-owed`"),
        (status = 422, description = "`more-than-owed` with `owed`"),
    ),
)]
async fn pay_invoice(
    state: Data<AppState>,
    treasurer: Treasurer,
    caller: Caller,
    key: Idempotency,
    id: PathIds<InvoiceId>,
    body: Body<PayInvoice>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, input, id) = (state.now(), treasurer.person.scope(), body.value, id.0);
    key.required()?
        .once(&state.db, now, scope, body.fingerprint, move |tx| {
            let invoice = store::find_invoice(tx, id)?.ok_or(AccessError::Hidden)?;
            let contract = store::find_contract(tx, invoice.contract)?.ok_or(AccessError::Hidden)?;
            access::require_visible(&caller.roles, &contract)?;
            let permit = treasurer.permit(invoice.cooperative).map_err(|_| AccessError::Forbidden)?;
            let (invoice, paid) = record_payment(tx, now, &permit, id, input.method, input.amount)?;
            let (open, today) = (compute_open_amount(tx, &invoice)?, find_today(tx, now, invoice.cooperative)?);
            let lines = store::list_invoice_lines(tx, id)?;
            let payments =
                paid.into_iter().map(|(order, payment, amount)| OrderPaymentView { payment, order, amount }).collect();
            let view = InvoicePaymentView { invoice: InvoiceView::of(&invoice, lines, open, today), payments };
            Ok::<_, Problem>(ApiResponse::created(format!("/v1/invoices/{id}"), &view).about_subject(contract.buyer))
        })
        .await
}
