//! Goods of the cast's groups, listed by the verbs.

use chrono::Weekday;
use lumbung::catalogue::{self, AddError, Category, Offering, TransitionError, Unit};
use lumbung::cooperatives::{GroupPermit, MemberRole};
use lumbung::kernel::ids::{BatchId, ProductId};
use lumbung::kernel::{Quantity, Rupiah, Weekdays};
use lumbung::supply::{self, ClaimError, ClaimWish, Claimed, OpenError, Opening, Stock};

use super::Village;

/// Pastel sayur: made to order from Monday to Saturday, two days ahead, sixty a day, kept for one day.
pub fn pastel() -> Offering {
    let mut offering = Offering::new("Pastel sayur", Category::FreshSnacks, Unit::Piece, Rupiah(2500));
    offering.description = "Pastel isi wortel dan kentang, digoreng pagi hari.".into();
    offering.lead_time_days = 2;
    offering.shelf_life_days = Some(1);
    offering.daily_capacity = Quantity::units(60);
    offering.made_on = Weekdays::ALL.without(Weekday::Sun);
    offering
}

/// Pastel mini abon: from the shelf only, kept for sixty days.
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

    /// Lets Sekar Laras list this, and publishes it.
    pub async fn lists(&self, offering: Offering) -> ProductId {
        let product = self.drafts(offering).await;
        let (now, permit) = (self.clock.now(), self.sari_permit());
        let published = self
            .app
            .state
            .db
            .write::<_, TransitionError, _>(move |tx| catalogue::publish(tx, now, permit, product, None));
        published.await.unwrap().id
    }

    /// Lets Sekar Laras write this down without publishing it.
    pub async fn drafts(&self, offering: Offering) -> ProductId {
        let (now, permit) = (self.clock.now(), self.sari_permit());
        let added = self.app.state.db.write::<_, AddError, _>(move |tx| {
            let id = tx.id(now);
            catalogue::add(tx, now, &permit, id, offering.clone())
        });
        added.await.unwrap().id
    }

    /// Lays this much of Sekar Laras' product on the shelf, made on this day.
    pub async fn shelves(&self, product: ProductId, made: i64, ready_on: &str) -> BatchId {
        let opening = Opening {
            made: Some(Quantity::units(made)),
            ready_on: Some(ready_on.parse().unwrap()),
            ..Opening::default()
        };
        self.opens(product, opening).await
    }

    /// Opens a batch of Sekar Laras' product.
    pub async fn opens(&self, product: ProductId, opening: Opening) -> BatchId {
        let (now, permit) = (self.clock.now(), self.sari_permit());
        let opened = self
            .app
            .state
            .db
            .write::<_, OpenError, _>(move |tx| supply::open(tx, now, &permit, product, None, &opening));
        opened.await.unwrap().id
    }

    /// Claims this much for a day, all or nothing.
    pub async fn claims(&self, product: ProductId, day: Option<&str>, units: i64) -> Result<Claimed, ClaimError> {
        let now = self.clock.now();
        let ready_on = day.map(|day| day.parse().unwrap());
        let quantity = Quantity::units(units);
        let claimed = self.app.state.db.write(move |tx| {
            let terms = supply::terms_of(tx, now, &[product])?.pop().expect("the product is there");
            let basket = ClaimWish { terms, ready_on, batch: None, quantity, at_least: quantity };
            let planned = Stock::of(tx, now, &[product])?.plan(now, &basket)?;
            supply::claim(tx, now, &basket, &planned)
        });
        claimed.await
    }
}
