//! What a wish is met from: the rules of days, cut-offs, freshness and prices.

use super::batch::{Batch, BatchKind, BatchStatus};
use super::plan::{ClaimWish, Source, plan};
use super::{ClosedDays, Reason, Terms, availability, next_day, whole_steps};
use crate::kernel::ids::BatchId;
use crate::kernel::{Day, Entropy, Instant, Quantity, Rupiah, Zone};
use proptest::prelude::*;

/// Monday 23 November 2026, 14.30 in Cihonje.
fn now() -> Instant {
    "2026-11-23T07:30:00Z".parse().unwrap()
}

fn day(of_november: u32) -> Day {
    Day::from_ymd_opt(2026, 11, of_november).unwrap()
}

fn pcs(units: i64) -> Quantity {
    Quantity::units(units)
}

/// Pastel: two days ahead, kept for one, sixty a day, not on Sundays.
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
        closed: ClosedDays::from(day(23), []),
    }
}

/// Pastel of a group that is shut on these days of November.
fn shut_on(days: &[u32]) -> Terms {
    Terms { closed: ClosedDays::from(day(23), days.iter().map(|of_november| day(*of_november))), ..pastel() }
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
        extend_to: None,
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

fn wish(ready_on: Option<Day>, quantity: i64) -> ClaimWish {
    ClaimWish { terms: pastel(), ready_on, batch: None, quantity: pcs(quantity), at_least: pcs(quantity) }
}

fn refusal(batches: &[Batch], wish: ClaimWish) -> (Reason, Quantity) {
    let refused = plan(batches, now(), &wish).unwrap_err();
    (refused.reason, refused.available)
}

#[test]
fn a_day_that_is_made_to_order_promises_its_capacity() {
    let met = plan(&[], now(), &wish(Some(day(26)), 60)).unwrap();
    assert_eq!((met.ready_on, met.parts), (day(26), vec![(Source::Promise, pcs(60))]));
    assert_eq!(met.cutoff_at, Some("2026-11-24T10:00:00Z".parse().unwrap()));
    assert_eq!(refusal(&[], wish(Some(day(26)), 61)), (Reason::SoldOut, pcs(60)));
}

#[test]
fn lead_time_weekday_window_and_past_are_held() {
    assert_eq!(refusal(&[], wish(Some(day(22)), 1)).0, Reason::PastDay);
    assert_eq!(refusal(&[], wish(Some(day(24)), 1)).0, Reason::CutoffPassed);
    assert!(plan(&[], now(), &wish(Some(day(25)), 1)).is_ok(), "until this evening");
    let evening: Instant = "2026-11-23T10:00:00Z".parse().unwrap();
    let refused = plan(&[], evening, &wish(Some(day(25)), 1)).unwrap_err();
    assert_eq!((refused.reason, refused.next_day), (Reason::CutoffPassed, Some(day(26))));
    assert_eq!(refusal(&[], wish(Some(day(29)), 1)).0, Reason::NotMadeThatDay, "a Sunday");
    assert_eq!(refusal(&[], wish(Day::from_ymd_opt(2026, 12, 8), 1)).0, Reason::TooFarAhead);
}

#[test]
fn as_soon_as_possible_is_the_first_day_on_which_all_of_it_can_be_had() {
    let some = shelf(1, day(23), Some(day(24)), 10);
    assert_eq!(plan(std::slice::from_ref(&some), now(), &wish(None, 10)).unwrap().ready_on, day(23));
    assert_eq!(plan(std::slice::from_ref(&some), now(), &wish(None, 11)).unwrap().ready_on, day(25));
    let modest = ClaimWish { at_least: pcs(5), ..wish(None, 500) };
    let met = plan(&[some], now(), &modest).unwrap();
    assert_eq!((met.ready_on, met.quantity), (day(25), pcs(60)), "the day on which there is most");
}

#[test]
fn what_spoils_first_leaves_first_and_two_batches_may_be_needed() {
    let late = shelf(1, day(20), Some(day(30)), 10);
    let soon = shelf(2, day(22), Some(day(24)), 10);
    let never = shelf(3, day(1), None, 10);
    let met = plan(&[late.clone(), never.clone(), soon.clone()], now(), &wish(Some(day(23)), 25)).unwrap();
    let ids = [(soon.id, 10), (late.id, 10), (never.id, 5)].map(|(id, units)| (Source::Batch(id), pcs(units)));
    assert_eq!(met.parts, ids);
    assert_eq!(met.cutoff_at, None);
}

#[test]
fn nothing_past_its_best_before_is_sold() {
    let bread = Terms { daily_capacity: Quantity::ZERO, ..pastel() };
    let soon = shelf(2, day(22), Some(day(24)), 10);
    let wish = |day| ClaimWish { terms: bread, ..wish(Some(day), 5) };
    assert!(plan(std::slice::from_ref(&soon), now(), &wish(day(24))).is_ok());
    assert_eq!(refusal(std::slice::from_ref(&soon), wish(day(25))).0, Reason::Spoiled);
    let named = ClaimWish { batch: Some(soon.id), ..wish(day(25)) };
    assert_eq!(refusal(&[soon], named).0, Reason::Spoiled);
}

#[test]
fn shelf_and_promise_of_one_price_are_sold_together_but_another_price_is_not_mixed_in() {
    let cheap = Batch { price: Some(Rupiah(2000)), ..shelf(1, day(24), Some(day(25)), 10) };
    let plain = shelf(2, day(24), Some(day(25)), 10);
    let both = plan(&[cheap.clone(), plain.clone()], now(), &wish(Some(day(25)), 70)).unwrap();
    assert_eq!(both.parts, [(Source::Batch(plain.id), pcs(10)), (Source::Promise, pcs(60))]);
    assert_eq!(both.unit_price_override, None);
    let few = plan(&[cheap.clone(), plain], now(), &wish(Some(day(25)), 10)).unwrap();
    assert_eq!((few.parts, few.unit_price_override), (vec![(Source::Batch(cheap.id), pcs(10))], Some(Rupiah(2000))));
}

#[test]
fn a_day_with_its_own_batch_promises_nothing_beside_it() {
    let planned = batch(1, BatchKind::Planned, BatchStatus::Open, day(26), 20);
    assert_eq!(refusal(std::slice::from_ref(&planned), wish(Some(day(26)), 21)), (Reason::SoldOut, pcs(20)));
    let cancelled = batch(2, BatchKind::ToOrder, BatchStatus::Cancelled, day(26), 60);
    assert_eq!(refusal(&[cancelled], wish(Some(day(26)), 1)).0, Reason::Closed);
    let failed = Batch { status: BatchStatus::Failed, ..planned };
    assert!(plan(&[failed], now(), &wish(Some(day(26)), 60)).is_ok());
}

#[test]
fn a_named_batch_is_that_batch_or_nothing() {
    let planned = batch(1, BatchKind::Planned, BatchStatus::Open, day(28), 20);
    let named = |quantity, ready_on| ClaimWish { batch: Some(planned.id), ..wish(ready_on, quantity) };
    assert_eq!(plan(std::slice::from_ref(&planned), now(), &named(20, None)).unwrap().ready_on, day(28));
    assert_eq!(refusal(std::slice::from_ref(&planned), named(21, None)), (Reason::SoldOut, pcs(20)));
    assert_eq!(refusal(std::slice::from_ref(&planned), named(1, Some(day(27)))).0, Reason::NotMadeThatDay);
    assert_eq!(refusal(&[], named(1, None)).0, Reason::UnknownBatch);
    let late = Batch { cutoff_at: Some(now()), ..planned.clone() };
    assert_eq!(refusal(&[late], named(1, None)).0, Reason::CutoffPassed);
    let over = Batch { status: BatchStatus::Closed, ..planned.clone() };
    assert_eq!(refusal(&[over], named(1, None)).0, Reason::Closed);
}

#[test]
fn on_a_day_on_which_the_group_is_shut_nothing_can_be_had() {
    let planned = batch(1, BatchKind::Planned, BatchStatus::Open, day(26), 20);
    let made = shelf(2, day(23), Some(day(30)), 10);
    let batches = [planned, made.clone()];
    let shut = |days: &[u32], wish: ClaimWish| ClaimWish { terms: shut_on(days), ..wish };
    assert_eq!(refusal(&batches, shut(&[26], wish(Some(day(26)), 1))), (Reason::GroupClosed, pcs(0)));
    assert_eq!(refusal(&[], shut(&[27], wish(Some(day(27)), 1))).0, Reason::GroupClosed, "made to order");
    let named = ClaimWish { batch: Some(made.id), ..wish(Some(day(24)), 5) };
    assert_eq!(refusal(&batches, shut(&[24], named)).0, Reason::GroupClosed, "from the shelf");
    let refused = plan(&batches, now(), &shut(&[25, 26, 27], wish(Some(day(25)), 60))).unwrap_err();
    assert_eq!((refused.reason, refused.next_day), (Reason::GroupClosed, Some(day(28))));
    assert_eq!(refusal(&[], shut(&[22], wish(Some(day(22)), 1))).0, Reason::PastDay);
    let open = |days: &[u32]| next_day(&shut_on(days), &[], now(), pcs(60));
    assert_eq!((open(&[]), open(&[25, 26, 27, 28, 30])), (Some(day(25)), Day::from_ymd_opt(2026, 12, 1)));
}

#[test]
fn as_soon_as_possible_skips_the_days_on_which_the_group_is_shut() {
    let made = shelf(1, day(22), Some(day(25)), 10);
    let soon = |days: &[u32], batch| ClaimWish { terms: shut_on(days), batch, ..wish(None, 5) };
    let ready =
        |days: &[u32], batch| plan(std::slice::from_ref(&made), now(), &soon(days, batch)).map(|it| it.ready_on);
    assert_eq!(ready(&[], None).unwrap(), day(23));
    assert_eq!(ready(&[23, 24], None).unwrap(), day(25));
    assert_eq!(ready(&[23], Some(made.id)).unwrap(), day(24));
    // Shut for as long as it keeps: of the batch nothing is left to be had, but there is the next day's.
    assert_eq!(ready(&[23, 24, 25], Some(made.id)).unwrap_err().reason, Reason::GroupClosed);
    assert_eq!(ready(&[23, 24, 25], None).unwrap(), day(26));
    let planned = batch(2, BatchKind::Planned, BatchStatus::Confirmed, day(26), 20);
    let later = ClaimWish { terms: shut_on(&[26]), batch: Some(planned.id), ..wish(None, 5) };
    assert_eq!(plan(&[planned], now(), &later).unwrap().ready_on, day(27));
}

#[test]
fn what_is_not_for_sale_is_not_sold() {
    let draft = ClaimWish { terms: Terms { on_sale: false, ..pastel() }, ..wish(Some(day(26)), 1) };
    assert_eq!(refusal(&[], draft).0, Reason::NotOnSale);
}

#[test]
fn a_confirmed_batch_that_is_ordered_is_not_closed_but_an_empty_one_is() {
    use super::BatchAction;
    let empty = batch(1, BatchKind::Planned, BatchStatus::Confirmed, day(26), 20);
    assert_eq!(empty.actions(), [BatchAction::Cancel, BatchAction::Close]);
    let ordered = Batch { claimed: pcs(1), ..empty };
    assert_eq!(ordered.actions(), [BatchAction::Cancel]);
    let extended = Batch { extended: true, ..batch(2, BatchKind::Planned, BatchStatus::Open, day(26), 20) };
    assert_eq!(extended.actions(), [BatchAction::Confirm, BatchAction::Fail, BatchAction::Cancel]);
}

fn some_batches() -> impl Strategy<Value = Vec<Batch>> {
    let one = (0..4_u8, 15..30_u32, 0..40_i64, 0..6_u32, 0..3_i64);
    prop::collection::vec(one, 0..8).prop_map(|all| {
        let all = all.into_iter().enumerate();
        all.map(|(number, (what, ready, much, keeps, price))| {
            let number = number as u64;
            let price = (price == 0).then_some(Rupiah(2000));
            let claimed = pcs(much / 3);
            let made = match what {
                0 | 1 => shelf(number, day(ready), Day::from_ymd_opt(2026, 11, (ready + keeps).min(30)), much),
                2 => batch(number, BatchKind::Planned, BatchStatus::Open, day(ready), much),
                _ => batch(number, BatchKind::Planned, BatchStatus::Confirmed, day(ready), much),
            };
            Batch { price, claimed, ..made }
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
    fn what_is_planned_is_there_fresh_in_time_and_of_one_price(
        batches in some_batches(), ready in prop::option::of(20..30_u32), wanted in 1..120_i64, least in 0..120_i64,
        shut in prop::collection::vec(20..31_u32, 0..6),
    ) {
        let terms = shut_on(&shut);
        let wish = ClaimWish { terms, at_least: pcs(least.min(wanted)), ..wish(ready.map(day), wanted) };
        match plan(&batches, now(), &wish) {
            Ok(met) => {
                prop_assert!(!terms.closed.contains(met.ready_on));
                prop_assert!(met.quantity <= wish.quantity && met.quantity >= wish.at_least);
                prop_assert_eq!(Quantity::sum(met.parts.iter().map(|part| part.1)), met.quantity);
                prop_assert!(ready.is_none_or(|ready| met.ready_on == day(ready)));
                for (source, quantity) in met.parts {
                    prop_assert!(quantity.is_positive());
                    let Source::Batch(id) = source else { continue };
                    let batch = batches.iter().find(|batch| batch.id == id).unwrap();
                    prop_assert!(quantity <= batch.available());
                    prop_assert!(batch.ready_on <= met.ready_on && batch.keeps_until(met.ready_on));
                    prop_assert!(batch.takes_orders(now()));
                    prop_assert_eq!(batch.price, met.unit_price_override);
                }
            }
            Err(refused) => {
                prop_assert!(refused.available < wish.quantity);
                if let Some(next) = refused.next_day {
                    let then = ClaimWish { ready_on: Some(next), ..wish };
                    prop_assert_eq!(plan(&batches, now(), &then).unwrap().quantity, wish.quantity);
                    prop_assert!(!terms.closed.contains(next));
                }
            }
        }
    }

    #[test]
    fn what_is_told_as_available_can_be_claimed(
        batches in some_batches(), shut in prop::collection::vec(23..31_u32, 0..6),
    ) {
        let terms = shut_on(&shut);
        for row in availability(&terms, &batches, now(), day(20), day(30)) {
            prop_assert!(!terms.closed.contains(row.ready_on));
            if row.available.is_positive() {
                let wanted = ClaimWish {
                    terms, quantity: row.available, at_least: row.available, batch: single(&row.batches), ..wish(Some(row.ready_on), 1)
                };
                prop_assert!(plan(&batches, now(), &wanted).is_ok(), "{row:?}");
            }
        }
    }

    #[test]
    fn whole_steps_are_steps(quantity in 0..100_000_i64, step in 1..5_000_i64) {
        let (quantity, step) = (Quantity::thousandths(quantity), Quantity::thousandths(step));
        let whole = whole_steps(quantity, step);
        prop_assert!(whole <= quantity && quantity.minus(whole) < step && whole.is_multiple_of(step));
    }
}
