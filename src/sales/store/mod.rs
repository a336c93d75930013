//! SQL of reports: one grouped query over a covering index, and the names of its rows.

pub(super) mod margin;
pub(super) mod monthly;

use std::collections::{BTreeMap, HashMap};

use chrono::Datelike;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text};
use serde::Deserialize;

use super::error::ReportError;
use super::labels;
use super::report::{
    Bucket, GroupBy, Period, Report, ReportKey, ReportTotals, Row, SalesScope, UnitName, merge_buckets, month_start,
    sort_buckets, week_start,
};
use crate::cooperatives::load_group_names;
use crate::db::schema::{accounts, groups, orders, products};
use crate::db::{Conn, Error, Result};
use crate::kernel::ids::{CooperativeId, GroupId, OrderId, ProductId, SqlUuid};
use crate::kernel::{Day, Json, Language, Quantity, Rupiah, format};

/// The maximum of rows: a report is sorted in memory.
pub(super) const MAX_ROWS: usize = 10_000;

/// Finds the cooperative of a group.
pub(super) fn find_cooperative_of_group(conn: &mut Conn, group: GroupId) -> Result<Option<CooperativeId>> {
    Ok(groups::table.find(group).select(groups::cooperative_id).get_result(conn).optional()?)
}

/// Defines the row type of the grouped query with a key of one column type.
macro_rules! sum_row {
    ($name:ident, $sql:ty, $key:ty) => {
        #[derive(QueryableByName)]
        struct $name {
            #[diesel(sql_type = $sql)]
            bucket: $key,
            #[diesel(sql_type = BigInt)]
            quantity: Quantity,
            #[diesel(sql_type = BigInt)]
            amount: Rupiah,
            #[diesel(sql_type = BigInt)]
            orders: i64,
        }

        impl $name {
            fn load(conn: &mut Conn, scope: SalesScope, period: Period, by: GroupBy) -> Result<Vec<$name>> {
                load_grouped(conn, scope, period, by, "")
            }

            fn bucket(self, key: fn($key) -> ReportKey) -> Bucket {
                Bucket { key: key(self.bucket), quantity: self.quantity, amount: self.amount, orders: self.orders }
            }
        }
    };
}

sum_row!(DaySum, Date, Day);
sum_row!(ProductSum, SqlUuid, ProductId);
sum_row!(GroupSum, SqlUuid, GroupId);
sum_row!(ChannelSum, Text, String);

#[derive(QueryableByName)]
struct BuyerSum {
    #[diesel(sql_type = Text)]
    bucket: String,
    #[diesel(sql_type = BigInt)]
    quantity: Quantity,
    #[diesel(sql_type = BigInt)]
    amount: Rupiah,
    #[diesel(sql_type = BigInt)]
    orders: i64,
    #[diesel(sql_type = Text)]
    latest: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    orders: i64,
}

/// The query of every report. An order counts 1 if its net quantity is above zero and -1 if below, which needs the
/// inner sum by order. A group's part of an order is returned whole or not at all, so sums by day and order give the
/// same result, and follow the order of the index without a sort.
fn build_statement(scope: SalesScope, by: GroupBy, extra_column: &str) -> String {
    let column = match by {
        GroupBy::Day | GroupBy::Week | GroupBy::Month | GroupBy::Weekday => "sold_on",
        GroupBy::Product => "product_id",
        GroupBy::Group => "group_id",
        GroupBy::Channel => "channel",
        GroupBy::Buyer => "buyer",
    };
    let owner = match scope {
        SalesScope::Cooperative(_) => "cooperative_id",
        SalesScope::Group(_) => "group_id",
    };
    let inner_group_by = match by {
        GroupBy::Product => "sold_on, order_id, group_id, product_id",
        GroupBy::Group => "sold_on, order_id, group_id",
        GroupBy::Day | GroupBy::Week | GroupBy::Month | GroupBy::Weekday => "sold_on, order_id",
        GroupBy::Channel => "channel, order_id",
        GroupBy::Buyer => "buyer, order_id",
    };
    format!(
        "SELECT bucket, CAST(SUM(quantity) AS BIGINT) AS quantity, CAST(SUM(amount) AS BIGINT) AS amount, \
         CAST(SUM(CASE WHEN quantity > 0 THEN 1 WHEN quantity < 0 THEN -1 ELSE 0 END) AS BIGINT) AS orders{extra_column} \
         FROM (SELECT {column} AS bucket, order_id, SUM(quantity) AS quantity, SUM(amount) AS amount FROM sales \
         WHERE {owner} = $1 AND sold_on >= $2 AND sold_on <= $3 GROUP BY {inner_group_by}) AS facts \
         GROUP BY bucket ORDER BY bucket LIMIT {}",
        MAX_ROWS.saturating_add(1)
    )
}

