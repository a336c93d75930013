//! Notifications about orders: each once, in the recipient's language, and only to those concerned.

use diesel::prelude::*;
use lumbung::db::schema;
use lumbung::db::{self, Db, Tx};
use lumbung::events::{Event, record};
use lumbung::jobs::JobRegistry;
use lumbung::kernel::ids::{
    AccountId, CooperativeId, FulfilmentId, GroupId, Id, LineId, MembershipId, OrderId, ProductId,
};
use lumbung::kernel::{Day, Duration, Entropy, Instant, Language};
use lumbung::mail;
use lumbung::notifications::{Dispatcher, skip_to_end};

use crate::world::World;

fn new_id<T: Id>() -> T {
    Entropy::System.id(Instant::EPOCH)
}

/// Rows of an order: one group with two officers, 20 pastel and 1.5 kg of sugar.
struct Village {
    cooperative: CooperativeId,
    group: GroupId,
    chair: AccountId,
    buyer: AccountId,
    order: OrderId,
    part: FulfilmentId,
    line: LineId,
}

async fn write_rows(world: &World, work: impl Fn(&mut Tx<'_>) -> db::Result<()> + Send + 'static) {
    world.app.state.db.write::<_, db::Error, _>(work).await.unwrap();
}

/// The pollers of notifications and mail only, because the rows are inserted directly.
fn notification_jobs(world: &World) -> JobRegistry {
    let dispatcher = Dispatcher::new(world.app.state.public_url.clone(), world.app.state.signer.clone());
    let mailer = world.app.mailer.clone();
    JobRegistry::new()
        .add_poller("notifications", move |db, now| Ok(dispatcher.dispatch(db, now)?))
        .add_poller("mail", move |db, now| Ok(mail::deliver(db, now, &mailer, |_, _, _| Ok(()))?))
}

async fn dispatch(world: &World) {
    let done = world.run_registry(&notification_jobs(world)).await;
    assert!(done.failures.is_empty(), "{:?}", done.failures);
}

impl Village {
    async fn create(world: &World, buyer: Option<&'static str>, contact: &'static str, locale: Language) -> Self {
        let village = Village {
            cooperative: new_id(),
            group: new_id(),
            chair: new_id(),
            buyer: new_id(),
            order: new_id(),
            part: new_id(),
            line: new_id(),
        };
        let (cooperative, group, chair, customer) = (village.cooperative, village.group, village.chair, village.buyer);
        let (order, part, first) = (village.order, village.part, village.line);
        let now = world.clock.now();
        let second: LineId = new_id();
        let secretary: AccountId = new_id();
        let member: AccountId = new_id();
        write_rows(world, move |tx| {
            use schema::{
                accounts, cooperatives, fulfilments, groups, memberships, order_lines, orders, places, products,
            };
            for (id, name, email, locale) in [
                (chair, "Contoh Ibu Tri", Some("tri@example.org"), "id"),
                (secretary, "Contoh Pak Joko", Some("joko@example.org"), "en"),
                (member, "Contoh Anggota", Some("anggota@example.org"), "id"),
                (customer, "Contoh Sari", buyer, "id"),
            ] {
                diesel::insert_into(accounts::table)
                    .values((
                        accounts::id.eq(id),
                        accounts::name.eq(name),
                        accounts::email.eq(email),
                        accounts::password_hash.eq("x"),
                        accounts::locale.eq(locale),
                        accounts::status.eq("active"),
                        accounts::created_at.eq(now),
                    ))
                    .execute(&mut **tx)?;
            }
            diesel::insert_into(places::table)
                .values((
                    places::code.eq("99.99.99.9999"),
                    places::kind.eq("village"),
                    places::name.eq("Cihonje"),
                    places::search_text.eq("cihonje"),
                ))
                .execute(&mut **tx)?;
            diesel::insert_into(cooperatives::table)
                .values((
                    cooperatives::id.eq(cooperative),
                    cooperatives::code.eq("CIH"),
                    cooperatives::name.eq("Koperasi Contoh Cihonje"),
                    cooperatives::kind.eq("cooperative"),
                    cooperatives::description.eq(""),
                    cooperatives::search_text.eq("koperasi contoh cihonje"),
                    cooperatives::village_code.eq("99.99.99.9999"),
                    cooperatives::address.eq(""),
                    cooperatives::zone.eq("Asia/Jakarta"),
                    cooperatives::created_at.eq(now),
                ))
                .execute(&mut **tx)?;
            diesel::insert_into(groups::table)
                .values((
                    groups::id.eq(group),
                    groups::cooperative_id.eq(cooperative),
                    groups::name.eq("Pastel & <Keripik>"),
                    groups::slug.eq("pastel"),
                    groups::description.eq(""),
                    groups::search_text.eq("pastel keripik"),
                    groups::status.eq("active"),
                    groups::created_at.eq(now),
                ))
                .execute(&mut **tx)?;
            for (account, role) in [(chair, "chair"), (secretary, "secretary"), (member, "member")] {
                diesel::insert_into(memberships::table)
                    .values((
                        memberships::id.eq(new_id::<MembershipId>()),
                        memberships::cooperative_id.eq(cooperative),
                        memberships::group_id.eq(group),
                        memberships::account_id.eq(account),
                        memberships::name.eq("Contoh"),
                        memberships::role.eq(role),
                        memberships::joined_at.eq(now),
                    ))
                    .execute(&mut **tx)?;
            }
            let product: ProductId = new_id();
            diesel::insert_into(products::table)
                .values((
                    products::id.eq(product),
                    products::cooperative_id.eq(cooperative),
                    products::group_id.eq(group),
                    products::name.eq("Pastel ayam"),
                    products::slug.eq("pastel-ayam"),
                    products::sort_name.eq("pastel ayam"),
                    products::description.eq(""),
                    products::category.eq("fresh_snacks"),
                    products::unit.eq("piece"),
                    products::price.eq(2500),
                    products::price_tiers.eq("[]"),
                    products::lead_time_days.eq(1),
                    products::minimum_quantity.eq(1000),
                    products::quantity_step.eq(1000),
                    products::daily_capacity.eq(0),
                    products::made_on.eq(127),
                    products::order_by_minutes.eq(1020),
                    products::open_days_ahead.eq(14),
                    products::deposit_percent.eq(0),
                    products::label.eq("{}"),
                    products::status.eq("published"),
                    products::listed.eq(true),
                    products::search_text.eq("pastel"),
                    products::created_at.eq(now),
                ))
                .execute(&mut **tx)?;
            diesel::insert_into(orders::table)
                .values((
                    orders::id.eq(order),
                    orders::cooperative_id.eq(cooperative),
                    orders::number.eq("CIH-2611-0042"),
                    orders::status.eq("placed"),
                    orders::channel.eq("app"),
                    orders::buyer_id.eq(buyer.map(|_| customer)),
                    orders::contact.eq(contact),
                    orders::delivery_kind.eq("local"),
                    orders::locale.eq(locale),
                    orders::goods_total.eq(77000),
                    orders::delivery_fee.eq(5000),
                    orders::total.eq(82000),
                    orders::placed_total.eq(82000),
                    orders::placed_at.eq(now),
                ))
                .execute(&mut **tx)?;
            let day: Day = "2026-11-27".parse().unwrap();
            diesel::insert_into(fulfilments::table)
                .values((
                    fulfilments::id.eq(part),
                    fulfilments::cooperative_id.eq(cooperative),
                    fulfilments::order_id.eq(order),
                    fulfilments::group_id.eq(group),
                    fulfilments::status.eq("pending"),
                    fulfilments::goods_total.eq(77000),
                    fulfilments::ready_on.eq(day),
                    fulfilments::answer_by.eq(now.after(Duration::hours(4))),
                ))
                .execute(&mut **tx)?;
            for (position, id, name, unit, quantity, price, total) in [
                (1, first, "Pastel ayam", "piece", 20_000_i64, 2500_i64, 50_000_i64),
                (2, second, "Gula semut", "kg", 1500, 18_000, 27_000),
            ] {
                diesel::insert_into(order_lines::table)
                    .values((
                        order_lines::id.eq(id),
                        order_lines::cooperative_id.eq(cooperative),
                        order_lines::order_id.eq(order),
                        order_lines::fulfilment_id.eq(part),
                        order_lines::product_id.eq(product),
                        order_lines::position.eq(position),
                        order_lines::product_name.eq(name),
                        order_lines::unit.eq(unit),
                        order_lines::ready_on.eq(day),
                        order_lines::wanted.eq(quantity),
                        order_lines::at_least.eq(0),
                        order_lines::quantity.eq(quantity),
                        order_lines::unit_price.eq(price),
                        order_lines::total.eq(total),
                    ))
                    .execute(&mut **tx)?;
            }
            Ok(())
        })
        .await;
        village
    }

    async fn create_for_sari(world: &World) -> Self {
        let contact = r#"{"name":"Contoh Sari"}"#;
        Village::create(world, Some("sari@example.org"), contact, Language::Indonesian).await
    }

    /// Records an event with additional members.
    async fn record_event(
        &self,
        world: &World,
        kind: &'static str,
        by: Option<AccountId>,
        more: impl Fn(Event) -> Event + Send + 'static,
    ) {
        let (now, order, part, group, cooperative) =
            (world.clock.now(), self.order, self.part, self.group, self.cooperative);
        write_rows(world, move |tx| {
            let event = Event::new(kind, order)
                .by(by)
                .in_group(cooperative, group)
                .with("order", order)
                .with("fulfilment", part)
                .with("fulfilments", [part])
                .with("group", group)
                .with("groups", [group])
                .with("channel", "web")
                .with("total", 0)
                .with("promised", false)
                .with("by_buyer", false);
            record(tx, now, &more(event)).map(drop)
        })
        .await;
    }

    /// Inserts an order with an unknown channel, which cannot be loaded.
    async fn insert_unreadable_order(&self, world: &World) -> OrderId {
        let broken: OrderId = new_id();
        let (order, now) = (self.order, world.clock.now());
        write_rows(world, move |tx| {
            use schema::orders::dsl;
            let cooperative: CooperativeId = dsl::orders.find(order).select(dsl::cooperative_id).first(&mut **tx)?;
            diesel::insert_into(dsl::orders)
                .values((
                    dsl::id.eq(broken),
                    dsl::cooperative_id.eq(cooperative),
                    dsl::number.eq("CIH-2611-0043"),
                    dsl::status.eq("placed"),
                    dsl::channel.eq("pigeon"),
                    dsl::contact.eq("{}"),
                    dsl::delivery_kind.eq("pickup"),
                    dsl::locale.eq("id"),
                    dsl::goods_total.eq(0),
                    dsl::delivery_fee.eq(0),
                    dsl::total.eq(0),
                    dsl::placed_total.eq(0),
                    dsl::placed_at.eq(now),
                ))
                .execute(&mut **tx)?;
            Ok(())
        })
        .await;
        broken
    }

    async fn set_part_status(&self, world: &World, status: &'static str, reason: Option<&'static str>) {
        let part = self.part;
        write_rows(world, move |tx| {
            use schema::fulfilments::dsl;
            diesel::update(dsl::fulfilments.find(part))
                .set((dsl::status.eq(status), dsl::reason.eq(reason)))
                .execute(&mut **tx)?;
            Ok(())
        })
        .await;
    }
}

/// Kind and address of each letter, sorted.
fn letters(world: &World) -> Vec<(String, String)> {
    let mut letters: Vec<_> = world.mails().into_iter().map(|mail| (mail.kind, mail.to)).collect();
    letters.sort();
    letters
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kind, to)| ((*kind).to_owned(), (*to).to_owned())).collect()
}

