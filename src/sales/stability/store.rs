//! SQL of the report.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date};

use super::report::{ReportedProduct, SalesVolume, StartCause};
use crate::db::schema::{
    batches, discards, market_days, market_offerings, offers, order_lines, products, refused_demand, sales,
    standing_lines, standing_occurrences, standing_orders,
};
use crate::db::{Conn, Result};
use crate::kernel::ids::{OccurrenceId, ProductId, SqlUuid, StandingOrderId};
use crate::kernel::{Day, Instant, Json, Quantity, Rupiah, Zone};
use crate::sales::report::{Period, SalesScope};
use crate::standing_orders::{OccurrenceStatus, Shortfall, ShortfallReason};
use crate::supply::UnavailableReason;

/// Filters a query by cooperative or group.
macro_rules! within_scope {
    ($scope:expr, $table:ident, $query:expr) => {
        match $scope {
            SalesScope::Cooperative(id) => $query.filter($table::cooperative_id.eq(id)).into_boxed(),
            SalesScope::Group(id) => $query.filter($table::group_id.eq(id)).into_boxed(),
        }
    };
}

/// A product with its price of today.
pub(super) struct PricedProduct {
    id: ProductId,
    name: String,
    unit: String,
    pub(super) price: Rupiah,
}

impl PricedProduct {
    pub(super) fn to_reported(&self) -> ReportedProduct {
        ReportedProduct { id: self.id, name: self.name.clone(), unit: self.unit.clone() }
    }
}

/// Lists all products, whatever their status.
pub(super) fn list_products(conn: &mut Conn, scope: SalesScope) -> Result<BTreeMap<ProductId, PricedProduct>> {
    let query = products::table.select((products::id, products::name, products::unit, products::price));
    let rows: Vec<(ProductId, String, String, Rupiah)> = within_scope!(scope, products, query).load(conn)?;
    Ok(rows.into_iter().map(|(id, name, unit, price)| (id, PricedProduct { id, name, unit, price })).collect())
}

#[derive(QueryableByName)]
struct DayVolume {
    #[diesel(sql_type = Date)]
    day: Day,
    #[diesel(sql_type = BigInt)]
    amount: Rupiah,
    #[diesel(sql_type = BigInt)]
    committed: Rupiah,
}

/// Sums sales by day, and the part that was ordered before production: no goods of the line were on the shelf or made
/// when it was ordered. Both are net of returns.
#[expect(clippy::disallowed_methods, reason = "a sum over a condition is beyond diesel; only constants are formatted")]
pub(super) fn sum_sales_by_day(
    conn: &mut Conn,
    scope: SalesScope,
    period: Period,
) -> Result<BTreeMap<Day, SalesVolume>> {
    let owner = match scope {
        SalesScope::Cooperative(_) => "cooperative_id",
        SalesScope::Group(_) => "group_id",
    };
    let query = diesel::sql_query(format!(
        "SELECT s.sold_on AS day, CAST(SUM(s.amount) AS BIGINT) AS amount, CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM claims c \
         JOIN batches b ON b.id = c.batch_id WHERE c.line_id = s.line_id AND c.quantity > 0 \
         AND (b.kind = 'shelf' OR b.made_at <= o.placed_at)) THEN 0 ELSE s.amount END) AS BIGINT) AS committed \
         FROM sales s JOIN orders o ON o.id = s.order_id \
         WHERE s.{owner} = $1 AND s.sold_on >= $2 AND s.sold_on <= $3 GROUP BY s.sold_on"
    ));
    let (from, to) = (period.from, period.to);
    let rows: Vec<DayVolume> = match scope {
        SalesScope::Cooperative(id) => {
            query.bind::<SqlUuid, _>(id).bind::<Date, _>(from).bind::<Date, _>(to).load::<DayVolume>(conn)?
        }
        SalesScope::Group(id) => {
            query.bind::<SqlUuid, _>(id).bind::<Date, _>(from).bind::<Date, _>(to).load::<DayVolume>(conn)?
        }
    };
    Ok(rows.into_iter().map(|row| (row.day, SalesVolume { amount: row.amount, committed: row.committed })).collect())
}

/// Finds the first day with sales or unmet demand.
pub(super) fn find_first_day(conn: &mut Conn, scope: SalesScope) -> Result<Option<Day>> {
    let (first_sale, first_unmet) =
        (sales::table.select(min(sales::sold_on)), refused_demand::table.select(min(refused_demand::day)));
    let days: [Option<Day>; 2] = match scope {
        SalesScope::Cooperative(id) => [
            first_sale.filter(sales::cooperative_id.eq(id)).get_result(conn)?,
            first_unmet.filter(refused_demand::cooperative_id.eq(id)).get_result(conn)?,
        ],
        SalesScope::Group(id) => [
            first_sale.filter(sales::group_id.eq(id)).get_result(conn)?,
            first_unmet.filter(refused_demand::group_id.eq(id)).get_result(conn)?,
        ],
    };
    Ok(days.into_iter().flatten().min())
}

