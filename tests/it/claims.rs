//! Claims: nothing is oversold.

use lumbung::db;
use lumbung::kernel::ids::BatchId;
use lumbung::kernel::{Duration, Entropy, Quantity};
use lumbung::supply::{
    self, Batch, BatchClaim, BatchQuantityError, BatchStatus, ClaimError, DemandSource, Discard, Opening, Unavailable,
    UnavailableReason, UnmetDemand,
};

use crate::world::{Village, World, abon, pastel};

fn pcs(units: i64) -> Quantity {
    Quantity::from_units(units)
}

async fn batch(village: &Village, id: BatchId) -> Batch {
    village.app.state.db.write(move |tx| supply::lock_batch(tx, id)).await.unwrap()
}

/// The number of successful claims and their total; all others must be sold out.
fn successful_claims(outcomes: &[Result<BatchClaim, ClaimError>]) -> (usize, Quantity) {
    for outcome in outcomes {
        if let Err(error) = outcome {
            assert!(
                matches!(error, ClaimError::Unavailable(Unavailable { reason: UnavailableReason::SoldOut, .. })),
                "an unexpected error: {error:?}"
            );
        }
    }
    let claims: Vec<&BatchClaim> = outcomes.iter().flatten().collect();
    (claims.len(), Quantity::sum(claims.iter().map(|claimed| claimed.quantity)))
}

#[actix_web::test]
async fn two_hundred_concurrent_buyers_get_exactly_the_last_forty_pieces() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let shelf = village.open_stock_batch(product, 40, "2026-11-23").await;
    let buyers = (0..200).map(|_| village.claim(product, None, 1));
    let outcomes = futures_util::future::join_all(buyers).await;
    assert_eq!(successful_claims(&outcomes), (40, pcs(40)));
    let batch = batch(&village, shelf).await;
    assert_eq!((batch.claimed, batch.available()), (pcs(40), Quantity::ZERO));
}

#[actix_web::test]
async fn the_first_claims_of_a_day_make_one_batch_between_them_and_no_more_than_its_capacity() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let buyers = (0..100).map(|_| village.claim(product, Some("2026-11-26"), 1));
    let outcomes = futures_util::future::join_all(buyers).await;
    assert_eq!(successful_claims(&outcomes), (60, pcs(60)));
    let mut batches: Vec<BatchId> = outcomes.iter().flatten().map(|claimed| claimed.batches[0].0).collect();
    batches.dedup();
    assert_eq!(batches.len(), 1, "one batch a day");
    let batch = batch(&village, batches[0]).await;
    assert_eq!((batch.claimed, batch.capacity, batch.status), (pcs(60), pcs(60), BatchStatus::Open));
    assert_eq!(batch.cutoff_at, Some("2026-11-24T10:00:00Z".parse().unwrap()));
    assert_eq!(batch.best_before, Some("2026-11-27".parse().unwrap()));
}

#[actix_web::test]
async fn concurrent_claims_over_two_batches_leave_less_than_one_claim() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let old = village.open_stock_batch(product, 20, "2026-11-01").await;
    let new = village.open_stock_batch(product, 20, "2026-11-20").await;
    let buyers = (0..60).map(|_| village.claim(product, None, 3));
    let outcomes = futures_util::future::join_all(buyers).await;
    assert_eq!(successful_claims(&outcomes), (13, pcs(39)));
    let (old, new) = (batch(&village, old).await, batch(&village, new).await);
    assert_eq!((old.claimed, new.claimed), (pcs(20), pcs(19)), "the older one left first");
}

#[actix_web::test]
async fn a_shortage_reports_the_available_quantity_and_the_next_day() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    village.claim(product, Some("2026-11-26"), 45).await.unwrap();
    let refused = village.claim(product, Some("2026-11-26"), 20).await.unwrap_err();
    let ClaimError::Unavailable(refused) = refused else { panic!("{refused:?}") };
    let next = Some("2026-11-25".parse().unwrap());
    assert_eq!(refused, Unavailable { reason: UnavailableReason::SoldOut, available: pcs(15), next_day: next });
}

#[actix_web::test]
async fn released_claims_are_available_again_and_cannot_be_released_twice() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let shelf = village.open_stock_batch(product, 10, "2026-11-23").await;
    village.claim(product, None, 10).await.unwrap();
    assert!(village.claim(product, None, 1).await.is_err());
    let db = &village.app.state.db;
    db.write::<_, db::Error, _>(move |tx| supply::release(tx, shelf, pcs(10))).await.unwrap();
    let twice = db.write::<_, db::Error, _>(move |tx| supply::release(tx, shelf, pcs(1))).await;
    assert!(twice.is_err());
    village.claim(product, None, 10).await.unwrap();
}

