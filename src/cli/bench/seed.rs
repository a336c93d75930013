//! The data of the bench: cooperatives and groups created by their use cases, and a year of trade inserted in bulk.

use chrono::Days;
use diesel::prelude::*;
use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::ChaCha12Rng;

use super::super::demo::create_world::{add_products, create_world, open_group};
use super::super::demo::village::{GROUPS, ProductSpec};
use super::super::demo::world::World;
use crate::app::Application;
use crate::cli::Failure;
use crate::cooperatives::{self, Assignee, NewCooperative, NewGroup, Office, Roles};
use crate::db::schema::{fulfilments, order_lines, orders, sales};
use crate::db::{self, Tx, on_both};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, ProductId};
use crate::kernel::{Day, Duration, Instant, Quantity, Rupiah, Zone};
use crate::orders::{
    Channel, Fulfilment, FulfilmentStatus, Order, OrderContact, OrderLine, OrderStatus, SaleFact, SaleKind,
};
use crate::supply::{self, Opening};
use crate::web::Problem;

/// The number of other cooperatives, and by how much their trade is smaller.
const NEIGHBOURS: u32 = 4;
const NEIGHBOURS_SHARE: usize = 20;
/// The number of buyers with accounts.
const BUYERS: usize = 64;
/// Orders inserted in one transaction.
const BATCH_SIZE: usize = 250;

/// A product on sale.
#[derive(Debug, Clone)]
pub(super) struct Good {
    pub(super) id: ProductId,
    pub(super) group: GroupId,
    pub(super) price: Rupiah,
    pub(super) quantity: Quantity,
    name: String,
    unit: String,
}

impl Good {
    fn of(id: ProductId, group: GroupId, product: &ProductSpec) -> Self {
        Good {
            id,
            group,
            price: Rupiah(product.price),
            quantity: Quantity::from_units(product.minimum),
            name: product.name.clone(),
            unit: product.unit.as_str().to_owned(),
        }
    }
}

/// The data that the cases use.
#[derive(Debug, Clone)]
pub(super) struct Village {
    pub(super) cooperative: CooperativeId,
    pub(super) group: GroupId,
    pub(super) goods: Vec<Good>,
    /// The logins of the buyers.
    pub(super) buyers: Vec<String>,
    /// The login of a board member of the cooperative.
    pub(super) board: String,
    /// The login of the group's chair.
    pub(super) chair: String,
    /// The first day of the trade.
    pub(super) first_day: Day,
    /// The last day of the trade.
    pub(super) last_day: Day,
}

/// A cooperative with its products and buyers.
#[derive(Debug, Clone)]
struct Seller {
    cooperative: CooperativeId,
    code: String,
    goods: Vec<Good>,
    buyers: Vec<AccountId>,
}

/// Creates the cooperatives and a year of `count` orders, each of two groups and handed over.
pub(super) fn create_village(
    app: &Application,
    password_hash: &str,
    count: usize,
    seed: u64,
) -> Result<Village, Failure> {
    let now = app.state.now();
    let db = &app.state.db;
    let hash = password_hash.to_owned();
    let (world, sellers) = db
        .write_blocking(move |tx| {
            let world = create_world(tx, now, &hash, BUYERS)?;
            let mut sellers = vec![stock_village(tx, now, &world, world.founded.cooperative, "CIH")?];
            for nth in 1..=NEIGHBOURS {
                sellers.push(create_neighbour(tx, now, &world, nth)?);
            }
            Ok::<_, Problem>((world, sellers))
        })
        .map_err(|problem| Failure::new(format!("the village cannot be founded: {problem}")))?;
    let today = Zone::Jakarta.day_of(now);
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    for (index, seller) in sellers.iter().enumerate() {
        let count = if index == 0 { count } else { count.checked_div(NEIGHBOURS_SHARE).unwrap_or(0) };
        let mut written = 0_usize;
        while written < count {
            let batch_count = BATCH_SIZE.min(count.saturating_sub(written));
            let trade = Trade::draw(app, seller, today, written, batch_count, count, &mut rng);
            db.write_blocking::<_, db::Error, _>(move |tx| trade.insert(tx))?;
            written = written.saturating_add(batch_count);
        }
    }
    db.write_blocking(crate::notifications::skip_to_end)?;
    let login = |role: &str| {
        world.people.iter().filter(|person| person.role == role).map(|person| person.login.clone()).collect::<Vec<_>>()
    };
    let Some(seller) = sellers.into_iter().next() else { return Err(Failure::new("there is no seller")) };
    let group = world.shops.first().map(|shop| shop.group).ok_or_else(|| Failure::new("there is no group"))?;
    Ok(Village {
        cooperative: seller.cooperative,
        group,
        goods: seller.goods,
        buyers: login("buyer"),
        board: login("board").into_iter().next().unwrap_or_default(),
        chair: login("officer").into_iter().next().unwrap_or_default(),
        first_day: today.checked_sub_days(Days::new(365)).unwrap_or(today),
        last_day: today,
    })
}