/// Finds the first market day, standing order or accepted offer, whichever is first.
pub(super) fn find_start(conn: &mut Conn, scope: SalesScope, zone: Zone) -> Result<Option<(Day, StartCause)>> {
    let market_days = market_offerings::table
        .inner_join(market_days::table.on(market_days::id.eq(market_offerings::market_day_id)))
        .filter(market_offerings::batch_id.is_not_null())
        .select(min(market_days::held_on));
    let market_day: Option<Day> = match scope {
        SalesScope::Cooperative(id) => market_days.filter(market_offerings::cooperative_id.eq(id)).get_result(conn)?,
        SalesScope::Group(id) => market_days.filter(market_offerings::group_id.eq(id)).get_result(conn)?,
    };
    let standing = standing_orders::table
        .inner_join(standing_lines::table.on(standing_lines::standing_order_id.eq(standing_orders::id)))
        .select(min(standing_orders::created_at));
    let standing_order: Option<Instant> = match scope {
        SalesScope::Cooperative(id) => standing.filter(standing_lines::cooperative_id.eq(id)).get_result(conn)?,
        SalesScope::Group(id) => standing.filter(standing_lines::group_id.eq(id)).get_result(conn)?,
    };
    let accepted = offers::table.filter(offers::status.eq("taken")).select(min(offers::closed_at));
    let offer: Option<Instant> = match scope {
        SalesScope::Cooperative(id) => accepted.filter(offers::cooperative_id.eq(id)).get_result(conn)?,
        SalesScope::Group(id) => accepted.filter(offers::group_id.eq(id)).get_result(conn)?,
    };
    let candidates = [
        market_day.map(|day| (day, StartCause::MarketDay)),
        standing_order.map(|at| (zone.day_of(at), StartCause::StandingOrder)),
        offer.map(|at| (zone.day_of(at), StartCause::Offer)),
    ];
    Ok(candidates.into_iter().flatten().min())
}

pub(super) struct UnmetDemandRow {
    pub(super) product: ProductId,
    pub(super) day: Day,
    pub(super) quantity: Quantity,
    pub(super) reason: UnavailableReason,
    pub(super) anonymous: bool,
}

/// Lists the unmet demand of these days.
pub(super) fn list_unmet_demand(conn: &mut Conn, scope: SalesScope, period: Period) -> Result<Vec<UnmetDemandRow>> {
    let query = refused_demand::table.filter(refused_demand::day.between(period.from, period.to)).select((
        refused_demand::product_id,
        refused_demand::day,
        refused_demand::quantity,
        refused_demand::reason,
        refused_demand::anonymous,
    ));
    let rows: Vec<(ProductId, Day, Quantity, UnavailableReason, bool)> =
        within_scope!(scope, refused_demand, query).load(conn)?;
    let row =
        |(product, day, quantity, reason, anonymous)| UnmetDemandRow { product, day, quantity, reason, anonymous };
    Ok(rows.into_iter().map(row).collect())
}

/// Discards and production of a product.
pub(super) struct DiscardedRow {
    pub(super) product: ProductId,
    quantity: Quantity,
    made: Quantity,
    cost: Option<i128>,
}

impl DiscardedRow {
    /// The discarded and made quantities, and the cost.
    pub(super) fn figures(&self) -> (Quantity, Quantity, Option<Rupiah>) {
        let cost = self.cost.and_then(|cost| i64::try_from(cost.div_euclid(1000)).ok()).map(Rupiah);
        (self.quantity, self.made, cost)
    }
}

/// Sums the discards of these days by product, with the production of the batches that were ready in them.
pub(super) fn sum_discards(
    conn: &mut Conn,
    scope: SalesScope,
    zone: Zone,
    period: Period,
) -> Result<Vec<DiscardedRow>> {
    let (from, to) = (zone.start_of(period.from), zone.end_of(period.to));
    let query = discards::table
        .inner_join(batches::table)
        .filter(discards::noted_at.ge(from))
        .filter(discards::noted_at.lt(to))
        .select((batches::product_id, discards::quantity, batches::unit_cost));
    let discards: Vec<(ProductId, Quantity, Option<Rupiah>)> = within_scope!(scope, batches, query).load(conn)?;
    let mut rows: BTreeMap<ProductId, DiscardedRow> = BTreeMap::new();
    for (product, quantity, unit_cost) in discards {
        let empty = DiscardedRow { product, quantity: Quantity::ZERO, made: Quantity::ZERO, cost: Some(0) };
        let row = rows.entry(product).or_insert(empty);
        row.quantity = row.quantity.plus(quantity);
        let value = |cost: Rupiah| i128::from(quantity.as_thousandths()).saturating_mul(i128::from(cost.0));
        row.cost = row.cost.zip(unit_cost).map(|(sum, cost)| sum.saturating_add(value(cost)));
    }
    let made = batches::table
        .filter(batches::ready_on.between(period.from, period.to))
        .filter(batches::product_id.eq_any(rows.keys().copied().collect::<Vec<_>>()))
        .select((batches::product_id, batches::made));
    let made: Vec<(ProductId, Option<Quantity>)> = within_scope!(scope, batches, made).load(conn)?;
    for (product, made) in made {
        if let (Some(row), Some(made)) = (rows.get_mut(&product), made) {
            row.made = row.made.plus(made);
        }
    }
    Ok(rows.into_values().collect())
}

