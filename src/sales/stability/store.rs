//! All SQL of the report.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date};

use super::report::{Product, SinceBy, Sold};
use crate::db::schema::{
    batches, discards, market_days, market_offerings, offers, order_lines, products, refused_demand, sales,
    standing_lines, standing_occurrences, standing_orders,
};
use crate::db::{Conn, Result};
use crate::kernel::ids::{OccurrenceId, ProductId, SqlUuid, StandingOrderId};
use crate::kernel::{Day, Instant, Json, Quantity, Rupiah, Zone};
use crate::sales::report::{Period, Scope};
use crate::standing_orders::{OccurrenceStatus, Shortfall, Why};
use crate::supply::Reason;

/// Narrows a query to what belongs to a cooperative or a group.
macro_rules! within {
    ($scope:expr, $table:ident, $query:expr) => {
        match $scope {
            Scope::Cooperative(id) => $query.filter($table::cooperative_id.eq(id)).into_boxed(),
            Scope::Group(id) => $query.filter($table::group_id.eq(id)).into_boxed(),
        }
    };
}

/// A product with what one costs today.
pub(super) struct Priced {
    id: ProductId,
    name: String,
    unit: String,
    pub(super) price: Rupiah,
}

impl Priced {
    pub(super) fn shown(&self) -> Product {
        Product { id: self.id, name: self.name.clone(), unit: self.unit.clone() }
    }
}

/// The products, wherever they stand.
pub(super) fn products(conn: &mut Conn, scope: Scope) -> Result<BTreeMap<ProductId, Priced>> {
    let query = products::table.select((products::id, products::name, products::unit, products::price));
    let rows: Vec<(ProductId, String, String, Rupiah)> = within!(scope, products, query).load(conn)?;
    Ok(rows.into_iter().map(|(id, name, unit, price)| (id, Priced { id, name, unit, price })).collect())
}

#[derive(QueryableByName)]
struct SoldOn {
    #[diesel(sql_type = Date)]
    day: Day,
    #[diesel(sql_type = BigInt)]
    amount: Rupiah,
    #[diesel(sql_type = BigInt)]
    committed: Rupiah,
}

/// What was sold on each day, and what of it was ordered before it was made: none of the line's goods lay on a shelf, or
/// were made, when it was ordered. Goods that came back are netted out of both.
#[expect(clippy::disallowed_methods, reason = "a sum over a condition is beyond diesel; only constants are pasted")]
pub(super) fn sold_by_day(conn: &mut Conn, scope: Scope, period: Period) -> Result<BTreeMap<Day, Sold>> {
    let owner = match scope {
        Scope::Cooperative(_) => "cooperative_id",
        Scope::Group(_) => "group_id",
    };
    let query = diesel::sql_query(format!(
        "SELECT s.sold_on AS day, CAST(SUM(s.amount) AS BIGINT) AS amount, CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM claims c \
         JOIN batches b ON b.id = c.batch_id WHERE c.line_id = s.line_id AND c.quantity > 0 \
         AND (b.kind = 'shelf' OR b.made_at <= o.placed_at)) THEN 0 ELSE s.amount END) AS BIGINT) AS committed \
         FROM sales s JOIN orders o ON o.id = s.order_id \
         WHERE s.{owner} = $1 AND s.sold_on >= $2 AND s.sold_on <= $3 GROUP BY s.sold_on"
    ));
    let (from, to) = (period.from, period.to);
    let rows: Vec<SoldOn> = match scope {
        Scope::Cooperative(id) => {
            query.bind::<SqlUuid, _>(id).bind::<Date, _>(from).bind::<Date, _>(to).load::<SoldOn>(conn)?
        }
        Scope::Group(id) => {
            query.bind::<SqlUuid, _>(id).bind::<Date, _>(from).bind::<Date, _>(to).load::<SoldOn>(conn)?
        }
    };
    Ok(rows.into_iter().map(|row| (row.day, Sold { amount: row.amount, committed: row.committed })).collect())
}

/// The first day on which anything was sold or refused.
pub(super) fn first_day(conn: &mut Conn, scope: Scope) -> Result<Option<Day>> {
    let (sold, refused) =
        (sales::table.select(min(sales::sold_on)), refused_demand::table.select(min(refused_demand::day)));
    let days: [Option<Day>; 2] = match scope {
        Scope::Cooperative(id) => [
            sold.filter(sales::cooperative_id.eq(id)).first(conn)?,
            refused.filter(refused_demand::cooperative_id.eq(id)).first(conn)?,
        ],
        Scope::Group(id) => [
            sold.filter(sales::group_id.eq(id)).first(conn)?,
            refused.filter(refused_demand::group_id.eq(id)).first(conn)?,
        ],
    };
    Ok(days.into_iter().flatten().min())
}

