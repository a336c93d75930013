//! Tests of the planning rules: days, cut-offs, freshness and prices.

use super::batch::{Batch, BatchKind, BatchStatus};
use super::plan::{ClaimRequest, SupplySource, plan};
use super::{ClosedDays, Terms, UnavailableReason, find_next_day, list_availability, round_down_to_step};
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Entropy, Instant, Quantity, Rupiah, Zone};
use proptest::prelude::*;

/// Monday 23 November 2026, 14:30 in Cihonje.
fn now() -> Instant {
    "2026-11-23T07:30:00Z".parse().unwrap()
}

fn day(of_november: u32) -> Day {
    Day::from_ymd_opt(2026, 11, of_november).unwrap()
}

fn pcs(units: i64) -> Quantity {
    Quantity::from_units(units)
}

/// A product with a lead time of two days, a shelf life of one and a capacity of sixty a day, not made on Sundays.
fn pastel() -> Terms {
    let ids = Entropy::seeded(1);
    Terms {
        product: ids.id(now()),
        group: ids.id(now()),
        cooperative: ids.id(now()),
        zone: Zone::Jakarta,
        on_sale: true,
        step: pcs(1),
        lead_time_days: 2,
        shelf_life_days: Some(1),
        daily_capacity: pcs(60),
        made_on: 0b011_1111,
        order_by_minutes: 17 * 60,
        open_days_ahead: 14,
        closed: ClosedDays::new(day(23), []),
    }
}

/// The same terms for a group that is closed on these days of November.
fn closed_on(days: &[u32]) -> Terms {
    Terms { closed: ClosedDays::new(day(23), days.iter().map(|of_november| day(*of_november))), ..pastel() }
}

fn batch(number: u64, kind: BatchKind, status: BatchStatus, ready: Day, capacity: i64) -> Batch {
    let terms = pastel();
    let made = (status == BatchStatus::Made).then_some(pcs(capacity));
    Batch {
        id: Entropy::seeded(100 + number).id(now().after(chrono::Duration::seconds(number as i64))),
        cooperative_id: terms.cooperative,
        group_id: terms.group,
        product_id: terms.product,
        kind,
        status,
        ready_on: ready,
        cutoff_at: made.is_none().then(|| terms.cutoff_for(ready)),
        best_before: terms.best_before(ready),
        capacity: pcs(capacity),
        minimum: Quantity::ZERO,
        claimed: Quantity::ZERO,
        made,
        discarded: Quantity::ZERO,
        price: None,
        unit_cost: None,
        pack_size: None,
        minimum_deposits: Rupiah::ZERO,
        extends_to: None,
        deposit_percent: None,
        made_at: None,
        discount_kind: None,
        discount_percent: None,
        discount_starts_at: None,
        discount_ends_at: None,
        discount_floor: None,
        extended: false,
        created_at: now(),
        version: 1,
    }
}

fn shelf(number: u64, ready: Day, best_before: Option<Day>, made: i64) -> Batch {
    Batch { best_before, ..batch(number, BatchKind::Shelf, BatchStatus::Made, ready, made) }
}

fn request(ready_on: Option<Day>, quantity: i64) -> ClaimRequest {
    ClaimRequest { terms: pastel(), ready_on, batch: None, quantity: pcs(quantity), at_least: pcs(quantity) }
}

fn expect_unavailable(batches: &[Batch], request: ClaimRequest) -> (UnavailableReason, Quantity) {
    let unavailable = plan(batches, now(), &request).unwrap_err();
    (unavailable.reason, unavailable.available)
}

#[test]
fn a_made_to_order_day_offers_its_capacity() {
    let plan_made = plan(&[], now(), &request(Some(day(26)), 60)).unwrap();
    assert_eq!((plan_made.ready_on, plan_made.sources), (day(26), vec![(SupplySource::MadeToOrder, pcs(60))]));
    assert_eq!(plan_made.cutoff_at, Some("2026-11-24T10:00:00Z".parse().unwrap()));
    assert_eq!(expect_unavailable(&[], request(Some(day(26)), 61)), (UnavailableReason::SoldOut, pcs(60)));
}

