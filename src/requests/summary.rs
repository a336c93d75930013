//! Requests with the related data that views show: buyer, product name, offers.

use super::request::Request;
use super::store;
use crate::db::{self, Conn};
use crate::kernel::Json;
use crate::kernel::ids::{AccountId, GroupId, ProductId, RequestId};
use crate::orders::OrderContact;
use std::collections::HashMap;

/// The buyer of a request and their contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    /// The account; `None` for a caller recorded by an officer.
    pub account: Option<AccountId>,
    /// Name and contact details.
    pub contact: OrderContact,
}

/// Finds the buyer of a request: the account's owner, or the caller that an officer recorded.
pub fn find_requester(conn: &mut Conn, request: &Request) -> db::Result<Requester> {
    let mut contacts = store::find_contacts(conn, &request.buyer.into_iter().collect::<Vec<_>>())?;
    Ok(build_requester(request, &mut contacts))
}

fn build_requester(request: &Request, contacts: &mut HashMap<AccountId, OrderContact>) -> Requester {
    let contact = match request.buyer {
        Some(account) => contacts.get(&account).cloned(),
        None => request.caller_contact(),
    };
    Requester { account: request.buyer, contact: contact.unwrap_or_else(anonymous_contact) }
}

/// The contact of an erased person.
pub(super) fn anonymous_contact() -> OrderContact {
    OrderContact { name: "—".into(), phone: None, email: None }
}

pub(super) fn anonymous_contact_json() -> Json {
    Json::new(&anonymous_contact())
}

/// A request with the related data that views show.
#[derive(Debug, Clone)]
pub struct RequestSummary {
    pub(super) request: Request,
    pub(super) requester: Requester,
    pub(super) product_name: Option<String>,
    /// Groups with an accepted offer.
    pub(super) supplying_groups: Vec<GroupId>,
    /// Number of open offers.
    pub(super) open_offers: i64,
}

/// Loads the related data of these requests, in their order.
pub(super) fn load_summaries(conn: &mut Conn, requests: Vec<Request>) -> db::Result<Vec<RequestSummary>> {
    let ids: Vec<RequestId> = requests.iter().map(|request| request.id).collect();
    let buyers: Vec<AccountId> = requests.iter().filter_map(|request| request.buyer).collect();
    let products: Vec<ProductId> = requests.iter().filter_map(|request| request.product).collect();
    let mut contacts = store::find_contacts(conn, &buyers)?;
    let names = store::find_product_names(conn, &products)?;
    let supplying_groups = store::list_supplying_groups(conn, &ids)?;
    let open_offer_counts = store::count_open_offers(conn, &ids)?;
    Ok(requests
        .into_iter()
        .map(|request| RequestSummary {
            requester: build_requester(&request, &mut contacts),
            product_name: request.product.and_then(|product| names.get(&product).cloned()),
            supplying_groups: supplying_groups
                .iter()
                .filter(|(id, _)| *id == request.id)
                .map(|(_, group)| *group)
                .collect(),
            open_offers: open_offer_counts.get(&request.id).copied().unwrap_or(0),
            request,
        })
        .collect())
}

/// Loads the related data of one request.
pub(super) fn load_summary(conn: &mut Conn, request: Request) -> db::Result<RequestSummary> {
    load_summaries(conn, vec![request])?.pop().ok_or_else(|| diesel::result::Error::NotFound.into())
}
