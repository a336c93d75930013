//! What each rule does to the accounts, figure by figure, and what holds whatever the figures.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::kernel::ids::Id;
use crate::kernel::{Entropy, Instant};
use crate::ledger::entry::Voucher;

fn id<T: Id>() -> T {
    Entropy::System.id(Instant::EPOCH)
}

/// What a draft does to each account, in the order of their numbers.
fn told(draft: &Draft) -> Vec<(i32, i64)> {
    assert_eq!(draft.balance().unwrap(), Rupiah::ZERO, "{draft:?}");
    let mut sums = BTreeMap::new();
    for leg in &draft.legs {
        *sums.entry(leg.account.0).or_insert(0) += leg.amount.0;
    }
    sums.into_iter().collect()
}

fn standing(paid: i64, delivered: i64) -> Standing {
    Standing { paid: Rupiah(paid), delivered: Rupiah(delivered), outlet: None }
}

fn paying(amount: i64, code: i64, before: Standing) -> PaymentMoved {
    PaymentMoved { payment: id(), order: id(), purse: Purse::Bank, amount: Rupiah(amount), code: Rupiah(code), before }
}

fn part(goods: i64, discount: i64, service: i64, fee: i64, before: Standing) -> PartMoved {
    PartMoved {
        part: id(),
        order: id(),
        group: id(),
        goods: Rupiah(goods),
        discount: Rupiah(discount),
        service: Rupiah(service),
        fee: Rupiah(fee),
        before,
    }
}

#[test]
fn a_deposit_is_owed_until_the_goods_are_there() {
    let draft = payment(&paying(50_000, 0, Standing::default())).unwrap();
    assert_eq!(told(&draft), [(1103, 50_000), (2101, -50_000)]);
    assert_eq!(draft.voucher().unwrap(), Voucher::In);
}

#[test]
fn the_balance_after_the_hand_over_clears_what_the_buyer_owes() {
    let draft = payment(&paying(75_000, 0, standing(50_000, 125_000))).unwrap();
    assert_eq!(told(&draft), [(1103, 75_000), (1201, -75_000)]);
}

#[test]
fn what_is_paid_too_much_stays_the_buyers() {
    let draft = payment(&paying(80_000, 0, standing(50_000, 125_000))).unwrap();
    assert_eq!(told(&draft), [(1103, 80_000), (1201, -75_000), (2101, -5_000)]);
}

#[test]
fn a_sale_at_hand_over_gives_the_group_its_share_and_takes_the_deposit() {
    let draft = sale(&part(125_000, 0, 12_500, 0, standing(50_000, 0))).unwrap();
    assert_eq!(told(&draft), [(1201, 75_000), (2101, 50_000), (2102, -112_500), (4101, -125_000), (5101, 112_500)]);
    assert_eq!(draft.voucher().unwrap(), Voucher::Memo);
}

#[test]
fn the_service_share_is_what_is_left_of_the_sale_after_the_groups_share() {
    let draft = sale(&part(125_000, 0, 12_500, 0, Standing::default())).unwrap();
    let kept: i64 = told(&draft).iter().filter(|(account, _)| *account >= 4000).map(|(_, amount)| -amount).sum();
    assert_eq!(kept, 12_500);
}

#[test]
fn the_difference_of_a_unique_code_is_a_cost_and_the_order_is_paid_in_full() {
    let draft = payment(&paying(147_000, 356, Standing::default())).unwrap();
    assert_eq!(told(&draft), [(1103, 146_644), (2101, -147_000), (5201, 356)]);
}

#[test]
fn the_fee_for_the_way_passes_through() {
    let draft = sale(&part(100_000, 0, 10_000, 5_000, standing(105_000, 0))).unwrap();
    assert_eq!(told(&draft), [(2101, 105_000), (2102, -90_000), (2103, -5_000), (4101, -100_000), (5101, 90_000)]);
    let paid = delivery_paid(Rupiah(5_000), Purse::Cash);
    assert_eq!(told(&paid), [(1101, -5_000), (2103, 5_000)]);
    assert_eq!(paid.voucher().unwrap(), Voucher::Out);
}

#[test]
fn a_discount_is_told_apart_from_the_sale_at_its_usual_price() {
    let draft = sale(&part(80_000, 20_000, 8_000, 0, standing(80_000, 0))).unwrap();
    assert_eq!(told(&draft), [(2101, 80_000), (2102, -72_000), (4101, -100_000), (4102, 20_000), (5101, 72_000)]);
}

