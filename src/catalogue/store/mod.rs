//! The SQL of products.

mod listing;
mod photos;

use chrono::{NaiveTime, Timelike};
use diesel::prelude::*;

use super::search::search_text;
use super::{Category, Offering, Product, ProductStatus, Unit, slug};
use crate::db::schema::{cooperatives, groups, products};
use crate::db::{Conn, Error, Result, Tx, on_both, prepared};
use crate::kernel::ids::{CooperativeId, GroupId, ProductId};
use crate::kernel::{Instant, Json, Quantity, Rupiah, Weekdays, Zone, normalize_for_search};

pub use listing::{Condition, list_all_in_group, list_published, list_published_where};
pub use photos::{list_photos_by_products, list_photos_of_product};

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = products, treat_none_as_null = true)]
pub(super) struct ProductRow {
    id: ProductId,
    cooperative_id: CooperativeId,
    group_id: GroupId,
    name: String,
    slug: String,
    description: String,
    category: Category,
    unit: Unit,
    price: Rupiah,
    price_tiers: Json,
    lead_time_days: i32,
    shelf_life_days: Option<i32>,
    minimum_quantity: Quantity,
    quantity_step: Quantity,
    daily_capacity: Quantity,
    made_on: i32,
    order_by_minutes: i32,
    open_days_ahead: i32,
    deposit_percent: i32,
    label: Json,
    status: ProductStatus,
    listed: bool,
    withdrawn_reason: Option<String>,
    sort_name: String,
    search_text: String,
    created_at: Instant,
    published_at: Option<Instant>,
    version: i64,
    service_percent: Option<i32>,
}

impl ProductRow {
    fn of(product: &Product, group_name: &str) -> Self {
        let Product { offering, .. } = product;
        let minutes = offering.order_by.num_seconds_from_midnight().checked_div(60).unwrap_or(0);
        ProductRow {
            id: product.id,
            cooperative_id: product.cooperative,
            group_id: product.group,
            name: offering.name.clone(),
            slug: product.slug.clone(),
            description: offering.description.clone(),
            category: offering.category,
            unit: offering.unit,
            price: offering.price,
            price_tiers: Json::new(&offering.price_tiers),
            lead_time_days: offering.lead_time_days.into(),
            shelf_life_days: offering.shelf_life_days.map(i32::from),
            minimum_quantity: offering.minimum_quantity,
            quantity_step: offering.quantity_step,
            daily_capacity: offering.daily_capacity,
            made_on: offering.made_on.bits(),
            order_by_minutes: i32::try_from(minutes).unwrap_or(0),
            open_days_ahead: offering.open_days_ahead.into(),
            deposit_percent: offering.deposit_percent.into(),
            label: Json::new(&offering.label),
            status: product.status,
            listed: product.status == ProductStatus::Published,
            withdrawn_reason: product.withdrawn_reason.clone(),
            sort_name: normalize_for_search(&offering.name),
            search_text: search_text(offering, group_name),
            created_at: product.created_at,
            published_at: product.published_at,
            version: product.version,
            service_percent: product.service_percent.map(i32::from),
        }
    }

    pub(super) fn id(&self) -> ProductId {
        self.id
    }

    pub(super) fn sort_name(&self) -> &str {
        &self.sort_name
    }

    pub(super) fn into_product(self) -> Result<Product> {
        let unreadable =
            |error: serde_json::Error| Error::from(diesel::result::Error::DeserializationError(error.into()));
        let minutes = u32::try_from(self.order_by_minutes).unwrap_or(0);
        let seconds = minutes.saturating_mul(60);
        let days = |days: i32| u16::try_from(days).unwrap_or(u16::MAX);
        Ok(Product {
            id: self.id,
            cooperative: self.cooperative_id,
            group: self.group_id,
            slug: self.slug,
            offering: Offering {
                name: self.name,
                description: self.description,
                category: self.category,
                unit: self.unit,
                price: self.price,
                price_tiers: self.price_tiers.read().map_err(unreadable)?,
                lead_time_days: days(self.lead_time_days),
                shelf_life_days: self.shelf_life_days.map(days),
                minimum_quantity: self.minimum_quantity,
                quantity_step: self.quantity_step,
                daily_capacity: self.daily_capacity,
                made_on: Weekdays::from_bits(self.made_on),
                order_by: NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default(),
                open_days_ahead: days(self.open_days_ahead),
                deposit_percent: u8::try_from(self.deposit_percent).unwrap_or(100),
                label: self.label.read().map_err(unreadable)?,
            },
            status: self.status,
            withdrawn_reason: self.withdrawn_reason,
            created_at: self.created_at,
            published_at: self.published_at,
            version: self.version,
            service_percent: self.service_percent.and_then(|percent| u8::try_from(percent).ok()),
        })
    }
}

/// The product's group, with the columns that products need.
#[derive(Debug, Clone)]
pub(super) struct Maker {
    pub(super) name: String,
    pub(super) cooperative: CooperativeId,
    pub(super) zone: Zone,
    status: String,
}

impl Maker {
    pub(super) fn is_active(&self) -> bool {
        self.status == "active"
    }

    pub(super) fn is_closed(&self) -> bool {
        self.status == "closed"
    }
}