async fn count_skipped(db: &Db) -> i64 {
    db.read::<_, db::Error, _>(|conn| {
        use schema::events::dsl;
        Ok(dsl::events.filter(dsl::kind.eq("notification.skipped")).count().get_result(conn)?)
    })
    .await
    .unwrap()
}

#[actix_web::test]
async fn a_placed_order_notifies_the_buyer_and_the_officers_once() {
    let world = World::empty().await;
    let village = Village::create_for_sari(&world).await;
    village.record_event(&world, "order.placed", Some(village.buyer), |event| event).await;
    dispatch(&world).await;
    dispatch(&world).await;
    let expected = [
        ("order-arrived", "joko@example.org"),
        ("order-arrived", "tri@example.org"),
        ("order-placed", "sari@example.org"),
    ];
    assert_eq!(letters(&world), pairs(&expected));

    let mails = world.mails();
    let placed = mails.iter().find(|mail| mail.kind == "order-placed").unwrap();
    assert_eq!(placed.subject, "Pesanan CIH-2611-0042 sudah kami terima");
    for part in [
        "Terima kasih, Contoh Sari!",
        "paling lambat Senin, 23 November 2026 pukul 18.30 WIB",
        "Pastel ayam: 20 buah x Rp2.500 = Rp50.000",
        "Gula semut: 1,5 kg x Rp18.000 = Rp27.000",
        "Barang: Rp77.000",
        "Ongkos kirim: Rp5.000",
        "Total: Rp82.000",
        "Siap: Jumat, 27 November 2026",
        "Koperasi Contoh Cihonje",
    ] {
        assert!(placed.text.contains(part), "{part}: {}", placed.text);
    }
    // The secret is for orders of guests; buyers with an account sign in.
    assert!(!placed.text.contains("/v1/track/"), "a link that opens nothing: {}", placed.text);
    assert!(placed.html.contains("<html lang=\"id\">") && placed.html.contains("viewport"));
    assert!(!placed.html.contains("<img") && !placed.html.contains("<link"), "nothing is loaded from outside");

    let arrived = mails.iter().find(|mail| mail.to == "joko@example.org").unwrap();
    assert_eq!(arrived.subject, "New order CIH-2611-0042 for Pastel & <Keripik>");
    assert!(arrived.text.contains("Please accept or decline by Monday 23 November 2026, 18:30 WIB"));
    assert!(arrived.html.contains("Pastel &amp; &lt;Keripik&gt;"), "{}", arrived.html);
    assert!(!arrived.text.contains("/v1/track/"), "the buyer's secret is the buyer's: {}", arrived.text);
    assert!(arrived.text.contains("Total: Rp77.000"), "{}", arrived.text);
}

