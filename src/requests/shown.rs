//! A request with what is told beside it: who asks, which product, what was offered.

use super::request::Request;
use super::store;
use crate::db::{self, Conn};
use crate::kernel::Json;
use crate::kernel::ids::{AccountId, GroupId, ProductId, RequestId};
use crate::orders::Contact;
use std::collections::HashMap;

/// Who asks, and how they are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// Their account, when they have one.
    pub account: Option<AccountId>,
    /// Their name and numbers.
    pub contact: Contact,
}

/// Whoever asks: the one who called, or the account's owner.
pub fn asker_of(conn: &mut Conn, request: &Request) -> db::Result<Asker> {
    let mut people = store::people(conn, &request.buyer.into_iter().collect::<Vec<_>>())?;
    Ok(asker(request, &mut people))
}

fn asker(request: &Request, people: &mut HashMap<AccountId, Contact>) -> Asker {
    let known = match request.buyer {
        Some(account) => people.get(&account).cloned(),
        None => request.caller(),
    };
    Asker { account: request.buyer, contact: known.unwrap_or_else(nobody) }
}

/// Who is forgotten.
pub(super) fn nobody() -> Contact {
    Contact { name: "—".into(), phone: None, email: None }
}

pub(super) fn nobody_written() -> Json {
    Json::of(&nobody())
}

/// A request with what is told beside it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub(super) request: Request,
    pub(super) asker: Asker,
    pub(super) product_name: Option<String>,
    /// The groups of whose offers something was taken.
    pub(super) takers: Vec<GroupId>,
    /// How many offers are open.
    pub(super) offers: i64,
}

/// These requests, in their order, with what is told beside them.
pub(super) fn shown(conn: &mut Conn, requests: Vec<Request>) -> db::Result<Vec<Shown>> {
    let ids: Vec<RequestId> = requests.iter().map(|request| request.id).collect();
    let buyers: Vec<AccountId> = requests.iter().filter_map(|request| request.buyer).collect();
    let products: Vec<ProductId> = requests.iter().filter_map(|request| request.product).collect();
    let mut people = store::people(conn, &buyers)?;
    let names = store::product_names(conn, &products)?;
    let takers = store::takers(conn, &ids)?;
    let open = store::open_offer_counts(conn, &ids)?;
    Ok(requests
        .into_iter()
        .map(|request| Shown {
            asker: asker(&request, &mut people),
            product_name: request.product.and_then(|product| names.get(&product).cloned()),
            takers: takers.iter().filter(|(id, _)| *id == request.id).map(|(_, group)| *group).collect(),
            offers: open.get(&request.id).copied().unwrap_or(0),
            request,
        })
        .collect())
}

/// One request with what is told beside it.
pub(super) fn shown_one(conn: &mut Conn, request: Request) -> db::Result<Shown> {
    shown(conn, vec![request])?.pop().ok_or_else(|| diesel::result::Error::NotFound.into())
}
