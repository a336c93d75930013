//! From a step over HTTP to the letter that tells of it: each side hears what the other did, once.

use std::cell::Cell;

use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::world::{Person, Reply, Village, World};

/// Somebody who reads the letters as they leave.
struct Postbox<'a> {
    village: &'a Village,
    read: Cell<usize>,
}

impl<'a> Postbox<'a> {
    fn of(village: &'a Village) -> Self {
        Postbox { village, read: Cell::new(village.mails().len()) }
    }

    /// Kind and recipient of what left since the last time, sorted.
    async fn arrived(&self) -> Vec<(String, String)> {
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

fn told(letters: &[(&str, &Person)]) -> Vec<(String, String)> {
    let mut told: Vec<_> = letters.iter().map(|(kind, to)| ((*kind).to_owned(), to.email.clone())).collect();
    told.sort();
    told
}

async fn cancel(person: &Person, order: &Reply, reason: &str) -> Reply {
    let path = format!("/v1/orders/{}/transitions", order.id());
    person.fresh_key().post(&path, json!({"action": "cancel", "reason": reason})).await.expect(200)
}

async fn step(person: &Person, part: &Value, body: Value) -> Reply {
    let path = format!("/v1/fulfilments/{}/transitions", part["id"].as_str().unwrap());
    person.fresh_key().post(&path, body).await
}

/// An order of the buyer's of ten pastel of Sekar Laras and twenty chips of Singkong Wareg.
async fn of_two_groups(village: &Village) -> Reply {
    let (pastel, _) = village.pastel_on_the_shelf(400).await;
    let permit = village.permit_of(&village.darsih, village.singkong_wareg);
    let chips = village
        .product_of(permit, "Keripik singkong", |offering| {
            offering.daily_capacity = lumbung::kernel::Quantity::units(100);
        })
        .await;
    let mut body = village.order_of(pastel, 10, 75_000);
    body["lines"].as_array_mut().unwrap().push(json!({"product": chips, "quantity": 20}));
    village.buyer.fresh_key().post("/v1/orders", body).await.expect(201)
}

fn part_of<'a>(village: &Village, order: &'a Reply, sekar_laras: bool) -> &'a Value {
    let group = if sekar_laras { village.sekar_laras } else { village.singkong_wareg };
    let parts = order.json["fulfilments"].as_array().unwrap();
    parts.iter().find(|part| part["group"] == json!(group)).unwrap()
}

#[actix_web::test]
async fn every_step_of_an_order_is_told_to_the_other_side_once() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(400).await;
    let (sari, buyer) = (village.sari.clone(), village.buyer.clone());
    let post = Postbox::of(&village);

    let order = village.ordered(product, 10).await;
    assert_eq!(post.arrived().await, told(&[("order-placed", &buyer), ("order-arrived", &sari)]));
    assert!(post.text("order-placed").contains("paling lambat"), "{}", post.text("order-placed"));
    village.step(&sari, &order, "accept").await.expect(200);
    assert_eq!(post.arrived().await, told(&[("order-accepted", &buyer)]));
    village.step(&sari, &order, "ready").await.expect(200);
    assert_eq!(post.arrived().await, told(&[("order-ready", &buyer)]));
    village.step(&sari, &order, "hand_over").await.expect(200);
    assert_eq!(post.arrived().await, told(&[]), "whoever has the goods knows");

    let declined = village.ordered(product, 10).await;
    post.arrived().await;
    let part = &declined.json["fulfilments"][0];
    step(&sari, part, json!({"action": "decline", "reason": "Kompor rusak"})).await.expect(200);
    assert_eq!(post.arrived().await, told(&[("order-declined", &buyer)]));
    assert!(post.text("order-declined").contains("Kompor rusak"));

    let by_board = village.ordered(product, 10).await;
    post.arrived().await;
    cancel(&village.board, &by_board, "Kelompok dihentikan sementara").await;
    assert_eq!(post.arrived().await, told(&[("order-cancelled", &buyer), ("order-called-off", &sari)]));
    for kind in ["order-cancelled", "order-called-off"] {
        assert!(post.text(kind).contains("Kelompok dihentikan sementara"), "{}", post.text(kind));
    }

    let by_buyer = village.ordered(product, 10).await;
    post.arrived().await;
    cancel(&buyer, &by_buyer, "Acaranya diundur").await;
    assert_eq!(post.arrived().await, told(&[("order-called-off", &sari)]));

    let unanswered = village.ordered(product, 10).await;
    post.arrived().await;
    village.clock.advance(Duration::hours(25));
    assert_eq!(post.arrived().await, told(&[("order-expired", &buyer), ("order-missed", &sari)]));
    assert!(post.text("order-missed").contains(&unanswered.str("number")));
    assert_eq!(post.arrived().await, told(&[]), "each thing once");
}