/// Stocks every product of the village with more than will be bought.
fn stock_village(
    tx: &mut Tx<'_>,
    now: Instant,
    world: &World,
    cooperative: CooperativeId,
    code: &str,
) -> Result<Seller, Problem> {
    let mut goods = Vec::new();
    for (shop, group) in world.shops.iter().zip(GROUPS.iter()) {
        for (id, product) in shop.products.iter().zip(&group.products) {
            let made = Some(Quantity::MAX);
            supply::open(tx, now, &world.permit(shop), *id, None, &Opening { made, ..Opening::default() })?;
            goods.push(Good::of(*id, shop.group, product));
        }
    }
    Ok(Seller {
        cooperative,
        code: code.to_owned(),
        goods,
        buyers: world.buyers.iter().map(|buyer| buyer.account).collect(),
    })
}

/// Creates another cooperative, whose groups list the same products.
fn create_neighbour(tx: &mut Tx<'_>, now: Instant, world: &World, nth: u32) -> Result<Seller, Problem> {
    let code = format!("N{nth:02}");
    let new_cooperative = NewCooperative {
        code: code.clone(),
        name: format!("Koperasi Contoh Tetangga {nth}"),
        kind: "cooperative".into(),
        description: "Koperasi contoh; semua nama dan angka rekaan.".into(),
        village_code: "33.02.15.2004".into(),
        address: "Balai Desa".into(),
        phone: None,
        email: None,
        zone: None,
        bank: None,
        demo: true,
    };
    let cooperative = cooperatives::create_cooperative(tx, now, world.founded.admin, tx.id(now), &new_cooperative)?.id;
    let admin = Roles::load(tx, world.founded.admin)?;
    let board = world.founded.board;
    cooperatives::assign_office(tx, now, &admin, cooperative, &Assignee::Account(board), Office::Board)?;
    let mut goods = Vec::new();
    for (shop, group) in world.shops.iter().zip(GROUPS.iter()) {
        let new_group =
            NewGroup { name: group.name.clone(), description: group.description.clone(), ..NewGroup::default() };
        let permit = open_group(tx, now, shop.officer, board, cooperative, &new_group)?;
        let products = add_products(tx, now, permit, group)?;
        goods.extend(products.iter().zip(&group.products).map(|(id, product)| Good::of(*id, permit.group, product)));
    }
    Ok(Seller { cooperative, code, goods, buyers: world.buyers.iter().map(|buyer| buyer.account).collect() })
}

/// Draws two products of different groups.
pub(super) fn draw_two(goods: &[Good], rng: &mut impl rand::Rng) -> Option<(Good, Good)> {
    let first = goods.get(rng.random_range(0..goods.len().max(1)))?;
    let others: Vec<&Good> = goods.iter().filter(|good| good.group != first.group).collect();
    let second = others.get(rng.random_range(0..others.len().max(1)))?;
    Some((first.clone(), (*second).clone()))
}

/// Rows of orders and their parts, lines and sale facts.
#[derive(Debug, Default)]
struct Trade {
    orders: Vec<Order>,
    fulfilments: Vec<Fulfilment>,
    lines: Vec<OrderLine>,
    facts: Vec<SaleFact>,
}