/// A worked example: twenty at 8,000, of which thirteen are sold.
#[test]
fn what_an_outlet_has_sold_at_a_consignment_price_is_what_it_owes() {
    let outlet = Standing { outlet: Some(id()), ..Standing::default() };
    let draft = sale(&part(104_000, 0, 10_400, 0, outlet)).unwrap();
    assert_eq!(told(&draft), [(1202, 104_000), (2102, -93_600), (4101, -104_000), (5101, 93_600)]);
    assert!(draft.legs.iter().all(|leg| leg.about.outlet == outlet.outlet), "{:?}", draft.legs);
    let paid = payment(&paying(104_000, 0, Standing { delivered: Rupiah(104_000), ..outlet })).unwrap();
    assert_eq!(told(&paid), [(1103, 104_000), (1202, -104_000)]);
}

#[test]
fn what_an_outlet_keeps_of_the_price_is_its_cut_and_no_discount() {
    let outlet = Standing { outlet: Some(id()), ..Standing::default() };
    let it = part(104_000, 26_000, 10_400, 0, outlet);
    let draft = sale(&it).unwrap();
    assert_eq!(told(&draft), [(1202, 104_000), (2102, -93_600), (4101, -130_000), (5101, 93_600), (5102, 26_000)]);
    let back =
        sale_undone(&PartMoved { before: Standing { delivered: Rupiah(104_000), ..outlet }, ..it }, None).unwrap();
    let turned: Vec<(i32, i64)> = told(&draft).into_iter().map(|(account, amount)| (account, -amount)).collect();
    assert_eq!(told(&back), turned);
}

#[test]
fn a_refund_takes_what_was_owed_to_the_buyer() {
    let draft = refund(&paying(30_000, 0, standing(50_000, 20_000))).unwrap();
    assert_eq!(told(&draft), [(1103, -30_000), (2101, 30_000)]);
    assert_eq!(draft.voucher().unwrap(), Voucher::Out);
}

#[test]
fn a_payment_that_had_not_come_is_taken_back_with_its_code() {
    let draft = reversed_payment(&paying(147_000, 356, standing(147_000, 147_000))).unwrap();
    assert_eq!(told(&draft), [(1103, -146_644), (1201, 147_000), (5201, -356)]);
}

#[test]
fn credit_of_one_order_pays_another_and_no_money_moves() {
    let draft =
        credit_moved(id(), Rupiah(5_000), (id(), standing(80_000, 75_000)), (id(), standing(0, 5_000))).unwrap();
    assert_eq!(told(&draft), [(1201, -5_000), (2101, 5_000)]);
    assert_eq!(draft.voucher().unwrap(), Voucher::Memo);
}

#[test]
fn a_hand_over_by_mistake_leaves_nothing() {
    let it = part(80_000, 20_000, 8_000, 5_000, standing(10_000, 0));
    let (there, back) = (sale(&it).unwrap(), sale_undone(&PartMoved { before: standing(10_000, 85_000), ..it }, None));
    let mut sums = BTreeMap::new();
    for (account, amount) in told(&there).into_iter().chain(told(&back.unwrap())) {
        *sums.entry(account).or_insert(0) += amount;
    }
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
}

#[test]
fn goods_that_come_back_are_a_return_and_the_group_earns_nothing_by_them() {
    let draft = sale_returned(&part(125_000, 0, 12_500, 0, standing(125_000, 125_000))).unwrap();
    assert_eq!(told(&draft), [(2101, -125_000), (2102, 112_500), (4103, 125_000), (5101, -112_500)]);
}

#[test]
fn goods_thrown_away_at_the_cooperatives_cost_are_owed_to_the_group() {
    assert_eq!(told(&discard(id(), id(), Rupiah(15_000))), [(2102, -15_000), (5103, 15_000)]);
}

#[test]
fn a_payout_keeps_the_advance_back() {
    let owed = Owed { group: id(), earned: Rupiah(112_500), advances: Rupiah(61_000), purse: Purse::Cash };
    let draft = payout(id(), &owed).unwrap();
    assert_eq!(told(&draft), [(1101, -51_500), (1301, -61_000), (2102, 112_500)]);
    assert_eq!(draft.voucher().unwrap(), Voucher::Out);
}