#[actix_web::test]
async fn what_ended_before_its_letters_left_is_told_as_it_ended_and_not_as_if_it_were_to_come() {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(400).await;
    let (sari, buyer) = (village.sari.clone(), village.buyer.clone());
    let post = Postbox::of(&village);

    let order = village.ordered(product, 10).await;
    cancel(&village.board, &order, "Salah harga").await;
    assert_eq!(post.arrived().await, told(&[("order-cancelled", &buyer), ("order-called-off", &sari)]));
    let order = village.ordered(product, 10).await;
    village.step(&sari, &order, "decline").await.expect(200);
    assert_eq!(post.arrived().await, told(&[("order-declined", &buyer)]));

    // Answered already: it has arrived, and nobody is to be waited for or asked any more.
    let order = village.ordered(product, 10).await;
    village.step(&sari, &order, "accept").await.expect(200);
    assert_eq!(post.arrived().await, told(&[("order-placed", &buyer), ("order-accepted", &buyer)]));
    let text = post.text("order-placed");
    assert!(!text.contains("paling lambat"), "nobody is waited for: {text}");
    let order = village.ordered(product, 10).await;
    for action in ["accept", "ready", "decline"].iter().take(2) {
        village.step(&sari, &order, action).await.expect(200);
    }
    cancel(&village.board, &order, "Basi").await;
    assert_eq!(post.arrived().await, told(&[("order-cancelled", &buyer), ("order-called-off", &sari)]));
}

#[actix_web::test]
async fn of_two_groups_the_one_that_answered_is_not_asked_and_what_does_not_come_is_not_listed() {
    let village = World::village().await;
    let post = Postbox::of(&village);
    let order = of_two_groups(&village).await;
    step(&village.darsih, part_of(&village, &order, false), json!({"action": "decline"})).await.expect(200);
    let expected =
        [("order-placed", &village.buyer), ("order-arrived", &village.sari), ("order-declined", &village.buyer)];
    assert_eq!(post.arrived().await, told(&expected));
    let placed = post.text("order-placed");
    assert!(placed.contains("Pastel sayur") && !placed.contains("Keripik singkong"), "{placed}");
    assert!(placed.contains("paling lambat") && placed.contains("Rp25.000"), "{placed}");
}

#[actix_web::test]
async fn the_board_declines_one_part_in_its_groups_place_and_both_sides_hear_of_it() {
    let village = World::village().await;
    let post = Postbox::of(&village);
    let order = of_two_groups(&village).await;
    post.arrived().await;
    let suspend = json!({"action": "suspend", "reason": "Izin P-IRT sudah habis."});
    let group = format!("/v1/groups/{}/transitions", village.singkong_wareg);
    village.board.fresh_key().post(&group, suspend).await.expect(200);
    post.arrived().await;
    let (kept, gone) = (part_of(&village, &order, true), part_of(&village, &order, false));
    let seen = village.board.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(part_of(&village, &seen, false)["actions"], json!(["decline"]));
    let of_the_group = village.darsih.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(part_of(&village, &of_the_group, false)["actions"], json!(["accept", "decline"]));

    // All else is the group's own; and another cooperative's board knows nothing of it.
    step(&village.board, gone, json!({"action": "accept"})).await.problem(403, "forbidden");
    for stranger in [&village.foreign_board, &village.other_buyer, &village.treasurer] {
        step(stranger, gone, json!({"action": "decline"})).await.problem(404, "not-found");
    }
    let decline = json!({"action": "decline", "reason": "Kelompok dihentikan sementara"});
    let left = step(&village.board.clone(), gone, decline.clone()).await.expect(200);
    assert_eq!((left.str("status"), left.json["total"].clone()), ("placed".into(), json!(25_000)));
    assert_eq!(part_of(&village, &left, false)["status"], "declined");
    assert_eq!(
        post.arrived().await,
        told(&[("order-declined", &village.buyer), ("order-called-off", &village.darsih)])
    );
    step(&village.board, gone, decline).await.problem(409, "transition-invalid");
    step(&village.sari, kept, json!({"action": "accept"})).await.expect(200);
    let confirmed = village.buyer.get(&format!("/v1/orders/{}", order.id())).await.expect(200);
    assert_eq!(confirmed.str("status"), "confirmed");
    let events = format!("/v1/cooperatives/{}/events?limit=100", village.cooperative);
    let events = village.board.get(&events).await.expect(200);
    let found = events.json["data"].as_array().unwrap().iter().find(|event| event["kind"] == "fulfilment.declined");
    assert_eq!(found.unwrap()["payload"]["by_board"], true);
    village.work().await;
}