#[test]
fn lead_time_weekday_ordering_window_and_past_days_are_checked() {
    assert_eq!(expect_unavailable(&[], request(Some(day(22)), 1)).0, UnavailableReason::PastDay);
    assert_eq!(expect_unavailable(&[], request(Some(day(24)), 1)).0, UnavailableReason::CutoffPassed);
    assert!(plan(&[], now(), &request(Some(day(25)), 1)).is_ok(), "until this evening");
    let evening: Instant = "2026-11-23T10:00:00Z".parse().unwrap();
    let unavailable = plan(&[], evening, &request(Some(day(25)), 1)).unwrap_err();
    assert_eq!((unavailable.reason, unavailable.next_day), (UnavailableReason::CutoffPassed, Some(day(26))));
    assert_eq!(expect_unavailable(&[], request(Some(day(29)), 1)).0, UnavailableReason::NotMadeThatDay, "a Sunday");
    assert_eq!(expect_unavailable(&[], request(Day::from_ymd_opt(2026, 12, 8), 1)).0, UnavailableReason::TooFarAhead);
}

#[test]
fn the_earliest_day_is_the_first_with_the_whole_quantity() {
    let stock = shelf(1, day(23), Some(day(24)), 10);
    assert_eq!(plan(std::slice::from_ref(&stock), now(), &request(None, 10)).unwrap().ready_on, day(23));
    assert_eq!(plan(std::slice::from_ref(&stock), now(), &request(None, 11)).unwrap().ready_on, day(25));
    let partial = ClaimRequest { at_least: pcs(5), ..request(None, 500) };
    let plan_made = plan(&[stock], now(), &partial).unwrap();
    assert_eq!((plan_made.ready_on, plan_made.quantity), (day(25), pcs(60)), "the day with the largest quantity");
}

#[test]
fn goods_are_sold_first_expired_first_from_several_batches() {
    let late = shelf(1, day(20), Some(day(30)), 10);
    let soon = shelf(2, day(22), Some(day(24)), 10);
    let never = shelf(3, day(1), None, 10);
    let plan_made = plan(&[late.clone(), never.clone(), soon.clone()], now(), &request(Some(day(23)), 25)).unwrap();
    let ids = [(soon.id, 10), (late.id, 10), (never.id, 5)].map(|(id, units)| (SupplySource::Batch(id), pcs(units)));
    assert_eq!(plan_made.sources, ids);
    assert_eq!(plan_made.cutoff_at, None);
}

#[test]
fn nothing_past_its_best_before_is_sold() {
    let bread = Terms { daily_capacity: Quantity::ZERO, ..pastel() };
    let soon = shelf(2, day(22), Some(day(24)), 10);
    let request_on = |day| ClaimRequest { terms: bread, ..request(Some(day), 5) };
    assert!(plan(std::slice::from_ref(&soon), now(), &request_on(day(24))).is_ok());
    assert_eq!(expect_unavailable(std::slice::from_ref(&soon), request_on(day(25))).0, UnavailableReason::Spoiled);
    let named = ClaimRequest { batch: Some(soon.id), ..request_on(day(25)) };
    assert_eq!(expect_unavailable(&[soon], named).0, UnavailableReason::Spoiled);
}

#[test]
fn stock_and_made_to_order_goods_of_one_price_are_combined_and_prices_are_not_mixed() {
    let cheap = Batch { price: Some(Rupiah(2000)), ..shelf(1, day(24), Some(day(25)), 10) };
    let plain = shelf(2, day(24), Some(day(25)), 10);
    let both = plan(&[cheap.clone(), plain.clone()], now(), &request(Some(day(25)), 70)).unwrap();
    assert_eq!(both.sources, [(SupplySource::Batch(plain.id), pcs(10)), (SupplySource::MadeToOrder, pcs(60))]);
    assert_eq!(both.unit_price_override, None);
    let few = plan(&[cheap.clone(), plain], now(), &request(Some(day(25)), 10)).unwrap();
    assert_eq!(
        (few.sources, few.unit_price_override),
        (vec![(SupplySource::Batch(cheap.id), pcs(10))], Some(Rupiah(2000)))
    );
}

#[test]
fn a_day_with_its_own_batch_is_not_made_to_order_in_addition() {
    let planned = batch(1, BatchKind::Planned, BatchStatus::Open, day(26), 20);
    assert_eq!(
        expect_unavailable(std::slice::from_ref(&planned), request(Some(day(26)), 21)),
        (UnavailableReason::SoldOut, pcs(20))
    );
    let cancelled = batch(2, BatchKind::ToOrder, BatchStatus::Cancelled, day(26), 60);
    assert_eq!(expect_unavailable(&[cancelled], request(Some(day(26)), 1)).0, UnavailableReason::Closed);
    let failed = Batch { status: BatchStatus::Failed, ..planned };
    assert!(plan(&[failed], now(), &request(Some(day(26)), 60)).is_ok());
}

