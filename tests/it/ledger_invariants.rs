//! All integrity checks pass after random operations in random order. A world runs the checks when it is dropped.

use lumbung::kernel::Duration;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World};

/// A random operation; many are rejected by a rule, which is intended.
#[derive(Debug, Clone)]
enum Operation {
    PlaceOrder { quantity: i64, is_local: bool },
    Announce { order: usize, amount: i64 },
    Cash { order: usize, amount: Option<i64> },
    Decide { payment: usize, action: &'static str },
    Refund { order: usize, payment: usize, amount: Option<i64> },
    Transition { order: usize, action: &'static str, discards: bool },
    Cancel { order: usize },
    Credit { from: usize, to: usize },
    HandOver { counted: i64 },
    Count { counted: i64 },
    Discard { quantity: i64 },
    Sell { quantity: i64 },
    ManualEntry { kind: usize, amount: i64 },
    Reverse { entry: usize },
    RecordWork { amount: i64 },
    RecordReceipt { amount: i64 },
    PayOut { advances: Option<i64> },
    ReversePayout { payout: usize },
    Deliver { quantity: i64 },
    CountOutlet { left: i64, returned: i64, damaged: i64, discards: bool },
    ReverseCount { count: usize },
    PayOutlet { amount: i64 },
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let amount = 1..200_000_i64;
    let maybe = prop::option::of(1..100_000_i64);
    let action = prop::sample::select(vec!["accept", "ready", "hand_over", "hand_over", "undo", "return", "decline"]);
    let decision = prop::sample::select(vec!["confirm", "confirm", "reject", "reverse"]);
    let operation = prop_oneof![
        4 => (1..40_i64, any::<bool>()).prop_map(|(quantity, is_local)| Operation::PlaceOrder { quantity, is_local }),
        3 => (0..6_usize, amount.clone()).prop_map(|(order, amount)| Operation::Announce { order, amount }),
        3 => (0..6_usize, maybe.clone()).prop_map(|(order, amount)| Operation::Cash { order, amount }),
        5 => (0..9_usize, decision).prop_map(|(payment, action)| Operation::Decide { payment, action }),
        3 => (0..6_usize, 0..9_usize, maybe).prop_map(|(order, payment, amount)| Operation::Refund { order, payment, amount }),
        9 => (0..6_usize, action, any::<bool>()).prop_map(|(order, action, discards)| Operation::Transition { order, action, discards }),
        1 => (0..6_usize).prop_map(|order| Operation::Cancel { order }),
        2 => (0..6_usize, 0..6_usize).prop_map(|(from, to)| Operation::Credit { from, to }),
        2 => (0..200_000_i64).prop_map(|counted| Operation::HandOver { counted }),
        1 => (0..200_000_i64).prop_map(|counted| Operation::Count { counted }),
        1 => (1..30_i64).prop_map(|quantity| Operation::Discard { quantity }),
        2 => (1..10_i64).prop_map(|quantity| Operation::Sell { quantity }),
        2 => (0..4_usize, amount).prop_map(|(kind, amount)| Operation::ManualEntry { kind, amount }),
        1 => (0..6_usize).prop_map(|entry| Operation::Reverse { entry }),
        1 => (1..100_i64).prop_map(|amount| Operation::RecordWork { amount }),
        1 => (1..60_000_i64).prop_map(|amount| Operation::RecordReceipt { amount }),
        3 => prop::option::of(0..50_000_i64).prop_map(|advances| Operation::PayOut { advances }),
        1 => (0..4_usize).prop_map(|payout| Operation::ReversePayout { payout }),
        3 => (1..40_i64).prop_map(|quantity| Operation::Deliver { quantity }),
        4 => (0..30_i64, 0..5_i64, 0..5_i64, any::<bool>())
            .prop_map(|(left, returned, damaged, discards)| Operation::CountOutlet { left, returned, damaged, discards }),
        2 => (0..4_usize).prop_map(|count| Operation::ReverseCount { count }),
        2 => (1..40_000_i64).prop_map(|amount| Operation::PayOutlet { amount }),
    ];
    prop::collection::vec(operation, 1..40)
}

/// A village with the ids of everything that was created.
struct Simulation {
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

impl Simulation {
    async fn start() -> Simulation {
        let village = World::village().await;
        let (product, batch) = village.create_pastel_in_stock(120).await;
        let path = format!("/v1/cooperatives/{}", village.cooperative);
        let cooperative = village.board.get(&path).await.expect(200);
        let settings = json!({"service_percent": 13, "bears_discards": true});
        village.board.with_version_of(&cooperative).patch(&path, settings).await.expect(200);
        let path = format!("/v1/batches/{batch}");
        let shelf = village.sari.get(&path).await.expect(200);
        village.sari.with_version_of(&shelf).patch(&path, json!({"unit_cost": 1_501})).await.expect(200);
        let (product, batch) = (product.to_string(), batch.to_string());
        let path = format!("/v1/cooperatives/{}/outlets", village.cooperative);
        let body = json!({"name": "Warung Contoh", "cut_percent": 17, "settle_days": 7, "bears_damage": true});
        let outlet = village.board.with_new_key().post(&path, body).await.expect(201);
        Simulation {
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
        let reply = client.with_new_key().post(path, body).await;
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

    async fn apply(&mut self, operation: &Operation) {
        self.village.clock.advance(Duration::seconds(7));
        let client = |person: &crate::world::Person| Client::clone(person);
        let (buyer, sari) = (client(&self.village.buyer), client(&self.village.sari));
        let treasurer = client(&self.village.treasurer);
        match operation {
            Operation::PlaceOrder { quantity, is_local } => {
                let delivery = match is_local {
                    true => json!({"kind": "local", "zone": self.village.zone, "address": "RT 001/RW 002, mushala"}),
                    false => json!({"kind": "pickup", "point": self.village.pickup_point}),
                };
                let fee = if *is_local { 10_000 } else { 0 };
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
            Operation::Announce { order, amount } => {
                self.pay(&buyer, *order, json!({"method": "transfer", "amount": amount})).await;
            }
            Operation::Cash { order, amount } => {
                self.pay(&sari, *order, json!({"method": "cash", "amount": amount})).await
            }
            Operation::Decide { payment, action } => {
                let Some(payment) = self.payments.get(*payment) else { return };
                let path = format!("/v1/payments/{}/transitions", payment.id());
                self.post(&treasurer, &path, json!({"action": action})).await;
            }
            Operation::Refund { order, payment, amount } => {
                let Some(payment) = self.payments.get(*payment).map(Reply::id) else { return };
                let body = json!({"method": "cash", "purpose": "refund", "refunds": payment, "amount": amount});
                self.pay(&treasurer, *order, body).await;
            }
            Operation::Transition { order, action, discards } => {
                let Some(order) = self.orders.get(*order) else { return };
                let path =
                    format!("/v1/fulfilments/{}/transitions", order.json["fulfilments"][0]["id"].as_str().unwrap());
                let mut body = json!({"action": action, "reason": "Contoh"});
                if *action == "return" {
                    body["goods"] = json!(if *discards { "discard" } else { "shelf" });
                }
                self.post(&sari, &path, body).await;
            }
            Operation::Cancel { order } => {
                let Some(order) = self.orders.get(*order) else { return };
                let path = format!("/v1/orders/{}/transitions", order.id());
                self.post(&buyer, &path, json!({"action": "cancel"})).await;
            }
            Operation::Credit { from, to } => {
                let Some(from) = self.orders.get(*from).map(Reply::id) else { return };
                self.pay(&buyer, *to, json!({"method": "credit", "from": from})).await;
            }
            Operation::HandOver { counted } => {
                let path = format!("/v1/cooperatives/{}/handovers", self.village.cooperative);
                let body = json!({"holder": self.village.sari.id, "counted": counted});
                self.post(&treasurer, &path, body).await;
            }
            Operation::Count { counted } => {
                let path = format!("/v1/cooperatives/{}/cash_counts", self.village.cooperative);
                self.post(&treasurer, &path, json!({"counted": counted})).await;
            }
            Operation::Discard { quantity } => {
                let path = format!("/v1/batches/{}/discards", self.batch);
                self.post(&sari, &path, json!({"quantity": quantity, "reason": "Basi"})).await;
            }
            Operation::Sell { quantity } => {
                let path = format!("/v1/groups/{}/sales", self.village.sekar_laras);
                self.post(&sari, &path, json!({"lines": [{"product": self.product, "quantity": quantity}]})).await;
            }
            Operation::ManualEntry { kind, amount } => {
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
            Operation::Reverse { entry } => {
                let Some(entry) = self.entries.get(*entry) else { return };
                let path = format!("/v1/ledger_entries/{}/reversal", entry.id());
                self.post(&treasurer, &path, json!({})).await;
            }
            Operation::RecordWork { amount } => {
                let path = format!("/v1/batches/{}/contributions", self.batch);
                let member = if amount % 2 == 0 { self.village.wati_membership } else { self.village.mbah_contoh };
                self.post(&sari, &path, json!({"membership": member, "kind": "pieces", "amount": amount})).await;
            }
            Operation::RecordReceipt { amount } => {
                let path = format!("/v1/groups/{}/ingredient_receipts", self.village.sekar_laras);
                let body = json!({"membership": self.village.wati_membership, "what": "Gula", "amount": amount});
                self.post(&sari, &path, body).await;
            }
            Operation::PayOut { advances } => {
                let path = format!("/v1/cooperatives/{}/payouts", self.village.cooperative);
                let body = json!({"group": self.village.sekar_laras, "from": "cash", "advances": advances});
                let reply = self.post(&treasurer, &path, body).await;
                if reply.status == 201 {
                    self.payouts.push(reply);
                }
            }
            Operation::ReversePayout { payout } => {
                let Some(payout) = self.payouts.get(*payout) else { return };
                let path = format!("/v1/payouts/{}/transitions", payout.id());
                self.post(&treasurer, &path, json!({"action": "reverse", "reason": "Contoh"})).await;
            }
            Operation::Deliver { quantity } => {
                let path = format!("/v1/outlets/{}/consignments", self.outlet);
                let reply = self.post(&sari, &path, json!({"batch": self.batch, "quantity": quantity})).await;
                if reply.status == 201 {
                    self.goods.push(reply);
                }
            }
            Operation::CountOutlet { left, returned, damaged, discards } => {
                let Some(goods) = self.goods.last().map(Reply::id) else { return };
                let path = format!("/v1/outlets/{}/counts", self.outlet);
                let after = if *discards { "discard" } else { "shelf" };
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
            Operation::ReverseCount { count } => {
                let Some(count) = self.counts.get(*count) else { return };
                let path = format!("/v1/outlet_counts/{}/transitions", count.id());
                self.post(&sari, &path, json!({"action": "reverse"})).await;
            }
            Operation::PayOutlet { amount } => {
                let path = format!("/v1/outlets/{}/payments", self.outlet);
                self.post(&treasurer, &path, json!({"method": "cash", "amount": amount})).await;
            }
        }
    }
}

/// Number of simulations, with some twenty operations each.
const SIMULATIONS: u32 = 24;

#[test]
fn all_integrity_checks_pass_after_random_operations() {
    let persistence =
        FileFailurePersistence::Direct(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/ledger_invariants.found"));
    let config = Config { cases: SIMULATIONS, failure_persistence: Some(Box::new(persistence)), ..Config::default() };
    let outcome = TestRunner::new(config).run(&operations(), |operations| {
        actix_web::rt::System::new().block_on(async {
            let mut simulation = Simulation::start().await;
            for operation in &operations {
                simulation.apply(operation).await;
            }
            simulation.village.work().await;
        });
        Ok(())
    });
    outcome.unwrap();
}