#[actix_web::test]
async fn production_and_discards_never_leave_more_claimed_than_there_is() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let id = village.claim(product, Some("2026-11-26"), 50).await.unwrap().batches[0].0;
    let (db, now) = (&village.app.state.db, village.clock.now());
    let short = db.write(move |tx| supply::record_production(tx, now, id, pcs(45), pcs(50), None)).await;
    assert!(matches!(short, Err(BatchQuantityError::TooMuch { available }) if available == pcs(45)), "{short:?}");
    let made = db.write(move |tx| supply::record_production(tx, now, id, pcs(45), pcs(45), None)).await.unwrap();
    assert_eq!((made.status, made.made, made.available()), (BatchStatus::Made, Some(pcs(45)), Quantity::ZERO));
    let more = db.write(move |tx| supply::record_production(tx, now, id, pcs(55), pcs(45), None)).await.unwrap();
    assert_eq!(more.available(), pcs(10), "the rest is available");
    let discard = Discard {
        id: Entropy::System.id(village.clock.now()),
        quantity: pcs(11),
        reason: "gosong".into(),
        by: village.sari.id.parse().unwrap(),
        noted_at: village.clock.now(),
    };
    let same_discard = discard.clone();
    let discarded = db.write(move |tx| supply::record_discard(tx, id, &discard, pcs(45))).await;
    assert!(matches!(discarded, Err(BatchQuantityError::TooMuch { .. })), "{discarded:?}");
    let discarded = db.write(move |tx| supply::record_discard(tx, id, &same_discard, pcs(44))).await.unwrap();
    assert_eq!((discarded.discarded, discarded.claimed, discarded.available()), (pcs(11), pcs(44), Quantity::ZERO));
}

#[actix_web::test]
async fn returned_goods_are_restocked_or_discarded() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let shelf = village.open_stock_batch(product, 10, "2026-11-23").await;
    village.claim(product, None, 10).await.unwrap();
    let (db, now) = (&village.app.state.db, village.clock.now());
    let restocked = db.write(move |tx| supply::restock(tx, now, shelf, pcs(2))).await.unwrap();
    assert_eq!((restocked.claimed, restocked.available()), (pcs(8), pcs(2)));
    let by = village.sari.id.parse().unwrap();
    let discarded = db
        .write(move |tx| {
            let discard = Discard { id: tx.id(now), quantity: pcs(3), reason: "basi".into(), by, noted_at: now };
            supply::discard_returned(tx, shelf, &discard)
        })
        .await
        .unwrap();
    assert_eq!((discarded.claimed, discarded.discarded, discarded.available()), (pcs(5), pcs(3), pcs(2)));
    let much = db.write(move |tx| supply::restock(tx, now, shelf, pcs(6))).await;
    assert!(matches!(much, Err(BatchQuantityError::TooMuch { .. })), "{much:?}");
}

#[actix_web::test]
async fn unmet_demand_counts_once_per_source_with_the_largest_quantity() {
    let village = World::village().await;
    let product = village.publish_product(pastel()).await;
    let (group, cooperative, now) = (village.sekar_laras, village.cooperative, village.clock.now());
    let refuse = |units, asker| {
        let refusal = UnmetDemand {
            product,
            group,
            cooperative,
            day: "2026-11-26".parse().unwrap(),
            quantity: pcs(units),
            reason: UnavailableReason::SoldOut,
            source: asker,
        };
        village.app.state.db.write::<_, db::Error, _>(move |tx| supply::record_unmet_demand(tx, now, &refusal))
    };
    let buyer = || DemandSource::Account(village.buyer.id.parse().unwrap());
    assert!(refuse(100, buyer()).await.unwrap());
    assert!(!refuse(80, buyer()).await.unwrap());
    assert!(refuse(120, buyer()).await.unwrap());
    assert!(refuse(7, DemandSource::contact(&village.app.state.signer, "0812-0000-0042")).await.unwrap());
    assert!(!refuse(7, DemandSource::contact(&village.app.state.signer, "0812-0000-0042")).await.unwrap());
    assert!(refuse(9, DemandSource::Anonymous).await.unwrap());
    assert!(!refuse(9, DemandSource::Anonymous).await.unwrap());
    let list = village.sari.get(&format!("/v1/groups/{group}/unmet_demand")).await.expect(200);
    let mut rows: Vec<(i64, bool)> = list.json["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["quantity"].as_i64().unwrap(), row["anonymous"].as_bool().unwrap()))
        .collect();
    rows.sort_unstable();
    assert_eq!(rows, [(7, false), (9, true), (120, false)]);
    assert!(!list.text().contains("0812"), "the source is not shown");
}

#[actix_web::test]
async fn a_batch_is_decided_at_its_cutoff_and_closed_at_its_end() {
    let village = World::village().await;
    let product = village.publish_product(abon()).await;
    let planned = |minimum| Opening {
        ready_on: Some("2026-11-25".parse().unwrap()),
        capacity: Some(pcs(50)),
        minimum: pcs(minimum),
        cutoff_at: Some(village.clock.now().after(Duration::hours(3))),
        ..Opening::default()
    };
    let free = village.open_batch(product, planned(0)).await;
    let unwanted = village.open_batch(product, planned(10)).await;
    let shelf = village.open_stock_batch(product, 5, "2026-11-23").await;
    run_periodic_tasks(&village);
    assert_eq!(batch(&village, free).await.status, BatchStatus::Open, "before the cut-off nothing is decided");
    village.clock.advance(Duration::hours(3));
    run_periodic_tasks(&village);
    run_periodic_tasks(&village);
    assert_eq!(batch(&village, free).await.status, BatchStatus::Confirmed);
    assert_eq!(batch(&village, unwanted).await.status, BatchStatus::Failed);
    assert_eq!(batch(&village, shelf).await.status, BatchStatus::Made);
    village.clock.advance(Duration::days(61));
    run_periodic_tasks(&village);
    assert_eq!(batch(&village, free).await.status, BatchStatus::Closed, "neither ordered nor produced");
    assert_eq!(batch(&village, shelf).await.status, BatchStatus::Closed, "it is past its best before");
}

fn run_periodic_tasks(village: &Village) {
    for task in supply::periodic_tasks().into_iter().chain(lumbung::orders::periodic_tasks()) {
        (task.run)(&village.app.state.db, village.clock.now()).unwrap();
    }
}