/// The SQL of a report, for tests of the query plan: `$1` is the cooperative or group, `$2` the first day, `$3` the
/// last.
pub fn statement(scope: SalesScope, by: GroupBy) -> String {
    build_statement(scope, by, "")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a sum over a grouped query is beyond diesel; only constants are formatted"
)]
fn load_grouped<T>(
    conn: &mut Conn,
    scope: SalesScope,
    period: Period,
    by: GroupBy,
    extra_column: &str,
) -> Result<Vec<T>>
where
    T: QueryableByName<crate::db::MultiBackend> + 'static,
{
    let query = diesel::sql_query(build_statement(scope, by, extra_column));
    Ok(match scope {
        SalesScope::Cooperative(id) => {
            query.bind::<SqlUuid, _>(id).bind::<Date, _>(period.from).bind::<Date, _>(period.to).load(conn)?
        }
        SalesScope::Group(id) => {
            query.bind::<SqlUuid, _>(id).bind::<Date, _>(period.from).bind::<Date, _>(period.to).load(conn)?
        }
    })
}

/// Counts the orders with goods sold, each once.
#[expect(
    clippy::disallowed_methods,
    reason = "a count over a grouped query is beyond diesel; only constants are formatted"
)]
fn count_orders_sold(conn: &mut Conn, scope: SalesScope, period: Period) -> Result<i64> {
    let text = |owner: &str| {
        format!(
            "SELECT COUNT(*) AS orders FROM (SELECT order_id FROM sales WHERE {owner} = $1 AND sold_on >= $2 \
             AND sold_on <= $3 GROUP BY order_id HAVING SUM(quantity) > 0) AS sold"
        )
    };
    let rows: Vec<Count> = match scope {
        SalesScope::Cooperative(id) => diesel::sql_query(text("cooperative_id"))
            .bind::<SqlUuid, _>(id)
            .bind::<Date, _>(period.from)
            .bind::<Date, _>(period.to)
            .load(conn)?,
        SalesScope::Group(id) => diesel::sql_query(text("group_id"))
            .bind::<SqlUuid, _>(id)
            .bind::<Date, _>(period.from)
            .bind::<Date, _>(period.to)
            .load(conn)?,
    };
    Ok(rows.first().map_or(0, |row| row.orders))
}

/// The greatest order id as text: ids sort by time, so it is the latest order.
fn latest_order_column(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => ", MAX(HEX(order_id)) AS latest",
        Conn::Postgres(_) => ", MAX(CAST(order_id AS TEXT)) AS latest",
    }
}