#[test]
fn a_requested_batch_is_never_replaced_by_another() {
    let planned = batch(1, BatchKind::Planned, BatchStatus::Open, day(28), 20);
    let named = |quantity, ready_on| ClaimRequest { batch: Some(planned.id), ..request(ready_on, quantity) };
    assert_eq!(plan(std::slice::from_ref(&planned), now(), &named(20, None)).unwrap().ready_on, day(28));
    assert_eq!(
        expect_unavailable(std::slice::from_ref(&planned), named(21, None)),
        (UnavailableReason::SoldOut, pcs(20))
    );
    assert_eq!(
        expect_unavailable(std::slice::from_ref(&planned), named(1, Some(day(27)))).0,
        UnavailableReason::NotMadeThatDay
    );
    assert_eq!(expect_unavailable(&[], named(1, None)).0, UnavailableReason::UnknownBatch);
    let late = Batch { cutoff_at: Some(now()), ..planned.clone() };
    assert_eq!(expect_unavailable(&[late], named(1, None)).0, UnavailableReason::CutoffPassed);
    let over = Batch { status: BatchStatus::Closed, ..planned.clone() };
    assert_eq!(expect_unavailable(&[over], named(1, None)).0, UnavailableReason::Closed);
}

#[test]
fn nothing_is_available_on_a_closed_day() {
    let planned = batch(1, BatchKind::Planned, BatchStatus::Open, day(26), 20);
    let made = shelf(2, day(23), Some(day(30)), 10);
    let batches = [planned, made.clone()];
    let closed = |days: &[u32], request: ClaimRequest| ClaimRequest { terms: closed_on(days), ..request };
    assert_eq!(
        expect_unavailable(&batches, closed(&[26], request(Some(day(26)), 1))),
        (UnavailableReason::GroupClosed, pcs(0))
    );
    assert_eq!(
        expect_unavailable(&[], closed(&[27], request(Some(day(27)), 1))).0,
        UnavailableReason::GroupClosed,
        "made to order"
    );
    let named = ClaimRequest { batch: Some(made.id), ..request(Some(day(24)), 5) };
    assert_eq!(expect_unavailable(&batches, closed(&[24], named)).0, UnavailableReason::GroupClosed, "from stock");
    let unavailable = plan(&batches, now(), &closed(&[25, 26, 27], request(Some(day(25)), 60))).unwrap_err();
    assert_eq!((unavailable.reason, unavailable.next_day), (UnavailableReason::GroupClosed, Some(day(28))));
    assert_eq!(expect_unavailable(&[], closed(&[22], request(Some(day(22)), 1))).0, UnavailableReason::PastDay);
    let next_open = |days: &[u32]| find_next_day(&closed_on(days), &[], now(), pcs(60));
    assert_eq!((next_open(&[]), next_open(&[25, 26, 27, 28, 30])), (Some(day(25)), Day::from_ymd_opt(2026, 12, 1)));
}

#[test]
fn the_earliest_day_skips_closed_days() {
    let made = shelf(1, day(22), Some(day(25)), 10);
    let earliest = |days: &[u32], batch| ClaimRequest { terms: closed_on(days), batch, ..request(None, 5) };
    let ready_on = |days: &[u32], batch| {
        plan(std::slice::from_ref(&made), now(), &earliest(days, batch)).map(|plan| plan.ready_on)
    };
    assert_eq!(ready_on(&[], None).unwrap(), day(23));
    assert_eq!(ready_on(&[23, 24], None).unwrap(), day(25));
    assert_eq!(ready_on(&[23], Some(made.id)).unwrap(), day(24));
    // Closed until the batch has expired: nothing of it is available, but the next made-to-order day is.
    assert_eq!(ready_on(&[23, 24, 25], Some(made.id)).unwrap_err().reason, UnavailableReason::GroupClosed);
    assert_eq!(ready_on(&[23, 24, 25], None).unwrap(), day(26));
    let planned = batch(2, BatchKind::Planned, BatchStatus::Confirmed, day(26), 20);
    let later = ClaimRequest { terms: closed_on(&[26]), batch: Some(planned.id), ..request(None, 5) };
    assert_eq!(plan(&[planned], now(), &later).unwrap().ready_on, day(27));
}

#[test]
fn unpublished_products_are_not_available() {
    let draft = ClaimRequest { terms: Terms { on_sale: false, ..pastel() }, ..request(Some(day(26)), 1) };
    assert_eq!(expect_unavailable(&[], draft).0, UnavailableReason::NotOnSale);
}

