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
    pub(super) arrives: Rupiah,
    /// The business day on which it was announced.
    pub(super) since: Day,
    /// The order's number.
    pub(super) number: String,
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
    let candidates: Vec<Vec<&AwaitedTransfer>> = lines.iter().map(|line| candidates(line, awaited)).collect();
    let count_lines_with_only = |payment: PaymentId| {
        candidates.iter().filter(|own| matches!(own.as_slice(), [transfer] if transfer.payment == payment)).count()
    };
    let outcome = |own: &Vec<&AwaitedTransfer>| {
        let mut payments: Vec<PaymentId> = own.iter().map(|transfer| transfer.payment).collect();
        payments.sort_unstable();
        match payments.as_slice() {
            [] => MatchOutcome::Unmatched,
            [transfer] if count_lines_with_only(*transfer) == 1 => MatchOutcome::Matched(*transfer),
            _ => MatchOutcome::Ambiguous(payments),
        }
    };
    candidates.iter().map(outcome).collect()
}

fn candidates<'a>(line: &ParsedLine, awaited: &'a [AwaitedTransfer]) -> Vec<&'a AwaitedTransfer> {
    let is_in_time = |transfer: &&AwaitedTransfer| {
        let days = line.booked_on.signed_duration_since(transfer.since);
        days >= Duration::days(MAX_DAYS_BEFORE.saturating_neg()) && days <= Duration::days(MAX_DAYS_AFTER)
    };
    let possible: Vec<&AwaitedTransfer> =
        awaited.iter().filter(|transfer| transfer.arrives == line.amount).filter(is_in_time).collect();
    let description_text = normalize(&line.description);
    let named: Vec<&AwaitedTransfer> =
        possible.iter().copied().filter(|transfer| description_text.contains(&normalize(&transfer.number))).collect();
    if named.len() == 1 { named } else { possible }
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

    fn awaited(since: &str, arrives: i64, number: &str) -> AwaitedTransfer {
        AwaitedTransfer {
            payment: Entropy::System.id(Instant::EPOCH),
            arrives: Rupiah(arrives),
            since: since.parse().unwrap(),
            number: number.into(),
        }
    }

    #[test]
    fn a_line_is_the_one_transfer_that_comes_to_it() {
        let transfer = awaited("2026-11-22", 146_644, "CIH-2611-0042");
        let other = awaited("2026-11-22", 146_645, "CIH-2611-0043");
        let outcome = match_lines(&[line("2026-11-23", 146_644, "TRF")], &[transfer.clone(), other]);
        assert_eq!(outcome, [MatchOutcome::Matched(transfer.payment)]);
    }

    #[test]
    fn where_several_fit_the_number_of_the_order_decides() {
        let (transfer, other) =
            (awaited("2026-11-22", 50_000, "CIH-2611-0042"), awaited("2026-11-22", 50_000, "CIH-2611-0043"));
        let both = [transfer.clone(), other.clone()];
        let named = match_lines(&[line("2026-11-23", 50_000, "trf cih26110043 sari")], &both);
        assert_eq!(named, [MatchOutcome::Matched(other.payment)]);
        let mut payments = vec![transfer.payment, other.payment];
        payments.sort_unstable();
        assert_eq!(match_lines(&[line("2026-11-23", 50_000, "TRF")], &both), [MatchOutcome::Ambiguous(payments)]);
    }

    #[test]
    fn a_transfer_that_two_lines_could_be_is_neithers() {
        let transfer = awaited("2026-11-22", 50_000, "CIH-2611-0042");
        let twice = [line("2026-11-23", 50_000, "A"), line("2026-11-23", 50_000, "B")];
        let several = MatchOutcome::Ambiguous(vec![transfer.payment]);
        assert_eq!(match_lines(&twice, &[transfer]), [several.clone(), several]);
    }

    #[test]
    fn what_arrived_long_before_or_long_after_is_another() {
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
            arrives in prop::collection::vec(1..12_i64, 0..20),
            turn in 0..20_usize,
        ) {
            let lines: Vec<ParsedLine> = amounts.iter().map(|amount| line("2026-11-23", *amount, "")).collect();
            let awaited: Vec<AwaitedTransfer> = arrives.iter().map(|amount| awaited("2026-11-23", *amount, "CIH-1")).collect();
            let outcomes = match_lines(&lines, &awaited);
            let mut seen = Vec::new();
            for (line, outcome) in lines.iter().zip(&outcomes) {
                if let MatchOutcome::Matched(payment) = outcome {
                    prop_assert!(!seen.contains(payment));
                    seen.push(*payment);
                    let transfer = awaited.iter().find(|transfer| transfer.payment == *payment).unwrap();
                    prop_assert_eq!(transfer.arrives, line.amount);
                }
            }
            let (mut turned, mut expected) = (lines, outcomes);
            if !turned.is_empty() {
                let by = turn % turned.len();
                turned.rotate_left(by);
                expected.rotate_left(by);
            }
            prop_assert_eq!(match_lines(&turned, &awaited), expected);
        }
    }
}