/// Loads the sums of each key, sorted.
pub(super) fn load_buckets(conn: &mut Conn, scope: SalesScope, period: Period, by: GroupBy) -> Result<Vec<Bucket>> {
    let mut buckets: Vec<Bucket> = match by {
        GroupBy::Day | GroupBy::Week | GroupBy::Month | GroupBy::Weekday => {
            let days = DaySum::load(conn, scope, period, GroupBy::Day)?;
            let days = days.into_iter().map(|sum| sum.bucket(ReportKey::Day)).collect();
            match by {
                GroupBy::Week => merge_buckets(days, |day| ReportKey::Day(week_start(day))).map_err(out_of_bounds)?,
                GroupBy::Month => merge_buckets(days, |day| ReportKey::Day(month_start(day))).map_err(out_of_bounds)?,
                GroupBy::Weekday => merge_buckets(days, |day| ReportKey::Weekday(day.weekday().num_days_from_monday()))
                    .map_err(out_of_bounds)?,
                _ => days,
            }
        }
        GroupBy::Product => ProductSum::load(conn, scope, period, GroupBy::Product)?
            .into_iter()
            .map(|sum| sum.bucket(ReportKey::Product))
            .collect(),
        GroupBy::Group => GroupSum::load(conn, scope, period, GroupBy::Group)?
            .into_iter()
            .map(|sum| sum.bucket(ReportKey::Group))
            .collect(),
        GroupBy::Channel => ChannelSum::load(conn, scope, period, GroupBy::Channel)?
            .into_iter()
            .map(|sum| sum.bucket(ReportKey::Channel))
            .collect(),
        GroupBy::Buyer => {
            let extra_column = latest_order_column(conn);
            load_grouped::<BuyerSum>(conn, scope, period, GroupBy::Buyer, extra_column)?
                .into_iter()
                .filter_map(|sum| {
                    Some(Bucket {
                        key: ReportKey::Buyer(sum.bucket, sum.latest.parse().ok()?),
                        quantity: sum.quantity,
                        amount: sum.amount,
                        orders: sum.orders,
                    })
                })
                .collect()
        }
    };
    sort_buckets(&mut buckets);
    Ok(buckets)
}

pub(super) fn out_of_bounds(error: crate::kernel::AmountError) -> Error {
    Error::from(diesel::result::Error::DeserializationError(Box::new(error)))
}

/// Loads a report. Buyers are named only if `can_see_names` is set; otherwise their label is made of the result of `tag`.
pub fn load_report(
    conn: &mut Conn,
    scope: SalesScope,
    period: Period,
    by: GroupBy,
    language: Language,
    can_see_names: bool,
    tag: &dyn Fn(&str) -> String,
) -> std::result::Result<Report, ReportError> {
    let buckets = load_buckets(conn, scope, period, by)?;
    if buckets.len() > MAX_ROWS {
        return Err(ReportError::TooLong);
    }
    let units = load_units(conn, scope)?;
    let totals = ReportTotals {
        amount: Rupiah::sum(buckets.iter().map(|bucket| bucket.amount)).map_err(out_of_bounds)?,
        orders: count_orders_sold(conn, scope, period)?,
        quantity: Quantity::sum(buckets.iter().map(|bucket| bucket.quantity)),
        unit: units.common_unit(),
    };
    let names = match by {
        GroupBy::Product => load_product_names(conn, scope)?,
        GroupBy::Group => name_groups(conn, &buckets)?,
        GroupBy::Buyer if can_see_names => load_buyer_names(conn, &buckets)?,
        _ => HashMap::new(),
    };
    let rows = buckets
        .into_iter()
        .map(|bucket| {
            let (label, unit) = match &bucket.key {
                ReportKey::Day(day) => (labels::day_label(*day, by, language), units.common_unit()),
                ReportKey::Weekday(weekday) => (format::weekday(language, *weekday).to_owned(), units.common_unit()),
                ReportKey::Channel(word) => (labels::channel_label(word, language), units.common_unit()),
                ReportKey::Product(id) => names
                    .get(&id.to_string())
                    .cloned()
                    .map_or_else(|| (id.to_string(), None), |(name, unit)| (name, unit)),
                ReportKey::Group(id) => (
                    names.get(&id.to_string()).map_or_else(|| id.to_string(), |(name, _)| name.clone()),
                    units.unit_of_group(*id),
                ),
                ReportKey::Buyer(key, _) => (
                    names
                        .get(key)
                        .map(|(name, _)| name.clone())
                        .unwrap_or_else(|| labels::anonymous_buyer_label(&tag(key), language)),
                    units.common_unit(),
                ),
            };
            Row { bucket, label, unit }
        })
        .collect();
    Ok(Report { period, by, rows, totals })
}