#[actix_web::test]
async fn transitions_of_an_order_notify_the_other_side() {
    for (kind, status, expected) in [
        ("fulfilment.accepted", "accepted", vec![("order-accepted", "sari@example.org")]),
        ("fulfilment.declined", "declined", vec![("order-declined", "sari@example.org")]),
        ("fulfilment.ready", "ready", vec![("order-ready", "sari@example.org")]),
        (
            "fulfilment.expired",
            "expired",
            vec![
                ("order-expired", "sari@example.org"),
                ("order-missed", "joko@example.org"),
                ("order-missed", "tri@example.org"),
            ],
        ),
        ("fulfilment.started", "preparing", vec![]),
        ("fulfilment.handed_over", "handed_over", vec![]),
    ] {
        let world = World::empty().await;
        let village = Village::create_for_sari(&world).await;
        village.set_part_status(&world, status, Some("Minyak habis")).await;
        world.skip_audit();
        village.record_event(&world, kind, Some(village.chair), |event| event).await;
        dispatch(&world).await;
        // The actor is not notified.
        let expected: Vec<_> =
            expected.into_iter().filter(|(kind, to)| !(*kind == "order-missed" && *to == "tri@example.org")).collect();
        assert_eq!(letters(&world), pairs(&expected), "{kind}");
        if kind == "fulfilment.declined" {
            assert!(world.mails()[0].text.contains("Alasannya: Minyak habis"), "{}", world.mails()[0].text);
        }
    }
}