#[test]
fn an_advance_is_a_claim_on_the_group_until_it_is_repaid() {
    let group = id();
    assert_eq!(told(&advance(group, Rupiah(61_000), Purse::Cash)), [(1101, -61_000), (1301, 61_000)]);
    assert_eq!(told(&advance_repaid(group, Rupiah(61_000), Purse::Bank)), [(1103, 61_000), (1301, -61_000)]);
}

#[test]
fn an_expense_is_a_cost_and_other_income_is_none() {
    assert_eq!(
        told(&expense(Account::TRANSPORT, Rupiah(20_000), Purse::Cash, None)),
        [(1101, -20_000), (5303, 20_000)]
    );
    assert_eq!(told(&income(Account::OTHER_INCOME, Rupiah(20_000), Purse::Bank)), [(1103, 20_000), (4201, -20_000)]);
}

#[test]
fn what_a_payment_service_pays_out_arrives_less_its_fee() {
    let draft = moved(Purse::Settlement, Purse::Bank, Rupiah(100_000), Rupiah(700)).unwrap();
    assert_eq!(told(&draft), [(1103, 99_300), (1104, -100_000), (5304, 700)]);
}

#[test]
fn cash_handed_in_is_the_treasurers_and_what_is_missing_a_cost() {
    let cash = Counted { expected: Rupiah(52_000), counted: Rupiah(50_000) };
    assert_eq!(told(&hand_in(id(), cash).unwrap()), [(1101, 50_000), (1102, -52_000), (5202, 2_000)]);
}

#[test]
fn cash_that_is_found_when_counting_is_a_cost_turned_round() {
    let cash = Counted { expected: Rupiah(50_000), counted: Rupiah(50_500) };
    assert_eq!(told(&cash_count(cash).unwrap()), [(1101, 500), (5202, -500)]);
}

#[test]
fn an_opening_is_balanced_by_the_capital() {
    let leg = |account, amount| crate::ledger::entry::Leg { account, amount: Rupiah(amount), about: About::NOTHING };
    let draft = opening(vec![leg(Account::CASH, 1_500_000), leg(Account::OTHER_DEBTS, -500_000)]).unwrap();
    assert_eq!(told(&draft), [(1101, 1_500_000), (2104, -500_000), (3101, -1_000_000)]);
}

proptest! {
    /// Whatever was paid and handed over, in whatever order: the buyers' accounts stand where the two sums put them.
    #[test]
    fn deposits_and_receivables_follow_from_the_two_sums(
        steps in prop::collection::vec((0..4_u8, 1..1_000_000_i64, 0..=100_i64), 1..40),
    ) {
        let (mut now, mut delivered) = (Standing::default(), Vec::new());
        let mut sums = BTreeMap::<i32, i64>::new();
        for (step, amount, percent) in steps {
            let goods = part(amount, amount / 7, amount * percent / 100, amount % 3, now);
            let (draft, after) = match step {
                0 => (payment(&paying(amount, amount % 999, now)).unwrap(), now.with_paid(Rupiah(amount)).unwrap()),
                1 if now.paid.0 >= amount => {
                    (refund(&paying(amount, 0, now)).unwrap(), now.with_paid(Rupiah(-amount)).unwrap())
                }
                2 => {
                    delivered.push(goods);
                    (sale(&goods).unwrap(), now.with_delivered(Rupiah(goods.goods.0 + goods.fee.0)).unwrap())
                }
                3 if !delivered.is_empty() => {
                    let before = delivered.pop().unwrap();
                    let it = PartMoved { before: now, ..before };
                    let draft = if amount % 2 == 0 { sale_undone(&it, None) } else { sale_returned(&it) };
                    (draft.unwrap(), now.with_delivered(Rupiah(-(it.goods.0 + it.fee.0))).unwrap())
                }
                _ => continue,
            };
            for (account, amount) in told(&draft) {
                *sums.entry(account).or_default() += amount;
            }
            now = after;
            prop_assert_eq!(-sums.get(&2101).copied().unwrap_or(0), now.deposit().unwrap().0);
            prop_assert_eq!(sums.get(&1201).copied().unwrap_or(0), now.receivable().unwrap().0);
            prop_assert_eq!(sums.values().sum::<i64>(), 0);
            let shares: i64 = delivered.iter().map(|it| it.goods.0 - it.service.0).sum();
            prop_assert_eq!(-sums.get(&2102).copied().unwrap_or(0), shares, "what is owed to groups");
        }
    }
}
