//! Announcements of contracts and invoices.

use super::announcement::{Announcement, AnnouncementKind, TemplateValues};
use super::store::{self, LetterRecipient};
use crate::catalogue;
use crate::contracts::{self, Contract, Invoice};
use crate::cooperatives;
use crate::db::{Conn, Result};
use crate::events::RecordedEvent;
use crate::kernel::ids::{AccountId, ContractId, InvoiceId};
use crate::kernel::{Language, Rupiah, format};

/// Builds the announcements of an event.
pub(super) fn build_announcements(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Announcement>> {
    let kind = match event.kind.as_str() {
        "contract.proposed" => AnnouncementKind::ContractProposed,
        "contract.accepted" => AnnouncementKind::ContractAccepted,
        "contract.declined" => AnnouncementKind::ContractDeclined,
        "contract.ended" => AnnouncementKind::ContractEnded,
        "invoice.issued" => AnnouncementKind::InvoiceIssued,
        "invoice.overdue" => AnnouncementKind::InvoiceOverdue,
        _ => return Ok(Vec::new()),
    };
    let Some(contract) = parse_id::<ContractId>(event, "contract") else { return Ok(Vec::new()) };
    let Some(contract) = contracts::find_contract(conn, contract)? else { return Ok(Vec::new()) };
    let invoice = match parse_id::<InvoiceId>(event, "invoice") {
        Some(invoice) => contracts::find_invoice(conn, invoice)?,
        None => None,
    };
    let (cooperative, _) = store::load_cooperative(conn, contract.cooperative)?;
    let buyer = load_buyer_name(conn, contract.buyer)?;
    let mut recipients: Vec<(LetterRecipient, String)> = Vec::new();
    let to_buyer = !matches!(kind, AnnouncementKind::ContractAccepted | AnnouncementKind::ContractDeclined);
    if to_buyer && let Some(person) = store::find_recipient(conn, contract.buyer)? {
        recipients.push((person, cooperative.clone()));
    }
    if matches!(
        kind,
        AnnouncementKind::ContractAccepted | AnnouncementKind::ContractDeclined | AnnouncementKind::ContractEnded
    ) {
        for member in cooperatives::list_board_members(conn, contract.cooperative)? {
            if let Some(person) = store::find_recipient(conn, member.account)? {
                recipients.push((person, buyer.clone()));
            }
        }
    }
    let goods = describe_goods(conn, &contract)?;
    let open: Option<Rupiah> = event.payload.get("open").and_then(|open| serde_json::from_value(open.clone()).ok());
    let is_actor = |person: &LetterRecipient| person.account.is_some() && person.account == event.actor;
    Ok(recipients
        .into_iter()
        .filter(|(person, _)| !is_actor(person))
        .map(|(recipient, other)| Announcement {
            kind,
            values: build_values(recipient.language, &contract, invoice.as_ref(), other, &goods, open),
            cooperative: cooperative.clone(),
            recipient,
            link: None,
        })
        .collect())
}

fn parse_id<T: std::str::FromStr>(event: &RecordedEvent, member: &str) -> Option<T> {
    event.payload.get(member)?.as_str()?.parse().ok()
}

/// The name of the buyer on one line.
fn load_buyer_name(conn: &mut Conn, buyer: AccountId) -> Result<String> {
    let contact = crate::orders::find_contact(conn, buyer)?;
    let name = contact.map(|(contact, _)| contact.name).unwrap_or_default();
    Ok(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The products with their prices.
fn describe_goods(conn: &mut Conn, contract: &Contract) -> Result<String> {
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
) -> TemplateValues {
    let day = |day| format::day(language, day);
    match invoice {
        Some(invoice) => TemplateValues::from([
            ("what", invoice.number.clone()),
            ("total", invoice.total.to_string()),
            ("until", day(invoice.due_on)),
            ("missing", open.map(|open| open.to_string()).unwrap_or_default()),
        ]),
        None => TemplateValues::from([
            ("what", other),
            ("goods", goods.to_owned()),
            ("day", day(contract.starts_on)),
            ("until", day(contract.ends_on)),
            ("total", contract.credit_limit.to_string()),
        ]),
    }
}