/// Finds the group by id.
pub(super) fn find_maker(conn: &mut Conn, group: GroupId) -> Result<Option<Maker>> {
    let row: Option<(String, String, CooperativeId, Zone)> = groups::table
        .inner_join(cooperatives::table)
        .filter(groups::id.eq(group))
        .select((groups::name, groups::status, cooperatives::id, cooperatives::zone))
        .get_result(conn)
        .optional()?;
    Ok(row.map(|(name, status, cooperative, zone)| Maker { name, cooperative, zone, status }))
}

/// Loads the group by id; fails with `NotFound` when there is none.
pub(super) fn load_maker(conn: &mut Conn, group: GroupId) -> Result<Maker> {
    find_maker(conn, group)?.ok_or_else(|| Error::from(diesel::result::Error::NotFound))
}

/// Finds a published product of an active group by id.
pub fn find(conn: &mut Conn, id: ProductId) -> Result<Option<Product>> {
    Ok(find_many(conn, &[id])?.pop())
}

/// Finds the published products of active groups among these ids, ordered by id.
pub fn find_many(conn: &mut Conn, ids: &[ProductId]) -> Result<Vec<Product>> {
    let rows: Vec<ProductRow> = products::table
        .inner_join(groups::table)
        .filter(products::id.eq_any(ids.to_vec()))
        .filter(products::listed)
        .filter(groups::status.eq("active"))
        .order(products::id)
        .select(ProductRow::as_select())
        .load(conn)?;
    rows.into_iter().map(ProductRow::into_product).collect()
}

/// Finds a product of any status by id.
pub fn find_of_any_status(conn: &mut Conn, id: ProductId) -> Result<Option<Product>> {
    Ok(find_many_of_any_status(conn, &[id])?.pop())
}

/// Finds the products of any status among these ids, ordered by id.
pub fn find_many_of_any_status(conn: &mut Conn, ids: &[ProductId]) -> Result<Vec<Product>> {
    let query =
        products::table.filter(products::id.eq_any(ids.to_vec())).order(products::id).select(ProductRow::as_select());
    let rows: Vec<ProductRow> = prepared(query).load(conn)?;
    rows.into_iter().map(ProductRow::into_product).collect()
}

/// Finds a product of this group, of any status, by id.
pub(super) fn find_in_group(conn: &mut Conn, group: GroupId, id: ProductId) -> Result<Option<Product>> {
    Ok(find_of_any_status(conn, id)?.filter(|product| product.group == group))
}

/// Finds a product of this cooperative, of any status, by id.
pub(super) fn find_in_cooperative(
    conn: &mut Conn,
    cooperative: CooperativeId,
    id: ProductId,
) -> Result<Option<Product>> {
    Ok(find_of_any_status(conn, id)?.filter(|product| product.cooperative == cooperative))
}

/// Inserts a new product under the first free slug of its name.
pub(super) fn insert(tx: &mut Tx<'_>, mut product: Product, group_name: &str) -> Result<Product> {
    let used_slugs: Vec<String> =
        products::table.filter(products::group_id.eq(product.group)).select(products::slug).load(&mut **tx)?;
    let name = product.name.clone();
    for slug in slug::candidates(&name).filter(|slug| !used_slugs.contains(slug)) {
        product.slug = slug;
        let row = ProductRow::of(&product, group_name);
        // Another transaction can insert the slug between the two statements; then the next candidate is tried.
        let inserted = on_both!(tx, c => diesel::insert_into(products::table)
            .values(row)
            .on_conflict((products::group_id, products::slug))
            .do_nothing()
            .execute(c))?;
        if inserted == 1 {
            break;
        }
    }
    Ok(product)
}

/// Updates the product if its version is still the one it was read at, and increments it; `None` when it is not.
pub(super) fn update(tx: &mut Tx<'_>, mut product: Product, group_name: &str) -> Result<Option<Product>> {
    let read_at = product.version;
    product.version = read_at.saturating_add(1);
    let row = ProductRow::of(&product, group_name);
    let updated = diesel::update(products::table.filter(products::id.eq(product.id)))
        .filter(products::version.eq(read_at))
        .set(row)
        .execute(&mut **tx)?;
    Ok((updated == 1).then_some(product))
}

/// Lists products after this id, ordered by id, each with its group's name and its current search text.
pub(super) fn list_search_texts(
    conn: &mut Conn,
    after: Option<ProductId>,
    limit: i64,
) -> Result<Vec<(Product, String, String)>> {
    let mut query = products::table
        .inner_join(groups::table)
        .order(products::id)
        .limit(limit)
        .select((ProductRow::as_select(), groups::name))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(products::id.gt(after));
    }
    let rows: Vec<(ProductRow, String)> = query.load(conn)?;
    rows.into_iter()
        .map(|(row, group)| {
            let text = row.search_text.clone();
            Ok((row.into_product()?, group, text))
        })
        .collect()
}

/// Replaces the search text if it is still `current`. The version does not change because the text is not visible to
/// clients.
pub(super) fn set_search_text(tx: &mut Tx<'_>, id: ProductId, current: &str, new: &str) -> Result<()> {
    let row = products::table.filter(products::id.eq(id)).filter(products::search_text.eq(current));
    diesel::update(row).set(products::search_text.eq(new)).execute(&mut **tx)?;
    Ok(())
}
