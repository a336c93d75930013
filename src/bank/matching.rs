//! Matching of statement lines and awaited transfers, one to one.

use super::mapping::ParsedLine;
use crate::kernel::ids::PaymentId;
use crate::kernel::{Day, Duration, Rupiah};

/// An awaited transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AwaitedTransfer {
    /// The payment.
    pub(super) payment: PaymentId,
    /// The exact amount to transfer.
    pub(super) expected_amount: Rupiah,
    /// The business day on which it was announced.
    pub(super) announced_on: Day,
    /// The order's number.
    pub(super) order_number: String,
}

/// The match of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MatchOutcome {
    /// This transfer is the only candidate of the line, and of no other line the only candidate.
    Matched(PaymentId),
    /// The line has several candidates, or another line has the same only candidate.
    Ambiguous(Vec<PaymentId>),
    /// The line has no candidate.
    Unmatched,
}

/// How many days before its announcement a transfer may be booked: the bank's calendar may be a day behind.
const MAX_DAYS_BEFORE: i64 = 1;
/// How many days after its announcement a transfer may be booked.
const MAX_DAYS_AFTER: i64 = 30;

/// Matches each line with a transfer. Candidates of a line have its amount and were announced near its day; if there are
/// several, the order number in the description decides. Two lines with the same only candidate are both ambiguous. The
/// result does not depend on the order of lines or transfers.
pub(super) fn match_lines(lines: &[ParsedLine], awaited: &[AwaitedTransfer]) -> Vec<MatchOutcome> {
    let candidates: Vec<Vec<&AwaitedTransfer>> = lines.iter().map(|line| list_candidates(line, awaited)).collect();
    let count_lines_with_only = |payment: PaymentId| {
        candidates.iter().filter(|only| matches!(only.as_slice(), [transfer] if transfer.payment == payment)).count()
    };
    let outcome = |line_candidates: &Vec<&AwaitedTransfer>| {
        let mut payments: Vec<PaymentId> = line_candidates.iter().map(|transfer| transfer.payment).collect();
        payments.sort_unstable();
        match payments.as_slice() {
            [] => MatchOutcome::Unmatched,
            [transfer] if count_lines_with_only(*transfer) == 1 => MatchOutcome::Matched(*transfer),
            _ => MatchOutcome::Ambiguous(payments),
        }
    };
    candidates.iter().map(outcome).collect()
}

fn list_candidates<'a>(line: &ParsedLine, awaited: &'a [AwaitedTransfer]) -> Vec<&'a AwaitedTransfer> {
    let is_in_time = |transfer: &&AwaitedTransfer| {
        let days = line.booked_on.signed_duration_since(transfer.announced_on);
        days >= Duration::days(MAX_DAYS_BEFORE.saturating_neg()) && days <= Duration::days(MAX_DAYS_AFTER)
    };
    let possible: Vec<&AwaitedTransfer> =
        awaited.iter().filter(|transfer| transfer.expected_amount == line.amount).filter(is_in_time).collect();
    let description_text = normalize(&line.description);
    let mentioned: Vec<&AwaitedTransfer> = possible
        .iter()
        .copied()
        .filter(|transfer| description_text.contains(&normalize(&transfer.order_number)))
        .collect();
    if mentioned.len() == 1 { mentioned } else { possible }
}

/// Letters and digits only, because banks drop other characters.
fn normalize(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Entropy, Instant};
    use proptest::prelude::*;

    fn line(day: &str, amount: i64, description: &str) -> ParsedLine {
        ParsedLine { line: 1, booked_on: day.parse().unwrap(), amount: Rupiah(amount), description: description.into() }
    }

    fn awaited(announced_on: &str, expected_amount: i64, order_number: &str) -> AwaitedTransfer {
        AwaitedTransfer {
            payment: Entropy::System.id(Instant::EPOCH),
            expected_amount: Rupiah(expected_amount),
            announced_on: announced_on.parse().unwrap(),
            order_number: order_number.into(),
        }
    }

    #[test]
    fn a_line_matches_the_only_transfer_of_its_amount() {
        let transfer = awaited("2026-11-22", 146_644, "CIH-2611-0042");
        let other = awaited("2026-11-22", 146_645, "CIH-2611-0043");
        let outcome = match_lines(&[line("2026-11-23", 146_644, "TRF")], &[transfer.clone(), other]);
        assert_eq!(outcome, [MatchOutcome::Matched(transfer.payment)]);
    }

    #[test]
    fn among_several_candidates_the_order_number_decides() {
        let (transfer, other) =
            (awaited("2026-11-22", 50_000, "CIH-2611-0042"), awaited("2026-11-22", 50_000, "CIH-2611-0043"));
        let both = [transfer.clone(), other.clone()];
        let mentioned = match_lines(&[line("2026-11-23", 50_000, "trf cih26110043 sari")], &both);
        assert_eq!(mentioned, [MatchOutcome::Matched(other.payment)]);
        let mut payments = vec![transfer.payment, other.payment];
        payments.sort_unstable();
        assert_eq!(match_lines(&[line("2026-11-23", 50_000, "TRF")], &both), [MatchOutcome::Ambiguous(payments)]);
    }

    #[test]
    fn two_lines_with_the_same_only_candidate_are_ambiguous() {
        let transfer = awaited("2026-11-22", 50_000, "CIH-2611-0042");
        let twice = [line("2026-11-23", 50_000, "A"), line("2026-11-23", 50_000, "B")];
        let ambiguous = MatchOutcome::Ambiguous(vec![transfer.payment]);
        assert_eq!(match_lines(&twice, &[transfer]), [ambiguous.clone(), ambiguous]);
    }

    #[test]
    fn transfers_announced_too_long_before_or_after_do_not_match() {
        let transfer = awaited("2026-11-22", 50_000, "CIH-2611-0042");
        for (day, fits) in [("2026-11-20", false), ("2026-11-21", true), ("2026-12-22", true), ("2026-12-23", false)] {
            let outcome = match_lines(&[line(day, 50_000, "")], std::slice::from_ref(&transfer));
            assert_eq!(outcome == [MatchOutcome::Matched(transfer.payment)], fits, "{day}");
        }
    }

    proptest! {
        /// No payment is matched twice, every match has the exact amount, and the order of lines has no effect.
        #[test]
        fn matches_are_one_to_one_and_do_not_depend_on_the_order(
            amounts in prop::collection::vec(1..12_i64, 0..20),
            expected_amount in prop::collection::vec(1..12_i64, 0..20),
            rotation in 0..20_usize,
        ) {
            let lines: Vec<ParsedLine> = amounts.iter().map(|amount| line("2026-11-23", *amount, "")).collect();
            let awaited: Vec<AwaitedTransfer> = expected_amount.iter().map(|amount| awaited("2026-11-23", *amount, "CIH-1")).collect();
            let outcomes = match_lines(&lines, &awaited);
            let mut seen = Vec::new();
            for (line, outcome) in lines.iter().zip(&outcomes) {
                if let MatchOutcome::Matched(payment) = outcome {
                    prop_assert!(!seen.contains(payment));
                    seen.push(*payment);
                    let transfer = awaited.iter().find(|transfer| transfer.payment == *payment).unwrap();
                    prop_assert_eq!(transfer.expected_amount, line.amount);
                }
            }
            let (mut rotated, mut expected) = (lines, outcomes);
            if !rotated.is_empty() {
                let by = rotation % rotated.len();
                rotated.rotate_left(by);
                expected.rotate_left(by);
            }
            prop_assert_eq!(match_lines(&rotated, &awaited), expected);
        }
    }
}
