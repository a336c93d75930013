//! Products and batches of the fixture's groups.

use chrono::Weekday;
use lumbung::catalogue::{self, AddError, Category, Offering, TransitionError, Unit};
use lumbung::cooperatives::{GroupPermit, MemberRole};
use lumbung::kernel::ids::{BatchId, ProductId};
use lumbung::kernel::{Quantity, Rupiah, Weekdays};
use lumbung::supply::{self, BatchClaim, ClaimError, ClaimRequest, OpenError, Opening, Stock};

use super::Village;

/// Pastel sayur: made to order from Monday to Saturday, two days ahead, sixty a day, fresh for one day.
pub fn pastel() -> Offering {
    let mut offering = Offering::new("Pastel sayur", Category::FreshSnacks, Unit::Piece, Rupiah(2500));
    offering.description = "Pastel isi wortel dan kentang, digoreng pagi hari.".into();
    offering.lead_time_days = 2;
    offering.shelf_life_days = Some(1);
    offering.daily_capacity = Quantity::from_units(60);
    offering.made_on = Weekdays::ALL.without(Weekday::Sun);
    offering
}

/// Pastel mini abon: from stock only, fresh for sixty days.
pub fn abon() -> Offering {
    let mut offering = Offering::new("Pastel mini abon 150 g", Category::FreshSnacks, Unit::Pack, Rupiah(15_000));
    offering.shelf_life_days = Some(60);
    offering
}

impl Village {
    /// Sari's permit to act for Sekar Laras.
    pub fn sari_permit(&self) -> GroupPermit {
        GroupPermit {
            account: self.sari.id.parse().unwrap(),
            group: self.sekar_laras,
            cooperative: self.cooperative,
            membership: self.sari_membership,
            role: MemberRole::Chair,
        }
    }

    /// Adds a product of Sekar Laras and publishes it.
    pub async fn publish_product(&self, offering: Offering) -> ProductId {
        let product = self.create_draft(offering).await;
        let (now, permit) = (self.clock.now(), self.sari_permit());
        let published = self
            .app
            .state
            .db
            .write::<_, TransitionError, _>(move |tx| catalogue::publish(tx, now, permit, product, None));
        published.await.unwrap().id
    }

    /// Adds a product of Sekar Laras without publishing it.
    pub async fn create_draft(&self, offering: Offering) -> ProductId {
        let (now, permit) = (self.clock.now(), self.sari_permit());
        let added = self.app.state.db.write::<_, AddError, _>(move |tx| {
            let id = tx.id(now);
            catalogue::add(tx, now, &permit, id, offering.clone())
        });
        added.await.unwrap().id
    }

    /// Opens a finished batch of Sekar Laras' product, made on this day.
    pub async fn open_stock_batch(&self, product: ProductId, made: i64, ready_on: &str) -> BatchId {
        let opening = Opening {
            made: Some(Quantity::from_units(made)),
            ready_on: Some(ready_on.parse().unwrap()),
            ..Opening::default()
        };
        self.open_batch(product, opening).await
    }

    /// Opens a batch of Sekar Laras' product.
    pub async fn open_batch(&self, product: ProductId, opening: Opening) -> BatchId {
        let (now, permit) = (self.clock.now(), self.sari_permit());
        let opened = self
            .app
            .state
            .db
            .write::<_, OpenError, _>(move |tx| supply::open(tx, now, &permit, product, None, &opening));
        opened.await.unwrap().id
    }

    /// Claims this quantity for a day, all or nothing.
    pub async fn claim(&self, product: ProductId, day: Option<&str>, units: i64) -> Result<BatchClaim, ClaimError> {
        let now = self.clock.now();
        let ready_on = day.map(|day| day.parse().unwrap());
        let quantity = Quantity::from_units(units);
        let claimed = self.app.state.db.write(move |tx| {
            let terms = supply::load_terms(tx, now, &[product])?.pop().expect("the product is there");
            let basket = ClaimRequest { terms, ready_on, batch: None, quantity, at_least: quantity };
            let planned = Stock::load(tx, now, &[product])?.plan(now, &basket)?;
            supply::claim(tx, now, &basket, &planned)
        });
        claimed.await
    }
}
