//! The village that is measured: founded by the verbs, its year of trade written in bulk.

use chrono::Days;
use diesel::prelude::*;
use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::ChaCha12Rng;

use super::super::demo::found::{found, offering, permit_of};
use super::super::demo::village::GROUPS;
use super::super::demo::world::World;
use crate::app::Application;
use crate::catalogue;
use crate::cli::Failure;
use crate::cooperatives::{self, Assignee, GroupAction, NewCooperative, NewGroup, Office, Roles};
use crate::db::schema::{fulfilments, order_lines, orders, sales};
use crate::db::{self, Tx, on_both};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, ProductId};
use crate::kernel::{Day, Duration, Instant, Json, Language, Quantity, Rupiah, Zone};
use crate::orders::{
    Channel, Contact, DeliveryKind, Fulfilment, FulfilmentStatus, Line, Order, OrderStatus, SaleFact, SaleKind,
};
use crate::supply::{self, Opening};
use crate::web::Problem;

/// Cooperatives beside the one that is measured, and how much smaller the trade of each is.
const NEIGHBOURS: u32 = 4;
const NEIGHBOURS_SHARE: usize = 20;
/// Buyers with accounts.
const BUYERS: usize = 64;
/// Orders written in one transaction.
const BATCH_SIZE: usize = 250;

/// A product that is sold here.
#[derive(Debug, Clone)]
pub(super) struct Good {
    pub(super) id: ProductId,
    pub(super) group: GroupId,
    pub(super) price: Rupiah,
    pub(super) quantity: Quantity,
    name: String,
    unit: String,
}

/// What the cases ask for.
#[derive(Debug, Clone)]
pub(super) struct Village {
    pub(super) cooperative: CooperativeId,
    pub(super) group: GroupId,
    pub(super) goods: Vec<Good>,
    /// Logins of the buyers.
    pub(super) buyers: Vec<String>,
    /// The login of one who governs the cooperative.
    pub(super) board: String,
    /// The login of the chair of the group.
    pub(super) chair: String,
    /// A day in the middle of the trade, and the last one.
    pub(super) first_day: Day,
    pub(super) last_day: Day,
}

/// A cooperative with what it sells and to whom.
#[derive(Debug, Clone)]
struct Seller {
    cooperative: CooperativeId,
    code: String,
    goods: Vec<Good>,
    buyers: Vec<AccountId>,
}