/// An occurrence of a standing order.
pub(super) struct OccurrenceRow {
    pub(super) status: OccurrenceStatus,
    pub(super) lines: Vec<OccurrenceLine>,
}

/// The requested and served quantity of a line.
pub(super) struct OccurrenceLine {
    pub(super) requested: Quantity,
    pub(super) served: Quantity,
    pub(super) reason: Option<ShortfallReason>,
}

/// Lists the occurrences of standing orders, with their lines within the scope.
pub(super) fn list_occurrences(conn: &mut Conn, scope: SalesScope, period: Period) -> Result<Vec<OccurrenceRow>> {
    let lines = standing_lines::table.select((standing_lines::standing_order_id, standing_lines::product_id));
    let lines: Vec<(StandingOrderId, ProductId)> = within_scope!(scope, standing_lines, lines).load(conn)?;
    let own_products: HashSet<ProductId> = list_products(conn, scope)?.into_keys().collect();
    let mut order_ids: Vec<StandingOrderId> = lines.into_iter().map(|(order, _)| order).collect();
    order_ids.sort_unstable();
    order_ids.dedup();
    let mut occurrences = Vec::new();
    for chunk in order_ids.chunks(500) {
        let rows: Vec<(OccurrenceId, OccurrenceStatus, Json)> = standing_occurrences::table
            .filter(standing_occurrences::standing_order_id.eq_any(chunk.to_vec()))
            .filter(standing_occurrences::due_on.between(period.from, period.to))
            .order((standing_occurrences::due_on.asc(), standing_occurrences::id.asc()))
            .select((standing_occurrences::id, standing_occurrences::status, standing_occurrences::shortfalls))
            .load(conn)?;
        let ordered: Vec<(OccurrenceId, ProductId, Quantity, Quantity)> = standing_occurrences::table
            .inner_join(order_lines::table.on(standing_occurrences::order_id.eq(order_lines::order_id.nullable())))
            .filter(standing_occurrences::standing_order_id.eq_any(chunk.to_vec()))
            .filter(standing_occurrences::due_on.between(period.from, period.to))
            .select((standing_occurrences::id, order_lines::product_id, order_lines::wanted, order_lines::quantity))
            .load(conn)?;
        let mut by_occurrence: HashMap<OccurrenceId, Vec<(ProductId, Quantity, Quantity)>> = HashMap::new();
        for (id, product, requested, served) in
            ordered.into_iter().filter(|(_, product, ..)| own_products.contains(product))
        {
            by_occurrence.entry(id).or_default().push((product, requested, served));
        }
        for (id, status, shortfalls) in rows {
            let shortfalls: Vec<Shortfall> = shortfalls.read().unwrap_or_default();
            let ordered = by_occurrence.remove(&id).unwrap_or_default();
            occurrences.push(OccurrenceRow { status, lines: to_occurrence_lines(ordered, &shortfalls, &own_products) });
        }
    }
    Ok(occurrences)
}

/// The ordered lines, and those that could not be served at all.
fn to_occurrence_lines(
    ordered: Vec<(ProductId, Quantity, Quantity)>,
    shortfalls: &[Shortfall],
    own_products: &HashSet<ProductId>,
) -> Vec<OccurrenceLine> {
    let reason_of = |product: ProductId| {
        shortfalls.iter().find(|shortfall| shortfall.product == product).map(|shortfall| shortfall.reason)
    };
    let unserved = shortfalls
        .iter()
        .filter(|shortfall| {
            own_products.contains(&shortfall.product)
                && ordered.iter().all(|(product, ..)| *product != shortfall.product)
        })
        .map(|shortfall| OccurrenceLine {
            requested: shortfall.wanted,
            served: shortfall.got,
            reason: Some(shortfall.reason),
        })
        .collect::<Vec<_>>();
    ordered
        .into_iter()
        // Lines that were ordered in full and reduced later were reduced for want of goods.
        .map(|(product, requested, served)| OccurrenceLine {
            requested,
            served,
            reason: reason_of(product).or(Some(ShortfallReason::NotEnough)),
        })
        .chain(unserved)
        .collect()
}