#[test]
fn a_confirmed_batch_is_closed_only_without_claims() {
    use super::BatchAction;
    let empty = batch(1, BatchKind::Planned, BatchStatus::Confirmed, day(26), 20);
    assert_eq!(empty.actions(), [BatchAction::Cancel, BatchAction::Close]);
    let ordered = Batch { claimed: pcs(1), ..empty };
    assert_eq!(ordered.actions(), [BatchAction::Cancel]);
    let extended = Batch { extended: true, ..batch(2, BatchKind::Planned, BatchStatus::Open, day(26), 20) };
    assert_eq!(extended.actions(), [BatchAction::Confirm, BatchAction::Fail, BatchAction::Cancel]);
}

fn some_batches() -> impl Strategy<Value = Vec<Batch>> {
    let fields = (0..4_u8, 15..30_u32, 0..40_i64, 0..6_u32, 0..3_i64);
    prop::collection::vec(fields, 0..8).prop_map(|rows| {
        let rows = rows.into_iter().enumerate();
        rows.map(|(number, (kind, ready, capacity, shelf_life, price))| {
            let number = number as u64;
            let price = (price == 0).then_some(Rupiah(2000));
            let claimed = pcs(capacity / 3);
            let batch = match kind {
                0 | 1 => shelf(number, day(ready), Day::from_ymd_opt(2026, 11, (ready + shelf_life).min(30)), capacity),
                2 => batch(number, BatchKind::Planned, BatchStatus::Open, day(ready), capacity),
                _ => batch(number, BatchKind::Planned, BatchStatus::Confirmed, day(ready), capacity),
            };
            Batch { price, claimed, ..batch }
        })
        .collect()
    })
}

fn single(batches: &[BatchId]) -> Option<BatchId> {
    match batches {
        [batch] => Some(*batch),
        _ => None,
    }
}

proptest! {
    #[test]
    fn plans_use_available_fresh_goods_of_one_price(
        batches in some_batches(), ready in prop::option::of(20..30_u32), quantity in 1..120_i64, least in 0..120_i64,
        closed in prop::collection::vec(20..31_u32, 0..6),
    ) {
        let terms = closed_on(&closed);
        let request = ClaimRequest { terms, at_least: pcs(least.min(quantity)), ..request(ready.map(day), quantity) };
        match plan(&batches, now(), &request) {
            Ok(plan_made) => {
                prop_assert!(!terms.closed.contains(plan_made.ready_on));
                prop_assert!(plan_made.quantity <= request.quantity && plan_made.quantity >= request.at_least);
                prop_assert_eq!(Quantity::sum(plan_made.sources.iter().map(|part| part.1)), plan_made.quantity);
                prop_assert!(ready.is_none_or(|ready| plan_made.ready_on == day(ready)));
                for (source, quantity) in plan_made.sources {
                    prop_assert!(quantity.is_positive());
                    let SupplySource::Batch(id) = source else { continue };
                    let batch = batches.iter().find(|batch| batch.id == id).unwrap();
                    prop_assert!(quantity <= batch.available());
                    prop_assert!(batch.ready_on <= plan_made.ready_on && batch.is_sellable_on(plan_made.ready_on));
                    prop_assert!(batch.accepts_orders(now()));
                    prop_assert_eq!(batch.price, plan_made.unit_price_override);
                }
            }
            Err(unavailable) => {
                prop_assert!(unavailable.available < request.quantity);
                if let Some(next) = unavailable.next_day {
                    let retry = ClaimRequest { ready_on: Some(next), ..request };
                    prop_assert_eq!(plan(&batches, now(), &retry).unwrap().quantity, request.quantity);
                    prop_assert!(!terms.closed.contains(next));
                }
            }
        }
    }

    #[test]
    fn listed_availability_can_be_claimed(
        batches in some_batches(), closed in prop::collection::vec(23..31_u32, 0..6),
    ) {
        let terms = closed_on(&closed);
        for row in list_availability(&terms, &batches, now(), day(20), day(30)) {
            prop_assert!(!terms.closed.contains(row.ready_on));
            if row.available.is_positive() {
                let request = ClaimRequest {
                    terms, quantity: row.available, at_least: row.available, batch: single(&row.batches), ..request(Some(row.ready_on), 1)
                };
                prop_assert!(plan(&batches, now(), &request).is_ok(), "{row:?}");
            }
        }
    }

    #[test]
    fn rounding_down_gives_a_multiple_of_the_step(quantity in 0..100_000_i64, step in 1..5_000_i64) {
        let (quantity, step) = (Quantity::from_thousandths(quantity), Quantity::from_thousandths(step));
        let rounded = round_down_to_step(quantity, step);
        prop_assert!(rounded <= quantity && quantity.minus(rounded) < step && rounded.is_multiple_of(step));
    }
}