#[actix_web::test]
async fn a_cancelled_order_notifies_the_side_that_did_not_cancel() {
    let world = World::empty().await;
    let village = Village::create_for_sari(&world).await;
    village.set_part_status(&world, "cancelled", None).await;
    village.record_event(&world, "order.cancelled", Some(village.buyer), |event| event.with("by_buyer", true)).await;
    dispatch(&world).await;
    let officers = [("order-called-off", "joko@example.org"), ("order-called-off", "tri@example.org")];
    assert_eq!(letters(&world), pairs(&officers));

    let world = World::empty().await;
    let village = Village::create_for_sari(&world).await;
    village.set_part_status(&world, "cancelled", None).await;
    village.record_event(&world, "order.cancelled", Some(village.chair), |event| event.with("by_buyer", false)).await;
    dispatch(&world).await;
    let others = [("order-called-off", "joko@example.org"), ("order-cancelled", "sari@example.org")];
    assert_eq!(letters(&world), pairs(&others));
}

#[actix_web::test]
async fn a_reduced_line_is_notified_with_both_quantities() {
    let world = World::empty().await;
    let village = Village::create_for_sari(&world).await;
    let line = village.line;
    village
        .record_event(&world, "order.line_shrunk", Some(village.chair), move |event| {
            event
                .with("line", line)
                .with("product", new_id::<ProductId>())
                .with("reason", "shortage")
                .with("before", "20".parse::<lumbung::kernel::Quantity>().unwrap())
                .with("quantity", "12".parse::<lumbung::kernel::Quantity>().unwrap())
        })
        .await;
    dispatch(&world).await;
    assert_eq!(letters(&world), pairs(&[("order-shrunk", "sari@example.org")]));
    let text = &world.mails()[0].text;
    assert!(text.contains("Untuk Pastel ayam Anda mendapat 12 buah, bukan 20 buah."), "{text}");
}

