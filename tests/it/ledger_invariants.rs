//! Whatever people do, in whatever order: all proofs hold. What a world leaves behind is audited when it goes.

use lumbung::kernel::Duration;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World};

/// Something that somebody tries; many a try is refused, which is part of the game.
#[derive(Debug, Clone)]
enum Try {
    AdminArea { quantity: i64, way: bool },
    Announce { order: usize, amount: i64 },
    Cash { order: usize, amount: Option<i64> },
    Decide { payment: usize, action: &'static str },
    Refund { order: usize, payment: usize, amount: Option<i64> },
    Step { order: usize, action: &'static str, away: bool },
    Cancel { order: usize },
    Credit { from: usize, to: usize },
    HandOver { counted: i64 },
    Count { counted: i64 },
    Discard { quantity: i64 },
    Sell { quantity: i64 },
    ByHand { kind: usize, amount: i64 },
    Reverse { entry: usize },
    Work { amount: i64 },
    LayOut { amount: i64 },
    PayOut { advances: Option<i64> },
    ReversePayout { payout: usize },
    Bring { quantity: i64 },
    CountOutlet { left: i64, returned: i64, damaged: i64, away: bool },
    ReverseCount { count: usize },
    PayOutlet { amount: i64 },
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let amount = 1..200_000_i64;
    let maybe = prop::option::of(1..100_000_i64);
    let step = prop::sample::select(vec!["accept", "ready", "hand_over", "hand_over", "undo", "return", "decline"]);
    let decision = prop::sample::select(vec!["confirm", "confirm", "reject", "reverse"]);
    let one = prop_oneof![
        4 => (1..40_i64, any::<bool>()).prop_map(|(quantity, way)| Try::AdminArea { quantity, way }),
        3 => (0..6_usize, amount.clone()).prop_map(|(order, amount)| Try::Announce { order, amount }),
        3 => (0..6_usize, maybe.clone()).prop_map(|(order, amount)| Try::Cash { order, amount }),
        5 => (0..9_usize, decision).prop_map(|(payment, action)| Try::Decide { payment, action }),
        3 => (0..6_usize, 0..9_usize, maybe).prop_map(|(order, payment, amount)| Try::Refund { order, payment, amount }),
        9 => (0..6_usize, step, any::<bool>()).prop_map(|(order, action, away)| Try::Step { order, action, away }),
        1 => (0..6_usize).prop_map(|order| Try::Cancel { order }),
        2 => (0..6_usize, 0..6_usize).prop_map(|(from, to)| Try::Credit { from, to }),
        2 => (0..200_000_i64).prop_map(|counted| Try::HandOver { counted }),
        1 => (0..200_000_i64).prop_map(|counted| Try::Count { counted }),
        1 => (1..30_i64).prop_map(|quantity| Try::Discard { quantity }),
        2 => (1..10_i64).prop_map(|quantity| Try::Sell { quantity }),
        2 => (0..4_usize, amount).prop_map(|(kind, amount)| Try::ByHand { kind, amount }),
        1 => (0..6_usize).prop_map(|entry| Try::Reverse { entry }),
        1 => (1..100_i64).prop_map(|amount| Try::Work { amount }),
        1 => (1..60_000_i64).prop_map(|amount| Try::LayOut { amount }),
        3 => prop::option::of(0..50_000_i64).prop_map(|advances| Try::PayOut { advances }),
        1 => (0..4_usize).prop_map(|payout| Try::ReversePayout { payout }),
        3 => (1..40_i64).prop_map(|quantity| Try::Bring { quantity }),
        4 => (0..30_i64, 0..5_i64, 0..5_i64, any::<bool>())
            .prop_map(|(left, returned, damaged, away)| Try::CountOutlet { left, returned, damaged, away }),
        2 => (0..4_usize).prop_map(|count| Try::ReverseCount { count }),
        2 => (1..40_000_i64).prop_map(|amount| Try::PayOutlet { amount }),
    ];
    prop::collection::vec(one, 1..40)
}

/// What the game has come to.
struct Game {
    village: Village,
    product: String,
    batch: String,
    orders: Vec<Reply>,
    payments: Vec<Reply>,
    entries: Vec<Reply>,
    payouts: Vec<Reply>,
    outlet: String,
    goods: Vec<Reply>,
    counts: Vec<Reply>,
}

impl Game {
    async fn begun() -> Game {
        let village = World::village().await;
        let (product, batch) = village.pastel_on_the_shelf(120).await;
        let path = format!("/v1/cooperatives/{}", village.cooperative);
        let cooperative = village.board.get(&path).await.expect(200);
        let terms = json!({"service_percent": 13, "bears_discards": true});
        village.board.editing(&cooperative).patch(&path, terms).await.expect(200);
        let path = format!("/v1/batches/{batch}");
        let shelf = village.sari.get(&path).await.expect(200);
        village.sari.editing(&shelf).patch(&path, json!({"unit_cost": 1_501})).await.expect(200);
        let (product, batch) = (product.to_string(), batch.to_string());
        let path = format!("/v1/cooperatives/{}/outlets", village.cooperative);
        let noted = json!({"name": "Warung Contoh", "cut_percent": 17, "settle_days": 7, "bears_damage": true});
        let outlet = village.board.fresh_key().post(&path, noted).await.expect(201);
        Game {
            village,
            product,
            batch,
            orders: Vec::new(),
            payments: Vec::new(),
            entries: Vec::new(),
            payouts: Vec::new(),
            outlet: outlet.id(),
            goods: Vec::new(),
            counts: Vec::new(),
        }
    }

    async fn post(&self, client: &Client, path: &str, body: Value) -> Reply {
        let reply = client.fresh_key().post(path, body).await;
        assert!(reply.status < 500, "{path}: {}", reply.text());
        reply
    }

    async fn pay(&mut self, client: &Client, order: usize, body: Value) {
        let Some(order) = self.orders.get(order) else { return };
        let reply = self.post(client, &format!("/v1/orders/{}/payments", order.id()), body).await;
        if reply.status == 201 {
            self.payments.push(reply);
        }
    }

    async fn play(&mut self, it: &Try) {
        self.village.clock.advance(Duration::seconds(7));
        let client = |person: &crate::world::Person| Client::clone(person);
        let (buyer, sari) = (client(&self.village.buyer), client(&self.village.sari));
        let treasurer = client(&self.village.treasurer);
        match it {
            Try::AdminArea { quantity, way } => {
                let delivery = match way {
                    true => json!({"kind": "local", "zone": self.village.zone, "address": "RT 001/RW 002, mushala"}),
                    false => json!({"kind": "pickup", "point": self.village.pickup_point}),
                };
                let fee = if *way { 10_000 } else { 0 };
                let body = json!({
                    "cooperative": self.village.cooperative, "delivery": delivery,
                    "lines": [{"product": self.product, "quantity": quantity}],
                    "expected_total": quantity * 2_500 + fee,
                });
                let reply = self.post(&buyer, "/v1/orders", body).await;
                if reply.status == 201 {
                    self.orders.push(reply);
                }
            }
            Try::Announce { order, amount } => {
                self.pay(&buyer, *order, json!({"method": "transfer", "amount": amount})).await;
            }
            Try::Cash { order, amount } => self.pay(&sari, *order, json!({"method": "cash", "amount": amount})).await,
            Try::Decide { payment, action } => {
                let Some(payment) = self.payments.get(*payment) else { return };
                let path = format!("/v1/payments/{}/transitions", payment.id());
                self.post(&treasurer, &path, json!({"action": action})).await;
            }
            Try::Refund { order, payment, amount } => {
                let Some(payment) = self.payments.get(*payment).map(Reply::id) else { return };
                let body = json!({"method": "cash", "purpose": "refund", "refunds": payment, "amount": amount});
                self.pay(&treasurer, *order, body).await;
            }
            Try::Step { order, action, away } => {
                let Some(order) = self.orders.get(*order) else { return };
                let path =
                    format!("/v1/fulfilments/{}/transitions", order.json["fulfilments"][0]["id"].as_str().unwrap());
                let mut body = json!({"action": action, "reason": "Contoh"});
                if *action == "return" {
                    body["goods"] = json!(if *away { "discard" } else { "shelf" });
                }
                self.post(&sari, &path, body).await;
            }
            Try::Cancel { order } => {
                let Some(order) = self.orders.get(*order) else { return };
                let path = format!("/v1/orders/{}/transitions", order.id());
                self.post(&buyer, &path, json!({"action": "cancel"})).await;
            }
            Try::Credit { from, to } => {
                let Some(from) = self.orders.get(*from).map(Reply::id) else { return };
                self.pay(&buyer, *to, json!({"method": "credit", "from": from})).await;
            }
            Try::HandOver { counted } => {
                let path = format!("/v1/cooperatives/{}/handovers", self.village.cooperative);
                let body = json!({"holder": self.village.sari.id, "counted": counted});
                self.post(&treasurer, &path, body).await;
            }
            Try::Count { counted } => {
                let path = format!("/v1/cooperatives/{}/cash_counts", self.village.cooperative);
                self.post(&treasurer, &path, json!({"counted": counted})).await;
            }
            Try::Discard { quantity } => {
                let path = format!("/v1/batches/{}/discards", self.batch);
                self.post(&sari, &path, json!({"quantity": quantity, "reason": "Basi"})).await;
            }
            Try::Sell { quantity } => {
                let path = format!("/v1/groups/{}/sales", self.village.sekar_laras);
                self.post(&sari, &path, json!({"lines": [{"product": self.product, "quantity": quantity}]})).await;
            }
            Try::ByHand { kind, amount } => {
                let group = self.village.sekar_laras;
                let body = match kind {
                    0 => json!({"kind": "expense", "account": 5303, "amount": amount}),
                    1 => json!({"kind": "advance", "group": group, "amount": amount}),
                    2 => json!({"kind": "advance_repaid", "group": group, "amount": amount}),
                    _ => json!({"kind": "delivery_paid", "amount": amount}),
                };
                let path = format!("/v1/cooperatives/{}/ledger/entries", self.village.cooperative);
                let reply = self.post(&treasurer, &path, body).await;
                if reply.status == 201 {
                    self.entries.push(reply);
                }
            }
            Try::Reverse { entry } => {
                let Some(entry) = self.entries.get(*entry) else { return };
                let path = format!("/v1/ledger_entries/{}/reversal", entry.id());
                self.post(&treasurer, &path, json!({})).await;
            }
            Try::Work { amount } => {
                let path = format!("/v1/batches/{}/contributions", self.batch);
                let member = if amount % 2 == 0 { self.village.wati_membership } else { self.village.mbah_contoh };
                self.post(&sari, &path, json!({"membership": member, "kind": "pieces", "amount": amount})).await;
            }
            Try::LayOut { amount } => {
                let path = format!("/v1/groups/{}/ingredient_receipts", self.village.sekar_laras);
                let body = json!({"membership": self.village.wati_membership, "what": "Gula", "amount": amount});
                self.post(&sari, &path, body).await;
            }
            Try::PayOut { advances } => {
                let path = format!("/v1/cooperatives/{}/payouts", self.village.cooperative);
                let body = json!({"group": self.village.sekar_laras, "from": "cash", "advances": advances});
                let reply = self.post(&treasurer, &path, body).await;
                if reply.status == 201 {
                    self.payouts.push(reply);
                }
            }
            Try::ReversePayout { payout } => {
                let Some(payout) = self.payouts.get(*payout) else { return };
                let path = format!("/v1/payouts/{}/transitions", payout.id());
                self.post(&treasurer, &path, json!({"action": "reverse", "reason": "Contoh"})).await;
            }
            Try::Bring { quantity } => {
                let path = format!("/v1/outlets/{}/consignments", self.outlet);
                let reply = self.post(&sari, &path, json!({"batch": self.batch, "quantity": quantity})).await;
                if reply.status == 201 {
                    self.goods.push(reply);
                }
            }
            Try::CountOutlet { left, returned, damaged, away } => {
                let Some(goods) = self.goods.last().map(Reply::id) else { return };
                let path = format!("/v1/outlets/{}/counts", self.outlet);
                let after = if *away { "discard" } else { "shelf" };
                let line = json!({
                    "consignment": goods, "on_hand": left, "returned": returned, "damaged": damaged, "goods": after,
                });
                let body = json!({"group": self.village.sekar_laras, "lines": [line]});
                let reply = self.post(&sari, &path, body).await;
                if let Some(order) = reply.json["order"].as_str().filter(|_| reply.status == 201) {
                    self.orders.push(sari.get(&format!("/v1/orders/{order}")).await.expect(200));
                    self.counts.push(reply);
                }
            }
            Try::ReverseCount { count } => {
                let Some(count) = self.counts.get(*count) else { return };
                let path = format!("/v1/outlet_counts/{}/transitions", count.id());
                self.post(&sari, &path, json!({"action": "reverse"})).await;
            }
            Try::PayOutlet { amount } => {
                let path = format!("/v1/outlets/{}/payments", self.outlet);
                self.post(&treasurer, &path, json!({"method": "cash", "amount": amount})).await;
            }
        }
    }
}

/// How many games are played; each finds its way through some twenty tries.
const GAMES: u32 = 24;

#[test]
fn whatever_people_do_in_whatever_order_all_proofs_hold() {
    let found = FileFailurePersistence::Direct(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/balanced.found"));
    let config = Config { cases: GAMES, failure_persistence: Some(Box::new(found)), ..Config::default() };
    let outcome = TestRunner::new(config).run(&tries(), |tries| {
        actix_web::rt::System::new().block_on(async {
            let mut game = Game::begun().await;
            for it in &tries {
                game.play(it).await;
            }
            game.village.work().await;
        });
        Ok(())
    });
    outcome.unwrap();
}