impl Trade {
    fn draw(
        app: &Application,
        seller: &Seller,
        today: Day,
        from: usize,
        batch_count: usize,
        count: usize,
        rng: &mut ChaCha12Rng,
    ) -> Trade {
        let mut trade = Trade::default();
        for nth in from..from.saturating_add(batch_count) {
            let elapsed_days =
                u64::try_from(nth.saturating_mul(365).checked_div(count.max(1)).unwrap_or(0)).unwrap_or(0);
            let day = today.checked_sub_days(Days::new(365_u64.saturating_sub(elapsed_days))).unwrap_or(today);
            let at = Zone::Jakarta.start_of(day).after(Duration::minutes(rng.random_range(360..1200)));
            let (Some((first, second)), Some(buyer)) =
                (draw_two(&seller.goods, rng), seller.buyers.get(rng.random_range(0..seller.buyers.len().max(1))))
            else {
                continue;
            };
            trade.add(app, seller, nth, (day, at), *buyer, [first, second]);
        }
        trade
    }

    fn add(
        &mut self,
        app: &Application,
        seller: &Seller,
        nth: usize,
        (day, at): (Day, Instant),
        buyer: AccountId,
        goods: [Good; 2],
    ) {
        let entropy = app.state.db.entropy();
        let id = entropy.id(at);
        let cooperative = seller.cooperative;
        let mut total = Rupiah::ZERO;
        for (position, good) in goods.into_iter().enumerate() {
            let amount = good.quantity.total_at(good.price).unwrap_or(Rupiah::ZERO);
            total = total.plus(amount).unwrap_or(total);
            let fulfilment = entropy.id(at);
            let line = entropy.id(at);
            self.fulfilments.push(Fulfilment {
                status: FulfilmentStatus::HandedOver,
                goods_total: amount,
                answer_by: Some(at),
                ready_at: Some(at),
                handed_over_at: Some(at),
                version: 5,
                ..Fulfilment::new(fulfilment, id, cooperative, good.group, day, Some(at))
            });
            self.facts.push(SaleFact {
                id: entropy.id(at),
                cooperative,
                group: good.group,
                product: good.id,
                order: id,
                fulfilment,
                line,
                kind: SaleKind::Sale,
                channel: Channel::App,
                buyer: format!("account:{buyer}"),
                sold_on: day,
                recorded_at: at,
                quantity: good.quantity,
                amount,
                service: amount.percent(10),
            });
            self.lines.push(OrderLine {
                id: line,
                cooperative,
                order: id,
                fulfilment,
                product: good.id,
                position: i32::try_from(position).unwrap_or(0),
                product_name: good.name,
                unit: good.unit,
                ready_on: day,
                wanted: good.quantity,
                at_least: good.quantity,
                quantity: good.quantity,
                unit_price: good.price,
                total: amount,
                deposit_percent: 0,
                reason: None,
                discount: None,
                was_price: None,
                service_percent: 10,
            });
        }
        let number = format!("{}-LALU-{nth:06}", seller.code);
        let contact = OrderContact { name: "Contoh Pembeli".into(), phone: None, email: None };
        self.orders.push(Order {
            status: OrderStatus::Completed,
            buyer: Some(buyer),
            paid_total: total,
            answer_by: Some(at),
            pay_by: Some(at),
            cancellable_until: Some(at),
            version: 5,
            delivered_total: total,
            ..Order::new(id, cooperative, number, Channel::App, &contact, total, at)
        });
    }

    fn insert(&self, tx: &mut Tx<'_>) -> db::Result<()> {
        on_both!(tx, c => diesel::insert_into(orders::table).values(&self.orders).execute(c))?;
        on_both!(tx, c => diesel::insert_into(fulfilments::table).values(&self.fulfilments).execute(c))?;
        on_both!(tx, c => diesel::insert_into(order_lines::table).values(&self.lines).execute(c))?;
        on_both!(tx, c => diesel::insert_into(sales::table).values(&self.facts).execute(c))?;
        Ok(())
    }
}
