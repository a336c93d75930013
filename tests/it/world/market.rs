//! Products and orders of the fixture.

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
    pub fn group_permit(&self, person: &Person, group: GroupId) -> GroupPermit {
        GroupPermit {
            account: person.id.parse::<AccountId>().unwrap(),
            group,
            cooperative: self.cooperative,
            membership: self.sari_membership,
            role: MemberRole::Chair,
        }
    }

    /// A published product of a group at Rp2.500, with changes.
    pub async fn create_product(
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

    /// A published pastel of Sekar Laras.
    pub async fn create_pastel(&self, change: impl Fn(&mut Offering) + Send + 'static) -> ProductId {
        self.create_product(self.sari_permit(), "Pastel sayur", change).await
    }

    /// Opens a batch of a product of a group.
    pub async fn open_group_batch(&self, permit: GroupPermit, product: ProductId, opening: Opening) -> BatchId {
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

    /// Pastel of Sekar Laras with this many in stock.
    pub async fn create_pastel_in_stock(&self, pieces: i64) -> (ProductId, BatchId) {
        let product = self.create_pastel(|_| {}).await;
        let opening = Opening { made: Some(Quantity::from_units(pieces)), ..Opening::default() };
        (product, self.open_group_batch(self.sari_permit(), product, opening).await)
    }

    /// The body of an order of one product.
    pub fn order_body(&self, product: ProductId, quantity: i64, total: i64) -> Value {
        json!({
            "cooperative": self.cooperative,
            "lines": [{"product": product, "quantity": quantity}],
            "expected_total": total,
        })
    }

    /// The body of a guest's order of one product.
    pub fn guest_order_body(&self, product: ProductId, quantity: i64, total: i64) -> Value {
        let mut body = self.order_body(product, quantity, total);
        body["contact"] = json!({"name": "Contoh Tamu", "phone": "0812-0000-0999"});
        body
    }

    /// Places an order of pastel as the buyer.
    pub async fn place_order(&self, product: ProductId, quantity: i64) -> Reply {
        let body = self.order_body(product, quantity, quantity * 2500);
        self.buyer.with_new_key().post("/v1/orders", body).await.expect(201)
    }

    /// Plans a batch for the 27th as Sari, with this capacity and minimum.
    pub async fn plan_batch(&self, product: ProductId, capacity: i64, minimum: i64) -> Reply {
        let plan = json!({"ready_on": "2026-11-27", "capacity": capacity, "minimum": minimum});
        self.sari.with_new_key().post(&format!("/v1/products/{product}/batches"), plan).await.expect(201)
    }

    /// The body of an order from one batch.
    pub fn batch_order_body(&self, product: ProductId, batch: &Reply, quantity: i64) -> Value {
        let mut body = self.order_body(product, quantity, quantity * 2500);
        body["lines"][0]["batch"] = json!(batch.id());
        body
    }

    /// Places an order from one batch as the buyer.
    pub async fn place_batch_order(&self, product: ProductId, batch: &Reply, quantity: i64) -> Reply {
        let body = self.batch_order_body(product, batch, quantity);
        self.buyer.with_new_key().post("/v1/orders", body).await.expect(201)
    }

    /// Sends a transition of a batch.
    pub async fn transition_batch(&self, officer: &Client, batch: &Reply, action: &str) -> Reply {
        let path = format!("/v1/batches/{}/transitions", batch.id());
        officer.with_new_key().post(&path, json!({"action": action})).await
    }

    /// Sends a transition of an order's first fulfilment.
    pub async fn transition_fulfilment(&self, person: &Person, order: &Reply, action: &str) -> Reply {
        let fulfilment = order.json["fulfilments"][0]["id"].as_str().unwrap();
        let path = format!("/v1/fulfilments/{fulfilment}/transitions");
        person.with_new_key().post(&path, json!({"action": action})).await
    }
}

impl Village {
    /// Risoles of Sekar Laras, made to order, a hundred a day.
    pub async fn create_made_to_order(&self) -> ProductId {
        let change = |offering: &mut Offering| offering.daily_capacity = Quantity::from_units(100);
        self.create_product(self.sari_permit(), "Risoles", change).await
    }
}

impl Village {
    /// The same person with a new token, after the clock was moved.
    pub async fn sign_in_again(&self, person: &Person) -> Person {
        self.sign_in(&person.name, &person.phone, &person.email, &person.password).await
    }
}
