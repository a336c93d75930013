//! Goods and orders of the cast, for tests of what becomes of them.

use lumbung::catalogue::{self, Category, Offering, Unit};
use lumbung::cooperatives::{GroupPermit, MemberRole};
use lumbung::kernel::ids::{AccountId, BatchId, GroupId, ProductId};
use lumbung::kernel::{Quantity, Rupiah};
use lumbung::supply::{self, Opening};
use lumbung::web::Problem;
use serde_json::{Value, json};

use super::{Client, Person, Reply, Village};

impl Village {
    /// The permit of an officer of a group.
    pub fn permit_of(&self, person: &Person, group: GroupId) -> GroupPermit {
        GroupPermit {
            account: person.id.parse::<AccountId>().unwrap(),
            group,
            cooperative: self.cooperative,
            membership: self.sari_membership,
            role: MemberRole::Chair,
        }
    }

    /// A published product of a group, at Rp2.500, as changed.
    pub async fn product_of(
        &self,
        permit: GroupPermit,
        name: &'static str,
        change: impl Fn(&mut Offering) + Send + 'static,
    ) -> ProductId {
        let now = self.clock.now();
        self.app
            .state
            .db
            .write(move |tx| {
                let mut offering = Offering::new(name, Category::FreshSnacks, Unit::Piece, Rupiah(2500));
                change(&mut offering);
                let id = tx.id(now);
                let product = catalogue::add(tx, now, &permit, id, offering).map_err(Problem::from)?;
                catalogue::publish(tx, now, permit, product.id, None).map_err(Problem::from)?;
                Ok::<_, Problem>(product.id)
            })
            .await
            .unwrap()
    }

    /// A published product of Sekar Laras.
    pub async fn pastel(&self, change: impl Fn(&mut Offering) + Send + 'static) -> ProductId {
        self.product_of(self.sari_permit(), "Pastel sayur", change).await
    }

    /// Opens a batch of a product of a group.
    pub async fn batch_of(&self, permit: GroupPermit, product: ProductId, opening: Opening) -> BatchId {
        let now = self.clock.now();
        self.app
            .state
            .db
            .write(move |tx| {
                let id = tx.id(now);
                supply::open(tx, now, &permit, product, Some(id), &opening).map_err(Problem::from)
            })
            .await
            .unwrap()
            .id
    }

    /// Pastel of Sekar Laras, this many on the shelf.
    pub async fn pastel_on_the_shelf(&self, pieces: i64) -> (ProductId, BatchId) {
        let product = self.pastel(|_| {}).await;
        let opening = Opening { made: Some(Quantity::units(pieces)), ..Opening::default() };
        (product, self.batch_of(self.sari_permit(), product, opening).await)
    }

    /// An order of this much of one product, as a body.
    pub fn order_of(&self, product: ProductId, quantity: i64, total: i64) -> Value {
        json!({
            "cooperative": self.cooperative,
            "lines": [{"product": product, "quantity": quantity}],
            "expected_total": total,
        })
    }

    /// The same for a guest.
    pub fn guest_order_of(&self, product: ProductId, quantity: i64, total: i64) -> Value {
        let mut body = self.order_of(product, quantity, total);
        body["contact"] = json!({"name": "Contoh Tamu", "phone": "0812-0000-0999"});
        body
    }

    /// Places an order of pastel for the buyer.
    pub async fn ordered(&self, product: ProductId, quantity: i64) -> Reply {
        let body = self.order_of(product, quantity, quantity * 2500);
        self.buyer.fresh_key().post("/v1/orders", body).await.expect(201)
    }

    /// A batch that Sari plans for the 27th, at most this much and at least that.
    pub async fn planned(&self, product: ProductId, capacity: i64, minimum: i64) -> Reply {
        let plan = json!({"ready_on": "2026-11-27", "capacity": capacity, "minimum": minimum});
        self.sari.fresh_key().post(&format!("/v1/products/{product}/batches"), plan).await.expect(201)
    }

    /// An order of this much of one batch, as a body.
    pub fn order_of_batch(&self, product: ProductId, batch: &Reply, quantity: i64) -> Value {
        let mut body = self.order_of(product, quantity, quantity * 2500);
        body["lines"][0]["batch"] = json!(batch.id());
        body
    }

    /// Places an order of this much of one batch for the buyer.
    pub async fn ordered_of(&self, product: ProductId, batch: &Reply, quantity: i64) -> Reply {
        let body = self.order_of_batch(product, batch, quantity);
        self.buyer.fresh_key().post("/v1/orders", body).await.expect(201)
    }

    /// Takes a batch a step further.
    pub async fn step_batch(&self, officer: &Client, batch: &Reply, action: &str) -> Reply {
        let path = format!("/v1/batches/{}/transitions", batch.id());
        officer.fresh_key().post(&path, json!({"action": action})).await
    }

    /// Takes a step of the first part of an order.
    pub async fn step(&self, person: &Person, order: &Reply, action: &str) -> Reply {
        let part = order.json["fulfilments"][0]["id"].as_str().unwrap();
        let path = format!("/v1/fulfilments/{part}/transitions");
        person.fresh_key().post(&path, json!({"action": action})).await
    }
}

impl Village {
    /// Risoles of Sekar Laras, a hundred a day to order.
    pub async fn pastel_on_order(&self) -> ProductId {
        let change = |offering: &mut Offering| offering.daily_capacity = Quantity::units(100);
        self.product_of(self.sari_permit(), "Risoles", change).await
    }
}

impl Village {
    /// The same person with a token of this moment, after the clock was moved.
    pub async fn again(&self, person: &Person) -> Person {
        self.sign_in(&person.name, &person.phone, &person.email, &person.password).await
    }
}