/// The units of each group's products.
struct Units(BTreeMap<GroupId, Vec<UnitName>>);

impl Units {
    fn unit_of_group(&self, group: GroupId) -> Option<UnitName> {
        match self.0.get(&group).map(Vec::as_slice) {
            Some([unit]) => Some(unit.clone()),
            _ => None,
        }
    }

    fn common_unit(&self) -> Option<UnitName> {
        let mut units = self.0.values().flatten();
        let first = units.next()?;
        units.all(|unit| unit == first).then(|| first.clone())
    }
}

fn load_units(conn: &mut Conn, scope: SalesScope) -> Result<Units> {
    let query = products::table.select((products::group_id, products::unit)).distinct();
    let rows: Vec<(GroupId, UnitName)> = match scope {
        SalesScope::Cooperative(id) => query.filter(products::cooperative_id.eq(id)).load(conn)?,
        SalesScope::Group(id) => query.filter(products::group_id.eq(id)).load(conn)?,
    };
    let mut units: BTreeMap<GroupId, Vec<UnitName>> = BTreeMap::new();
    for (group, unit) in rows {
        units.entry(group).or_default().push(unit);
    }
    Ok(Units(units))
}

type RowNames = HashMap<String, (String, Option<UnitName>)>;

fn load_product_names(conn: &mut Conn, scope: SalesScope) -> Result<RowNames> {
    let query = products::table.select((products::id, products::name, products::unit));
    let rows: Vec<(ProductId, String, UnitName)> = match scope {
        SalesScope::Cooperative(id) => query.filter(products::cooperative_id.eq(id)).load(conn)?,
        SalesScope::Group(id) => query.filter(products::group_id.eq(id)).load(conn)?,
    };
    Ok(rows.into_iter().map(|(id, name, unit)| (id.to_string(), (name, Some(unit)))).collect())
}

fn name_groups(conn: &mut Conn, buckets: &[Bucket]) -> Result<RowNames> {
    let group = |bucket: &Bucket| if let ReportKey::Group(id) = bucket.key { Some(id) } else { None };
    let ids: Vec<GroupId> = buckets.iter().filter_map(group).collect();
    let names = load_group_names(conn, ids.iter().copied())?;
    Ok(ids.iter().map(|id| (id.to_string(), (names.get(*id).name, None))).collect())
}

/// The part of an order's contact that is read.
#[derive(Deserialize)]
struct ContactName {
    name: String,
}

/// Loads names of buyers by key, from the latest order of each: the account's name, or the contact's name of a guest.
fn load_buyer_names(conn: &mut Conn, buckets: &[Bucket]) -> Result<RowNames> {
    let latest: Vec<(OrderId, &String)> = buckets
        .iter()
        .filter_map(|bucket| match &bucket.key {
            ReportKey::Buyer(key, order) => Some((*order, key)),
            _ => None,
        })
        .collect();
    let mut names = RowNames::new();
    // SQLite allows 32,766 values in one statement; chunks of a few hundred are as fast.
    for chunk in latest.chunks(500) {
        let ids: Vec<OrderId> = chunk.iter().map(|(order, _)| *order).collect();
        let rows: Vec<(OrderId, Option<String>, Json)> = orders::table
            .left_join(accounts::table.on(orders::buyer_id.eq(accounts::id.nullable())))
            .filter(orders::id.eq_any(ids))
            .select((orders::id, accounts::name.nullable(), orders::contact))
            .load(conn)?;
        let names_by_order: HashMap<OrderId, String> = rows
            .into_iter()
            .filter_map(|(order, account, contact)| {
                let name = account.or_else(|| contact.read::<ContactName>().ok().map(|contact| contact.name))?;
                Some((order, name)).filter(|(_, name)| !name.trim().is_empty())
            })
            .collect();
        for (order, key) in chunk {
            if let Some(name) = names_by_order.get(order) {
                names.insert((*key).clone(), (name.clone(), None));
            }
        }
    }
    Ok(names)
}
