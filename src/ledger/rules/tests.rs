//! Postings of each rule for given amounts, and properties for any amounts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::kernel::ids::Id;
use crate::kernel::{Entropy, Instant};
use crate::ledger::entry::VoucherSeries;

fn id<T: Id>() -> T {
    Entropy::System.id(Instant::EPOCH)
}

/// The sums of a draft by account, in the order of the numbers.
fn sum_by_account(draft: &Draft) -> Vec<(i32, i64)> {
    assert_eq!(draft.balance().unwrap(), Rupiah::ZERO, "{draft:?}");
    let mut sums = BTreeMap::new();
    for posting in &draft.postings {
        *sums.entry(posting.account.0).or_insert(0) += posting.amount.0;
    }
    sums.into_iter().collect()
}

fn balance(paid: i64, delivered: i64) -> OrderBalance {
    OrderBalance { paid: Rupiah(paid), delivered: Rupiah(delivered), outlet: None }
}

fn payment(amount: i64, code: i64, before: OrderBalance) -> PaymentPosting {
    PaymentPosting {
        payment: id(),
        order: id(),
        purse: Purse::Bank,
        amount: Rupiah(amount),
        code: Rupiah(code),
        before,
    }
}

fn delivery(goods: i64, discount: i64, service: i64, fee: i64, before: OrderBalance) -> DeliveryPosting {
    DeliveryPosting {
        fulfilment: id(),
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
fn a_deposit_is_owed_until_the_goods_are_delivered() {
    let draft = draft_payment(&payment(50_000, 0, OrderBalance::default())).unwrap();
    assert_eq!(sum_by_account(&draft), [(1103, 50_000), (2101, -50_000)]);
    assert_eq!(draft.voucher_series().unwrap(), VoucherSeries::In);
}

#[test]
fn the_balance_after_the_hand_over_clears_what_the_buyer_owes() {
    let draft = draft_payment(&payment(75_000, 0, balance(50_000, 125_000))).unwrap();
    assert_eq!(sum_by_account(&draft), [(1103, 75_000), (1201, -75_000)]);
}

#[test]
fn what_is_paid_too_much_stays_the_buyers() {
    let draft = draft_payment(&payment(80_000, 0, balance(50_000, 125_000))).unwrap();
    assert_eq!(sum_by_account(&draft), [(1103, 80_000), (1201, -75_000), (2101, -5_000)]);
}

#[test]
fn a_sale_at_hand_over_gives_the_group_its_share_and_takes_the_deposit() {
    let draft = draft_sale(&delivery(125_000, 0, 12_500, 0, balance(50_000, 0))).unwrap();
    assert_eq!(
        sum_by_account(&draft),
        [(1201, 75_000), (2101, 50_000), (2102, -112_500), (4101, -125_000), (5101, 112_500)]
    );
    assert_eq!(draft.voucher_series().unwrap(), VoucherSeries::Memo);
}

#[test]
fn the_service_share_is_what_is_left_of_the_sale_after_the_groups_share() {
    let draft = draft_sale(&delivery(125_000, 0, 12_500, 0, OrderBalance::default())).unwrap();
    let service: i64 =
        sum_by_account(&draft).iter().filter(|(account, _)| *account >= 4000).map(|(_, amount)| -amount).sum();
    assert_eq!(service, 12_500);
}

#[test]
fn the_difference_of_a_unique_code_is_a_cost_and_the_order_is_paid_in_full() {
    let draft = draft_payment(&payment(147_000, 356, OrderBalance::default())).unwrap();
    assert_eq!(sum_by_account(&draft), [(1103, 146_644), (2101, -147_000), (5201, 356)]);
}

#[test]
fn the_delivery_fee_passes_through() {
    let draft = draft_sale(&delivery(100_000, 0, 10_000, 5_000, balance(105_000, 0))).unwrap();
    assert_eq!(
        sum_by_account(&draft),
        [(2101, 105_000), (2102, -90_000), (2103, -5_000), (4101, -100_000), (5101, 90_000)]
    );
    let paid = draft_delivery_payment(Rupiah(5_000), Purse::Cash);
    assert_eq!(sum_by_account(&paid), [(1101, -5_000), (2103, 5_000)]);
    assert_eq!(paid.voucher_series().unwrap(), VoucherSeries::Out);
}

#[test]
fn a_discount_is_posted_apart_from_the_sale_at_its_usual_price() {
    let draft = draft_sale(&delivery(80_000, 20_000, 8_000, 0, balance(80_000, 0))).unwrap();
    assert_eq!(
        sum_by_account(&draft),
        [(2101, 80_000), (2102, -72_000), (4101, -100_000), (4102, 20_000), (5101, 72_000)]
    );
}

/// A worked example: twenty at 8,000, of which thirteen are sold.
#[test]
fn what_an_outlet_has_sold_at_a_consignment_price_is_what_it_owes() {
    let outlet = OrderBalance { outlet: Some(id()), ..OrderBalance::default() };
    let draft = draft_sale(&delivery(104_000, 0, 10_400, 0, outlet)).unwrap();
    assert_eq!(sum_by_account(&draft), [(1202, 104_000), (2102, -93_600), (4101, -104_000), (5101, 93_600)]);
    assert!(draft.postings.iter().all(|posting| posting.dimensions.outlet == outlet.outlet), "{:?}", draft.postings);
    let paid = draft_payment(&payment(104_000, 0, OrderBalance { delivered: Rupiah(104_000), ..outlet })).unwrap();
    assert_eq!(sum_by_account(&paid), [(1103, 104_000), (1202, -104_000)]);
}

#[test]
fn what_an_outlet_keeps_of_the_price_is_its_share_and_no_discount() {
    let outlet = OrderBalance { outlet: Some(id()), ..OrderBalance::default() };
    let delivery = delivery(104_000, 26_000, 10_400, 0, outlet);
    let draft = draft_sale(&delivery).unwrap();
    assert_eq!(
        sum_by_account(&draft),
        [(1202, 104_000), (2102, -93_600), (4101, -130_000), (5101, 93_600), (5102, 26_000)]
    );
    let undo = draft_sale_undo(
        &DeliveryPosting { before: OrderBalance { delivered: Rupiah(104_000), ..outlet }, ..delivery },
        None,
    )
    .unwrap();
    let negated: Vec<(i32, i64)> =
        sum_by_account(&draft).into_iter().map(|(account, amount)| (account, -amount)).collect();
    assert_eq!(sum_by_account(&undo), negated);
}

#[test]
fn a_refund_takes_what_was_owed_to_the_buyer() {
    let draft = draft_refund(&payment(30_000, 0, balance(50_000, 20_000))).unwrap();
    assert_eq!(sum_by_account(&draft), [(1103, -30_000), (2101, 30_000)]);
    assert_eq!(draft.voucher_series().unwrap(), VoucherSeries::Out);
}

#[test]
fn a_unique_code_goes_back_with_what_had_arrived() {
    let draft = draft_refund(&payment(25_000, 258, balance(25_000, 0))).unwrap();
    assert_eq!(sum_by_account(&draft), [(1103, -24_742), (2101, 25_000), (5201, -258)]);
    let moved = CreditMove {
        payment: id(),
        amount: Rupiah(24_742),
        code: Rupiah(258),
        from: (id(), balance(25_000, 0)),
        to: (id(), balance(0, 30_000)),
    };
    assert_eq!(sum_by_account(&draft_credit_move(&moved).unwrap()), [(1201, -24_742), (2101, 25_000), (5201, -258)]);
}

#[test]
fn a_payment_that_had_not_arrived_is_reversed_with_its_code() {
    let draft = draft_payment_reversal(&payment(147_000, 356, balance(147_000, 147_000))).unwrap();
    assert_eq!(sum_by_account(&draft), [(1103, -146_644), (1201, 147_000), (5201, -356)]);
}

#[test]
fn credit_of_one_order_pays_another_and_no_money_moves() {
    let moved = CreditMove {
        payment: id(),
        amount: Rupiah(5_000),
        code: Rupiah::ZERO,
        from: (id(), balance(80_000, 75_000)),
        to: (id(), balance(0, 5_000)),
    };
    let draft = draft_credit_move(&moved).unwrap();
    assert_eq!(sum_by_account(&draft), [(1201, -5_000), (2101, 5_000)]);
    assert_eq!(draft.voucher_series().unwrap(), VoucherSeries::Memo);
    let (from, to) = ((moved.from.0, balance(75_000, 75_000)), (moved.to.0, balance(5_000, 5_000)));
    let reversal = draft_credit_reversal(&CreditMove { from, to, ..moved }).unwrap();
    assert_eq!(sum_by_account(&reversal), [(1201, 5_000), (2101, -5_000)]);
}

#[test]
fn a_hand_over_by_mistake_leaves_nothing() {
    let delivery = delivery(80_000, 20_000, 8_000, 5_000, balance(10_000, 0));
    let (sale, undo) = (
        draft_sale(&delivery).unwrap(),
        draft_sale_undo(&DeliveryPosting { before: balance(10_000, 85_000), ..delivery }, None),
    );
    let mut sums = BTreeMap::new();
    for (account, amount) in sum_by_account(&sale).into_iter().chain(sum_by_account(&undo.unwrap())) {
        *sums.entry(account).or_insert(0) += amount;
    }
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
}

#[test]
fn goods_that_come_back_are_a_return_and_the_group_earns_nothing_by_them() {
    let draft = draft_sale_return(&delivery(125_000, 0, 12_500, 0, balance(125_000, 125_000))).unwrap();
    assert_eq!(sum_by_account(&draft), [(2101, -125_000), (2102, 112_500), (4103, 125_000), (5101, -112_500)]);
}

#[test]
fn goods_thrown_away_at_the_cooperatives_cost_are_owed_to_the_group() {
    assert_eq!(sum_by_account(&draft_discard(id(), id(), Rupiah(15_000))), [(2102, -15_000), (5103, 15_000)]);
}

#[test]
fn a_payout_keeps_the_advance_back() {
    let owed = PayoutAmounts { group: id(), earned: Rupiah(112_500), advances: Rupiah(61_000), purse: Purse::Cash };
    let draft = draft_payout(id(), &owed).unwrap();
    assert_eq!(sum_by_account(&draft), [(1101, -51_500), (1301, -61_000), (2102, 112_500)]);
    assert_eq!(draft.voucher_series().unwrap(), VoucherSeries::Out);
}

#[test]
fn an_advance_is_a_claim_on_the_group_until_it_is_repaid() {
    let group = id();
    assert_eq!(sum_by_account(&draft_advance(group, Rupiah(61_000), Purse::Cash)), [(1101, -61_000), (1301, 61_000)]);
    assert_eq!(
        sum_by_account(&draft_advance_repayment(group, Rupiah(61_000), Purse::Bank)),
        [(1103, 61_000), (1301, -61_000)]
    );
}

#[test]
fn an_expense_is_a_cost_and_other_income_is_none() {
    assert_eq!(
        sum_by_account(&draft_expense(LedgerAccount::TRANSPORT, Rupiah(20_000), Purse::Cash, None)),
        [(1101, -20_000), (5303, 20_000)]
    );
    assert_eq!(
        sum_by_account(&draft_income(LedgerAccount::OTHER_INCOME, Rupiah(20_000), Purse::Bank)),
        [(1103, 20_000), (4201, -20_000)]
    );
}

#[test]
fn what_a_payment_service_pays_out_arrives_less_its_fee() {
    let draft = draft_transfer(Purse::Settlement, Purse::Bank, Rupiah(100_000), Rupiah(700)).unwrap();
    assert_eq!(sum_by_account(&draft), [(1103, 99_300), (1104, -100_000), (5304, 700)]);
}

#[test]
fn cash_handed_in_is_the_treasurers_and_what_is_missing_a_cost() {
    let cash = CountedCash { expected: Rupiah(52_000), counted: Rupiah(50_000) };
    assert_eq!(
        sum_by_account(&draft_cash_handover(id(), cash).unwrap()),
        [(1101, 50_000), (1102, -52_000), (5202, 2_000)]
    );
}

#[test]
fn surplus_cash_at_a_count_is_a_negative_cost() {
    let cash = CountedCash { expected: Rupiah(50_000), counted: Rupiah(50_500) };
    assert_eq!(sum_by_account(&draft_cash_count(cash).unwrap()), [(1101, 500), (5202, -500)]);
}

#[test]
fn an_opening_is_balanced_by_the_capital() {
    let posting = |account, amount| crate::ledger::entry::NewPosting {
        account,
        amount: Rupiah(amount),
        dimensions: Dimensions::NONE,
    };
    let draft =
        draft_opening(vec![posting(LedgerAccount::CASH, 1_500_000), posting(LedgerAccount::OTHER_PAYABLES, -500_000)])
            .unwrap();
    assert_eq!(sum_by_account(&draft), [(1101, 1_500_000), (2104, -500_000), (3101, -1_000_000)]);
}

proptest! {
    /// Payments and deliveries in any order: the buyers' accounts follow from the two sums.
    #[test]
    fn deposits_and_receivables_follow_from_the_two_sums(
        steps in prop::collection::vec((0..4_u8, 1..1_000_000_i64, 0..=100_i64), 1..40),
    ) {
        let (mut now, mut delivered) = (OrderBalance::default(), Vec::new());
        let mut sums = BTreeMap::<i32, i64>::new();
        for (step, amount, percent) in steps {
            let goods = delivery(amount, amount / 7, amount * percent / 100, amount % 3, now);
            let (draft, after) = match step {
                0 => (draft_payment(&payment(amount, amount % 999, now)).unwrap(), now.with_paid(Rupiah(amount)).unwrap()),
                1 if now.paid.0 >= amount => {
                    (draft_refund(&payment(amount, 0, now)).unwrap(), now.with_paid(Rupiah(-amount)).unwrap())
                }
                2 => {
                    delivered.push(goods);
                    (draft_sale(&goods).unwrap(), now.with_delivered(Rupiah(goods.goods.0 + goods.fee.0)).unwrap())
                }
                3 if !delivered.is_empty() => {
                    let before = delivered.pop().unwrap();
                    let returned = DeliveryPosting { before: now, ..before };
                    let draft = if amount % 2 == 0 { draft_sale_undo(&returned, None) } else { draft_sale_return(&returned) };
                    (draft.unwrap(), now.with_delivered(Rupiah(-(returned.goods.0 + returned.fee.0))).unwrap())
                }
                _ => continue,
            };
            for (account, amount) in sum_by_account(&draft) {
                *sums.entry(account).or_default() += amount;
            }
            now = after;
            prop_assert_eq!(-sums.get(&2101).copied().unwrap_or(0), now.deposit().unwrap().0);
            prop_assert_eq!(sums.get(&1201).copied().unwrap_or(0), now.receivable().unwrap().0);
            prop_assert_eq!(sums.values().sum::<i64>(), 0);
            let shares: i64 = delivered.iter().map(|fulfilment| fulfilment.goods.0 - fulfilment.service.0).sum();
            prop_assert_eq!(-sums.get(&2102).copied().unwrap_or(0), shares, "what is owed to groups");
        }
    }
}
