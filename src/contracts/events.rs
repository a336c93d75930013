//! Events of contracts and invoices.

use super::contract::{Contract, ContractStatus};
use super::invoice::Invoice;
use crate::events::{Event, events};
use crate::kernel::ids::{ContractId, InvoiceId, OrderId, PaymentId};
use crate::kernel::{Day, Rupiah};

events! {
    /// What happened to a contract or an invoice.
    ContractEvent {
        "contract.proposed" => Proposed(ContractPayload),
        "contract.accepted" => Accepted(ContractPayload),
        "contract.declined" => Declined(ContractPayload),
        "contract.withdrawn" => Withdrawn(ContractPayload),
        "contract.ended" => Ended(ContractPayload),
        "contract.called_off" => Ordered { contract: ContractId, status: ContractStatus, order: OrderId, total: Rupiah },
        "invoice.issued" => InvoiceIssued(InvoicePayload),
        "invoice.overdue" => InvoiceOverdue(InvoicePayload),
        "invoice.payment_recorded" => InvoicePaid(InvoicePayload),
    }
    ContractPayload { contract: ContractId, status: ContractStatus }
    InvoicePayload {
        contract: ContractId, invoice: InvoiceId, month: Day, total: Rupiah, due_on: Day,
        #[serde(skip_serializing_if = "Option::is_none")] open: Option<Rupiah>,
        #[serde(skip_serializing_if = "Option::is_none")] amount: Option<Rupiah>,
        #[serde(skip_serializing_if = "Option::is_none")] payments: Option<Vec<PaymentId>>,
    }
}

/// An event of a contract.
pub(super) fn contract_event(kind: fn(ContractPayload) -> ContractEvent, contract: &Contract) -> Event {
    let payload = ContractPayload { contract: contract.id, status: contract.status };
    kind(payload).about(contract.id).in_cooperative(contract.cooperative)
}

impl InvoicePayload {
    pub(super) fn new(invoice: &Invoice) -> Self {
        let Invoice { contract, id, month, total, due_on, .. } = *invoice;
        InvoicePayload { contract, invoice: id, month, total, due_on, open: None, amount: None, payments: None }
    }
}
