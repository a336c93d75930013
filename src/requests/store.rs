//! All SQL of requests and offers. Whoever changes an offer holds its request's row first.

#![allow(clippy::arithmetic_side_effects, reason = "columns are added up by the database, which checks")]

use std::collections::HashMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::offer::{Offer, OfferStatus};
use super::request::{Details, Request, RequestStatus};
use super::shown::nobody_written;
use crate::catalogue::Category;
use crate::cooperatives::GroupStatus;
use crate::db::schema::{accounts, groups, offers, products, requests};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, BatchId, GroupId, OfferId, OrderId, ProductId, RequestId};
use crate::kernel::{Day, Instant, Json, Phone, Quantity};
use crate::orders::Contact;

/// Writes a request.
pub fn insert_request(tx: &mut Tx<'_>, request: &Request) -> Result<()> {
    diesel::insert_into(requests::table).values(request).execute(&mut **tx)?;
    Ok(())
}

/// The request of this id.
pub fn request(conn: &mut Conn, id: RequestId) -> Result<Option<Request>> {
    Ok(requests::table.find(id).select(Request::as_select()).first(conn).optional()?)
}

/// The request, its row held until the end of the transaction.
pub fn locked(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<Request>> {
    let query = requests::table.find(id);
    Ok(match &mut **tx {
        // One writer: nobody else changes anything.
        Conn::Sqlite(sqlite) => query.select(Request::as_select()).first(sqlite).optional()?,
        Conn::Postgres(postgres) => query.select(Request::as_select()).for_update().first(postgres).optional()?,
    })
}

/// How many requests of this buyer are open.
pub fn open_requests_of(conn: &mut Conn, buyer: AccountId) -> Result<i64> {
    Ok(requests::table
        .filter(requests::buyer_id.eq(buyer))
        .filter(requests::status.eq(RequestStatus::Open))
        .count()
        .get_result(conn)?)
}

/// Changes what a request says.
pub fn set_details(tx: &mut Tx<'_>, id: RequestId, details: &Details, answers_until: Instant) -> Result<()> {
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

/// Takes this much of what a request lacks, if it lacks that much.
pub fn take(tx: &mut Tx<'_>, id: RequestId, quantity: Quantity) -> Result<bool> {
    let lacking = requests::table.find(id).filter((requests::taken + quantity).le(requests::quantity));
    let changed = diesel::update(lacking)
        .set((requests::taken.eq(requests::taken + quantity), requests::version.eq(requests::version + 1)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Ends a request.
pub fn close_request(tx: &mut Tx<'_>, now: Instant, id: RequestId, status: RequestStatus) -> Result<()> {
    diesel::update(requests::table.find(id))
        .set((requests::status.eq(status), requests::closed_at.eq(now), requests::version.eq(requests::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// What somebody asked for or wrote down, the newest first, behind this one.
pub fn requests_of(
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
    if let Some((moment, id)) = after {
        query =
            query.filter(requests::created_at.lt(moment).or(requests::created_at.eq(moment).and(requests::id.lt(id))));
    }
    Ok(query.load(conn)?)
}

/// Everything that a person asked for.
pub fn all_of_buyer(conn: &mut Conn, account: AccountId) -> Result<Vec<Request>> {
    Ok(requests::table
        .filter(requests::buyer_id.eq(account))
        .order(requests::id.asc())
        .select(Request::as_select())
        .load(conn)?)
}

/// The open requests that a group could answer, the soonest first, behind this one: those for no kind of goods in
/// particular, and those for a kind that it lists.
pub fn open_for_group(
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
    if let Some((day, id)) = after {
        query = query.filter(requests::needed_on.gt(day).or(requests::needed_on.eq(day).and(requests::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// The groups at work that could answer a request, by the same rule.
pub fn groups_addressed(conn: &mut Conn, request: &Request) -> Result<Vec<GroupId>> {
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

/// Requests whose time for answers has passed and for which no offer is open.
pub fn due_requests(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<RequestId>> {
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

/// Writes an offer.
pub fn insert_offer(tx: &mut Tx<'_>, offer: &Offer) -> Result<()> {
    diesel::insert_into(offers::table).values(offer).execute(&mut **tx)?;
    Ok(())
}

/// The offer of this id.
pub fn offer(conn: &mut Conn, id: OfferId) -> Result<Option<Offer>> {
    Ok(offers::table.find(id).select(Offer::as_select()).first(conn).optional()?)
}

/// Whether this product is offered for this request.
pub fn is_offered(conn: &mut Conn, request: RequestId, product: ProductId) -> Result<bool> {
    let found: i64 = offers::table
        .filter(offers::request_id.eq(request))
        .filter(offers::product_id.eq(product))
        .filter(offers::status.eq(OfferStatus::Open))
        .count()
        .get_result(conn)?;
    Ok(found > 0)
}

/// Whether somebody has answered this request and not taken it back.
pub fn has_offers(conn: &mut Conn, request: RequestId) -> Result<bool> {
    let found: i64 = offers::table
        .filter(offers::request_id.eq(request))
        .filter(offers::status.eq_any([OfferStatus::Open, OfferStatus::Taken]))
        .count()
        .get_result(conn)?;
    Ok(found > 0)
}

/// The open offers for a request.
pub fn open_offers(conn: &mut Conn, request: RequestId) -> Result<Vec<Offer>> {
    Ok(offers::table
        .filter(offers::request_id.eq(request))
        .filter(offers::status.eq(OfferStatus::Open))
        .order(offers::id.asc())
        .select(Offer::as_select())
        .load(conn)?)
}

/// How much was offered for a request by whom it was not taken, nor taken back.
pub fn offered(conn: &mut Conn, request: RequestId) -> Result<Vec<Quantity>> {
    Ok(offers::table
        .filter(offers::request_id.eq(request))
        .filter(offers::status.eq_any([OfferStatus::Open, OfferStatus::Lapsed, OfferStatus::Expired]))
        .select(offers::quantity)
        .load(conn)?)
}

/// The offers for a request, in the order in which they were made, behind this one; those of these groups only, when any
/// are named. With each the names of its group and product, and the product's unit.
pub fn offers_for(
    conn: &mut Conn,
    request: RequestId,
    of: Option<Vec<GroupId>>,
    after: Option<OfferId>,
    limit: i64,
) -> Result<Vec<NamedOffer>> {
    let mut query = offers::table
        .inner_join(groups::table)
        .inner_join(products::table)
        .filter(offers::request_id.eq(request))
        .order(offers::id.asc())
        .limit(limit)
        .select((Offer::as_select(), groups::name, products::name, products::unit))
        .into_boxed();
    if let Some(groups) = of {
        query = query.filter(offers::group_id.eq_any(groups));
    }
    if let Some(after) = after {
        query = query.filter(offers::id.gt(after));
    }
    let rows: Vec<(Offer, String, String, String)> = query.load(conn)?;
    Ok(rows.into_iter().map(NamedOffer::from).collect())
}

/// The same for one offer.
pub fn named_offer(conn: &mut Conn, id: OfferId) -> Result<Option<NamedOffer>> {
    let row: Option<(Offer, String, String, String)> = offers::table
        .inner_join(groups::table)
        .inner_join(products::table)
        .filter(offers::id.eq(id))
        .select((Offer::as_select(), groups::name, products::name, products::unit))
        .first(conn)
        .optional()?;
    Ok(row.map(NamedOffer::from))
}

/// An offer, and what its group and product are called.
#[derive(Debug, Clone)]
pub struct NamedOffer {
    pub(super) offer: Offer,
    pub(super) group_name: String,
    pub(super) product_name: String,
    pub(super) unit: String,
}

impl From<(Offer, String, String, String)> for NamedOffer {
    fn from((offer, group_name, product_name, unit): (Offer, String, String, String)) -> Self {
        NamedOffer { offer, group_name, product_name, unit }
    }
}

/// Changes what an offer says.
pub fn set_offer(tx: &mut Tx<'_>, offer: &Offer) -> Result<()> {
    diesel::update(offers::table.find(offer.id))
        .set((
            offers::quantity.eq(offer.quantity),
            offers::unit_price.eq(offer.unit_price),
            offers::ready_on.eq(offer.ready_on),
            offers::deposit_percent.eq(offer.deposit_percent),
            offers::valid_until.eq(offer.valid_until),
            offers::version.eq(offers::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Ends an offer that was not taken.
pub fn close_offer(tx: &mut Tx<'_>, now: Instant, id: OfferId, status: OfferStatus) -> Result<()> {
    diesel::update(offers::table.find(id))
        .set((offers::status.eq(status), offers::closed_at.eq(now), offers::version.eq(offers::version + 1)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Notes what was taken of an offer, and what it became.
pub fn take_offer(
    tx: &mut Tx<'_>,
    now: Instant,
    id: OfferId,
    quantity: Quantity,
    batch: BatchId,
    order: OrderId,
) -> Result<()> {
    diesel::update(offers::table.find(id))
        .set((
            offers::status.eq(OfferStatus::Taken),
            offers::taken.eq(quantity),
            offers::batch_id.eq(batch),
            offers::order_id.eq(order),
            offers::closed_at.eq(now),
            offers::version.eq(offers::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Open offers that are no longer valid, with their requests.
pub fn late_offers(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<(RequestId, OfferId)>> {
    Ok(offers::table
        .filter(offers::status.eq(OfferStatus::Open))
        .filter(offers::valid_until.le(now))
        .order(offers::valid_until.asc())
        .limit(limit)
        .select((offers::request_id, offers::id))
        .load(conn)?)
}

/// How these people are reached.
pub fn people(conn: &mut Conn, ids: &[AccountId]) -> Result<HashMap<AccountId, Contact>> {
    let rows: Vec<(AccountId, String, Option<Phone>, Option<String>)> = accounts::table
        .filter(accounts::id.eq_any(ids.to_vec()))
        .select((accounts::id, accounts::name, accounts::phone, accounts::email))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, name, phone, email)| (id, Contact { name, phone, email })).collect())
}

/// What these products are called.
pub fn product_names(conn: &mut Conn, ids: &[ProductId]) -> Result<HashMap<ProductId, String>> {
    let rows: Vec<(ProductId, String)> =
        products::table.filter(products::id.eq_any(ids.to_vec())).select((products::id, products::name)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The groups of whose offers for these requests something was taken.
pub fn takers(conn: &mut Conn, ids: &[RequestId]) -> Result<Vec<(RequestId, GroupId)>> {
    Ok(offers::table
        .filter(offers::request_id.eq_any(ids.to_vec()))
        .filter(offers::status.eq(OfferStatus::Taken))
        .select((offers::request_id, offers::group_id))
        .load(conn)?)
}

/// How many offers for these requests are open.
pub fn open_offer_counts(conn: &mut Conn, ids: &[RequestId]) -> Result<HashMap<RequestId, i64>> {
    let rows: Vec<(RequestId, i64)> = offers::table
        .filter(offers::request_id.eq_any(ids.to_vec()))
        .filter(offers::status.eq(OfferStatus::Open))
        .group_by(offers::request_id)
        .select((offers::request_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Blanks what a person wrote in their requests.
pub fn forget_buyer(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let theirs = || requests::table.filter(requests::buyer_id.eq(account));
    diesel::update(theirs().filter(requests::words.is_not_null())).set(requests::words.eq("—")).execute(&mut **tx)?;
    diesel::update(theirs())
        .set((
            requests::note.eq(None::<String>),
            requests::address.eq(None::<String>),
            requests::version.eq(requests::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Forgets who called for requests that this officer wrote down and that are over.
pub fn forget_callers_of(tx: &mut Tx<'_>, account: AccountId, nobody: &Json) -> Result<()> {
    let over =
        requests::table.filter(requests::captured_by.eq(account)).filter(requests::status.ne(RequestStatus::Open));
    diesel::update(over)
        .set((
            requests::contact.eq(nobody),
            requests::note.eq(None::<String>),
            requests::address.eq(None::<String>),
            requests::version.eq(requests::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Forgets who called for requests that were over before this moment.
pub fn forget_callers(tx: &mut Tx<'_>, before: Instant) -> Result<usize> {
    let nobody = nobody_written();
    let over = requests::table
        .filter(requests::contact.is_not_null())
        .filter(requests::contact.ne(&nobody))
        .filter(requests::closed_at.lt(before));
    Ok(diesel::update(over)
        .set((
            requests::contact.eq(&nobody),
            requests::note.eq(None::<String>),
            requests::address.eq(None::<String>),
            requests::version.eq(requests::version + 1),
        ))
        .execute(&mut **tx)?)
}
