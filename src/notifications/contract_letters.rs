//! Letters about contracts and invoices.

use serde_json::{Value, json};

use super::error::DispatchError;
use super::store;
use crate::catalogue;
use crate::contracts::events::ContractEvent;
use crate::contracts::{self, Contract, Invoice};
use crate::cooperatives::{self, Office};
use crate::db::{self, Conn};
use crate::events::RecordedEvent;
use crate::kernel::ids::AccountId;
use crate::kernel::{Language, Rupiah, format};
use crate::mail::{self, Letter, LetterRecipient, letter_kind};

/// Composes the letters about an event.
pub(super) fn compose_letters(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Letter>, DispatchError> {
    let Some(change) = event.read::<ContractEvent>() else { return Ok(Vec::new()) };
    let (kind, contract, invoice) = match &change {
        ContractEvent::Proposed(of) => (letter_kind!("contract-proposed"), of.contract, None),
        ContractEvent::Accepted(of) => (letter_kind!("contract-accepted"), of.contract, None),
        ContractEvent::Declined(of) => (letter_kind!("contract-declined"), of.contract, None),
        ContractEvent::Ended(of) => (letter_kind!("contract-ended"), of.contract, None),
        ContractEvent::InvoiceIssued(of) => (letter_kind!("invoice-issued"), of.contract, Some(of)),
        ContractEvent::InvoiceOverdue(of) => (letter_kind!("invoice-overdue"), of.contract, Some(of)),
        _ => return Ok(Vec::new()),
    };
    let Some(contract) = contracts::find_contract(conn, contract)? else { return Ok(Vec::new()) };
    let open = invoice.and_then(|of| of.open);
    let invoice = invoice.map(|of| contracts::find_invoice(conn, of.invoice)).transpose()?.flatten();
    let (cooperative, _) = store::load_cooperative(conn, contract.cooperative)?;
    let buyer = load_buyer_name(conn, contract.buyer)?;
    let mut recipients: Vec<(LetterRecipient, String)> = Vec::new();
    let is_ended = matches!(change, ContractEvent::Ended(_));
    let to_board = is_ended || matches!(change, ContractEvent::Accepted(_) | ContractEvent::Declined(_));
    let to_buyer = !to_board || is_ended;
    if to_buyer && let Some(person) = store::find_recipient(conn, contract.buyer)? {
        recipients.push((person, cooperative.clone()));
    }
    if to_board {
        for member in cooperatives::list_office_holders(conn, Office::Board, contract.cooperative)? {
            if let Some(person) = store::find_recipient(conn, member.account)? {
                recipients.push((person, buyer.clone()));
            }
        }
    }
    let goods = describe_goods(conn, &contract)?;
    let is_actor = |person: &LetterRecipient| person.account.is_some() && person.account == event.actor;
    recipients
        .into_iter()
        .filter(|(person, _)| !is_actor(person))
        .map(|(recipient, other)| {
            let mut values = build_values(recipient.language, &contract, invoice.as_ref(), other, &goods, open);
            if let Some(values) = values.as_object_mut() {
                values.insert("cooperative".into(), json!(cooperative));
            }
            Ok(mail::compose(kind, Some(event.id), recipient, values)?)
        })
        .collect()
}

/// The name of the buyer on one line.
fn load_buyer_name(conn: &mut Conn, buyer: AccountId) -> db::Result<String> {
    let contact = crate::orders::find_contact(conn, buyer)?;
    let name = contact.map(|(contact, _)| contact.name).unwrap_or_default();
    Ok(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The products with their prices.
fn describe_goods(conn: &mut Conn, contract: &Contract) -> db::Result<String> {
    let mut goods = Vec::new();
    for line in contracts::list_lines(conn, contract.id)? {
        let name = catalogue::find_of_any_status(conn, line.product)?.map(|product| product.name.clone());
        goods.push(format!("{} {}", name.unwrap_or_default(), line.unit_price));
    }
    Ok(goods.join("; "))
}

fn build_values(
    language: Language,
    contract: &Contract,
    invoice: Option<&Invoice>,
    other: String,
    goods: &str,
    open: Option<Rupiah>,
) -> Value {
    let day = |day| format::day(language, day);
    match invoice {
        Some(invoice) => json!({
            "what": invoice.number,
            "total": invoice.total.to_string(),
            "until": day(invoice.due_on),
            "missing": open.map(|open| open.to_string()).unwrap_or_default(),
        }),
        None => json!({
            "what": other,
            "goods": goods,
            "day": day(contract.starts_on),
            "until": day(contract.ends_on),
            "total": contract.credit_limit.to_string(),
        }),
    }
}
