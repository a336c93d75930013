//! The SQL of reports: one grouped query over an index that holds all it reads, and the names for its rows.

pub(super) mod margin;
pub(super) mod monthly;

use std::collections::{BTreeMap, HashMap};

use chrono::Datelike;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text};
use serde::Deserialize;

use super::labels;
use super::report::{Bucket, By, Key, Period, Report, Row, Scope, Totals, Unit, arrange, first_of_month, fold, monday};
use crate::db::schema::{accounts, cooperatives, groups, orders, products};
use crate::db::{Conn, Error, Result};
use crate::kernel::ids::{CooperativeId, GroupId, OrderId, ProductId, SqlUuid};
use crate::kernel::{Day, Json, Language, Quantity, Rupiah, Zone, format};

/// The most rows of a report: it is held in memory while it is put into order.
pub(super) const MOST_ROWS: usize = 10_000;

/// The time zone in which the business days of a cooperative begin.
pub(super) fn zone_of(conn: &mut Conn, cooperative: CooperativeId) -> Result<Zone> {
    Ok(cooperatives::table.find(cooperative).select(cooperatives::zone).first(conn)?)
}

/// The cooperative of a group, when there is such a group.
pub(super) fn cooperative_of(conn: &mut Conn, group: GroupId) -> Result<Option<CooperativeId>> {
    Ok(groups::table.find(group).select(groups::cooperative_id).first(conn).optional()?)
}

/// The sum of facts with a key of one column type.
macro_rules! sums {
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
            fn load(conn: &mut Conn, scope: Scope, period: Period, by: By) -> Result<Vec<$name>> {
                grouped(conn, scope, period, by, "")
            }

            fn bucket(self, key: fn($key) -> Key) -> Bucket {
                Bucket { key: key(self.bucket), quantity: self.quantity, amount: self.amount, orders: self.orders }
            }
        }
    };
}

sums!(DaySum, Date, Day);
sums!(ProductSum, SqlUuid, ProductId);
sums!(GroupSum, SqlUuid, GroupId);
sums!(ChannelSum, Text, String);

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

/// The statement behind every report. An order counts where its goods net to more than nothing, and counts the other
/// way where they net to less; that needs the inner sum by order. What a group sold by an order came back whole or not at
/// all, so that its sums of single days come to the same, and are read in the order of the index, without a sort.
fn statement_with(scope: Scope, by: By, more: &str) -> String {
    let column = match by {
        By::Day | By::Week | By::Month | By::Weekday => "sold_on",
        By::Product => "product_id",
        By::Group => "group_id",
        By::Channel => "channel",
        By::Buyer => "buyer",
    };
    let owner = match scope {
        Scope::Cooperative(_) => "cooperative_id",
        Scope::Group(_) => "group_id",
    };
    let within = match by {
        By::Product => "sold_on, order_id, group_id, product_id",
        By::Group => "sold_on, order_id, group_id",
        By::Day | By::Week | By::Month | By::Weekday => "sold_on, order_id",
        By::Channel => "channel, order_id",
        By::Buyer => "buyer, order_id",
    };
    format!(
        "SELECT bucket, CAST(SUM(quantity) AS BIGINT) AS quantity, CAST(SUM(amount) AS BIGINT) AS amount, \
         CAST(SUM(CASE WHEN quantity > 0 THEN 1 WHEN quantity < 0 THEN -1 ELSE 0 END) AS BIGINT) AS orders{more} \
         FROM (SELECT {column} AS bucket, order_id, SUM(quantity) AS quantity, SUM(amount) AS amount FROM sales \
         WHERE {owner} = $1 AND sold_on >= $2 AND sold_on <= $3 GROUP BY {within}) AS facts \
         GROUP BY bucket ORDER BY bucket LIMIT {}",
        MOST_ROWS.saturating_add(1)
    )
}

/// The statement of a report, for whoever wants to see how a database answers it: `$1` is the cooperative or group,
/// `$2` the first day, `$3` the last.
pub fn statement(scope: Scope, by: By) -> String {
    statement_with(scope, by, "")
}

#[expect(clippy::disallowed_methods, reason = "a sum over a grouped query is beyond diesel; only constants are pasted")]
fn grouped<T>(conn: &mut Conn, scope: Scope, period: Period, by: By, more: &str) -> Result<Vec<T>>
where
    T: QueryableByName<crate::db::MultiBackend> + 'static,
{
    let query = diesel::sql_query(statement_with(scope, by, more));
    Ok(match scope {
        Scope::Cooperative(id) => {
            query.bind::<SqlUuid, _>(id).bind::<Date, _>(period.from).bind::<Date, _>(period.to).load(conn)?
        }
        Scope::Group(id) => {
            query.bind::<SqlUuid, _>(id).bind::<Date, _>(period.from).bind::<Date, _>(period.to).load(conn)?
        }
    })
}

