//! Events of contracts and invoices. Payloads hold ids and figures only.

use super::contract::Contract;
use super::invoice::Invoice;
use crate::events::{Event, Kind};

/// An event of a contract.
pub fn contract_event(kind: Kind, contract: &Contract) -> Event {
    Event::new(kind, contract.id)
        .in_cooperative(contract.cooperative)
        .with("contract", contract.id)
        .with("status", contract.status)
}

/// An event of an invoice.
pub fn invoice_event(kind: Kind, invoice: &Invoice) -> Event {
    Event::new(kind, invoice.id)
        .in_cooperative(invoice.cooperative)
        .with("contract", invoice.contract)
        .with("invoice", invoice.id)
        .with("month", invoice.month)
        .with("total", invoice.total)
        .with("due_on", invoice.due_on)
}