#[actix_web::test]
async fn a_guest_with_an_address_is_notified_in_the_language_of_the_order() {
    let world = World::empty().await;
    let contact = r#"{"name":"Contoh Tamu <b>","email":"tamu@example.org"}"#;
    let village = Village::create(&world, None, contact, Language::English).await;
    village.set_part_status(&world, "ready", None).await;
    village.record_event(&world, "fulfilment.ready", Some(village.chair), |event| event).await;
    dispatch(&world).await;
    let mails = world.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to.as_str(), mails[0].subject.as_str()),
        ("tamu@example.org", "Your order CIH-2611-0042 is ready")
    );
    assert!(mails[0].html.contains("Contoh Tamu &lt;b&gt;"), "{}", mails[0].html);
}

#[actix_web::test]
async fn guests_without_an_address_and_other_events_move_the_cursor() {
    let world = World::empty().await;
    let contact = r#"{"name":"Contoh Tamu","phone":"+6281200000000"}"#;
    let village = Village::create(&world, None, contact, Language::Indonesian).await;
    for kind in ["fulfilment.accepted", "product.published", "order.placed.but.unheard.of"] {
        village.record_event(&world, kind, None, |event| event).await;
    }
    // An unknown order, and an invalid id.
    village.record_event(&world, "order.placed", None, |event| event.with("order", new_id::<OrderId>())).await;
    village.record_event(&world, "order.placed", None, |event| event.with("order", "nonsense")).await;
    dispatch(&world).await;
    assert!(world.mails().is_empty());
    village.set_part_status(&world, "expired", None).await;
    village.record_event(&world, "fulfilment.expired", None, |event| event).await;
    dispatch(&world).await;
    assert_eq!(letters(&world).len(), 2, "the officers are notified of the next event");
    assert_eq!(count_skipped(&world.app.state.db).await, 0);
}

#[actix_web::test]
async fn an_event_that_fails_is_skipped_and_the_others_are_dispatched() {
    let world = World::empty().await;
    let village = Village::create_for_sari(&world).await;
    village.set_part_status(&world, "accepted", None).await;
    village.record_event(&world, "fulfilment.accepted", Some(village.chair), |event| event).await;
    let broken = village.insert_unreadable_order(&world).await;
    village.record_event(&world, "fulfilment.ready", None, move |event| event.with("order", broken)).await;
    village.set_part_status(&world, "ready", None).await;
    village.record_event(&world, "fulfilment.ready", Some(village.chair), |event| event).await;
    dispatch(&world).await;
    let expected = [("order-accepted", "sari@example.org"), ("order-ready", "sari@example.org")];
    assert_eq!(letters(&world), pairs(&expected));
    assert_eq!(count_skipped(&world.app.state.db).await, 1);
}

#[actix_web::test]
async fn eight_concurrent_dispatchers_notify_once() {
    let world = World::empty().await;
    let village = Village::create_for_sari(&world).await;
    village.set_part_status(&world, "accepted", None).await;
    for _ in 0..120 {
        village.record_event(&world, "fulfilment.accepted", Some(village.chair), |event| event).await;
    }
    let jobs = notification_jobs(&world);
    let all = futures_util::future::join_all((0..8).map(|_| world.run_registry(&jobs))).await;
    assert!(all.iter().all(|done| done.failures.is_empty()), "{all:?}");
    dispatch(&world).await;
    assert_eq!(world.mails().len(), 120);
}

#[actix_web::test]
async fn each_broken_event_is_skipped_once_by_concurrent_dispatchers() {
    let world = World::empty().await;
    let village = Village::create_for_sari(&world).await;
    village.set_part_status(&world, "accepted", None).await;
    let broken = village.insert_unreadable_order(&world).await;
    for index in 0..60 {
        if index % 5 == 2 {
            village.record_event(&world, "fulfilment.accepted", None, move |event| event.with("order", broken)).await;
        }
        village.record_event(&world, "fulfilment.accepted", Some(village.chair), |event| event).await;
    }
    let jobs = notification_jobs(&world);
    let all = futures_util::future::join_all((0..8).map(|_| world.run_registry(&jobs))).await;
    assert!(all.iter().all(|done| done.failures.is_empty()), "{all:?}");
    dispatch(&world).await;
    assert_eq!((world.mails().len(), count_skipped(&world.app.state.db).await), (60, 12));
}

#[actix_web::test]
async fn a_generated_history_is_not_dispatched() {
    let world = World::empty().await;
    let village = Village::create_for_sari(&world).await;
    village.record_event(&world, "order.placed", Some(village.buyer), |event| event).await;
    write_rows(&world, skip_to_end).await;
    dispatch(&world).await;
    assert!(world.mails().is_empty());
    village.record_event(&world, "order.placed", Some(village.buyer), |event| event).await;
    dispatch(&world).await;
    assert_eq!(world.mails().len(), 3);
}