/// When a steadier market began, and with what.
pub(super) fn began(conn: &mut Conn, scope: Scope, zone: Zone) -> Result<Option<(Day, SinceBy)>> {
    let held = market_offerings::table
        .inner_join(market_days::table.on(market_days::id.eq(market_offerings::market_day_id)))
        .filter(market_offerings::batch_id.is_not_null())
        .select(min(market_days::held_on));
    let market_day: Option<Day> = match scope {
        Scope::Cooperative(id) => held.filter(market_offerings::cooperative_id.eq(id)).first(conn)?,
        Scope::Group(id) => held.filter(market_offerings::group_id.eq(id)).first(conn)?,
    };
    let made = standing_orders::table
        .inner_join(standing_lines::table.on(standing_lines::standing_order_id.eq(standing_orders::id)))
        .select(min(standing_orders::created_at));
    let standing: Option<Instant> = match scope {
        Scope::Cooperative(id) => made.filter(standing_lines::cooperative_id.eq(id)).first(conn)?,
        Scope::Group(id) => made.filter(standing_lines::group_id.eq(id)).first(conn)?,
    };
    let taken = offers::table.filter(offers::status.eq("taken")).select(min(offers::closed_at));
    let offer: Option<Instant> = match scope {
        Scope::Cooperative(id) => taken.filter(offers::cooperative_id.eq(id)).first(conn)?,
        Scope::Group(id) => taken.filter(offers::group_id.eq(id)).first(conn)?,
    };
    let began = [
        market_day.map(|day| (day, SinceBy::MarketDay)),
        standing.map(|at| (zone.day_of(at), SinceBy::StandingOrder)),
        offer.map(|at| (zone.day_of(at), SinceBy::Offer)),
    ];
    Ok(began.into_iter().flatten().min())
}

/// A wish that was refused.
pub(super) struct RefusedRow {
    pub(super) product: ProductId,
    pub(super) day: Day,
    pub(super) quantity: Quantity,
    pub(super) reason: Reason,
    pub(super) anonymous: bool,
}

/// What was refused for these days.
pub(super) fn refused(conn: &mut Conn, scope: Scope, period: Period) -> Result<Vec<RefusedRow>> {
    let query = refused_demand::table.filter(refused_demand::day.between(period.from, period.to)).select((
        refused_demand::product_id,
        refused_demand::day,
        refused_demand::quantity,
        refused_demand::reason,
        refused_demand::anonymous,
    ));
    let rows: Vec<(ProductId, Day, Quantity, Reason, bool)> = within!(scope, refused_demand, query).load(conn)?;
    let row = |(product, day, quantity, reason, anonymous)| RefusedRow { product, day, quantity, reason, anonymous };
    Ok(rows.into_iter().map(row).collect())
}

/// What was thrown away of a product, and what was made of it.
pub(super) struct DiscardedRow {
    pub(super) product: ProductId,
    quantity: Quantity,
    made: Quantity,
    cost: Option<i128>,
}

impl DiscardedRow {
    /// Its figures, beside the product as it is shown.
    pub(super) fn figures(&self) -> (Quantity, Quantity, Option<Rupiah>) {
        let cost = self.cost.and_then(|cost| i64::try_from(cost.div_euclid(1000)).ok()).map(Rupiah);
        (self.quantity, self.made, cost)
    }
}

/// What was thrown away in these days, by product; with what was made of the batches that were ready in them.
pub(super) fn discarded(conn: &mut Conn, scope: Scope, zone: Zone, period: Period) -> Result<Vec<DiscardedRow>> {
    let (from, to) = (zone.start_of(period.from), zone.end_of(period.to));
    let thrown = discards::table
        .inner_join(batches::table)
        .filter(discards::noted_at.ge(from))
        .filter(discards::noted_at.lt(to))
        .select((batches::product_id, discards::quantity, batches::unit_cost));
    let thrown: Vec<(ProductId, Quantity, Option<Rupiah>)> = within!(scope, batches, thrown).load(conn)?;
    let mut rows: BTreeMap<ProductId, DiscardedRow> = BTreeMap::new();
    for (product, quantity, unit_cost) in thrown {
        let empty = DiscardedRow { product, quantity: Quantity::ZERO, made: Quantity::ZERO, cost: Some(0) };
        let row = rows.entry(product).or_insert(empty);
        row.quantity = row.quantity.plus(quantity);
        let worth = |cost: Rupiah| i128::from(quantity.in_thousandths()).saturating_mul(i128::from(cost.0));
        row.cost = row.cost.zip(unit_cost).map(|(sum, cost)| sum.saturating_add(worth(cost)));
    }
    let made = batches::table
        .filter(batches::ready_on.between(period.from, period.to))
        .filter(batches::product_id.eq_any(rows.keys().copied().collect::<Vec<_>>()))
        .select((batches::product_id, batches::made));
    let made: Vec<(ProductId, Option<Quantity>)> = within!(scope, batches, made).load(conn)?;
    for (product, made) in made {
        if let (Some(row), Some(made)) = (rows.get_mut(&product), made) {
            row.made = row.made.plus(made);
        }
    }
    Ok(rows.into_values().collect())
}

