//! What becomes of contracts and invoices, and who hears of it.

use super::announcement::{Announcement, Facts, News};
use super::store::{self, Person};
use crate::catalogue;
use crate::contracts::{self, Contract, Invoice};
use crate::cooperatives;
use crate::db::{Conn, Result};
use crate::events::RecordedEvent;
use crate::kernel::ids::{AccountId, ContractId, InvoiceId};
use crate::kernel::{Language, Rupiah, format};

/// What this event makes necessary.
pub(super) fn bulletins(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Announcement>> {
    let news = match event.kind.as_str() {
        "contract.proposed" => News::ContractProposed,
        "contract.accepted" => News::ContractAccepted,
        "contract.declined" => News::ContractDeclined,
        "contract.ended" => News::ContractEnded,
        "invoice.issued" => News::InvoiceIssued,
        "invoice.overdue" => News::InvoiceOverdue,
        _ => return Ok(Vec::new()),
    };
    let Some(contract) = named::<ContractId>(event, "contract") else { return Ok(Vec::new()) };
    let Some(contract) = contracts::find(conn, contract)? else { return Ok(Vec::new()) };
    let invoice = match named::<InvoiceId>(event, "invoice") {
        Some(invoice) => contracts::find_invoice(conn, invoice)?,
        None => None,
    };
    let (cooperative, _) = store::cooperative(conn, contract.cooperative)?;
    let buyer = name_of(conn, contract.buyer)?;
    let mut readers: Vec<(Person, String)> = Vec::new();
    let to_buyer = !matches!(news, News::ContractAccepted | News::ContractDeclined);
    if to_buyer && let Some(person) = store::person(conn, contract.buyer)? {
        readers.push((person, cooperative.clone()));
    }
    if matches!(news, News::ContractAccepted | News::ContractDeclined | News::ContractEnded) {
        for member in cooperatives::board_of(conn, contract.cooperative)? {
            if let Some(person) = store::person(conn, member.account)? {
                readers.push((person, buyer.clone()));
            }
        }
    }
    let goods = goods(conn, &contract)?;
    let open: Option<Rupiah> = event.payload.get("open").and_then(|open| serde_json::from_value(open.clone()).ok());
    let did_it = |person: &Person| person.account.is_some() && person.account == event.actor;
    Ok(readers
        .into_iter()
        .filter(|(person, _)| !did_it(person))
        .map(|(to, other)| Announcement {
            news,
            facts: facts(to.language, &contract, invoice.as_ref(), other, &goods, open),
            cooperative: cooperative.clone(),
            to,
            link: None,
        })
        .collect())
}

fn named<T: std::str::FromStr>(event: &RecordedEvent, member: &str) -> Option<T> {
    event.payload.get(member)?.as_str()?.parse().ok()
}

/// What the buyer is called, on one line.
fn name_of(conn: &mut Conn, buyer: AccountId) -> Result<String> {
    let known = crate::orders::contact_of(conn, buyer)?;
    let name = known.map(|(contact, _)| contact.name).unwrap_or_default();
    Ok(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The products with their prices.
fn goods(conn: &mut Conn, contract: &Contract) -> Result<String> {
    let mut goods = Vec::new();
    for line in contracts::lines_of(conn, contract.id)? {
        let name = catalogue::find_of_any_status(conn, line.product)?.map(|product| product.name.clone());
        goods.push(format!("{} {}", name.unwrap_or_default(), line.unit_price));
    }
    Ok(goods.join("; "))
}

fn facts(
    language: Language,
    contract: &Contract,
    invoice: Option<&Invoice>,
    other: String,
    goods: &str,
    open: Option<Rupiah>,
) -> Facts {
    let day = |day| format::day(language, day);
    match invoice {
        Some(invoice) => Facts::from([
            ("what", invoice.number.clone()),
            ("total", invoice.total.to_string()),
            ("until", day(invoice.due_on)),
            ("missing", open.map(|open| open.to_string()).unwrap_or_default()),
        ]),
        None => Facts::from([
            ("what", other),
            ("goods", goods.to_owned()),
            ("day", day(contract.starts_on)),
            ("until", day(contract.ends_on)),
            ("total", contract.credit_limit.to_string()),
        ]),
    }
}
