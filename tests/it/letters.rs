//! Letters about orders: each side is notified once of what the other did.

use std::cell::Cell;

use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::world::{Person, Reply, Village, World};

/// Reads the letters sent since the last read.
struct Postbox<'a> {
    village: &'a Village,
    read: Cell<usize>,
}

impl<'a> Postbox<'a> {
    fn of(village: &'a Village) -> Self {
        Postbox { village, read: Cell::new(village.mails().len()) }
    }

    /// Runs due work and returns kind and recipient of the new letters, sorted.
    async fn new_letters(&self) -> Vec<(String, String)> {
        self.village.work().await;
        let mails = self.village.mails();
        let mut new: Vec<_> =
            mails.iter().skip(self.read.get()).map(|mail| (mail.kind.clone(), mail.to.clone())).collect();
        self.read.set(mails.len());
        new.sort();
        new
    }

    /// The text of the last letter of this kind.
    fn text(&self, kind: &str) -> String {
        let mails = self.village.mails();
        mails.iter().rfind(|mail| mail.kind == kind).unwrap_or_else(|| panic!("no {kind}")).text.clone()
    }
}

fn expected(letters: &[(&str, &Person)]) -> Vec<(String, String)> {
    let mut expected: Vec<_> = letters.iter().map(|(kind, to)| ((*kind).to_owned(), to.email.clone())).collect();
    expected.sort();
    expected
}

async fn cancel(person: &Person, order: &Reply, reason: &str) -> Reply {
    let path = format!("/v1/orders/{}/transitions", order.id());
    person.with_new_key().post(&path, json!({"action": "cancel", "reason": reason})).await.expect(200)
}

async fn transition(person: &Person, fulfilment: &Value, body: Value) -> Reply {
    let path = format!("/v1/fulfilments/{}/transitions", fulfilment["id"].as_str().unwrap());
    person.with_new_key().post(&path, body).await
}

/// An order of ten pastel of Sekar Laras and twenty chips of Singkong Wareg.
async fn order_of_two_groups(village: &Village) -> Reply {
    let (pastel, _) = village.create_pastel_in_stock(400).await;
    let permit = village.group_permit(&village.darsih, village.singkong_wareg);
    let chips = village
        .create_product(permit, "Keripik singkong", |offering| {
            offering.daily_capacity = lumbung::kernel::Quantity::from_units(100);
        })
        .await;
    let mut body = village.order_body(pastel, 10, 75_000);
    body["lines"].as_array_mut().unwrap().push(json!({"product": chips, "quantity": 20}));
    village.buyer.with_new_key().post("/v1/orders", body).await.expect(201)
}

fn fulfilment_of<'a>(village: &Village, order: &'a Reply, sekar_laras: bool) -> &'a Value {
    let group = if sekar_laras { village.sekar_laras } else { village.singkong_wareg };
    let parts = order.json["fulfilments"].as_array().unwrap();
    parts.iter().find(|part| part["group"]["id"] == json!(group)).unwrap()
}

#[actix_web::test]
async fn every_transition_of_an_order_notifies_the_other_side_once() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(400).await;
    let (sari, buyer) = (village.sari.clone(), village.buyer.clone());
    let post = Postbox::of(&village);

    let order = village.place_order(product, 10).await;
    assert_eq!(post.new_letters().await, expected(&[("order-placed", &buyer), ("order-arrived", &sari)]));
    assert!(post.text("order-placed").contains("paling lambat"), "{}", post.text("order-placed"));
    village.transition_fulfilment(&sari, &order, "accept").await.expect(200);
    assert_eq!(post.new_letters().await, expected(&[("order-accepted", &buyer)]));
    village.transition_fulfilment(&sari, &order, "ready").await.expect(200);
    assert_eq!(post.new_letters().await, expected(&[("order-ready", &buyer)]));
    village.transition_fulfilment(&sari, &order, "hand_over").await.expect(200);
    assert_eq!(post.new_letters().await, expected(&[]), "a hand-over sends no letter");

    let declined = village.place_order(product, 10).await;
    post.new_letters().await;
    let part = &declined.json["fulfilments"][0];
    transition(&sari, part, json!({"action": "decline", "reason": "Kompor rusak"})).await.expect(200);
    assert_eq!(post.new_letters().await, expected(&[("order-declined", &buyer)]));
    assert!(post.text("order-declined").contains("Kompor rusak"));

    let by_board = village.place_order(product, 10).await;
    post.new_letters().await;
    cancel(&village.board, &by_board, "Kelompok dihentikan sementara").await;
    assert_eq!(post.new_letters().await, expected(&[("order-cancelled", &buyer), ("order-called-off", &sari)]));
    for kind in ["order-cancelled", "order-called-off"] {
        assert!(post.text(kind).contains("Kelompok dihentikan sementara"), "{}", post.text(kind));
    }

    let by_buyer = village.place_order(product, 10).await;
    post.new_letters().await;
    cancel(&buyer, &by_buyer, "Acaranya diundur").await;
    assert_eq!(post.new_letters().await, expected(&[("order-called-off", &sari)]));

    let unanswered = village.place_order(product, 10).await;
    post.new_letters().await;
    village.clock.advance(Duration::hours(25));
    assert_eq!(post.new_letters().await, expected(&[("order-expired", &buyer), ("order-missed", &sari)]));
    assert!(post.text("order-missed").contains(&unanswered.str("number")));
    assert_eq!(post.new_letters().await, expected(&[]), "each thing once");
}

