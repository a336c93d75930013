//! What was paid for an invoice, recorded by the treasurer.

use actix_web::web::Data;

use super::bodies::PayInvoice;
use super::views::{InvoicePaymentView, InvoiceView, OrderPaymentView};
use crate::cooperatives::{Denied, Insider, Treasurer};
use crate::kernel::ids::InvoiceId;
use crate::market::contracts::credit::today;
use crate::market::contracts::pay::{open_of, pay};
use crate::market::contracts::{store, viewer};
use crate::web::{Answer, Body, Idempotency, PathIds, Problem, Routes, Site, routes};

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
    site: Data<Site>,
    treasurer: Treasurer,
    caller: Insider,
    key: Idempotency,
    id: PathIds<InvoiceId>,
    body: Body<PayInvoice>,
) -> Result<Answer, Problem> {
    let (now, scope, asked, id) = (site.now(), treasurer.person.scope(), body.value, id.0);
    key.required()?
        .once(&site.db, now, scope, body.fingerprint, move |tx| {
            let invoice = store::invoice(tx, id)?.ok_or(Denied::NotThere)?;
            let contract = store::contract(tx, invoice.contract)?.ok_or(Denied::NotThere)?;
            viewer::sees(&caller.standing, &contract)?;
            let permit = treasurer.of(invoice.cooperative).map_err(|_| Denied::NotAllowed)?;
            let (invoice, paid) = pay(tx, now, &permit, id, asked.method, asked.amount)?;
            let (open, today) = (open_of(tx, &invoice)?, today(tx, now, invoice.cooperative)?);
            let lines = store::invoice_lines(tx, id)?;
            let payments =
                paid.into_iter().map(|(order, payment, amount)| OrderPaymentView { payment, order, amount }).collect();
            let view = InvoicePaymentView { invoice: InvoiceView::of(&invoice, lines, open, today), payments };
            Ok::<_, Problem>(Answer::created(format!("/v1/invoices/{id}"), &view).about(contract.buyer))
        })
        .await
}