/// A day on which a standing order came round.
pub(super) struct Came {
    pub(super) status: OccurrenceStatus,
    pub(super) lines: Vec<CameLine>,
}

/// What a line of it wanted, and what it got.
pub(super) struct CameLine {
    pub(super) wanted: Quantity,
    pub(super) got: Quantity,
    pub(super) why: Option<Why>,
}

/// The days on which standing orders came round, with their lines within the scope.
pub(super) fn occurrences(conn: &mut Conn, scope: Scope, period: Period) -> Result<Vec<Came>> {
    let lines = standing_lines::table.select((standing_lines::standing_order_id, standing_lines::product_id));
    let lines: Vec<(StandingOrderId, ProductId)> = within!(scope, standing_lines, lines).load(conn)?;
    let own: HashSet<ProductId> = products(conn, scope)?.into_keys().collect();
    let mut wanting: Vec<StandingOrderId> = lines.into_iter().map(|(standing, _)| standing).collect();
    wanting.sort_unstable();
    wanting.dedup();
    let mut found = Vec::new();
    for some in wanting.chunks(500) {
        let came: Vec<(OccurrenceId, OccurrenceStatus, Json)> = standing_occurrences::table
            .filter(standing_occurrences::standing_order_id.eq_any(some.to_vec()))
            .filter(standing_occurrences::due_on.between(period.from, period.to))
            .order((standing_occurrences::due_on.asc(), standing_occurrences::id.asc()))
            .select((standing_occurrences::id, standing_occurrences::status, standing_occurrences::shortfalls))
            .load(conn)?;
        let ordered: Vec<(OccurrenceId, ProductId, Quantity, Quantity)> = standing_occurrences::table
            .inner_join(order_lines::table.on(standing_occurrences::order_id.eq(order_lines::order_id.nullable())))
            .filter(standing_occurrences::standing_order_id.eq_any(some.to_vec()))
            .filter(standing_occurrences::due_on.between(period.from, period.to))
            .select((standing_occurrences::id, order_lines::product_id, order_lines::wanted, order_lines::quantity))
            .load(conn)?;
        let mut by_occurrence: HashMap<OccurrenceId, Vec<(ProductId, Quantity, Quantity)>> = HashMap::new();
        for (id, product, wanted, got) in ordered.into_iter().filter(|(_, product, ..)| own.contains(product)) {
            by_occurrence.entry(id).or_default().push((product, wanted, got));
        }
        for (id, status, shortfalls) in came {
            let shortfalls: Vec<Shortfall> = shortfalls.read().unwrap_or_default();
            let ordered = by_occurrence.remove(&id).unwrap_or_default();
            found.push(Came { status, lines: lines_of(ordered, &shortfalls, &own) });
        }
    }
    Ok(found)
}

/// The lines that were ordered, and those that could not be had at all.
fn lines_of(
    ordered: Vec<(ProductId, Quantity, Quantity)>,
    shortfalls: &[Shortfall],
    own: &HashSet<ProductId>,
) -> Vec<CameLine> {
    let why = |product: ProductId| shortfalls.iter().find(|it| it.product == product).map(|it| it.reason);
    let gone = shortfalls
        .iter()
        .filter(|it| own.contains(&it.product) && ordered.iter().all(|(product, ..)| *product != it.product))
        .map(|it| CameLine { wanted: it.wanted, got: it.got, why: Some(it.reason) })
        .collect::<Vec<_>>();
    ordered
        .into_iter()
        // What was ordered in full and shrank later did so for want of goods.
        .map(|(product, wanted, got)| CameLine { wanted, got, why: why(product).or(Some(Why::Short)) })
        .chain(gone)
        .collect()
}