/// How many orders have goods left sold, each counted once however many rows it stands in.
#[expect(
    clippy::disallowed_methods,
    reason = "a count over a grouped query is beyond diesel; only constants are pasted"
)]
fn orders_sold(conn: &mut Conn, scope: Scope, period: Period) -> Result<i64> {
    let text = |owner: &str| {
        format!(
            "SELECT COUNT(*) AS orders FROM (SELECT order_id FROM sales WHERE {owner} = $1 AND sold_on >= $2 \
             AND sold_on <= $3 GROUP BY order_id HAVING SUM(quantity) > 0) AS sold"
        )
    };
    let rows: Vec<Count> = match scope {
        Scope::Cooperative(id) => diesel::sql_query(text("cooperative_id"))
            .bind::<SqlUuid, _>(id)
            .bind::<Date, _>(period.from)
            .bind::<Date, _>(period.to)
            .load(conn)?,
        Scope::Group(id) => diesel::sql_query(text("group_id"))
            .bind::<SqlUuid, _>(id)
            .bind::<Date, _>(period.from)
            .bind::<Date, _>(period.to)
            .load(conn)?,
    };
    Ok(rows.first().map_or(0, |row| row.orders))
}

/// The greatest order id as text: ids sort by their time, so that it is the latest order.
fn latest_order(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => ", MAX(HEX(order_id)) AS latest",
        Conn::Postgres(_) => ", MAX(CAST(order_id AS TEXT)) AS latest",
    }
}

/// The sums of the facts of each key, in the order that people read.
pub(super) fn buckets(conn: &mut Conn, scope: Scope, period: Period, by: By) -> Result<Vec<Bucket>> {
    let mut buckets: Vec<Bucket> = match by {
        By::Day | By::Week | By::Month | By::Weekday => {
            let days = DaySum::load(conn, scope, period, By::Day)?;
            let days = days.into_iter().map(|sum| sum.bucket(Key::Day)).collect();
            match by {
                By::Week => fold(days, |day| Key::Day(monday(day))).map_err(out_of_bounds)?,
                By::Month => fold(days, |day| Key::Day(first_of_month(day))).map_err(out_of_bounds)?,
                By::Weekday => {
                    fold(days, |day| Key::Weekday(day.weekday().num_days_from_monday())).map_err(out_of_bounds)?
                }
                _ => days,
            }
        }
        By::Product => ProductSum::load(conn, scope, period, By::Product)?
            .into_iter()
            .map(|sum| sum.bucket(Key::Product))
            .collect(),
        By::Group => {
            GroupSum::load(conn, scope, period, By::Group)?.into_iter().map(|sum| sum.bucket(Key::Group)).collect()
        }
        By::Channel => ChannelSum::load(conn, scope, period, By::Channel)?
            .into_iter()
            .map(|sum| sum.bucket(Key::Channel))
            .collect(),
        By::Buyer => {
            let more = latest_order(conn);
            grouped::<BuyerSum>(conn, scope, period, By::Buyer, more)?
                .into_iter()
                .filter_map(|sum| {
                    Some(Bucket {
                        key: Key::Buyer(sum.bucket, sum.latest.parse().ok()?),
                        quantity: sum.quantity,
                        amount: sum.amount,
                        orders: sum.orders,
                    })
                })
                .collect()
        }
    };
    arrange(&mut buckets);
    Ok(buckets)
}