#[actix_web::test]
async fn letters_describe_the_state_at_the_time_of_sending() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(400).await;
    let (sari, buyer) = (village.sari.clone(), village.buyer.clone());
    let post = Postbox::of(&village);

    let order = village.place_order(product, 10).await;
    cancel(&village.board, &order, "Salah harga").await;
    assert_eq!(post.new_letters().await, expected(&[("order-cancelled", &buyer), ("order-called-off", &sari)]));
    let order = village.place_order(product, 10).await;
    village.transition_fulfilment(&sari, &order, "decline").await.expect(200);
    assert_eq!(post.new_letters().await, expected(&[("order-declined", &buyer)]));

    // Accepted before the letters were sent: they ask for no answer any more.
    let order = village.place_order(product, 10).await;
    village.transition_fulfilment(&sari, &order, "accept").await.expect(200);
    assert_eq!(post.new_letters().await, expected(&[("order-placed", &buyer), ("order-accepted", &buyer)]));
    let text = post.text("order-placed");
    assert!(!text.contains("paling lambat"), "no answer is pending: {text}");
    let order = village.place_order(product, 10).await;
    for action in ["accept", "ready", "decline"].iter().take(2) {
        village.transition_fulfilment(&sari, &order, action).await.expect(200);
    }
    cancel(&village.board, &order, "Basi").await;
    assert_eq!(post.new_letters().await, expected(&[("order-cancelled", &buyer), ("order-called-off", &sari)]));
}

#[actix_web::test]
async fn of_two_groups_the_one_that_answered_is_not_asked_and_declined_goods_are_not_listed() {
    let village = World::village().await;
    let post = Postbox::of(&village);
    let order = order_of_two_groups(&village).await;
    transition(&village.darsih, fulfilment_of(&village, &order, false), json!({"action": "decline"})).await.expect(200);
    let letters =
        [("order-placed", &village.buyer), ("order-arrived", &village.sari), ("order-declined", &village.buyer)];
    assert_eq!(post.new_letters().await, expected(&letters));
    let placed = post.text("order-placed");
    assert!(placed.contains("Pastel sayur") && !placed.contains("Keripik singkong"), "{placed}");
    assert!(placed.contains("paling lambat") && placed.contains("Rp25.000"), "{placed}");
}

#[actix_web::test]
async fn the_board_declines_one_fulfilment_in_its_groups_place_and_both_sides_are_notified() {
    let village = World::village().await;
    let post = Postbox::of(&village);
    let order = order_of_two_groups(&village).await;
    post.new_letters().await;
    let suspend = json!({"action": "suspend", "reason": "Izin P-IRT sudah habis."});
    let group = format!("/v1/groups/{}/transitions", village.singkong_wareg);
    village.board.with_new_key().post(&group, suspend).await.expect(200);
    post.new_letters().await;
    let (accepted, declined_part) = (fulfilment_of(&village, &order, true), fulfilment_of(&village, &order, false));
    let seen = village.board.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(fulfilment_of(&village, &seen, false)["actions"], json!(["decline"]));
    let of_the_group = village.darsih.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(fulfilment_of(&village, &of_the_group, false)["actions"], json!(["accept", "decline"]));

    // The board may only decline; another cooperative's board cannot see the order.
    transition(&village.board, declined_part, json!({"action": "accept"})).await.expect_problem(403, "forbidden");
    for stranger in [&village.foreign_board, &village.other_buyer, &village.treasurer] {
        transition(stranger, declined_part, json!({"action": "decline"})).await.expect_problem(404, "not-found");
    }
    let decline = json!({"action": "decline", "reason": "Kelompok dihentikan sementara"});
    let left = transition(&village.board.clone(), declined_part, decline.clone()).await.expect(200);
    assert_eq!((left.str("status"), left.json["total"].clone()), ("placed".into(), json!(25_000)));
    assert_eq!(fulfilment_of(&village, &left, false)["status"], "declined");
    assert_eq!(
        post.new_letters().await,
        expected(&[("order-declined", &village.buyer), ("order-called-off", &village.darsih)])
    );
    transition(&village.board, declined_part, decline).await.expect_problem(409, "transition-invalid");
    transition(&village.sari, accepted, json!({"action": "accept"})).await.expect(200);
    let confirmed = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(confirmed.str("status"), "confirmed");
    let events = format!("/v1/cooperatives/{}/events?limit=100", village.cooperative);
    let events = village.board.get(&events).await.expect(200);
    let declined = events.json["data"].as_array().unwrap().iter().find(|event| event["kind"] == "fulfilment.declined");
    assert_eq!(declined.unwrap()["payload"]["by_board"], true);
    village.work().await;
}