/// Founds everything, and writes a year of `count` orders of two groups each, all handed over.
pub(super) fn settle(app: &Application, password_hash: &str, count: usize, seed: u64) -> Result<Village, Failure> {
    let now = app.state.now();
    let db = &app.state.db;
    let hash = password_hash.to_owned();
    let (world, sellers) = db
        .write_blocking(move |tx| {
            let world = found(tx, now, &hash, BUYERS)?;
            let mut sellers = vec![stocked(tx, now, &world, world.founded.cooperative, "CIH")?];
            for nth in 1..=NEIGHBOURS {
                sellers.push(neighbour(tx, now, &world, nth)?);
            }
            Ok::<_, Problem>((world, sellers))
        })
        .map_err(|problem| Failure::new(format!("the village cannot be founded: {problem}")))?;
    let today = Zone::Jakarta.day_of(now);
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    for (place, seller) in sellers.iter().enumerate() {
        let count = if place == 0 { count } else { count.checked_div(NEIGHBOURS_SHARE).unwrap_or(0) };
        let mut written = 0_usize;
        while written < count {
            let some = BATCH_SIZE.min(count.saturating_sub(written));
            let trade = Trade::drawn(app, seller, today, written, some, count, &mut rng);
            db.write_blocking::<_, db::Error, _>(move |tx| trade.write(tx))?;
            written = written.saturating_add(some);
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

/// The goods of the village, and of each more on the shelf than will be bought.
fn stocked(
    tx: &mut Tx<'_>,
    now: Instant,
    world: &World,
    cooperative: CooperativeId,
    code: &str,
) -> Result<Seller, Problem> {
    let mut goods = Vec::new();
    for (shop, group) in world.shops.iter().zip(GROUPS) {
        for (id, product) in shop.products.iter().zip(group.products) {
            let made = Some(Quantity::MAX);
            supply::open(tx, now, &world.permit(shop), *id, None, &Opening { made, ..Opening::default() })?;
            goods.push(Good {
                id: *id,
                group: shop.group,
                price: Rupiah(product.price),
                quantity: Quantity::units(product.minimum),
                name: product.name.to_owned(),
                unit: product.unit.as_str().to_owned(),
            });
        }
    }
    Ok(Seller {
        cooperative,
        code: code.to_owned(),
        goods,
        buyers: world.buyers.iter().map(|buyer| buyer.account).collect(),
    })
}

/// Another cooperative, whose groups list the same goods.
fn neighbour(tx: &mut Tx<'_>, now: Instant, world: &World, nth: u32) -> Result<Seller, Problem> {
    let code = format!("N{nth:02}");
    let new = NewCooperative {
        id: None,
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
    let cooperative = cooperatives::found(tx, now, world.founded.admin, &new)?.id;
    let admin = Roles::of(tx, world.founded.admin)?;
    let board = world.founded.board;
    cooperatives::assign(tx, now, &admin, cooperative, &Assignee::Account(board), Office::Board)?;
    let governor = Roles::of(tx, board)?;
    let mut goods = Vec::new();
    for (shop, group) in world.shops.iter().zip(GROUPS) {
        let new = NewGroup { name: group.name.into(), description: group.description.into(), ..NewGroup::default() };
        let id = cooperatives::found_group(tx, now, shop.officer, cooperative, &new)?.id;
        let officer = Roles::of(tx, shop.officer)?;
        cooperatives::step_group(tx, now, &officer, id, None, GroupAction::Submit, None)?;
        cooperatives::step_group(tx, now, &governor, id, None, GroupAction::Approve, None)?;
        let permit = permit_of(tx, shop.officer, cooperative, id)?;
        for (position, product) in group.products.iter().enumerate() {
            let listed: ProductId = tx.id(now);
            catalogue::add(tx, now, &permit, listed, offering(product, position))?;
            catalogue::publish(tx, now, permit, listed, None)?;
            goods.push(Good {
                id: listed,
                group: id,
                price: Rupiah(product.price),
                quantity: Quantity::units(product.minimum),
                name: product.name.to_owned(),
                unit: product.unit.as_str().to_owned(),
            });
        }
    }
    Ok(Seller { cooperative, code, goods, buyers: world.buyers.iter().map(|buyer| buyer.account).collect() })
}

/// Two goods of two groups.
pub(super) fn two_of(goods: &[Good], rng: &mut impl rand::Rng) -> Option<(Good, Good)> {
    let first = goods.get(rng.random_range(0..goods.len().max(1)))?;
    let others: Vec<&Good> = goods.iter().filter(|good| good.group != first.group).collect();
    let second = others.get(rng.random_range(0..others.len().max(1)))?;
    Some((first.clone(), (*second).clone()))
}

/// Some orders with everything that hangs on them.
#[derive(Debug, Default)]
struct Trade {
    orders: Vec<Order>,
    parts: Vec<Fulfilment>,
    lines: Vec<Line>,
    facts: Vec<SaleFact>,
}

impl Trade {
    fn drawn(
        app: &Application,
        seller: &Seller,
        today: Day,
        from: usize,
        some: usize,
        count: usize,
        rng: &mut ChaCha12Rng,
    ) -> Trade {
        let mut trade = Trade::default();
        for nth in from..from.saturating_add(some) {
            let gone = u64::try_from(nth.saturating_mul(365).checked_div(count.max(1)).unwrap_or(0)).unwrap_or(0);
            let day = today.checked_sub_days(Days::new(365_u64.saturating_sub(gone))).unwrap_or(today);
            let at = Zone::Jakarta.start_of(day).after(Duration::minutes(rng.random_range(360..1200)));
            let (Some((first, second)), Some(buyer)) =
                (two_of(&seller.goods, rng), seller.buyers.get(rng.random_range(0..seller.buyers.len().max(1))))
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
            let amount = good.quantity.cost(good.price).unwrap_or(Rupiah::ZERO);
            total = total.plus(amount).unwrap_or(total);
            let part = entropy.id(at);
            let line = entropy.id(at);
            self.parts.push(Fulfilment {
                id: part,
                cooperative,
                order: id,
                group: good.group,
                status: FulfilmentStatus::HandedOver,
                goods_total: amount,
                ready_on: day,
                answer_by: Some(at),
                answered_at: Some(at),
                ready_at: Some(at),
                handed_over_at: Some(at),
                reason: None,
                courier: None,
                tracking_number: None,
                received_by: None,
                version: 5,
            });
            self.facts.push(SaleFact {
                id: entropy.id(at),
                cooperative,
                group: good.group,
                product: good.id,
                order: id,
                fulfilment: part,
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
            self.lines.push(Line {
                id: line,
                cooperative,
                order: id,
                fulfilment: part,
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
        self.orders.push(Order {
            id,
            cooperative,
            number: format!("{}-LALU-{nth:06}", seller.code),
            status: OrderStatus::Completed,
            channel: Channel::App,
            buyer: Some(buyer),
            captured_by: None,
            contact: Json::of(&Contact { name: "Contoh Pembeli".into(), phone: None, email: None }),
            recipient: None,
            delivery_kind: DeliveryKind::Pickup,
            pickup_point: None,
            delivery_zone: None,
            address: None,
            needed_on: None,
            note: None,
            locale: Language::Indonesian,
            goods_total: total,
            delivery_fee: Rupiah::ZERO,
            total,
            deposit_due: Rupiah::ZERO,
            placed_total: total,
            paid_total: total,
            refunded_total: Rupiah::ZERO,
            placed_at: at,
            answer_by: Some(at),
            pay_by: Some(at),
            cancellable_until: Some(at),
            version: 5,
            delivered_total: total,
            outlet: None,
        });
    }

    fn write(&self, tx: &mut Tx<'_>) -> db::Result<()> {
        on_both!(tx, c => diesel::insert_into(orders::table).values(&self.orders).execute(c))?;
        on_both!(tx, c => diesel::insert_into(fulfilments::table).values(&self.parts).execute(c))?;
        on_both!(tx, c => diesel::insert_into(order_lines::table).values(&self.lines).execute(c))?;
        on_both!(tx, c => diesel::insert_into(sales::table).values(&self.facts).execute(c))?;
        Ok(())
    }
}