pub(super) fn out_of_bounds(error: crate::kernel::AmountError) -> Error {
    Error::from(diesel::result::Error::DeserializationError(Box::new(error)))
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It would have more than ten thousand rows.
    #[error("the report has too many rows")]
    TooLong,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

/// The report. Buyers are named only where `names` says that the reader may see them; the others get the tag that
/// `tag` makes of their key.
pub fn report(
    conn: &mut Conn,
    scope: Scope,
    period: Period,
    by: By,
    language: Language,
    names: bool,
    tag: &dyn Fn(&str) -> String,
) -> std::result::Result<Report, ReportError> {
    let buckets = buckets(conn, scope, period, by)?;
    if buckets.len() > MOST_ROWS {
        return Err(ReportError::TooLong);
    }
    let units = units(conn, scope)?;
    let totals = Totals {
        amount: Rupiah::sum(buckets.iter().map(|bucket| bucket.amount)).map_err(out_of_bounds)?,
        orders: orders_sold(conn, scope, period)?,
        quantity: Quantity::sum(buckets.iter().map(|bucket| bucket.quantity)),
        unit: units.everywhere(),
    };
    let named = match by {
        By::Product => product_names(conn, scope)?,
        By::Group => group_names(conn, scope)?,
        By::Buyer if names => buyer_names(conn, &buckets)?,
        _ => HashMap::new(),
    };
    let rows = buckets
        .into_iter()
        .map(|bucket| {
            let (label, unit) = match &bucket.key {
                Key::Day(day) => (labels::of_day(*day, by, language), units.everywhere()),
                Key::Weekday(place) => (format::weekday(language, *place).to_owned(), units.everywhere()),
                Key::Channel(word) => (labels::of_channel(word, language), units.everywhere()),
                Key::Product(id) => named
                    .get(&id.to_string())
                    .cloned()
                    .map_or_else(|| (id.to_string(), None), |(name, unit)| (name, unit)),
                Key::Group(id) => {
                    (named.get(&id.to_string()).map_or_else(|| id.to_string(), |(name, _)| name.clone()), units.of(*id))
                }
                Key::Buyer(key, _) => (
                    named
                        .get(key)
                        .map(|(name, _)| name.clone())
                        .unwrap_or_else(|| labels::of_nameless_buyer(&tag(key), language)),
                    units.everywhere(),
                ),
            };
            Row { bucket, label, unit }
        })
        .collect();
    Ok(Report { period, by, rows, totals })
}

/// In what units each group counts its goods.
struct Units(BTreeMap<GroupId, Vec<Unit>>);

impl Units {
    fn of(&self, group: GroupId) -> Option<Unit> {
        match self.0.get(&group).map(Vec::as_slice) {
            Some([unit]) => Some(unit.clone()),
            _ => None,
        }
    }

    fn everywhere(&self) -> Option<Unit> {
        let mut units = self.0.values().flatten();
        let first = units.next()?;
        units.all(|unit| unit == first).then(|| first.clone())
    }
}

fn units(conn: &mut Conn, scope: Scope) -> Result<Units> {
    let query = products::table.select((products::group_id, products::unit)).distinct();
    let rows: Vec<(GroupId, Unit)> = match scope {
        Scope::Cooperative(id) => query.filter(products::cooperative_id.eq(id)).load(conn)?,
        Scope::Group(id) => query.filter(products::group_id.eq(id)).load(conn)?,
    };
    let mut units: BTreeMap<GroupId, Vec<Unit>> = BTreeMap::new();
    for (group, unit) in rows {
        units.entry(group).or_default().push(unit);
    }
    Ok(Units(units))
}

type Names = HashMap<String, (String, Option<Unit>)>;

fn product_names(conn: &mut Conn, scope: Scope) -> Result<Names> {
    let query = products::table.select((products::id, products::name, products::unit));
    let rows: Vec<(ProductId, String, Unit)> = match scope {
        Scope::Cooperative(id) => query.filter(products::cooperative_id.eq(id)).load(conn)?,
        Scope::Group(id) => query.filter(products::group_id.eq(id)).load(conn)?,
    };
    Ok(rows.into_iter().map(|(id, name, unit)| (id.to_string(), (name, Some(unit)))).collect())
}

fn group_names(conn: &mut Conn, scope: Scope) -> Result<Names> {
    let query = groups::table.select((groups::id, groups::name));
    let rows: Vec<(GroupId, String)> = match scope {
        Scope::Cooperative(id) => query.filter(groups::cooperative_id.eq(id)).load(conn)?,
        Scope::Group(id) => query.filter(groups::id.eq(id)).load(conn)?,
    };
    Ok(rows.into_iter().map(|(id, name)| (id.to_string(), (name, None))).collect())
}

/// Whom an order's contact names; what else stands there is not ours to read.
#[derive(Deserialize)]
struct ContactName {
    name: String,
}

/// Names of buyers by their key, from the latest order of each: the account's, or the contact's of a guest.
fn buyer_names(conn: &mut Conn, buckets: &[Bucket]) -> Result<Names> {
    let latest: Vec<(OrderId, &String)> = buckets
        .iter()
        .filter_map(|bucket| match &bucket.key {
            Key::Buyer(key, order) => Some((*order, key)),
            _ => None,
        })
        .collect();
    let mut names = Names::new();
    // SQLite takes 32,766 values in one statement; a few hundred at a time are as fast.
    for some in latest.chunks(500) {
        let ids: Vec<OrderId> = some.iter().map(|(order, _)| *order).collect();
        let rows: Vec<(OrderId, Option<String>, Json)> = orders::table
            .left_join(accounts::table.on(orders::buyer_id.eq(accounts::id.nullable())))
            .filter(orders::id.eq_any(ids))
            .select((orders::id, accounts::name.nullable(), orders::contact))
            .load(conn)?;
        let found: HashMap<OrderId, String> = rows
            .into_iter()
            .filter_map(|(order, account, contact)| {
                let name = account.or_else(|| contact.read::<ContactName>().ok().map(|contact| contact.name))?;
                Some((order, name)).filter(|(_, name)| !name.trim().is_empty())
            })
            .collect();
        for (order, key) in some {
            if let Some(name) = found.get(order) {
                names.insert((*key).clone(), (name.clone(), None));
            }
        }
    }
    Ok(names)
}
