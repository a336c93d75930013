//! Requests, and what their answers need to know.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use std::collections::HashMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::catalogue::Category;
use crate::cooperatives::GroupStatus;
use crate::db::schema::{accounts, groups, offers, products, requests};
use crate::db::{Conn, Result, Tx, filter_after, lock_row};
use crate::kernel::ids::{AccountId, GroupId, ProductId, RequestId};
use crate::kernel::{Day, Instant, Json, Phone, Quantity};
use crate::orders::OrderContact;
use crate::requests::offer::OfferStatus;
use crate::requests::request::{Details, Request, RequestStatus};
use crate::requests::summary::anonymous_contact_json;

/// Inserts a request.
pub fn insert_request(tx: &mut Tx<'_>, request: &Request) -> Result<()> {
    diesel::insert_into(requests::table).values(request).execute(&mut **tx)?;
    Ok(())
}

/// Finds a request.
pub fn find_request(conn: &mut Conn, id: RequestId) -> Result<Option<Request>> {
    Ok(requests::table.find(id).select(Request::as_select()).get_result(conn).optional()?)
}

/// Finds and locks a request until the end of the transaction.
pub fn lock_request(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<Request>> {
    Ok(lock_row!(tx, requests::table.find(id), Request)?)
}

/// Counts the buyer's open requests.
pub fn count_open_requests(conn: &mut Conn, buyer: AccountId) -> Result<i64> {
    Ok(requests::table
        .filter(requests::buyer_id.eq(buyer))
        .filter(requests::status.eq(RequestStatus::Open))
        .count()
        .get_result(conn)?)
}

/// Updates a request at the given version. `change` gets the current details and returns the new ones.
pub fn update_details(tx: &mut Tx<'_>, id: RequestId, details: &Details, answers_until: Instant) -> Result<()> {
    diesel::update(requests::table.find(id))
        .set((
            requests::words.eq(&details.words),
            requests::quantity.eq(details.quantity),
            requests::unit.eq(&details.unit),
            requests::needed_on.eq(details.needed_on),
            requests::place_kind.eq(details.place.kind),
            requests::pickup_point_id.eq(details.place.point),
            requests::delivery_zone_id.eq(details.place.zone),
            requests::address.eq(&details.place.address),
            requests::budget.eq(details.budget),
            requests::occasion.eq(details.occasion),
            requests::note.eq(&details.note),
            requests::answers_until.eq(answers_until),
            requests::version.eq(requests::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Adds an accepted quantity to a request. Returns false when the request needs less.
pub fn add_accepted(tx: &mut Tx<'_>, id: RequestId, quantity: Quantity) -> Result<bool> {
    let target = requests::table.find(id).filter((requests::taken + quantity).le(requests::quantity));
    let changed = diesel::update(target)
        .set((requests::taken.eq(requests::taken + quantity), requests::version.eq(requests::version + 1)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Closes a request with this status.
pub fn close_request(tx: &mut Tx<'_>, now: Instant, id: RequestId, status: RequestStatus) -> Result<()> {
    diesel::update(requests::table.find(id))
        .set((requests::status.eq(status), requests::closed_at.eq(now), requests::version.eq(requests::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lists the requests that the account made or recorded, the newest first, after this page key.
pub fn list_requests(
    conn: &mut Conn,
    account: AccountId,
    status: Option<RequestStatus>,
    after: Option<(Instant, RequestId)>,
    limit: i64,
) -> Result<Vec<Request>> {
    let mut query = requests::table
        .filter(requests::buyer_id.eq(account).or(requests::captured_by.eq(account)))
        .order((requests::created_at.desc(), requests::id.desc()))
        .limit(limit)
        .select(Request::as_select())
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(requests::status.eq(status));
    }
    filter_after!(query, after, lt, requests::created_at, requests::id);
    Ok(query.load(conn)?)
}

/// Lists all requests of a buyer.
pub fn list_by_buyer(conn: &mut Conn, account: AccountId) -> Result<Vec<Request>> {
    Ok(requests::table
        .filter(requests::buyer_id.eq(account))
        .order(requests::id.asc())
        .select(Request::as_select())
        .load(conn)?)
}

/// Lists the open requests that a group could answer, the soonest first, after this page key: those without a category,
/// and those whose category the group lists.
pub fn list_open_for_group(
    conn: &mut Conn,
    group: GroupId,
    after: Option<(Day, RequestId)>,
    limit: i64,
) -> Result<Vec<Request>> {
    let own = groups::table.find(group).select(groups::cooperative_id);
    let listed: Vec<Category> = products::table
        .filter(products::group_id.eq(group))
        .filter(products::listed)
        .select(products::category)
        .distinct()
        .load(conn)?;
    let mut query = requests::table
        .filter(requests::cooperative_id.eq_any(own))
        .filter(requests::status.eq(RequestStatus::Open))
        .filter(requests::category.is_null().or(requests::category.eq_any(listed)))
        .order((requests::needed_on.asc(), requests::id.asc()))
        .limit(limit)
        .select(Request::as_select())
        .into_boxed();
    filter_after!(query, after, gt, requests::needed_on, requests::id);
    Ok(query.load(conn)?)
}

/// Lists the active groups that could answer a request, by the same rule.
pub fn list_addressed_groups(conn: &mut Conn, request: &Request) -> Result<Vec<GroupId>> {
    let mut query = groups::table
        .filter(groups::cooperative_id.eq(request.cooperative))
        .filter(groups::status.eq(GroupStatus::Active))
        .order(groups::id.asc())
        .select(groups::id)
        .into_boxed();
    if let Some(category) = request.category {
        let lists_some = products::table
            .filter(products::group_id.eq(groups::id))
            .filter(products::listed)
            .filter(products::category.eq(category));
        query = query.filter(exists(lists_some));
    }
    Ok(query.load(conn)?)
}

/// Lists open requests past `answers_until` without an open offer.
pub fn list_due_requests(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<RequestId>> {
    let open = offers::table.filter(offers::request_id.eq(requests::id)).filter(offers::status.eq(OfferStatus::Open));
    Ok(requests::table
        .filter(requests::status.eq(RequestStatus::Open))
        .filter(requests::answers_until.le(now))
        .filter(not(exists(open)))
        .order(requests::answers_until.asc())
        .limit(limit)
        .select(requests::id)
        .load(conn)?)
}

/// Loads the contacts of accounts.
pub fn find_contacts(conn: &mut Conn, ids: &[AccountId]) -> Result<HashMap<AccountId, OrderContact>> {
    let rows: Vec<(AccountId, String, Option<Phone>, Option<String>)> = accounts::table
        .filter(accounts::id.eq_any(ids.to_vec()))
        .select((accounts::id, accounts::name, accounts::phone, accounts::email))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, name, phone, email)| (id, OrderContact { name, phone, email })).collect())
}

/// Loads the names of products.
pub fn find_product_names(conn: &mut Conn, ids: &[ProductId]) -> Result<HashMap<ProductId, String>> {
    let rows: Vec<(ProductId, String)> =
        products::table.filter(products::id.eq_any(ids.to_vec())).select((products::id, products::name)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Blanks the texts in a buyer's requests.
pub fn forget_buyer(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let own_requests = || requests::table.filter(requests::buyer_id.eq(account));
    diesel::update(own_requests().filter(requests::words.is_not_null()))
        .set(requests::words.eq("—"))
        .execute(&mut **tx)?;
    diesel::update(own_requests())
        .set((
            requests::note.eq(None::<String>),
            requests::address.eq(None::<String>),
            requests::version.eq(requests::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Erases the contacts in closed requests that this officer recorded.
pub fn forget_callers_captured_by(tx: &mut Tx<'_>, account: AccountId, anonymous_contact: &Json) -> Result<()> {
    let over =
        requests::table.filter(requests::captured_by.eq(account)).filter(requests::status.ne(RequestStatus::Open));
    diesel::update(over)
        .set((
            requests::contact.eq(anonymous_contact),
            requests::note.eq(None::<String>),
            requests::address.eq(None::<String>),
            requests::version.eq(requests::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Erases the contacts in requests that were closed before this moment. Returns how many.
pub fn forget_callers(tx: &mut Tx<'_>, before: Instant) -> Result<usize> {
    let anonymous_contact = anonymous_contact_json();
    let over = requests::table
        .filter(requests::contact.is_not_null())
        .filter(requests::contact.ne(&anonymous_contact))
        .filter(requests::closed_at.lt(before));
    Ok(diesel::update(over)
        .set((
            requests::contact.eq(&anonymous_contact),
            requests::note.eq(None::<String>),
            requests::address.eq(None::<String>),
            requests::version.eq(requests::version + 1),
        ))
        .execute(&mut **tx)?)
}
